"""The gate of enforcement: each precondition alone shuts it, and only documents open it."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from objects.models import EnforcementStep, OrderItem
from objects.proceedings.gate import missing_preconditions, preconditions
from objects.proceedings.ladder import item_in_focus, ladder
from objects.proceedings.models import StepKind
from objects.proceedings.models.enforcement import StepRefused
from objects.proceedings.services import draft_step, take_step
from tests.factories.core import member
from tests.factories.proceedings import CheckFactory, ItemFactory, OrderFactory, StepFactory

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 10)
PENALTY = StepKind.PENALTY


def codes(item, step=PENALTY, on=ON):
    return [entry.code for entry in missing_preconditions(item, step, on=on)]


def ready(**values):
    """An item for which a penalty may be set: everything documented."""
    item = ItemFactory(**values)
    CheckFactory(item=item)
    return item


def draft(item, **values):
    return StepFactory(item=item, amount=2500, payment_due=date(2026, 12, 1), **values)


def test_with_everything_documented_the_penalty_is_set():
    item = ready()
    step = draft(item)
    assert codes(item, step) == []
    step.carry_out(by=member(), on=ON)
    step.refresh_from_db()
    assert (step.state, step.done_on) == ("done", ON)


def test_without_a_draft_only_the_payment_deadline_is_missing():
    assert codes(ready()) == ["payment"]


def test_an_order_neither_final_nor_immediately_enforceable_shuts_the_gate():
    item = ready(order=OrderFactory(served=True))
    assert codes(item, draft(item)) == ["enforceable"]
    with pytest.raises(StepRefused, match="bestandskräftig oder sofort vollziehbar"):
        EnforcementStep.objects.get(item=item).carry_out(by=member(), on=ON)
    assert EnforcementStep.objects.get(item=item).state == "draft"


def test_a_final_order_opens_it_and_only_from_that_day_on():
    item = ready(order=OrderFactory(served=True, final_on=date(2026, 11, 5)))
    step = draft(item)
    assert codes(item, step) == []
    assert codes(item, step, on=date(2026, 11, 4)) == ["enforceable"]


def test_an_order_not_served_is_not_enforceable_even_immediately():
    item = ready(order=OrderFactory(immediately_enforceable=True))
    assert codes(item, draft(item)) == ["enforceable"]


def test_a_penalty_needs_a_threat_of_a_fixed_amount():
    item = ready(threatened_amount=None)
    assert codes(item, draft(item)) == ["threatened"]


def test_a_penalty_above_the_threatened_amount_is_refused():
    item = ready()
    step = StepFactory(item=item, amount=2600, payment_due=date(2026, 12, 1))
    assert codes(item, step) == ["threatened"]


def test_the_deadline_is_missed_only_with_a_documented_check_after_it():
    item = ItemFactory()
    step = draft(item)
    assert codes(item, step) == ["missed"]
    CheckFactory(item=item, checked_on=date(2026, 10, 16))  # the last day itself is in time
    assert codes(item, step) == ["missed"]
    CheckFactory(item=item, checked_on=date(2026, 10, 17))
    assert codes(item, step) == []


def test_a_later_check_that_finds_it_fulfilled_shuts_the_gate_again():
    item = ready()
    CheckFactory(item=item, checked_on=date(2026, 11, 2), fulfilled=True)
    assert codes(item, draft(item)) == ["missed"]


def test_a_running_deadline_shuts_the_gate():
    item = ItemFactory(deadline=date(2026, 11, 27))
    assert codes(item, draft(item)) == ["missed"]


def test_a_deadline_on_a_holiday_runs_until_the_next_working_day():
    item = ItemFactory(deadline=date(2026, 10, 3))  # Saturday and Tag der Deutschen Einheit
    assert item.due_on == date(2026, 10, 5)
    CheckFactory(item=item, checked_on=date(2026, 10, 5))
    assert codes(item, draft(item)) == ["missed"]


def test_the_notice_needs_a_payment_deadline_after_its_own_date():
    item = ready()
    step = StepFactory(item=item, amount=2500)
    assert codes(item, step) == ["payment"]
    step.payment_due = ON
    assert codes(item, step) == ["payment"]


def test_a_court_suspends_single_items_and_the_others_go_on():
    """VG Köln 16 L 1776/22: items I.1 to I.5 and I.11 suspended, the others enforceable."""
    order = OrderFactory(enforceable=True)
    items = [ready(order=order, number=number) for number in range(1, 13)]
    for item in items:
        if item.number in (1, 2, 3, 4, 5, 11):
            item.suspend(by=member(), court="VG Köln", reference="16 L 1776/22", on=date(2026, 11, 2))
    shut = {item.number for item in items if "suspended" in codes(item, draft(item))}
    assert shut == {1, 2, 3, 4, 5, 11}
    assert all(codes(item, item.steps.get()) == [] for item in items if item.number not in shut)
    assert {item.number for item in OrderItem.objects.running().filter(order=order)} == {6, 7, 8, 9, 10, 12}


def test_a_lifted_suspension_opens_the_item_again():
    item = ready()
    item.suspend(by=member(), court="VG Gelsenkirchen", reference="9 L 12/26", on=date(2026, 11, 2))
    step = draft(item)
    with pytest.raises(StepRefused, match="9 L 12/26"):
        step.carry_out(by=member(), on=ON)
    item.lift_suspension(by=member(), reason="OVG NRW hat den Beschluss geändert")
    assert codes(OrderItem.objects.get(pk=item.pk), step) == []


def test_a_suspension_names_court_and_reference():
    item = ItemFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        item.suspend(by=member(), court="VG Köln", reference="", on=date(2026, 11, 2))


def test_a_fulfilled_item_is_not_enforced():
    item = ready()
    step = draft(item)
    item.fulfil(by=member(), on=date(2026, 11, 3))
    assert codes(OrderItem.objects.get(pk=item.pk), step) == ["open"]


def test_the_refusal_names_everything_that_is_missing():
    item = ItemFactory(order=OrderFactory(served=True), threatened_amount=None)
    step = StepFactory(item=item)
    with pytest.raises(StepRefused) as refused:
        step.carry_out(by=member(), on=ON)
    assert [entry.code for entry in refused.value.missing] == [
        "enforceable",
        "threatened",
        "missed",
        "payment",
    ]


def test_take_step_leaves_nothing_behind_when_refused():
    item = ItemFactory()
    with pytest.raises(StepRefused), transaction.atomic():
        take_step(item, PENALTY, by=member(), on=ON, amount=2500, payment_due=date(2026, 12, 1))
    assert not item.steps.exists()


def test_every_missing_precondition_leads_to_where_it_can_be_documented():
    item = ItemFactory(order=OrderFactory(), threatened_amount=None)
    missing = missing_preconditions(item, PENALTY, on=ON)
    assert len(missing) == 4
    assert all(entry.repair.startswith("/") and entry.repair_label for entry in missing)


def test_the_substitute_needs_its_own_threat_and_a_milder_attempt():
    item = ready()
    step = StepFactory(item=item, kind="substitute")
    assert codes(item, step) == ["threatened", "milder"]
    item.substitute_cost = 8000
    assert codes(item, step) == ["milder"]
    step.no_penalty_because = "Eigentümerin ist vermögenslos."
    assert codes(item, step) == []


def test_after_a_penalty_the_substitute_may_follow_and_settles_the_item():
    item = ready(substitute_cost=8000)
    draft(item).carry_out(by=member(), on=ON)
    step = draft_step(item, StepKind.SUBSTITUTE, by=member(), amount=8000)
    step.carry_out(by=member(), on=date(2026, 11, 20))
    item.refresh_from_db()
    assert (item.state, item.settled_on) == ("enforced", date(2026, 11, 20))


def test_a_threat_is_noted_at_the_item_when_it_was_served():
    item = ready(threatened_amount=None)
    step = draft_step(item, StepKind.THREAT, by=member(), means="penalty", amount=1500)
    step.carry_out(by=member(), on=date(2026, 10, 1))
    item.refresh_from_db()
    assert item.threatened_amount == 1500


def test_the_database_refuses_a_penalty_without_payment_deadline():
    with pytest.raises(IntegrityError), transaction.atomic():
        StepFactory(state="done", done_on=ON, amount=2500)


def test_no_step_in_a_closed_proceeding():
    item = ready()
    step = draft(item)
    item.order.proceeding.close(by=member(), closing="revoked", on=date(2026, 11, 5))
    with pytest.raises(ValidationError):
        step.carry_out(by=member(), on=ON)


def test_the_ladder_shows_what_is_done_what_is_locked_and_what_comes_later():
    item = ItemFactory()
    rungs = ladder(item.order.proceeding, item, today=ON)
    assert [(rung.kind, rung.state) for rung in rungs] == [
        ("hearing", "is-done"),  # the order says why none was needed
        ("order", "is-done"),
        ("penalty", "is-locked"),
        ("substitute", "is-later"),
    ]
    assert [entry.code for entry in rungs[2].missing] == ["missed", "payment"]
    assert [entry.code for entry in preconditions(item, PENALTY, on=ON) if entry.met] == [
        "enforceable",
        "threatened",
    ]


def test_the_ladder_looks_at_the_open_item_due_first():
    order = OrderFactory(enforceable=True)
    later, sooner = (
        ItemFactory(order=order, deadline=date(2026, 12, 1)),
        ItemFactory(order=order, deadline=date(2026, 11, 1)),
    )
    suspended = ItemFactory(order=order, deadline=date(2026, 10, 1))
    suspended.suspend(by=member(), court="VG", reference="1 L 1", on=date(2026, 10, 2))
    assert item_in_focus([later, sooner, suspended]) == sooner
    assert item_in_focus([later, sooner], str(later.pk)) == later
