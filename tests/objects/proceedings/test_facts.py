"""The five facts of law the register stands on, each as a test named after it."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from objects.inspections import occupancy
from objects.inspections.defaults import set_up_inspections
from objects.models import DwellingVisit, OrderService, Rehousing, ServiceRule
from objects.proceedings import gate
from objects.proceedings.deadlines import lawsuit_deadline
from objects.proceedings.defaults import ensure_service_rules
from objects.proceedings.gate import missing_preconditions
from objects.proceedings.models import StepKind
from objects.proceedings.registration import rebuild_deadlines
from objects.proceedings.services import issue_order, record_hearing
from tests.factories.core import member, somebody
from tests.factories.proceedings import (
    CheckFactory,
    ItemFactory,
    OrderFactory,
    ProceedingFactory,
    StepFactory,
)

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 10)


def codes(item, step=StepKind.PENALTY, on=ON):
    return [entry.code for entry in missing_preconditions(item, step, on=on)]


def unfit(**values):
    return ProceedingFactory(kind="unfit", **values)


def household(proceeding, **values):
    row = Rehousing(proceeding=proceeding, place="2. OG links", persons=4, **values)
    row.record(by=member())
    return row


def serve(order, role, on=date(2026, 9, 3), **values):
    row = OrderService(order=order, role=role, recipient="Adressat", kind="handed", received_on=on, **values)
    row.record(by=member())
    order.refresh_from_db()
    return row


@pytest.mark.parametrize(("day", "flagged"), [(date(2021, 6, 30), False), (date(2021, 7, 1), True)])
def test_fact_1_ten_square_metres_per_person_since_july_2021(day, flagged):
    """VG Minden 1 K 1294/14 as area and heads: 154 m² and 17 registered are 9.06 m² each: enough under the old 9 m²."""
    with somebody():
        set_up_inspections()
    result = occupancy.check(DwellingVisit(area=Decimal(154), registered=17), day)
    assert (result.per_person, result.too_small) == (Decimal("9.06"), flagged)


@pytest.mark.parametrize(("room", "flagged"), [(Decimal("9.9"), True), (Decimal("10"), False)])
def test_fact_2_one_living_room_of_ten_square_metres(room, flagged):
    with somebody():
        set_up_inspections()
    visit = DwellingVisit(area=Decimal(60), registered=3, largest_room=room)
    assert occupancy.check(visit, date(2026, 1, 1)).room_too_small is flagged


def test_fact_3_the_declaration_of_unfitness_goes_to_owner_and_residents(monkeypatch):
    row = unfit(danger_because="Einsturzgefahr")
    order = OrderFactory(proceeding=row, immediately_enforceable=True)
    item = ItemFactory(order=order)
    CheckFactory(item=item)
    step = StepFactory(item=item, amount=2500, payment_due=date(2026, 12, 1))
    serve(order, "owner")
    assert codes(item, step) == ["both_served"]
    serve(order, "resident", on=date(2026, 9, 8))
    assert codes(item, step) == []
    assert order.served_on == date(2026, 9, 8)
    monkeypatch.setattr(type(order), "served_roles", lambda self, on: set())
    assert codes(item, step) == ["both_served"]


def test_fact_3_replacement_housing_comes_first_unless_there_is_immediate_danger():
    row, person = unfit(), member()
    record_hearing(row, by=person, on=date(2026, 8, 1))

    def declare():
        items = [{"text": "Die Wohnung ist zu räumen.", "deadline": date(2026, 10, 1)}]
        return issue_order(row, by=person, issued_on=date(2026, 9, 1), items=items)

    with pytest.raises(ValidationError, match="für keinen Haushalt festgehalten"):
        declare()
    empty = household(row)
    with pytest.raises(ValidationError, match="fehlt für 2"):
        declare()
    empty.offered_on, empty.offer = date(2026, 9, 2), "3 Zimmer"
    empty.record(by=person)
    with pytest.raises(ValidationError, match="Ersatzwohnraum"):  # there from the 2nd, declared on the 1st
        declare()
    row.refresh_from_db()
    row.danger_because = "Kohlenmonoxid"
    with somebody():
        row.save()
    assert declare().items.count() == 1


def test_fact_3_an_ordinary_order_asks_for_no_replacement_housing():
    assert [entry.code for entry in gate.preconditions(ProceedingFactory(), StepKind.ORDER)] == ["hearing"]


def test_fact_4_a_penalty_has_four_preconditions_and_each_alone_shuts_the_gate():
    """VG Minden 3 K 2708/14."""
    item = ItemFactory()
    assert [entry.code for entry in gate.preconditions(item, StepKind.PENALTY, on=ON)] == [
        "enforceable",
        "threatened",
        "missed",
        "payment",
    ]
    CheckFactory(item=item)
    step = StepFactory(item=item, amount=2500, payment_due=date(2026, 12, 1))
    assert codes(item, step) == []
    for change, code in (
        ({"order": OrderFactory(served=True)}, "enforceable"),
        ({"threatened_amount": None}, "threatened"),
        ({"deadline": date(2026, 12, 1)}, "missed"),
    ):
        other = ItemFactory(**change)
        CheckFactory(item=other)
        draft = StepFactory(item=other, amount=2500, payment_due=date(2026, 12, 31))
        assert codes(other, draft) == [code]
    step.payment_due = None
    assert codes(item, step) == ["payment"]


def test_fact_5_no_objection_but_a_lawsuit_within_a_month_of_service():
    assert lawsuit_deadline(date(2026, 9, 3)) == date(2026, 10, 5)  # 3 October is a holiday on a Saturday
    order = OrderFactory(served=True)
    with pytest.raises(ValidationError, match=r"Klagefrist läuft bis 05\.10\.2026"):
        order.become_final(by=member(), on=date(2026, 10, 5))
    order.become_final(by=member(), on=date(2026, 10, 6))
    assert order.is_enforceable(ON)


# --- service ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "sent", "received", "counts_from"),
    [
        ("deed", date(2026, 9, 1), date(2026, 9, 2), date(2026, 9, 2)),
        ("deed", date(2026, 9, 1), None, None),
        ("receipt", date(2026, 9, 1), date(2026, 9, 2), date(2026, 9, 2)),
        ("receipt", date(2026, 9, 3), None, date(2026, 9, 7)),
        (
            "receipt",
            date(2024, 12, 31),
            None,
            date(2025, 1, 3),
        ),  # the law of the day it was posted: three days
        ("receipt", date(2025, 1, 2), None, date(2025, 1, 6)),  # since 2025 four
        ("registered", date(2026, 9, 3), date(2026, 9, 4), date(2026, 9, 7)),
        ("registered", date(2026, 9, 1), date(2026, 9, 8), date(2026, 9, 8)),
        ("registered", date(2026, 9, 1), None, date(2026, 9, 7)),  # the fourth day is a Saturday
        ("public", date(2026, 9, 1), None, date(2026, 9, 15)),
    ],
)
def test_from_when_a_service_counts(kind, sent, received, counts_from):
    order = OrderFactory(issued_on=date(2024, 12, 1))
    row = OrderService(order=order, recipient="A", kind=kind, sent_on=sent, received_on=received)
    row.record(by=member())
    assert row.effective_on == counts_from == order.served_on


def test_an_order_to_several_is_served_when_the_last_one_has_it():
    order, person = OrderFactory(), member()
    serve(order, "owner")
    waiting = OrderService(order=order, recipient="B", kind="deed", sent_on=date(2026, 9, 4))
    waiting.record(by=person)
    assert order.served_on is None
    waiting.fail(by=person, on=date(2026, 9, 9), reason="unbekannt verzogen")
    order.refresh_from_db()
    assert order.served_on == date(2026, 9, 3)
    again = OrderService(order=order, recipient="B", kind="deed", sent_on=date(2026, 9, 10))
    again.record(by=person)
    again.prove(by=person, on=date(2026, 9, 12))
    order.refresh_from_db()
    assert order.served_on == date(2026, 9, 12)


def test_a_changed_law_is_a_new_row_and_old_services_keep_theirs():
    with somebody():
        ensure_service_rules()
    order, person = OrderFactory(), member()
    before = OrderService(order=order, recipient="A", kind="registered", sent_on=date(2026, 9, 1))
    before.record(by=person)
    before.rule.renew(by=person, valid_from=date(2026, 9, 10), days=6, reason="Postrecht")
    after = OrderService(order=order, recipient="B", kind="registered", sent_on=date(2026, 9, 10))
    after.record(by=person)
    assert after.effective_on == date(2026, 9, 16)
    assert before.rule.valid_until == date(2026, 9, 9)
    with pytest.raises(ValidationError, match="in der Zeit dieser Fassung"):
        before.rule.renew(by=person, valid_from=date(2026, 9, 10), reason="noch einmal")


def test_setting_up_again_changes_no_rule_and_leaves_alone_what_somebody_compared():
    with somebody():
        ensure_service_rules()
        known = ServiceRule.objects.filter(kind="registered")
        assert list(known.values_list("days", "valid_until", "checked_on")) == [
            (3, date(2024, 12, 31), date(2024, 3, 16)),
            (4, None, None),  # nobody read the text of 2025 yet: it says so
        ]
        assert ensure_service_rules() == 0
        known.get(valid_until=None).delete(reason="Test")
        old = known.get()
        old.valid_until = None
        old.save()
        rebuild_deadlines(None)  # the night brings a city that has the old version only the new one
        assert list(known.values_list("days", flat=True)) == [3, 4]
        known.get(valid_until=None).delete(reason="Test")
        old = known.get()
        old.valid_until = None
        old.checked_on = date(2026, 5, 4)
        old.save()
        assert ensure_service_rules() == 0
