from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from soe.audit.errors import IllegalTransition
from steering.models import Meeting, Outcome, Proposal
from tests.factories.core import DepartmentFactory, member
from tests.factories.steering import (
    CommitteeFactory,
    FundingFactory,
    MeetingFactory,
    ProposalFactory,
    SeatFactory,
    bring,
    running,
    system,
)

pytestmark = pytest.mark.django_db
S = Proposal.State


def test_number_is_drawn_when_filed_and_kept():
    proposal = ProposalFactory()
    assert proposal.number is None
    proposal.submit(by=system(), on=date(2026, 9, 1))
    assert proposal.number == "V-2026/001"
    proposal.return_to_department(by=system(), reason="Kosten fehlen")
    proposal.submit(by=system(), on=date(2027, 1, 4))
    assert (proposal.number, proposal.returned_reason) == ("V-2026/001", "")


STEPS = {
    S.SUBMITTED: lambda p: p.submit(by=system()),
    S.RETURNED: lambda p: p.return_to_department(by=system(), reason="weil"),
    S.WITHDRAWN: lambda p: p.withdraw(by=system(), reason="weil"),
    S.SCHEDULED: lambda p: p.schedule(by=system(), meeting=MeetingFactory(committee=p.committee)),
}


def reach(state):
    proposal = ProposalFactory(submitted=state not in (S.DRAFT, S.WITHDRAWN))
    if state in (S.RETURNED, S.WITHDRAWN):
        STEPS[state](proposal)
    elif state == S.COSIGNING:
        proposal.ask_to_cosign([DepartmentFactory()], by=system())
        proposal.cosignatures.get().give(by=system(), advice="agreed")
    elif state in (S.SCHEDULED, S.DECIDED):
        meeting = MeetingFactory(committee=proposal.committee)
        item = meeting.add_item(by=system(), proposal=proposal)
        if state == S.DECIDED:
            bring(meeting, Meeting.State.RUNNING)
            item.settle(by=system(), outcome=Outcome.NOTED)
    return Proposal.objects.get(pk=proposal.pk)


@pytest.mark.parametrize("state", S.values)
@pytest.mark.parametrize("target", STEPS)
def test_transitions_follow_the_table(state, target):
    proposal = reach(state)
    assert proposal.state == state
    # Back from the agenda happens in the meeting, not by filing again.
    allowed = target in Proposal.TRANSITIONS[state] and (state, target) != (S.SCHEDULED, S.WITHDRAWN)
    if allowed:
        STEPS[target](proposal)
        assert proposal.state == target
    else:
        with pytest.raises((IllegalTransition, ValidationError)), transaction.atomic():
            STEPS[target](proposal)


def test_cosignature_with_note_or_refusal_says_why():
    proposal = ProposalFactory(submitted=True)
    proposal.ask_to_cosign([DepartmentFactory()], by=system(), due_on=date(2026, 11, 1))
    row = proposal.cosignatures.get()
    for advice in ("with_note", "refused"):
        with pytest.raises(ValidationError, match="Hinweis"):
            row.give(by=system(), advice=advice)
    row.give(by=system(), advice="with_note", note="Eigenanteil ab 2029 offen", on=date(2026, 10, 1))
    assert (row.advice, row.given_on) == ("with_note", date(2026, 10, 1))


def test_nobody_cosigns_her_own_proposal_and_nobody_twice():
    proposal, other = ProposalFactory(submitted=True), DepartmentFactory()
    with pytest.raises(ValidationError, match="nicht selbst"), transaction.atomic():
        proposal.ask_to_cosign([proposal.department], by=system())
    proposal.ask_to_cosign([other], by=system())
    proposal.ask_to_cosign([other], by=system())
    assert proposal.cosignatures.count() == 1


def test_without_all_cosignatures_it_is_scheduled_only_with_a_reason():
    proposal = ProposalFactory(submitted=True)
    proposal.ask_to_cosign([DepartmentFactory(short_name="Umwelt")], by=system())
    meeting = MeetingFactory(committee=proposal.committee)
    with pytest.raises(ValidationError, match="Mitzeichnung von Umwelt"), transaction.atomic():
        meeting.add_item(by=system(), proposal=proposal)
    meeting.add_item(by=system(), proposal=proposal, late_reason="Umwelt zeichnet in der Sitzung")
    proposal.refresh_from_db()
    assert proposal.state == "scheduled"


def test_proposal_goes_to_its_own_committee():
    with pytest.raises(ValidationError, match="richtet sich an"):
        MeetingFactory().add_item(by=system(), proposal=ProposalFactory(submitted=True))


def test_referred_proposal_waits_for_the_other_committee():
    other = CommitteeFactory()
    proposal = ProposalFactory(submitted=True)
    meeting = MeetingFactory(committee=proposal.committee)
    item = meeting.add_item(by=system(), proposal=proposal)
    bring(meeting, Meeting.State.RUNNING)
    item.settle(by=system(), outcome=Outcome.REFERRED, referred_to=other)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.committee) == ("submitted", other)


def test_own_share_is_cost_minus_funding():
    proposal = ProposalFactory(cost=Decimal("184000.00"), funding=Decimal("165600.00"))
    assert proposal.own_share == Decimal("18400.00")
    assert ProposalFactory().own_share is None
    with pytest.raises(IntegrityError), transaction.atomic():
        ProposalFactory(cost=Decimal(-1))


# --- who sees it -----------------------------------------------------------------------------------------------


def seen(user):
    return set(Proposal.objects.restrict(user, "view"))


def test_drafts_stay_in_their_department():
    draft = ProposalFactory()
    assert seen(member("steering.view", "steering.propose", department=draft.department)) == {draft}
    assert seen(member("steering.view", "steering.propose", "steering.manage")) == set()
    draft.submit(by=system())
    assert seen(member("steering.view")) == {draft}


def test_confidential_proposals_are_for_those_concerned():
    proposal = ProposalFactory(submitted=True, confidential=True)
    asked, seat = DepartmentFactory(), SeatFactory(committee=proposal.committee)
    proposal.ask_to_cosign([asked], by=system())
    assert seen(member("steering.view", "steering.propose")) == set()
    assert seen(member("steering.view", "steering.propose", department=asked)) == {proposal}
    assert seen(member("steering.view", department=seat.department)) == {proposal}
    assert seen(member("steering.view", "steering.manage")) == {proposal}


def test_a_department_changes_only_its_own_proposals():
    proposal = ProposalFactory()
    own = member("steering.propose", department=proposal.department)
    assert Proposal.objects.restrict(own, "change").count() == 1
    assert Proposal.objects.restrict(member("steering.propose"), "change").count() == 0


# --- funding ---------------------------------------------------------------------------------------------------


def test_funding_application_follows_its_table():
    application = FundingFactory()
    with pytest.raises(IllegalTransition):
        application.grant(by=system(), amount=Decimal(1))
    application.submit(by=system())
    application.grant(by=system(), amount=Decimal("150000.00"))
    assert (application.state, application.granted_amount) == ("granted", Decimal("150000.00"))
    with pytest.raises(IllegalTransition):
        application.withdraw(by=system(), reason="zu spät")


def test_item_of_a_running_meeting_carries_the_proposal_confidentiality():
    proposal = ProposalFactory(submitted=True, confidential=True)
    meeting = running(committee=proposal.committee)
    assert meeting.add_item(by=system(), proposal=proposal, late_reason="eilt").confidential
