"""What other apps, the start page and the search may read of steering: rows already restricted to the reader."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from objects.selectors import open_work
from soe.departments.scope import departments_granting
from soe.web.figures import Quarter
from soe.web.folding import tokens

from .figures import quarter_figures
from .models import (
    CommitteeMembership,
    Condition,
    CoSignature,
    Decision,
    FundingApplication,
    Meeting,
    Proposal,
    ProposalMeasure,
)

__all__ = ["quarter_figures"]

# A department has so many days after the end of a quarter to write its reports.
REPORT_DAYS = 15


def reporting_quarter(today: date | None = None) -> Quarter:
    """The last quarter that is over: the one departments report about."""
    return Quarter.of(today or timezone.localdate()).previous()


def report_due(quarter: Quarter) -> date:
    return quarter.end + timedelta(days=REPORT_DAYS)


# --- decisions ---------------------------------------------------------------------------------------------------


def decisions_of(property, *, user):
    """Decisions about a property that `user` may read."""
    return (
        Decision.objects.restrict(user)
        .filter(proposal__property=property)
        .select_related("responsible", "committee")
    )


def proposals_of(property, *, user):
    return Proposal.objects.restrict(user).filter(property=property).select_related("department", "committee")


@dataclass(frozen=True)
class Contradiction:
    """What a department reports does not fit what the register says."""

    text: str
    url: str = ""


def contradictions(decisions: Iterable[Decision], *, user) -> dict:
    """{decision id: [Contradiction]} for decisions reported as done while linked work is open; three queries for all.

    Linked measures count when there are any, else everything open at the property.
    """
    done = [d for d in decisions if d.state == Decision.State.DONE and d.proposal_id]
    if not done:
        return {}
    linked = _linked_measures({d.proposal_id for d in done}, user)
    houses = {d.proposal.property_id for d in done if d.proposal.property_id and d.proposal_id not in linked}
    work = open_work(houses, user=user) if houses else {}
    found = {}
    for decision in done:
        proposal = decision.proposal
        if proposal.pk in linked:
            counts, place = (linked[proposal.pk], 0), ""
        else:
            counts, place = work.get(proposal.property_id, (0, 0)), f" zu {proposal.property}"
        if any(counts):
            text = f"Gemeldet ist „erledigt“, im Kataster stehen{place} noch {_open(*counts)}."
            url = (
                proposal.property.get_absolute_url() if proposal.property_id else proposal.get_absolute_url()
            )
            found[decision.pk] = [Contradiction(text, url)]
    return found


def _open(measures, findings):
    parts = []
    if measures:
        parts.append(f"{measures} offene {'Maßnahme' if measures == 1 else 'Maßnahmen'}")
    if findings:
        parts.append(f"{findings} offene {'Feststellung' if findings == 1 else 'Feststellungen'}")
    return " und ".join(parts)


def _linked_measures(proposals, user):
    """{proposal id: number of its linked measures that are open}, proposals without links left out."""
    measure = ProposalMeasure._meta.get_field("measure").related_model
    links = ProposalMeasure.objects.filter(proposal__in=proposals).order_by().values("proposal")
    seen = Q(measure__in=measure.objects.restrict(user).open().order_by().values("pk"))
    return dict(links.annotate(n=Count("pk", filter=seen)).values_list("proposal", "n"))


def open_and_done(links, user):
    """The linked measures that `user` may read."""
    measure = ProposalMeasure._meta.get_field("measure").related_model
    return list(measure.objects.restrict(user).filter(proposal_links__in=links).order_by("due_on", "id"))


def conditions_open_though_done(decision: Decision) -> str:
    count = decision.conditions.filter(done_on=None).count() if decision.state == Decision.State.DONE else 0
    if not count:
        return ""
    return f"Gemeldet ist „erledigt“, aber {count} {'Auflage ist' if count == 1 else 'Auflagen sind'} nicht erfüllt."


# --- what waits --------------------------------------------------------------------------------------------------


def cosignatures_waiting(user):
    """Advice my department was asked for."""
    return (
        CoSignature.objects.pending()
        .filter(
            department__in=departments_granting(user, "steering.propose"),
            proposal__state__in=(Proposal.State.SUBMITTED, Proposal.State.COSIGNING),
        )
        .select_related("proposal", "department")
        .order_by("due_on", "id")
    )


def reports_due(user, quarter: Quarter):
    """Decisions my department has not reported on for `quarter`."""
    return Decision.objects.restrict(user, "report").without_report(quarter).select_related("responsible")


def overdue_decisions(user, today: date):
    """Late decisions my department is responsible for; the coordination office sees all that are late."""
    rows = Decision.objects.restrict(user).overdue(today)
    if not departments_granting(user, "steering.manage"):
        rows = rows.filter(responsible__in=departments_granting(user, "steering.report"))
    return rows.select_related("responsible").order_by("due", "number")


def conditions_due(user, until: date):
    return (
        Condition.objects.filter(
            department__in=departments_granting(user, "steering.report"), done_on=None, due__lte=until
        )
        .filter(decision__state__in=Decision.RUNNING)
        .select_related("decision")
        .order_by("due", "id")
    )


def meetings_taking_proposals(user, until: date):
    """Deadlines for proposals, for those who may propose."""
    if not departments_granting(user, "steering.propose"):
        return Meeting.objects.none()
    return (
        Meeting.objects.restrict(user)
        .taking_proposals()
        .filter(registration_closes_on__lte=until)
        .select_related("committee")
        .order_by("registration_closes_on", "id")
    )


def proposals_to_schedule(user):
    """Filed proposals nobody has put on an agenda, for the coordination office."""
    return (
        Proposal.objects.restrict(user, "manage")
        .waiting()
        .select_related("department", "committee")
        .order_by("submitted_on", "id")
    )


def own_meetings(user):
    """Of bodies in which the person or her department sits or stands in, or which she prepares."""
    places = departments_granting(user, "steering.view")
    seats = CommitteeMembership.objects.current().filter(
        Q(user_id=user.pk) | Q(deputy_id=user.pk) | Q(department__in=places)
    )
    rows = Meeting.objects.restrict(user)
    if departments_granting(user, "steering.manage"):
        return rows
    return rows.filter(Q(committee__in=seats.order_by().values("committee")) | Q(committee__chair__in=places))


def coming_meetings(user):
    return Meeting.objects.restrict(user).upcoming().select_related("committee")


def funding_deadlines(user, until: date):
    """Applications of my department that are not handed in yet."""
    return (
        FundingApplication.objects.restrict(user, "change")
        .filter(
            state=FundingApplication.State.PREPARING,
            deadline__lte=until,
            department__in=departments_granting(user, "steering.propose"),
        )
        .order_by("deadline", "id")
    )


# --- search ------------------------------------------------------------------------------------------------------


def find(rows, text: str, limit: int):
    """Rows of a searchable model in which every typed word occurs."""
    words = tokens(text)[:8]
    if not words or max(map(len, words)) < 2:
        return []
    for word in words:
        rows = rows.filter(search_text__contains=word)
    return list(rows[:limit])
