"""Two people act at the same moment: one wins, the other is told, nothing is half done."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections

from cases import services
from cases.models import Case, CaseEpisode, Consent
from soe.audit.context import acting_as
from soe.audit.errors import IllegalTransition
from soe.departments.grants import grants_on
from tests.factories.cases import CaseFactory, OfferFactory, PersonFactory
from tests.factories.core import DepartmentFactory, UserFactory

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def together(*calls):
    """Run `calls` in threads of their own; returns results or exceptions in order."""

    def run(call):
        try:
            return call()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.fixture
def lead(db):
    return UserFactory()


def test_a_case_is_closed_once(lead):
    case = CaseFactory(offer=OfferFactory(), lead=lead, state="active")

    def close():
        return Case.objects.get(pk=case.pk).close(by=lead, close_reason="goals", outcome="improved")

    results = together(close, close, close)
    assert sum(isinstance(result, IllegalTransition) for result in results) == 2
    assert CaseEpisode.objects.filter(case=case).exclude(closed_on=None).count() == 1


def test_one_person_gets_one_open_case_and_numbers_have_no_gap(lead):
    offer = OfferFactory(prefix="KIM")
    person = PersonFactory(own_department=offer.carrier)

    def open_case():
        return services.open_case(by=lead, person=person, offer=offer, lead=lead)

    results = together(open_case, open_case, open_case)
    assert sum(isinstance(result, Case) for result in results) == 1
    assert all(isinstance(r, Case | ValidationError | IntegrityError) for r in results)
    other = services.open_case(
        by=lead, person=PersonFactory(own_department=offer.carrier), offer=offer, lead=lead
    )
    assert other.number.endswith("-0002")


def test_a_withdrawal_wins_over_an_extension_at_the_same_moment(lead):
    case = CaseFactory(offer=OfferFactory(), lead=lead, state="active")
    to = DepartmentFactory()
    consent = services.give_consent(case.person, by=lead, to=to, purpose="Wohnen", case=case)
    later = consent.valid_until.replace(year=consent.valid_until.year + 1)

    def withdraw():
        Consent.objects.get(pk=consent.pk).withdraw(by=lead, reason="mündlich")

    def extend():
        Consent.objects.get(pk=consent.pk).extend(by=lead, until=later)

    together(withdraw, extend)
    assert grants_on(case) == []
    assert grants_on(case.person) == []


def test_two_drafts_of_one_plan_are_one(lead):
    case = CaseFactory(offer=OfferFactory(), lead=lead, state="active")

    def goal(title):
        def add():
            with acting_as(lead):
                return services.add_goal(Case.objects.get(pk=case.pk), by=lead, domain="work", title=title)

        return add

    results = together(goal("Arbeit"), goal("Deutsch"))
    assert not [result for result in results if isinstance(result, Exception)]
    plan = case.plans.get()
    assert [goal.position for goal in plan.goals.all()] == [1, 2]
