import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from soe.audit.context import acting_as
from soe.audit.errors import IllegalTransition
from steering.models import Attendance, Committee, Meeting, Outcome
from tests.factories.steering import (
    CommitteeFactory,
    ItemFactory,
    MeetingFactory,
    PaperFactory,
    ProposalFactory,
    SeatFactory,
    bring,
    decided,
    moment,
    running,
    system,
)

pytestmark = pytest.mark.django_db
S = Meeting.State


def test_number_runs_per_committee_and_year():
    lk, ag = CommitteeFactory(code="LK"), CommitteeFactory(code="AGW")
    numbers = [MeetingFactory(committee=lk, start=moment(2026, m)).number for m in (2, 5)]
    assert numbers == [1, 2]
    assert MeetingFactory(committee=ag, start=moment(2026, 3)).number == 1
    assert MeetingFactory(committee=lk, start=moment(2027, 2)).number == 1


def test_cancelled_meeting_keeps_its_number():
    lk = CommitteeFactory(code="LK")
    first = MeetingFactory(committee=lk)
    first.cancel(by=system(), reason="Zu wenige Punkte")
    assert MeetingFactory(committee=lk).number == 2


@pytest.mark.parametrize("state", S.values)
def test_transitions_follow_the_table(state):
    steps = {
        S.REGISTRATION: "open_registration",
        S.FROZEN: "freeze",
        S.INVITED: "invite",
        S.RUNNING: "begin",
        S.DRAFT: "close",
        S.APPROVED: "approve_minutes",
        S.CANCELLED: "cancel",
    }
    meeting = MeetingFactory()
    ItemFactory(meeting=meeting)
    if state == S.CANCELLED:
        meeting.cancel(by=system(), reason="abgesagt")
    else:
        bring(meeting, state)
    assert meeting.state == state
    for target, name in steps.items():
        if target in Meeting.TRANSITIONS[state]:
            continue
        extra = {"reason": "weil"} if target == S.CANCELLED else {}
        with pytest.raises(IllegalTransition), transaction.atomic():
            getattr(meeting, name)(by=system(), **extra)


def test_registration_closes_as_the_committee_says():
    meeting = MeetingFactory(committee__registration_days=10)
    meeting.open_registration(by=system())
    assert str(meeting.registration_closes_on) == "2026-11-22"


def test_empty_agenda_is_not_frozen():
    meeting = bring(MeetingFactory(), S.REGISTRATION)
    with pytest.raises(ValidationError, match="Tagesordnung ist leer"):
        meeting.freeze(by=system())


def test_item_after_the_freeze_needs_a_reason():
    meeting = bring(MeetingFactory(), S.FROZEN)
    with pytest.raises(ValidationError, match="Tischvorlage"):
        meeting.add_item(by=system(), name="Winterhilfe")
    item = meeting.add_item(by=system(), name="Winterhilfe", late_reason="Frost ab Montag")
    assert (item.late, item.position) == (True, 2)
    early = MeetingFactory().add_item(by=system(), name="Winterhilfe", late_reason="egal")
    assert (early.late, early.late_reason) == (False, "")


def test_closed_meeting_takes_no_item():
    meeting = bring(MeetingFactory(), S.DRAFT)
    with pytest.raises(ValidationError, match="nimmt keine Punkte"):
        meeting.add_item(by=system(), name="Zu spät", late_reason="vergessen")


def test_freeze_pins_the_version_of_the_paper():
    meeting = bring(MeetingFactory(), S.REGISTRATION)
    paper = PaperFactory()
    item = meeting.add_item(by=system(), name="Bericht", paper=paper)
    meeting.freeze(by=system())
    item.refresh_from_db()
    assert item.paper_version == paper.version


def test_attendance_list_is_drawn_up_from_the_seats_of_the_day():
    meeting = MeetingFactory()
    SeatFactory(committee=meeting.committee)
    SeatFactory(committee=meeting.committee, voting_right=False, role="advisory")
    old = SeatFactory(committee=meeting.committee)
    old.end(by=system(), on=moment(2026, 1, 31).date(), reason="aufgelöst")
    bring(meeting, S.INVITED)
    assert meeting.attendances.count() == 2
    assert meeting.quorum().total == 1


def test_close_needs_a_result_for_every_item():
    meeting = running()
    with pytest.raises(ValidationError, match="Noch ohne Ergebnis: TOP 1"):
        meeting.close(by=system())


def test_close_marks_the_missing_as_absent():
    meeting = MeetingFactory()
    SeatFactory(committee=meeting.committee)
    ItemFactory(meeting=meeting)
    for step in (meeting.open_registration, meeting.freeze, meeting.invite, meeting.begin):
        step(by=system())
    meeting.items.get().settle(by=system(), outcome=Outcome.NOTED)
    meeting.close(by=system())
    assert meeting.attendances.get().status == Attendance.Status.ABSENT


@pytest.mark.parametrize(
    ("rule", "votes", "present", "met"),
    [
        ("none", None, 0, None),
        ("half", None, 2, False),
        ("half", None, 3, True),
        ("number", 2, 2, True),
        ("number", 2, 1, False),
    ],
)
def test_quorum_follows_the_rule_of_the_committee(rule, votes, present, met):
    meeting = MeetingFactory(committee=CommitteeFactory(quorum_rule=rule, quorum_votes=votes))
    for _ in range(4):
        SeatFactory(committee=meeting.committee)
    SeatFactory(committee=meeting.committee, voting_right=False)
    bring(meeting, S.INVITED)
    voting = list(meeting.attendances.filter(voting=True))
    for row in voting[:present]:
        row.set(Attendance.Status.SUBSTITUTE, by=system(), substitute="Vertretung")
    assert meeting.quorum().met is met
    assert f"{present} von 4 Stimmen" in meeting.quorum().label


def test_without_quorum_nothing_is_decided():
    meeting = running(committee=CommitteeFactory(quorum_rule=Committee.QuorumRule.HALF))
    for row in meeting.attendances.all()[:2]:
        row.set(Attendance.Status.EXCUSED, by=system())
    with pytest.raises(ValidationError, match="nicht beschlussfähig"):
        decided(meeting)


def test_postponed_item_is_carried_over_by_link_and_counted():
    lk = CommitteeFactory()
    proposal = ProposalFactory(committee=lk, submitted=True)
    first = MeetingFactory(committee=lk)
    item = first.add_item(by=system(), proposal=proposal)
    for month, count in ((3, 1), (6, 2)):
        bring(item.meeting, S.RUNNING)
        item.settle(by=system(), outcome=Outcome.POSTPONED, reason="Zahlen fehlen")
        proposal.refresh_from_db()
        assert proposal.state == "submitted"
        following = item.carry_over(by=system(), to=MeetingFactory(committee=lk, start=moment(2027, month)))
        assert (following.carried_from, following.postponements) == (item, count)
        item = following
    assert item.must_be_settled
    with pytest.raises(ValidationError, match="schon in einer späteren Sitzung"):
        item.carried_from.carry_over(by=system(), to=MeetingFactory(committee=lk, start=moment(2027, 9)))


def test_new_item_of_a_postponed_proposal_finds_its_predecessor():
    lk = CommitteeFactory()
    proposal = ProposalFactory(committee=lk, submitted=True)
    item = MeetingFactory(committee=lk).add_item(by=system(), proposal=proposal)
    bring(item.meeting, S.RUNNING)
    item.settle(by=system(), outcome=Outcome.DEFERRED, reason="erst Förderung klären")
    again = MeetingFactory(committee=lk, start=moment(2027, 3)).add_item(by=system(), proposal=proposal)
    assert (again.carried_from, again.postponements) == (item, 1)


def test_postponing_needs_a_reason_and_referring_a_committee():
    item = running().items.get()
    with pytest.raises(ValidationError, match="begründen"):
        item.settle(by=system(), outcome=Outcome.POSTPONED)
    with pytest.raises(ValidationError, match="Gremium"):
        item.settle(by=system(), outcome=Outcome.REFERRED)
    item.settle(by=system(), outcome=Outcome.REFERRED, referred_to=CommitteeFactory(name="Integrationsrat"))
    assert item.result_label == "verwiesen an Integrationsrat"


def test_items_change_places_until_the_freeze():
    meeting = MeetingFactory()
    first, second = ItemFactory(meeting=meeting), ItemFactory(meeting=meeting)
    second.move(by=system(), up=True)
    first.refresh_from_db()
    assert (first.position, second.position) == (2, 1)
    bring(meeting, S.FROZEN)
    with pytest.raises(ValidationError, match="eingefroren"):
        second.move(by=system(), up=False)


def test_dropped_item_frees_its_place_and_its_proposal():
    proposal = ProposalFactory(submitted=True)
    meeting = MeetingFactory(committee=proposal.committee)
    first = meeting.add_item(by=system(), proposal=proposal)
    second = ItemFactory(meeting=meeting)
    secret = ItemFactory(meeting=meeting, confidential=True)
    first.drop(by=system(), reason="doppelt")
    proposal.refresh_from_db()
    second.refresh_from_db()
    assert (proposal.state, second.position) == ("submitted", 1)
    with pytest.raises(ValidationError, match="vertraulicher Punkt"):
        secret.drop(by=system(), reason="doppelt")
    bring(meeting, S.FROZEN)
    with pytest.raises(ValidationError, match="eingefroren"):
        second.drop(by=system(), reason="zu spät")


def test_item_of_a_confidential_proposal_stays_confidential():
    proposal = ProposalFactory(submitted=True, confidential=True)
    item = MeetingFactory(committee=proposal.committee).add_item(by=system(), proposal=proposal)
    item.confidential = False
    with acting_as(system()):
        item.save()
    assert item.confidential


def test_moved_meeting_raises_its_version_and_stays_in_its_year():
    meeting = MeetingFactory()
    meeting.reschedule(by=system(), start=moment(2026, 12, 9), reason="Raum belegt")
    assert meeting.version == 2  # the sequence that calendars see
    with pytest.raises(ValidationError, match="Nummer gehört zum Jahr"):
        meeting.reschedule(by=system(), start=moment(2027, 1, 9), reason="Raum belegt")


def test_cancelling_frees_the_proposals():
    proposal = ProposalFactory(submitted=True)
    meeting = MeetingFactory(committee=proposal.committee)
    meeting.add_item(by=system(), proposal=proposal)
    meeting.cancel(by=system(), reason="Erkrankung")
    proposal.refresh_from_db()
    assert proposal.state == "submitted"
