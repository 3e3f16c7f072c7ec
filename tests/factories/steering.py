"""Committees, meetings and what comes out of them. Meetings are brought to a state by their own methods."""

from datetime import datetime, timedelta

import factory
from django.utils import timezone

from soe.accounts.models import User
from steering.models import (
    AgendaItem,
    Attendance,
    Committee,
    CommitteeMembership,
    CouncilPaper,
    FundingApplication,
    Meeting,
    Outcome,
    Proposal,
)

from .core import AuditedFactory, DepartmentFactory, somebody


def system():
    return User.objects.system()


def moment(year=2026, month=12, day=2, hour=14, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=timezone.get_default_timezone())


class CommitteeFactory(AuditedFactory):
    class Meta:
        model = Committee

    code = factory.Sequence(lambda n: f"LK{n}")
    name = factory.Sequence(lambda n: f"Lenkungskreis {n}")
    kind = Committee.Kind.STEERING


class SeatFactory(AuditedFactory):
    class Meta:
        model = CommitteeMembership

    committee = factory.SubFactory(CommitteeFactory)
    department = factory.SubFactory(DepartmentFactory)
    start_date = moment(2020, 1, 1).date()


class MeetingFactory(AuditedFactory):
    class Meta:
        model = Meeting

    committee = factory.SubFactory(CommitteeFactory)
    start = moment()
    location = "Rathaus, Sitzungszimmer 2"


class ItemFactory(AuditedFactory):
    class Meta:
        model = AgendaItem

    meeting = factory.SubFactory(MeetingFactory)
    position = factory.LazyAttribute(lambda o: o.meeting.items.count() + 1)
    name = factory.Sequence(lambda n: f"Zweite Anlaufstelle {n}")


class ProposalFactory(AuditedFactory):
    class Meta:
        model = Proposal

    title = factory.Sequence(lambda n: f"Zweite Anlaufstelle in Wanne {n}")
    department = factory.SubFactory(DepartmentFactory)
    committee = factory.SubFactory(CommitteeFactory)
    aim = Proposal.Aim.INTEGRATION
    problem = "Wartezeiten über einer Stunde."
    text = "Eine zweite Anlaufstelle in Wanne."
    resolution = "Der Lenkungskreis stimmt der zweiten Anlaufstelle zu."

    @classmethod
    def _create(cls, model_class, *args, submitted=False, **kwargs):
        proposal = super()._create(model_class, *args, **kwargs)
        if submitted:
            proposal.submit(by=system())
        return proposal


class PaperFactory(AuditedFactory):
    class Meta:
        model = CouncilPaper

    reference = factory.Sequence(lambda n: f"2023/{n + 2000}")
    name = factory.Sequence(lambda n: f"Bericht {n}")


class FundingFactory(AuditedFactory):
    class Meta:
        model = FundingApplication

    title = factory.Sequence(lambda n: f"Anlaufstelle {n}")
    programme = "EhAP Plus"
    department = factory.SubFactory(DepartmentFactory)
    deadline = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))
    amount = 165_600


def bring(meeting, state):
    """Take a meeting through its steps up to `state`; fills an empty agenda with one item, everybody is present."""
    by = system()
    steps = [
        (Meeting.State.REGISTRATION, meeting.open_registration),
        (Meeting.State.FROZEN, meeting.freeze),
        (Meeting.State.INVITED, meeting.invite),
        (Meeting.State.RUNNING, meeting.begin),
        (Meeting.State.DRAFT, meeting.close),
        (Meeting.State.APPROVED, meeting.approve_minutes),
    ]
    order = [target for target, _ in steps]
    if state not in order:
        return meeting
    reached = order.index(meeting.state) + 1 if meeting.state in order else 0
    for target, step in steps[reached : order.index(state) + 1]:
        if target == Meeting.State.FROZEN and not meeting.items.exists():
            ItemFactory(meeting=meeting)
        if target == Meeting.State.DRAFT:
            for item in meeting.items.filter(result=""):
                item.settle(by=by, outcome=Outcome.NOTED)
        step(by=by)
        if target == Meeting.State.RUNNING:
            for row in meeting.attendances.all():
                row.set(Attendance.Status.PRESENT, by=by)
    return meeting


def running(votes=3, **kwargs):
    """A running meeting with one undecided item and `votes` voting seats, all present."""
    meeting = MeetingFactory(**kwargs)
    for _ in range(votes):
        SeatFactory(committee=meeting.committee)
    return bring(meeting, Meeting.State.RUNNING)


def decided(meeting=None, *, item=None, outcome=Outcome.UNCHANGED, responsible=None, **kwargs):
    """A decision of the first undecided item."""
    with somebody():
        meeting = meeting or running()
        item = item or meeting.items.filter(result="").first() or ItemFactory(meeting=meeting)
        return item.decide(
            by=system(),
            outcome=outcome,
            text=kwargs.pop("text", "Der Lenkungskreis stimmt zu."),
            responsible=responsible or DepartmentFactory(),
            **kwargs,
        )
