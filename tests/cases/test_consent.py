"""Consent opens rows and closes them, in the same transaction."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from cases import services
from cases.models import Case, Consent, HelpPlan, Household, NeedsAssessment, Person, PlanGoal, Referral
from soe.departments.grants import grants_on
from soe.departments.scope import may
from tests.factories.cases import CaseFactory, ContactFactory, HouseholdFactory, OfferFactory, PersonFactory
from tests.factories.core import DepartmentFactory, member

TODAY = timezone.localdate


@pytest.fixture
def case(counsellor, caritas):
    return CaseFactory(offer=OfferFactory(carrier=caritas, prefix="CAR"), lead=counsellor, state="active")


def sees(user, row, action="view"):
    return type(row).objects.restrict(user, action).filter(pk=row.pk).exists()


def test_without_consent_another_carrier_sees_nothing(case, outsider):
    assert not sees(outsider, case)
    assert not sees(outsider, case.person)


def test_consent_opens_the_card_and_withdrawal_closes_it_in_the_same_transaction(
    case, counsellor, outsider, planb
):
    consent = services.give_consent(case.person, by=counsellor, to=planb, purpose="Wohnungssuche", case=case)
    assert sees(outsider, case)
    assert sees(outsider, case.person)
    assert not sees(outsider, case, "full")
    assert not sees(outsider, case, "change")
    with transaction.atomic():
        consent.withdraw(by=counsellor, reason="Frau M. möchte das nicht mehr")
        assert not sees(outsider, case)
    assert not sees(outsider, case.person)
    assert not sees(outsider, consent)
    assert [entry for entry in grants_on(case) if entry.group.department == planb] == []


def test_a_withdrawal_that_fails_leaves_the_access_as_it_was(case, counsellor, outsider, planb):
    consent = services.give_consent(case.person, by=counsellor, to=planb, purpose="Wohnungssuche", case=case)
    with pytest.raises(RuntimeError), transaction.atomic():
        consent.withdraw(by=counsellor, reason="…")
        raise RuntimeError
    assert sees(outsider, case)


def test_withdrawing_one_of_two_consents_keeps_what_the_other_opens(case, counsellor, outsider, planb):
    first = services.give_consent(case.person, by=counsellor, to=planb, purpose="Wohnungssuche", case=case)
    services.give_consent(case.person, by=counsellor, to=planb, purpose="Schuldnerberatung", case=case)
    first.withdraw(by=counsellor, reason="erledigt")
    assert sees(outsider, case)


def test_a_consent_ends_with_its_last_day(case, counsellor, outsider, planb):
    until = TODAY() + timedelta(days=10)
    services.give_consent(
        case.person, by=counsellor, to=planb, purpose="Wohnungssuche", case=case, until=until
    )
    with time_machine.travel(timezone.now() + timedelta(days=9, hours=12), tick=False):
        assert sees(outsider, case)
    with time_machine.travel(timezone.now() + timedelta(days=12), tick=False):
        assert not sees(outsider, case)
        assert not sees(outsider, case.person)


def test_a_consent_of_the_past_opens_nothing_today(case, counsellor, outsider, planb):
    services.give_consent(
        case.person,
        by=counsellor,
        to=planb,
        purpose="damals",
        on=date(2023, 1, 1),
        until=date(2023, 6, 30),
        case=case,
    )
    assert not sees(outsider, case)


@pytest.mark.parametrize(
    ("share", "model"),
    [
        ("shares_plan", HelpPlan),
        ("shares_plan", PlanGoal),
        ("shares_needs", NeedsAssessment),
        ("shares_household", Household),
    ],
)
def test_a_consent_opens_only_the_data_it_names(case, counsellor, outsider, planb, share, model):
    goal = services.add_goal(case, by=counsellor, domain="school", title="Beide Kinder gehen zur Schule")
    rows = {
        HelpPlan: goal.plan,
        PlanGoal: goal,
        NeedsAssessment: services.assess(case, by=counsellor, scores={"school": 1}),
        Household: services.set_household(
            case.person, HouseholdFactory(department=case.offer.carrier), by=counsellor
        ),
    }
    contact = ContactFactory(offer=case.offer, person=case.person, case=case)
    services.give_consent(
        case.person, by=counsellor, to=planb, purpose="Einschulung", case=case, shares=[share]
    )
    for other, row in rows.items():
        # A goal belongs to its plan: both open with the same consent.
        opened = other is model or {other, model} == {HelpPlan, PlanGoal}
        assert sees(outsider, row) is opened, other
    assert not sees(outsider, contact)
    Consent.objects.get(to_department=planb).withdraw(by=counsellor, reason="Ende")
    assert not any(sees(outsider, row) for row in rows.values())


def test_a_consent_cannot_hold_before_it_is_signed(case, planb, counsellor):
    consent = Consent(
        person=case.person, department=case.offer.carrier, to_department=planb, purpose="Wohnen",
        signed_on=TODAY(), valid_from=TODAY() - timedelta(days=1), valid_until=TODAY(),
    )  # fmt: skip
    with pytest.raises(ValidationError):
        consent.full_clean()


def test_the_coordination_office_sees_no_person_even_if_a_consent_names_it(case, counsellor):
    office = DepartmentFactory(code="koordination")
    clerk = member("register.view", "offer.view", "helpneed.view", department=office)
    services.give_consent(case.person, by=counsellor, to=office, purpose="Versehen", case=case)
    assert not may(clerk, Person) or not Person.objects.restrict(clerk).exists()
    assert not Case.objects.restrict(clerk).exists()


def test_a_person_is_recorded_only_together_with_a_consent(counsellor, caritas):
    person = PersonFactory(own_department=caritas, by=counsellor)
    consent = person.consents.get()
    assert consent.to_department == caritas
    assert grants_on(person) == []  # the own carrier needs no grant


def test_a_case_needs_a_consent_to_its_carrier(case, counsellor, planb, outsider):
    offer = OfferFactory(carrier=planb)
    with pytest.raises(ValidationError, match="Einwilligung"):
        services.open_case(by=outsider, person=case.person, offer=offer, lead=outsider)
    services.give_consent(case.person, by=counsellor, to=planb, purpose="Wohnungssuche", case=case)
    own = services.open_case(by=outsider, person=case.person, offer=offer, lead=outsider)
    assert sees(outsider, own, "full")
    assert not sees(outsider, case, "full")


def test_a_referral_opens_the_card_until_it_is_declined(case, counsellor, outsider, planb):
    referral = services.refer(
        case,
        by=counsellor,
        to=planb,
        purpose="Wohnungssuche",
        reason="Räumung droht",
        shares=["shares_household"],
    )
    assert sees(outsider, case)
    assert sees(outsider, referral)
    assert [entry.basis for entry in grants_on(case)] == ["referral"]
    referral.decline(by=outsider, decline_reason="full")
    assert not sees(outsider, case)
    assert not sees(outsider, case.person)
    assert not sees(outsider, referral)
    assert sees(counsellor, referral)


def test_withdrawing_the_consent_of_a_referral_closes_it_for_the_receiver(case, counsellor, outsider, planb):
    referral = services.refer(case, by=counsellor, to=planb, purpose="Wohnungssuche", reason="Räumung droht")
    referral.accept(by=outsider)
    referral.consent.withdraw(by=counsellor, reason="möchte nicht mehr")
    assert not sees(outsider, case)
    assert not sees(outsider, referral)
    assert not sees(outsider, referral, "answer")


def test_arrival_is_a_recorded_fact_after_acceptance(case, counsellor, outsider, planb):
    referral = services.refer(case, by=counsellor, to=planb, purpose="Wohnungssuche", reason="Räumung droht")
    with pytest.raises(ValidationError):
        referral.arrive(by=outsider)
    referral.accept(by=outsider)
    referral.arrive(by=outsider)
    assert referral.arrived_on == TODAY()
    assert Referral.objects.filter(state="arrived").count() == 1


def test_no_referral_without_a_consent_for_exactly_this_receiver(case, counsellor, planb):
    consent = services.give_consent(case.person, by=counsellor, to=planb, purpose="Wohnen", case=case)
    elsewhere = OfferFactory()
    with pytest.raises(ValidationError, match="andere Stelle"):
        Referral.send(case, by=counsellor, consent=consent, reason="…", to_offer=elsewhere)
    consent.withdraw(by=counsellor, reason="Ende")
    with pytest.raises(ValidationError, match="gilt nicht"):
        Referral.send(case, by=counsellor, consent=consent, reason="…")
