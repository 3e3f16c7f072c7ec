"""Sections 7 to 9 of the quarterly report: decisions, funding, what must be decided. Aggregates of the whole city."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import Q, Sum
from django.urls import reverse

from soe.web import text
from soe.web.figures import Figure, FigureTable, Quarter, Section, TextRows

from .models import NUMBERED, POSTPONING, AgendaItem, Decision, FundingApplication, Outcome, Proposal

SOURCE = "Beschlüsse und Berichte in SOE"
CONFIDENTIAL = "vertraulicher Beschluss"
FUNDING_SOURCE = "Förderanträge in SOE"
YEAR = timedelta(days=365)


def quarter_figures(quarter: Quarter) -> list[Figure | FigureTable | TextRows]:
    return [*_decisions(quarter), *_funding(quarter), _needed(quarter)]


# --- section 7 ---------------------------------------------------------------------------------------------------


def open_at(quarter: Quarter):
    """Adopted up to the Stichtag and not closed on it."""
    rows = Decision.objects.adopted().order_by()
    return rows.filter(decided_on__lte=quarter.end).filter(Q(closed_on=None) | Q(closed_on__gt=quarter.end))


def _sets(quarter):
    adopted = Decision.objects.adopted().order_by()
    within = (quarter.start, quarter.end)
    return {
        "neu": adopted.filter(decided_on__range=within),
        "erledigt": adopted.filter(state=Decision.State.DONE, closed_on__range=within),
        "offen am Stichtag": open_at(quarter),
        "davon überfällig": open_at(quarter).filter(due__lt=quarter.end),
    }


def _decisions(quarter):
    sets = _sets(quarter)
    page = reverse("steering:decision_list")
    counts = {name: rows.count() for name, rows in sets.items()}

    def figure(key, label, name, definition, **more):
        return Figure(key, Section.DECISIONS, label, counts[name], definition, SOURCE, **more)

    yield figure("decisions.new", "Neue Beschlüsse", "neu", "Im Quartal gefasst, ohne Ablehnungen.")
    yield figure(
        "decisions.open",
        "Offene Beschlüsse",
        "offen am Stichtag",
        "Bis zum Stichtag gefasst und an ihm weder erledigt noch nicht umsetzbar noch aufgehoben.",
        as_of=quarter.end,
        headline=True,
        drilldown=f"{page}?stand=laufend",
    )
    yield figure(
        "decisions.overdue",
        "Überfällige Beschlüsse",
        "davon überfällig",
        "Offene Beschlüsse, deren Frist vor dem Stichtag lag.",
        as_of=quarter.end,
        headline=True,
        drilldown=f"{page}?stand=ueberfaellig",
    )
    yield figure("decisions.done", "Erledigte Beschlüsse", "erledigt", "Im Quartal als erledigt gemeldet.")
    yield _punctual(quarter)

    rows = []
    for aim in Proposal.Aim:
        rows.append((aim.label, [found.filter(proposal__aim=aim).count() for found in sets.values()]))
    rows.append(("ohne Vorschlag", [found.filter(proposal=None).count() for found in sets.values()]))
    rows.append(("zusammen", list(counts.values())))
    yield FigureTable(
        "decisions.by_aim",
        Section.DECISIONS,
        "Beschlüsse nach Ziel",
        "Ziel",
        list(sets),
        rows,
        "Neu und erledigt im Quartal, offen und überfällig am Stichtag; das Ziel steht im Vorschlag.",
        SOURCE,
        as_of=quarter.end,
        additive_rows=True,
    )
    yield _open_list(quarter)


def _punctual(quarter):
    due = Decision.objects.adopted().filter(original_due__range=(quarter.start, quarter.end))
    closed = list(due.values_list("state", "closed_on", "original_due"))
    in_time = sum(state == Decision.State.DONE and on <= first for state, on, first in closed)
    return Figure(
        "decisions.punctual",
        Section.DECISIONS,
        "Termintreue",
        round(Decimal(100 * in_time) / len(closed)) if closed else None,
        "Anteil der Beschlüsse, deren ursprüngliche Frist im Quartal lag und die bis dahin erledigt waren.",
        SOURCE,
        unit="%",
    )


def _open_list(quarter):
    rows, links = [], {}
    decisions = open_at(quarter).with_report(quarter).select_related("responsible").order_by("due", "number")
    colours = {"red": "gefährdet", "yellow": "verzögert", "green": "im Plan", "grey": "ruht"}
    for index, decision in enumerate(decisions):
        hidden = decision.confidential
        rows.append(
            [
                decision.number,
                CONFIDENTIAL if hidden else decision.title,
                str(decision.responsible),
                text.day(decision.due) or "ohne Frist",
                text.day(decision.original_due) if decision.was_moved else "",
                colours.get(decision.report_colour, "ohne Bericht"),
                "" if hidden else decision.report_text or "",
            ]
        )
        links[index] = decision.get_absolute_url()
    return TextRows(
        "decisions.list",
        Section.DECISIONS,
        "Offene Beschlüsse mit Stand",
        ["Nummer", "Beschluss", "verantwortlich", "fällig", "ursprünglich", "Ampel", "Bericht"],
        rows,
        SOURCE,
        as_of=quarter.end,
        links=links,
    )


# --- section 8 ---------------------------------------------------------------------------------------------------


def _state_at(application, day):
    if application.answered_on and application.answered_on <= day:
        return application.get_state_display()
    handed_in = application.submitted_on and application.submitted_on <= day
    state = FundingApplication.State.SUBMITTED if handed_in else FundingApplication.State.PREPARING
    return state.label


def _funding(quarter):
    applications = (
        FundingApplication.objects.exclude(state=FundingApplication.State.WITHDRAWN)
        .filter(deadline__range=(quarter.start - YEAR, quarter.end + YEAR))
        .filter(Q(answered_on=None) | Q(answered_on__gte=quarter.start))
        .select_related("department")
        .order_by("deadline", "id")
    )
    pending = applications.filter(Q(answered_on=None) | Q(answered_on__gt=quarter.end))
    granted = FundingApplication.objects.filter(answered_on__range=(quarter.start, quarter.end))
    yield Figure(
        "funding.pending",
        Section.FUNDING,
        "Beantragte Förderung",
        pending.aggregate(total=Sum("amount"))["total"] or Decimal(0),
        "Summe der Anträge, die am Stichtag vorbereitet oder eingereicht und nicht beschieden sind.",
        FUNDING_SOURCE,
        unit="€",
        as_of=quarter.end,
        drilldown=f"{reverse('steering:funding_list')}?stand=laufend",
    )
    yield Figure(
        "funding.granted",
        Section.FUNDING,
        "Bewilligte Förderung",
        granted.aggregate(total=Sum("granted_amount"))["total"] or Decimal(0),
        "Summe der im Quartal bewilligten Beträge.",
        FUNDING_SOURCE,
        unit="€",
    )
    yield TextRows(
        "funding.list",
        Section.FUNDING,
        "Förderanträge",
        ["Vorhaben", "Programm", "Antrag von", "Frist", "Betrag", "Stand"],
        [
            [
                row.title,
                row.programme,
                str(row.department),
                text.day(row.deadline),
                text.euro(row.amount),
                _state_at(row, quarter.end),
            ]
            for row in applications
        ],
        FUNDING_SOURCE,
        as_of=quarter.end,
        links={index: row.get_absolute_url() for index, row in enumerate(applications)},
    )


# --- section 9 ---------------------------------------------------------------------------------------------------


def _waiting(quarter):
    """Proposals filed up to the Stichtag and not settled on it."""
    settled = AgendaItem.objects.filter(
        result__in=(*NUMBERED, Outcome.NOTED, Outcome.WITHDRAWN), end__lt=quarter.end_at
    ).order_by()
    return (
        Proposal.objects.filter(submitted_on__lte=quarter.end)
        .exclude(state__in=(Proposal.State.WITHDRAWN, Proposal.State.RETURNED, Proposal.State.DRAFT))
        .exclude(pk__in=settled.filter(proposal__isnull=False).values("proposal_id"))
        .select_related("department")
        .order_by("submitted_on", "number")
    )


def _needed(quarter):
    """What the committee must decide: proposals, twice postponed items, overdue decisions, decisions in danger."""
    found = []
    twice = AgendaItem.objects.filter(
        Q(postponements__gte=2) | Q(postponements=1, result__in=POSTPONING), carried_to=None
    ).filter(Q(result="") | Q(result__in=POSTPONING))
    for item in twice.select_related("proposer", "meeting__committee").order_by("meeting__start", "position"):
        times = item.postponements + (1 if item.result else 0)
        found.append(
            (
                "vertraulicher Punkt" if item.confidential else item.name,
                f"{times}-mal vertagt: entscheiden, fallen lassen oder verweisen",
                str(item.proposer or ""),
                item.get_absolute_url(),
            )
        )
    for proposal in _waiting(quarter):
        name = f"{proposal.number} {'vertraulich' if proposal.confidential else proposal.title}"
        found.append((name, "Vorschlag liegt vor", str(proposal.department), proposal.get_absolute_url()))
    late = (
        open_at(quarter).filter(due__lt=quarter.end).select_related("responsible").order_by("due", "number")
    )
    for decision in late:
        name = f"{decision.number} {CONFIDENTIAL if decision.confidential else decision.title}"
        found.append(
            (
                name,
                f"überfällig seit {text.day(decision.due)}",
                str(decision.responsible),
                decision.get_absolute_url(),
            )
        )
    endangered = open_at(quarter).with_report(quarter).filter(report_colour="red")
    for decision in (
        endangered.exclude(pk__in=late.values("pk")).select_related("responsible").order_by("number")
    ):
        name = f"{decision.number} {CONFIDENTIAL if decision.confidential else decision.title}"
        found.append((name, "als gefährdet gemeldet", str(decision.responsible), decision.get_absolute_url()))
    return TextRows(
        "needed.list",
        Section.NEEDED,
        "Was entschieden werden muss",
        ["Gegenstand", "Grund", "zuständig"],
        [list(row[:3]) for row in found],
        "Vorschläge, Tagesordnungen und Beschlüsse in SOE",
        as_of=quarter.end,
        links={index: row[3] for index, row in enumerate(found)},
    )
