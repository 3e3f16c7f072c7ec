"""Offers of the council papers, people who agreed to be recorded, contacts, cases. All people are invented."""

from datetime import date, timedelta
from decimal import Decimal

from cases.casework.models import Case
from cases.choices import Domain
from cases.contacts.models import Contact
from cases.offers.models import FundingPeriod, Offer, Site, Topic
from cases.people.models import Household, Person
from cases.services import (
    add_goal,
    add_step,
    assess,
    log_contact,
    open_case,
    record_person,
    refer,
    set_household,
    set_perspective,
    sign_plan,
)
from soe.audit.context import acting_as

K = Offer.Kind
MKJFGFI = "Landesprogramm Zuwanderung aus Südosteuropa (MKJFGFI)"
EHAP = "EhAP Plus"

# name, prefix, kind, carrier, places, paper, description, programme, amount, ends
OFFERS = [
    ("Beraten und Stärken, Anlaufstelle Wanne", "ANW", K.CONTACT_POINT, "planb", None, "2023/1062", "Muttersprachliche Beratung, Wege in die Regelsysteme", EHAP, 412_000, date(2026, 9, 30)),
    ("Beraten und Stärken, Anlaufstelle Herne-Mitte", "ANH", K.CONTACT_POINT, "caritas", None, "2023/1062", "Muttersprachliche Beratung, Wege in die Regelsysteme", EHAP, 398_000, date(2026, 9, 30)),
    ("Beraten und Stärken, aufsuchende Beratung", "ANB", K.CONTACT_POINT, "ifak", None, "2023/1062", "Beratung vor Ort in den Häusern", EHAP, 121_000, date(2026, 9, 30)),
    ("Wohnbegleitende Hilfen", "WBH", K.HOUSING, "wohnhilfen", 60, "2023/1062", "Wohnung finden, Wohnungsführerschein, Streit mit Eigentümern und Nachbarn schlichten", MKJFGFI, 148_000, date(2027, 12, 31)),
    ("Familienbegleitung an Grundschulen", "FAM", K.FAMILY, "familienbegleitung", 90, "2023/1062", "Begleitet Familien an sechs Grundschulen", MKJFGFI, 162_000, date(2027, 7, 31)),
    ("Jobcoaching", "JOB", K.JOB, "jobcoaching", 45, "2023/1062", "Muttersprachliches Coaching für Arbeit, Praktikum, Ausbildung", MKJFGFI, 74_000, date(2026, 12, 31)),
    ("Kommunales Integrationsmanagement", "KIM", K.CASE_MANAGEMENT, "kim", 80, "2023/1062", "Fallmanagement über längere Zeit", "KIM NRW", 310_000, date(2027, 12, 31)),
    ("Durchstarten: Hauptschulabschluss", "HSA", K.QUALIFICATION, "vhs", 24, "2022/0072", "Nachträglicher Hauptschulabschluss mit Sprachförderung, 18 bis 27 Jahre", "Durchstarten in Ausbildung und Arbeit", 96_000, date(2026, 12, 31)),
    ("Durchstarten: Coaching", "DCO", K.QUALIFICATION, "gbh", 30, "2022/0072", "Coaching zu Qualifizierung und Ausbildung, 18 bis 27 Jahre", "Durchstarten in Ausbildung und Arbeit", 88_000, date(2026, 12, 31)),
]  # fmt: skip
COUNSELLED = ["planb", "caritas", "ifak", "wohnhilfen", "familienbegleitung", "jobcoaching", "kim"]
GIVEN = {
    "ro": ["Ionela", "Gheorghe", "Mihai", "Elena-Maria", "Ștefan", "Andreea", "Vasile", "Crina"],
    "bg": ["Георги", "Maria", "Iwan", "Desislava", "Асен", "Stojanka", "Nikolaj", "Radoslava"],
    "tr": ["Ayşe", "Mehmet", "Emine", "Hasan"],
}
FAMILY = {
    "ro": ["Marinescu-Vogt", "Dumitrache", "Ionescu-Pop", "Țurcanu", "Bălan", "Munteanu"],
    "bg": ["Стоянова", "Dimitrow", "Angelowa", "Petkov", "Христов", "Kolewa"],
    "tr": ["Yıldızhan", "Şahinoğlu", "Demirkök"],
}
PERSPECTIVES = [
    "Wir wohnen sicher, die Kinder gehen zur Schule.",
    "Ich arbeite mit Vertrag und kann die Miete selbst zahlen.",
    "Ich verstehe meine Post und weiß, wohin ich gehe.",
]
GOALS = {
    Domain.HOUSING: ("Eine Wohnung mit Mietvertrag finden", ["Wohnungsführerschein beginnen", "Unterlagen für die Bewerbung sammeln"]),
    Domain.SCHOOL: ("Alle Kinder sind an einer Schule angemeldet", ["Schulplätze beantragen", "Schuleingangsuntersuchung"]),
    Domain.HEALTH: ("Krankenversicherung ist geklärt", ["Versicherungszeiten anfordern", "Antrag bei der Kasse stellen"]),
    Domain.WORK: ("Arbeit mit Vertrag", ["Lebenslauf schreiben", "Termin beim Jobcenter"]),
    Domain.LANGUAGE: ("Deutsch A2", ["Einstufung an der VHS", "Sprachkurs beginnen"]),
}  # fmt: skip


def build(city):
    _offers(city)
    people = _people(city)
    cases = _cases(city, people)
    _contacts(city, people, cases)
    city.say(f"{len(people)} Personen, {len(cases)} Fälle, {Contact.objects.count()} Kontakte")


def _offers(city):
    with acting_as(city.users["koordination"]):
        for name, prefix, kind, carrier, places, paper, description, programme, amount, ends in OFFERS:
            offer = Offer(
                name=name, prefix=prefix, kind=kind, carrier=city.departments[carrier], places=places, paper=paper,
                description=description, starts_on=date(2023, 1, 1), has_waiting_list=bool(places),
            )  # fmt: skip
            offer.save(reason="Demostadt")
            FundingPeriod(
                offer=offer, programme=programme, amount=Decimal(amount), starts_on=date(2023, 1, 1), ends_on=ends,
                duties="Sachbericht und Verwendungsnachweis jährlich",
            ).save()  # fmt: skip
            Site(
                offer=offer,
                name=name.split(",")[-1].strip(),
                place="Beratungsraum",
                hours="Mo bis Do 9 bis 15 Uhr",
            ).save()
            city.offers[prefix] = offer


def _offer_of(city, code):
    return next(offer for offer in city.offers.values() if offer.carrier.code == code)


def _people(city):
    rng, people = city.rng, []
    for _ in range(city.count(400)):
        code = rng.choice(COUNSELLED)
        by = city.users[code + rng.choice(["", "2"])]
        language = rng.choice(["ro", "ro", "bg", "bg", "bg", "tr"])
        person = Person(
            given_name=rng.choice(GIVEN[language]), family_name=rng.choice(FAMILY[language]),
            own_department=city.departments[code], birth_year=city.today.year - rng.choice([6, 9, 13, 17, 19, 22, 26, 31, 35, 41, 48, 56, 67]),
            sex=rng.choice(["f", "m", ""]) if _has_sex("f") else "", first_language=language, german=rng.choice(["none", "little", "good", ""]),
        )  # fmt: skip
        signed = city.ago(rng.randint(3, 700))
        people.append((record_person(person, by=by, signed_on=signed, language=language), by, signed))
    for person, by, signed in people[::4]:
        household = Household(
            department=person.own_department, adults=rng.choice([1, 2, 2]), children=rng.randint(0, 5)
        )
        household.school_children = min(household.children, rng.randint(0, 3))
        set_household(person, household, by=by, on=signed)
    return people


def _has_sex(value):
    return value in dict(Person._meta.get_field("sex").choices)


def _cases(city, people):
    rng, cases = city.rng, []
    chosen = people[: min(len(people), city.count(250))]
    for index, (person, by, signed) in enumerate(chosen):
        code = person.own_department.code
        on = min(signed + timedelta(days=rng.randint(0, 14)), city.today)
        case = open_case(by=by, person=person, offer=_offer_of(city, code), lead=by, on=on)
        cases.append((case, by, on))
        age = (city.today - on).days
        if age < 10:
            continue
        scores = {domain: rng.choice([1, 2, 2, 3, 3, 4]) for domain in Domain}
        assess(case, by=by, scores=scores, on=on + timedelta(days=5))
        case.activate(by=by, on=on + timedelta(days=7), reason="Clearing abgeschlossen")
        if index % 3 == 0:
            _plan(city, case, by, on, scores)
        if index % 6 == 0 and age > 60:
            better = {domain: min(4, score + rng.choice([0, 0, 1])) for domain, score in scores.items()}
            assess(case, by=by, scores=better, on=on + timedelta(days=50))
        if index % 7 == 3 and age > 20:
            _refer(city, case, by, on)
        case.refresh_from_db()
        if age > 180 and rng.random() < 0.6:
            case.close(
                by=by, close_reason=rng.choice(list(Case.CloseReason)), outcome=rng.choice(list(Case.Outcome)),
                on=on + timedelta(days=rng.randint(90, 175)), reason="Abschlussgespräch",
            )  # fmt: skip
            if index % 17 == 0:
                case.reopen(by=by, reason="meldet sich wieder", on=city.ago(3))
        elif rng.random() < 0.15:
            case.wait(by=by, waiting_for="Antwort der Krankenkasse", reason="wartet")
    return cases


def _plan(city, case, by, on, scores):
    rng = city.rng
    set_perspective(case, by=by, perspective=rng.choice(PERSPECTIVES))
    for domain in sorted(GOALS, key=lambda d: scores[d])[:2]:
        title, steps = GOALS[domain]
        goal = add_goal(case, by=by, domain=domain, title=title, due=on + timedelta(days=180))
        for offset, text in enumerate(steps):
            step = add_step(
                goal, by=by, title=text, due=on + timedelta(days=40 + 40 * offset), who="gemeinsam"
            )
            done = on + timedelta(days=30 + 40 * offset)
            if done < city.today and rng.random() < 0.6:
                step.complete(by=by, on=done)
    sign_plan(case, by=by, on=min(on + timedelta(days=14), city.today))


def _refer(city, case, by, on):
    rng = city.rng
    code = rng.choice([c for c in COUNSELLED if c != case.offer.carrier.code])
    sent = on + timedelta(days=12)
    offer = _offer_of(city, code)
    referral = refer(
        case, by=by, to=city.departments[code], to_offer=offer, purpose=f"Aufnahme bei {offer}",
        reason="Angebot passt besser", wanted="Termin in den nächsten zwei Wochen", on=sent, until=city.today + timedelta(days=200),
        shares=["shares_plan"],
    )  # fmt: skip
    draw = rng.random()
    receiver = city.users[code]
    if draw < 0.6:
        referral.accept(by=receiver, on=sent + timedelta(days=3))
        if draw < 0.45:
            referral.arrive(by=receiver, on=sent + timedelta(days=6))
    elif draw < 0.75:
        referral.decline(
            by=receiver,
            decline_reason=referral.DeclineReason.values[0],
            note="Warteliste voll",
            on=sent + timedelta(days=2),
        )


def _contacts(city, people, cases):
    rng = city.rng
    topics = list(Topic.objects.all())
    sites = {site.offer_id: site for site in Site.objects.all()}
    by_person = {case.person_id: case for case, _, _ in cases}
    for _ in range(city.count(1800)):
        person, by, signed = rng.choice(people)
        code = person.own_department.code
        offer = _offer_of(city, code)
        named = rng.random() < 0.55
        case = by_person.get(person.pk) if named else None
        earliest = max((city.today - signed).days - 1, 1)
        days = rng.randint(1, earliest) if named else rng.randint(1, 720)
        log_contact(
            Contact(
                offer=offer, site=sites.get(offer.pk), topic=rng.choice(topics), language=person.first_language or "ro",
                channel=rng.choice(Contact.Channel.values), minutes=rng.choice([5, 10, 15, 25, 40]),
                result=rng.choice(Contact.Result.values), person=person if named else None,
                case=case if case and case.opened_on <= city.ago(days) else None,
            ),
            by=by, at=city.moment(city.ago(days), rng.randint(9, 15), rng.choice([0, 10, 25, 40])),
        )  # fmt: skip
