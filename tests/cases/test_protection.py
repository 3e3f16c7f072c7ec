"""Hard denials beat every right and every grant; emergency access is short, seen and reviewed."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from cases import services
from cases.models import BreakGlass, Case, Contact, Person
from soe.departments.grants import grant, grants_on
from tests.factories.cases import CaseFactory, ContactFactory, HouseholdFactory, OfferFactory
from tests.factories.core import member


@pytest.fixture
def case(counsellor, caritas):
    return CaseFactory(offer=OfferFactory(carrier=caritas), lead=counsellor, state="active")


def sees(user, row, action="view"):
    return type(row).objects.restrict(user, action).filter(pk=row.pk).exists()


def test_a_conflict_of_interest_beats_membership_and_grants(case, counsellor, colleague, acting):
    contact = ContactFactory(offer=case.offer, person=case.person, case=case)
    for row in (case, case.person):
        grant(row, to=colleague, action="view", basis="sharing", reason="Vertretung")
    assert sees(colleague, case)
    services.declare_conflict(colleague, by=counsellor, person=case.person, reason="verwandt")
    assert not sees(colleague, case)
    assert not sees(colleague, case.person)
    assert not sees(colleague, contact)
    assert sees(counsellor, case)


def test_a_conflict_with_a_household_hides_all_its_members(case, counsellor, colleague):
    household = HouseholdFactory(department=case.offer.carrier)
    services.set_household(case.person, household, by=counsellor)
    services.declare_conflict(colleague, by=counsellor, household=household, reason="Nachbarn")
    assert not sees(colleague, case.person)
    assert sees(counsellor, case.person)


def test_nobody_lifts_the_own_conflict_of_interest(case, counsellor, colleague):
    conflict = services.declare_conflict(colleague, by=counsellor, person=case.person, reason="verwandt")
    with pytest.raises(ValidationError):
        conflict.end(by=colleague, reason="doch nicht")
    assert not sees(colleague, conflict)
    conflict.end(by=counsellor, reason="Irrtum")
    assert sees(colleague, case)


def test_a_restricted_person_is_seen_by_the_listed_only(case, counsellor, colleague):
    third = member("person.view", "case.view", department=case.offer.carrier)
    restriction = services.restrict_person(case.person, by=counsellor, reason="Kindesschutz", allowed=[third])
    assert sees(counsellor, case)
    assert sees(third, case.person)
    assert not sees(colleague, case)
    assert not sees(colleague, case.person)
    restriction.end(by=counsellor, reason="nicht mehr nötig")
    assert sees(colleague, case)


def test_break_glass_opens_everything_for_sixty_minutes(case, outsider):
    assert not sees(outsider, case, "full")
    BreakGlass.open(case, by=outsider, reason="Kind ohne Aufsicht, Fallführung nicht erreichbar")
    assert sees(outsider, case, "full")
    assert sees(outsider, case.person, "full")
    assert not sees(outsider, case, "change")
    assert {entry.basis for entry in grants_on(case)} == {"break_glass"}
    with time_machine.travel(timezone.now() + timedelta(minutes=59), tick=False):
        assert sees(outsider, case)
    with time_machine.travel(timezone.now() + timedelta(minutes=61), tick=False):
        assert not sees(outsider, case)
        assert not sees(outsider, case.person)


def test_break_glass_never_opens_what_is_denied(case, counsellor, outsider):
    services.declare_conflict(outsider, by=counsellor, person=case.person, reason="verwandt")
    with pytest.raises(ValidationError):
        BreakGlass.open(case, by=outsider, reason="Notfall")
    assert not BreakGlass.objects.exists()


def test_break_glass_needs_a_role_that_opens_cases(case):
    clerk = member("register.view")
    with pytest.raises(ValidationError):
        BreakGlass.open(case, by=clerk, reason="Neugier")


def test_break_glass_is_reviewed_by_somebody_else(case, counsellor, outsider):
    officer = member("privacy.view")
    entry = BreakGlass.open(case, by=outsider, reason="Notfall")
    assert sees(officer, entry, "review")
    assert sees(counsellor, entry, "review")
    assert not sees(outsider, entry, "review")
    with pytest.raises(ValidationError):
        entry.review(by=outsider, verdict="justified")
    entry.review(by=officer, verdict="unjustified", note="kein Anlass erkennbar")
    assert not BreakGlass.objects.unreviewed().exists()
    # The officer judges the use without ever seeing the person.
    assert not Case.objects.restrict(officer).exists()
    assert not Person.objects.restrict(officer).exists()


def test_the_denial_also_hides_contacts_without_a_case(case, counsellor, colleague):
    ContactFactory(offer=case.offer, person=case.person)
    anonymous = ContactFactory(offer=case.offer)
    services.declare_conflict(colleague, by=counsellor, person=case.person, reason="verwandt")
    assert list(Contact.objects.restrict(colleague)) == [anonymous]
