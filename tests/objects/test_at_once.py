"""Two people at the same time: one wins, the other gets a clear answer, nothing happens twice (PostgreSQL)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from objects.complaints.services import open_property_from, record_complaint
from objects.models import Claim, Complaint, EnforcementStep, OrderItem, Property, PropertySummary
from objects.priority import once, scoring
from objects.proceedings.services import take_step
from tests.factories.complaints import ComplaintFactory
from tests.factories.core import DepartmentFactory, member
from tests.factories.priority import ScoreRuleFactory
from tests.factories.proceedings import CheckFactory, ClaimFactory, ItemFactory, StepFactory
from tests.factories.register import AddressFactory, ProblemAreaFactory, PropertyFactory

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def at_once(*calls):
    """Run the calls in threads that start together; exceptions are results."""
    start = Barrier(len(calls))

    def run(call):
        try:
            start.wait()
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def refused(results):
    return [row for row in results if isinstance(row, Exception)]


def test_a_complaint_is_closed_once():
    complaint, person = ComplaintFactory(in_progress=True), member()

    def close():
        Complaint.objects.get(pk=complaint.pk).close(by=person, outcome="remedied", on=timezone.localdate())

    results = at_once(close, close, close)
    assert [type(row).__name__ for row in refused(results)] == ["IllegalTransition"] * 2
    assert complaint.history.filter(state="closed").count() == 1


def test_a_forwarded_complaint_is_accepted_or_declined_not_both():
    complaint, person = ComplaintFactory(), member()
    complaint.forward(by=person, to=DepartmentFactory(), reason="Bitte übernehmen")
    results = at_once(
        lambda: Complaint.objects.get(pk=complaint.pk).take_over(by=person),
        lambda: Complaint.objects.get(pk=complaint.pk).send_back(by=person, reason="nein"),
    )
    assert len(refused(results)) == 1


def test_complaints_taken_down_at_once_get_different_numbers_without_a_gap():
    person, address = member("complaint.record"), AddressFactory()
    home = person.departments.get()

    def record():
        return record_complaint(by=person, recorded_in=home, text="Müll", address=address).number[-4:]

    assert sorted(at_once(*[record] * 5)) == ["0001", "0002", "0003", "0004", "0005"]


def test_a_property_is_opened_once_for_one_address():
    complaint, person = ComplaintFactory(), member()

    def open_it():
        row = Complaint.objects.get(pk=complaint.pk)
        return open_property_from(row, by=person, problem_areas=["housing"])

    results = at_once(open_it, open_it)
    assert len(refused(results)) == 1
    assert Property.objects.count() == 1


def test_a_penalty_is_set_once():
    item, person = ItemFactory(), member()
    CheckFactory(item=item)
    step = StepFactory(item=item, amount=2500, payment_due=date(2026, 12, 1))

    def carry_out():
        EnforcementStep.objects.get(pk=step.pk).carry_out(by=person, on=date(2026, 11, 10))

    assert len(refused(at_once(carry_out, carry_out, carry_out))) == 2
    assert step.history.filter(state="done").count() == 1


def test_two_officers_set_the_same_penalty_at_once():
    """One threat, one penalty, one claim, whoever of the two comes first."""
    item, person = ItemFactory(), member()
    CheckFactory(item=item)

    def set_it():
        own = OrderItem.objects.get(pk=item.pk)
        return take_step(
            own, "penalty", by=person, on=date(2026, 11, 10), amount=2500, payment_due=date(2026, 12, 1)
        )

    results = at_once(set_it, set_it)
    assert len(refused(results)) == 1
    assert Claim.objects.count() == 1


def test_two_payments_at_once_never_exceed_the_claim():
    claim, person = ClaimFactory(amount=100), member()

    def pay():
        return Claim.objects.get(pk=claim.pk).pay(by=person, amount=60, on=date(2026, 10, 1))

    assert len(refused(at_once(pay, pay))) == 1
    assert Claim.objects.get().open_amount == 40


def two_problems_at_once(house):
    """Two people note a problem of the same house; neither sees the other's row before both have saved."""
    saved = Barrier(2)

    def note(kind):
        with transaction.atomic():
            ProblemAreaFactory(property=house, kind=kind)
            saved.wait(timeout=20)

    assert not refused(at_once(lambda: note("building"), lambda: note("social")))
    return PropertySummary.objects.get(pk=house.pk).score


def test_two_saves_at_once_leave_the_points_of_both(monkeypatch):
    ScoreRuleFactory(input="suspected", points=5, each=True)
    house = PropertyFactory(dwellings_count=None)
    monkeypatch.setattr(once, "AT_ONCE", False)
    assert two_problems_at_once(house) == 10


def test_negative_control_computed_inside_the_transaction_one_of_them_is_missing(monkeypatch):
    ScoreRuleFactory(input="suspected", points=5, each=True)
    house, counted, real = PropertyFactory(dwellings_count=None), Barrier(2), scoring.numbers

    def numbers(*args):
        found = real(*args)
        counted.wait(timeout=20)
        return found

    def note(kind):
        with transaction.atomic():
            ProblemAreaFactory(property=house, kind=kind)

    monkeypatch.setattr(scoring, "_locked", lambda rows: rows)
    monkeypatch.setattr(scoring, "numbers", numbers)
    assert not refused(at_once(lambda: note("building"), lambda: note("social")))
    assert PropertySummary.objects.get(pk=house.pk).score == 5
