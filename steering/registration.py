"""What steering hangs into the shared pages: navigation, search, tasks, appointments, the timeline of a property."""

from datetime import timedelta

from django.urls import reverse

from soe.web import text
from soe.web.registry import (
    Appointment,
    Entry,
    Hit,
    Task,
    appointments,
    inbox,
    navigation,
    quick,
    search,
    timeline,
)

SEEN = "steering.view"
# How far ahead the start page looks.
SOON = timedelta(days=21)
FEW = 10


def register():
    from soe.web import targets

    from . import letters, removal
    from .models import CouncilPaper, Decision, Meeting, Proposal

    for model in (Meeting, Proposal, Decision, CouncilPaper):
        targets.register(model, files=True)
    letters.register()
    removal.register()
    navigation.add(
        group="Steuerung",
        label="Sitzungen",
        url_name="steering:meeting_list",
        icon="calendar",
        order=10,
        permission=SEEN,
    )
    navigation.add(
        group="Steuerung",
        label="Vorschläge",
        url_name="steering:proposal_list",
        icon="edit",
        order=20,
        permission=SEEN,
        count=_cosignatures,
    )
    navigation.add(
        group="Steuerung",
        label="Beschlüsse",
        url_name="steering:decision_list",
        icon="gavel",
        order=30,
        permission=(SEEN, "steering.report"),
        count=_missing_reports,
    )
    navigation.add(
        group="Steuerung",
        label="Vorlagen",
        url_name="steering:paper_list",
        icon="paper",
        order=40,
        permission=SEEN,
    )
    navigation.add(
        group="Steuerung",
        label="Gremien",
        url_name="steering:committee_list",
        icon="people",
        order=60,
        permission=SEEN,
    )
    quick.add(
        label="Vorschlag schreiben",
        url_name="steering:proposal_add",
        icon="edit",
        order=60,
        permission="steering.propose",
    )
    both = (SEEN, "steering.report")
    search.add(kind="Beschlüsse", icon="gavel", order=60, permission=both, find=_find_decisions)
    search.add(kind="Vorschläge", icon="edit", order=62, permission=SEEN, find=_find_proposals)
    search.add(kind="Vorlagen", icon="paper", order=64, permission=SEEN, find=_find_papers)
    search.add(kind="Förderanträge", icon="chart", order=66, permission=SEEN, find=_find_funding)
    inbox.add(decision_tasks)
    inbox.add(proposal_tasks)
    inbox.add(meeting_tasks)
    appointments.add(meeting_appointments)
    timeline.add("objects.Property", property_entries, rows=_about)


# --- counts beside the navigation --------------------------------------------------------------------------------


def _cosignatures(user):
    from .selectors import cosignatures_waiting

    return cosignatures_waiting(user)


def _missing_reports(user):
    from .selectors import reporting_quarter, reports_due

    return reports_due(user, reporting_quarter())


# --- search ------------------------------------------------------------------------------------------------------


def _find_decisions(user, query, limit):
    from .models import Decision
    from .selectors import find

    rows = find(Decision.objects.restrict(user).select_related("responsible"), query, limit)
    return [
        Hit(
            row.title, row.get_absolute_url(), f"{row.number} · {row.responsible} · {row.get_state_display()}"
        )
        for row in rows
    ]


def _find_proposals(user, query, limit):
    from .models import Proposal
    from .selectors import find

    rows = find(Proposal.objects.restrict(user).select_related("department"), query, limit)
    return [
        Hit(
            row.title,
            row.get_absolute_url(),
            " · ".join(filter(None, (row.number, str(row.department), row.get_state_display()))),
        )
        for row in rows
    ]


def _find_papers(user, query, limit):
    from .models import CouncilPaper
    from .selectors import find

    rows = find(CouncilPaper.objects.restrict(user), query, limit)
    return [Hit(row.name, row.get_absolute_url(), f"Vorlage {row.reference} · {row.body}") for row in rows]


def _find_funding(user, query, limit):
    from .models import FundingApplication
    from .selectors import find

    rows = find(FundingApplication.objects.restrict(user), query, limit)
    return [
        Hit(row.title, row.get_absolute_url(), f"{row.programme} · {row.get_state_display()}") for row in rows
    ]


# --- tasks -------------------------------------------------------------------------------------------------------


def decision_tasks(user, today):
    """Reports to write, late decisions, conditions that fall due."""
    from .selectors import conditions_due, overdue_decisions, report_due, reporting_quarter, reports_due

    quarter = reporting_quarter(today)
    for decision in reports_due(user, quarter)[:FEW]:
        yield Task(
            f"Bericht schreiben: {decision.title}",
            decision.get_absolute_url(),
            f"{decision.number} · {quarter.label}",
            due=report_due(quarter),
            button="Bericht schreiben",
            button_url=reverse("steering:decision_report", args=[decision.pk]),
        )
    for decision in overdue_decisions(user, today)[:FEW]:
        yield Task(
            f"Beschluss überfällig: {decision.title}",
            decision.get_absolute_url(),
            f"{decision.number} · {decision.responsible}",
            due=decision.due,
            button="Ansehen",
        )
    for condition in conditions_due(user, today + SOON)[:FEW]:
        yield Task(
            f"Auflage erfüllen: {condition.text[:80]}",
            condition.decision.get_absolute_url(),
            condition.decision.number,
            due=condition.due,
            button="Erfüllt melden",
            button_url=reverse("steering:condition_fulfil", args=[condition.pk]),
        )


def proposal_tasks(user, today):
    """Advice to give, deadlines for proposals, proposals that wait for an agenda, applications to hand in."""
    from .selectors import (
        cosignatures_waiting,
        funding_deadlines,
        meetings_taking_proposals,
        proposals_to_schedule,
    )

    for row in cosignatures_waiting(user)[:FEW]:
        yield Task(
            f"Mitzeichnen: {row.proposal.title}",
            row.proposal.get_absolute_url(),
            f"{row.proposal.number} · für {row.department}",
            due=row.due_on,
            button="Mitzeichnen",
            button_url=reverse("steering:cosign", args=[row.pk]),
            group="due" if row.due_on else "waiting",
            since=row.requested_on,
        )
    for meeting in meetings_taking_proposals(user, today + SOON)[:FEW]:
        if meeting.registration_closes_on >= today:
            yield Task(
                f"Vorschläge anmelden: {meeting.committee}",
                meeting.get_absolute_url(),
                f"Sitzung am {text.day(meeting.start)}",
                due=meeting.registration_closes_on,
                button="Vorschlag schreiben",
                button_url=reverse("steering:proposal_add"),
            )
    for proposal in proposals_to_schedule(user)[:FEW]:
        yield Task(
            f"Vorschlag einplanen: {proposal.title}",
            proposal.get_absolute_url(),
            f"{proposal.number} · {proposal.department}",
            button="Ansehen",
            group="waiting",
            since=proposal.submitted_on,
        )
    for application in funding_deadlines(user, today + SOON)[:FEW]:
        yield Task(
            f"Förderantrag einreichen: {application.title}",
            application.get_absolute_url(),
            application.programme,
            due=application.deadline,
            button="Ansehen",
        )


def meeting_tasks(user, today):
    """Minutes that wait for approval, for those who write them."""
    from .models import Meeting

    drafts = (
        Meeting.objects.restrict(user, "change").filter(state=Meeting.State.DRAFT).select_related("committee")
    )
    for meeting in drafts.order_by("start")[:FEW]:
        yield Task(
            f"Protokoll genehmigen lassen: {meeting}",
            meeting.get_absolute_url(),
            meeting.reference,
            button="Ansehen",
            group="waiting",
            since=meeting.start,
        )


def meeting_appointments(user, today):
    from .selectors import coming_meetings

    for meeting in coming_meetings(user)[:5]:
        yield Appointment(meeting.start, str(meeting), meeting.get_absolute_url(), meeting.location)


# --- timeline of a property --------------------------------------------------------------------------------------


def _about(user, house):
    from .selectors import decisions_of, proposals_of

    return [proposals_of(house, user=user), decisions_of(house, user=user)]


def property_entries(user, house, proposals, decisions):
    """Proposals and decisions about the property, as far as the reader may see them."""
    for proposal in proposals:
        if proposal.submitted_on:
            yield Entry(
                proposal.submitted_on,
                f"Vorschlag {proposal.number}: {proposal.title}",
                f"an {proposal.committee}, {proposal.get_state_display()}",
                proposal.department,
                url=proposal.get_absolute_url(),
                icon="edit",
            )
    for decision in decisions:
        yield Entry(
            decision.decided_on,
            f"Beschluss {decision.number}: {decision.title}",
            f"{decision.get_outcome_display()}, Stand: {decision.get_state_display()}",
            decision.responsible,
            url=decision.get_absolute_url(),
            icon="gavel",
        )
