"""What other apps may read from counselling: aggregates of the whole city, never persons."""

from datetime import date

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from soe.web.figures import Figure, FigureTable, Protect, Quarter, Section, TextRows
from soe.web.text import day, euro

from .casework.gaps import SystemGap
from .casework.models import CaseEpisode
from .casework.referrals import Referral
from .choices import Domain
from .contacts.models import Contact
from .offers.models import SOON, FundingPeriod, Offer, Topic

SOURCE_CONTACTS = "Beratungskontakte der Träger in SOE"
SOURCE_CASES = "Fälle der Träger in SOE"
SOURCE_FUNDING = "Förderzeiträume der Angebote in SOE"


def open_episodes(on: date):
    """Episodes open at the end of the day `on`."""
    return CaseEpisode.objects.filter(Q(closed_on=None) | Q(closed_on__gt=on), opened_on__lte=on)


def case_movement(quarter: Quarter, offers=None) -> dict[str, int]:
    """Stock and flow: open before + new + reopened − closed = open at the end. Counts episodes."""
    rows = CaseEpisode.objects.all() if offers is None else CaseEpisode.objects.filter(case__offer__in=offers)
    start, end = quarter.start, quarter.end
    return rows.aggregate(
        before=Count("pk", filter=Q(opened_on__lt=start) & (Q(closed_on=None) | Q(closed_on__gte=start))),
        new=Count("pk", filter=Q(opened_on__range=(start, end), number=1)),
        reopened=Count("pk", filter=Q(opened_on__range=(start, end), number__gt=1)),
        closed=Count("pk", filter=Q(closed_on__range=(start, end))),
        after=Count("pk", filter=Q(opened_on__lte=end) & (Q(closed_on=None) | Q(closed_on__gt=end))),
    )


def _offers(quarter):
    """Offers that ran on a day of the quarter."""
    return Offer.objects.filter(Q(ends_on=None) | Q(ends_on__gte=quarter.start), starts_on__lte=quarter.end)


def _contacts(quarter):
    return Contact.objects.filter(at__gte=quarter.start_at, at__lt=quarter.end_at)


def contacts_table(quarter: Quarter) -> FigureTable:
    """Contacts by offer and topic, with sums."""
    rows = _contacts(quarter).order_by().values_list("offer_id", "topic_id").annotate(n=Count("pk"))
    counts = {(offer, topic): n for offer, topic, n in rows}
    used = {topic for _, topic in counts}
    topics = list(Topic.objects.filter(Q(retired_on=None) | Q(pk__in=used)))
    offers = list(_offers(quarter).order_by("name"))
    shown = []
    for offer in offers:
        cells = [counts.get((offer.pk, topic.pk), 0) for topic in topics]
        shown.append((offer.name, [*cells, sum(cells)]))
    totals = [sum(column) for column in zip(*(cells for _, cells in shown), strict=True)] or [0] * (
        len(topics) + 1
    )
    return FigureTable(
        key="offers.contacts",
        section=Section.OFFERS,
        title="Beratungskontakte nach Angebot und Thema",
        row_title="Angebot",
        columns=[*(topic.name for topic in topics), "insgesamt"],
        rows=[*shown, ("insgesamt", totals)],
        definition="Alle erfassten Kontakte des Quartals, auch anonyme. Ein Gespräch zählt einmal, mit einem Thema.",
        source=SOURCE_CONTACTS,
        protect=Protect.PERSONS,
        additive_rows=True,
        additive_columns=True,
    )


def movement_table(quarter: Quarter) -> FigureTable:
    """Cases by offer: open before, new, reopened, closed, open after."""
    span = (quarter.start, quarter.end)
    counted = {
        row["case__offer"]: row
        for row in CaseEpisode.objects.order_by()
        .values("case__offer")
        .annotate(
            before=Count(
                "pk", filter=Q(opened_on__lt=span[0]) & (Q(closed_on=None) | Q(closed_on__gte=span[0]))
            ),
            new=Count("pk", filter=Q(opened_on__range=span, number=1)),
            reopened=Count("pk", filter=Q(opened_on__range=span, number__gt=1)),
            closed=Count("pk", filter=Q(closed_on__range=span)),
            after=Count(
                "pk", filter=Q(opened_on__lte=span[1]) & (Q(closed_on=None) | Q(closed_on__gt=span[1]))
            ),
        )
    }
    names = ("before", "new", "reopened", "closed", "after")
    rows = [
        (offer.name, [counted[offer.pk][name] for name in names])
        for offer in Offer.objects.order_by("name")
        if offer.pk in counted and any(counted[offer.pk][name] for name in names)
    ]
    totals = [sum(cells[place] for _, cells in rows) for place in range(len(names))]
    return FigureTable(
        key="offers.movement",
        section=Section.OFFERS,
        title="Fälle nach Angebot",
        row_title="Angebot",
        columns=["offen am Anfang", "neu", "wieder eröffnet", "abgeschlossen", "offen am Ende"],
        rows=[*rows, ("insgesamt", totals)],
        definition="Offen am Ende = offen am Anfang + neu + wieder eröffnet − abgeschlossen. Gezählt werden Abschnitte "
        "von Fällen; ein wieder eröffneter Fall behält sein Aktenzeichen.",
        source=SOURCE_CASES,
        as_of=quarter.end,
        protect=Protect.PERSONS,
        additive_rows=True,
    )


def places_table(quarter: Quarter) -> FigureTable:
    """Places and open cases of offers with a fixed number of places, at the end of the quarter."""
    open_now = dict(
        open_episodes(quarter.end).order_by().values_list("case__offer").annotate(n=Count("pk")).values_list(
            "case__offer", "n"
        )
    )  # fmt: skip
    rows = [
        (offer.name, [offer.places, open_now.get(offer.pk, 0)])
        for offer in _offers(quarter).exclude(places=None).order_by("name")
    ]
    return FigureTable(
        key="offers.places",
        section=Section.OFFERS,
        title="Plätze und Belegung",
        row_title="Angebot",
        columns=["Plätze", "offene Fälle"],
        rows=rows,
        definition="Offene Fälle am letzten Tag des Quartals, gegen die vereinbarten Plätze.",
        source=SOURCE_CASES,
        as_of=quarter.end,
        protect=Protect.PERSONS,
    )


def referral_figures(quarter: Quarter) -> dict[str, int]:
    """Sent, accepted and declined in the quarter; arrived in the quarter, whenever sent."""
    span = (quarter.start, quarter.end)
    return Referral.objects.aggregate(
        sent=Count("pk", filter=Q(sent_on__range=span)),
        accepted=Count("pk", filter=Q(answered_on__range=span, state__in=("accepted", "arrived"))),
        declined=Count("pk", filter=Q(answered_on__range=span, state="declined")),
        arrived=Count("pk", filter=Q(arrived_on__range=span)),
    )


def persons_advised(quarter: Quarter) -> int:
    """Different persons with a contact in the quarter or an open case in it. Anonymous contacts are no persons."""
    by_contact = _contacts(quarter).exclude(person=None).order_by().values("person_id")
    by_case = (
        CaseEpisode.objects.filter(
            Q(closed_on=None) | Q(closed_on__gte=quarter.start), opened_on__lte=quarter.end
        )
        .order_by()
        .values(person_id=F("case__person_id"))
    )
    return by_contact.union(by_case).count()


def gaps_table(quarter: Quarter) -> FigureTable:
    """What the carriers reported as missing, by domain; below five the report hides it."""
    rows = SystemGap.objects.filter(noted_on__range=(quarter.start, quarter.end)).order_by()
    counts = dict(rows.values_list("domain").annotate(n=Count("pk")))
    shown = [(domain.label, [counts.get(domain.value, 0)]) for domain in Domain]
    return FigureTable(
        key="offers.gaps",
        section=Section.NEEDED,
        title="Systemlücken aus der Fallarbeit",
        row_title="Lebensbereich",
        columns=["Meldungen"],
        rows=[*shown, ("insgesamt", [sum(counts.values())])],
        definition="Im Quartal aus festgefahrenen Schritten gemeldet, ohne Bezug zu Person oder Fall.",
        source=SOURCE_CASES,
        protect=Protect.PERSONS,
        additive_rows=True,
    )


def funding_rows(quarter: Quarter) -> TextRows:
    """Funding that ends within twelve months after the quarter, nearest first."""
    until = quarter.end + SOON
    periods = list(
        FundingPeriod.objects.ending(quarter.end, until)
        .select_related("offer__carrier")
        .order_by("ends_on", "offer__name")
    )
    return TextRows(
        key="funding.ending",
        section=Section.FUNDING,
        title="Förderung, die in zwölf Monaten endet",
        columns=["Angebot", "Träger", "Programm", "endet am", "Betrag"],
        rows=[
            [
                p.offer.name,
                str(p.offer.carrier),
                p.programme,
                day(p.ends_on),
                euro(p.amount) or "nicht angegeben",
            ]
            for p in periods
        ],
        source=SOURCE_FUNDING,
        as_of=quarter.end,
        links={place: p.offer.get_absolute_url() for place, p in enumerate(periods)},
    )


def quarter_figures(quarter: Quarter) -> list:
    """Section 6 (offers) and what section 8 (funding) needs: exact numbers; the report protects and freezes them."""
    persons = {"section": Section.OFFERS, "protect": Protect.PERSONS}
    contacts = _contacts(quarter).aggregate(
        all=Count("pk"), anonymous=Count("pk", filter=Q(person=None)), minutes=Coalesce(Sum("minutes"), 0)
    )
    cases, referrals = case_movement(quarter), referral_figures(quarter)
    ending = FundingPeriod.objects.ending(quarter.end, quarter.end + SOON)
    running = FundingPeriod.objects.running(quarter.end).aggregate(sum=Sum("amount"), n=Count("pk"))
    return [
        Figure(
            key="offers.contacts_total",
            label="Beratungskontakte",
            value=contacts["all"],
            definition="Alle Kontakte des Quartals, auch ohne Namen.",
            source=SOURCE_CONTACTS,
            headline=True,
            **persons,
        ),
        Figure(
            key="offers.contacts_anonymous",
            label="davon anonym",
            value=contacts["anonymous"],
            definition="Kontakte, zu denen keine Person erfasst ist.",
            source=SOURCE_CONTACTS,
            **persons,
        ),
        Figure(
            key="offers.persons_advised",
            label="Beratene Personen",
            value=persons_advised(quarter),
            definition="Verschiedene Personen mit einem Kontakt oder einem offenen Fall im Quartal. "
            "Anonyme Kontakte sind nicht enthalten.",
            source=SOURCE_CONTACTS,
            headline=True,
            **persons,
        ),
        Figure(
            key="offers.cases_open",
            label="Offene Fälle",
            value=cases["after"],
            definition="Am letzten Tag des Quartals, 24 Uhr.",
            source=SOURCE_CASES,
            as_of=quarter.end,
            headline=True,
            drilldown="/faelle/",
            **persons,
        ),
        Figure(
            key="offers.cases_new",
            label="Neue Fälle",
            value=cases["new"],
            definition="Im Quartal zum ersten Mal eröffnet.",
            source=SOURCE_CASES,
            **persons,
        ),
        Figure(
            key="offers.cases_reopened",
            label="Wieder eröffnete Fälle",
            value=cases["reopened"],
            definition="Im Quartal unter demselben Aktenzeichen wieder eröffnet.",
            source=SOURCE_CASES,
            **persons,
        ),
        Figure(
            key="offers.cases_closed",
            label="Abgeschlossene Fälle",
            value=cases["closed"],
            definition="Im Quartal mit Grund und Ergebnis abgeschlossen.",
            source=SOURCE_CASES,
            **persons,
        ),
        Figure(
            key="offers.referrals_sent",
            label="Vermittlungen",
            value=referrals["sent"],
            definition="Im Quartal mit Einwilligung an eine andere Stelle gesendet.",
            source=SOURCE_CASES,
            **persons,
        ),
        Figure(
            key="offers.arrivals",
            label="Angekommen",
            value=referrals["arrived"],
            definition="Personen, deren Ankunft bei der anderen Stelle im Quartal bestätigt wurde (EhAP Plus, PE511).",
            source=SOURCE_CASES,
            headline=True,
            **persons,
        ),
        contacts_table(quarter),
        movement_table(quarter),
        places_table(quarter),
        gaps_table(quarter),
        Figure(
            key="funding.running",
            section=Section.FUNDING,
            label="Laufende Förderungen",
            value=running["n"],
            definition="Förderzeiträume der Angebote, die am letzten Tag des Quartals laufen.",
            source=SOURCE_FUNDING,
            as_of=quarter.end,
        ),
        Figure(
            key="funding.amount",
            section=Section.FUNDING,
            label="Summe der laufenden Förderungen",
            value=running["sum"],
            definition="Bewilligte Beträge über den ganzen Zeitraum.",
            source=SOURCE_FUNDING,
            unit="€",
            as_of=quarter.end,
        ),
        Figure(
            key="funding.ending",
            section=Section.FUNDING,
            label="Enden in zwölf Monaten",
            value=ending.count(),
            definition="Laufende Förderungen, die innerhalb von zwölf Monaten nach dem Quartal enden.",
            source=SOURCE_FUNDING,
            as_of=quarter.end,
            headline=True,
            drilldown="/angebote/",
        ),
        funding_rows(quarter),
    ]


def offers_by_code() -> dict[str, Offer]:
    """All offers by their file number prefix; for other apps that name one."""
    return {offer.prefix: offer for offer in Offer.objects.select_related("carrier")}
