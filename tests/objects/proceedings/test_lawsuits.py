"""Lawsuits: what they stop, what they do not, and what a decision does to single items."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from objects.models import Lawsuit, LawsuitItem, OrderItem
from objects.proceedings import gate
from objects.proceedings.gate import missing_preconditions
from tests.factories.core import member
from tests.factories.proceedings import CheckFactory, ItemFactory, LawsuitFactory, OrderFactory, StepFactory
from tests.factories.register import OwnershipFactory

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 10)


def codes(item):
    item = OrderItem.objects.get(pk=item.pk)
    step = item.steps.first() or StepFactory(item=item, amount=2500, payment_due=date(2026, 12, 1))
    return [entry.code for entry in missing_preconditions(item, step, on=ON)]


def ready(order, count=1):
    items = [ItemFactory(order=order, number=number) for number in range(1, count + 1)]
    for item in items:
        CheckFactory(item=item)
    return items


def final():
    return OrderFactory(served=True, final_on=date(2026, 10, 20))


def test_fact_5_a_lawsuit_against_enforcement_does_not_suspend_it():
    """§ 112 JustG NRW, VG Minden 6 L 1550/18."""
    (item,) = ready(final())
    LawsuitFactory(order=item.order, against="enforcement", items=[item])
    assert codes(item) == []


def test_a_lawsuit_against_the_order_has_suspensive_effect_for_its_items_only(monkeypatch):
    sued, other = ready(final(), 2)
    LawsuitFactory(order=sued.order, items=[sued])
    assert (codes(sued), codes(other)) == (["lawsuit"], [])
    monkeypatch.setattr(gate, "pending_lawsuits", lambda order: LawsuitItem.objects.none())
    assert codes(sued) == []  # nothing but this check shuts the gate


def test_an_immediately_enforceable_order_is_enforced_in_spite_of_the_lawsuit():
    (item,) = ready(OrderFactory(enforceable=True))
    LawsuitFactory(order=item.order, items=[item])
    assert codes(item) == []


def test_vg_koeln_suspends_items_1_to_5_and_11_only():
    """VG Köln 16 L 1776/22, as one decision on the urgent application."""
    items = ready(OrderFactory(enforceable=True), 12)
    suit = LawsuitFactory(order=items[0].order, court="VG Köln", items=items, urgent="16 L 1776/22")
    named = [item for item in items if item.number in (1, 2, 3, 4, 5, 11)]
    with pytest.raises(ValidationError, match="alle Punkte"):
        suit.decide_urgent(by=member(), on=date(2026, 11, 2), outcome="granted", items=named)
    suit.refresh_from_db()
    suit.decide_urgent(by=member(), on=date(2026, 11, 2), outcome="partly", items=named)
    assert {item.number for item in items if codes(item) == ["suspended"]} == {1, 2, 3, 4, 5, 11}
    assert all(codes(item) == [] for item in items if item not in named)


def test_the_end_annuls_what_the_court_annulled_and_lifts_the_suspension_of_the_rest():
    first, second = ready(OrderFactory(enforceable=True), 2)
    suit = LawsuitFactory(order=first.order, items=[first, second], urgent="9 L 1/26")
    suit.decide_urgent(by=member(), on=date(2026, 10, 20), outcome="granted", items=[first, second])
    suit.end(by=member(), on=date(2026, 11, 5), outcome="partly", items=[first])
    assert (codes(first), codes(second)) == (["open"], [])
    assert OrderItem.objects.get(pk=first.pk).state == "annulled"
    assert [row.annulled for row in suit.items.all()] == [True, False]


def test_an_order_under_a_lawsuit_against_all_of_it_does_not_become_final():
    order = OrderFactory(served=True)
    sued, other = ready(order, 2)
    LawsuitFactory(order=order, items=[sued, other])
    with pytest.raises(ValidationError, match="Gegen alle Punkte"):
        order.become_final(by=member(), on=ON)


@pytest.mark.parametrize(
    ("outcome", "count", "text"),
    [("dismissed", 1, "aufgehoben"), ("partly", 0, "aufgehoben"), ("upheld", 1, "alle Punkte")],
)
def test_an_outcome_that_does_not_fit_its_items_is_refused(outcome, count, text):
    items = ready(final(), 2)
    suit = LawsuitFactory(order=items[0].order, items=items)
    with pytest.raises(ValidationError, match=text):
        suit.end(by=member(), on=ON, outcome=outcome, items=items[:count])
    assert Lawsuit.objects.get().is_pending


def test_a_foreign_item_is_neither_sued_nor_suspended():
    (item,), (foreign,) = ready(final()), ready(final())
    with pytest.raises(ValidationError, match="wählen Sie die Punkte"):
        LawsuitFactory(order=item.order, items=[item, foreign])
    suit = LawsuitFactory(order=item.order, items=[item], urgent="9 L 2/26")
    with pytest.raises(ValidationError, match="gehört nicht"):
        suit.decide_urgent(by=member(), on=ON, outcome="partly", items=[foreign])


def test_a_lawsuit_is_entered_and_decided_on_the_pages(client):
    order = OrderFactory(enforceable=True)
    first, second = ready(order, 2)
    row = order.proceeding
    owner = OwnershipFactory(property=row.property).party
    client.force_login(
        member("proceeding.view", "proceeding.change", "owner.view", department=row.department)
    )
    values = {
        "against": "order", "items": [first.pk, second.pk], "plaintiff": owner.pk, "court": "VG Gelsenkirchen",
        "file_number": "9 K 12/26", "filed_on": "2026-10-01", "urgent_filed_on": "2026-10-01",
        "urgent_file_number": "9 L 13/26",
    }  # fmt: skip
    assert client.post(reverse("objects:lawsuit_create", args=[order.pk]), values).status_code == 302
    suit = Lawsuit.objects.get()
    page = client.get(row.get_absolute_url()).content.decode()
    assert "9 K 12/26" in page
    assert owner.name in page
    decision = {"on": "2026-10-20", "outcome": "partly", "items": [second.pk]}
    assert client.post(reverse("objects:lawsuit_urgent", args=[suit.pk]), decision).status_code == 302
    assert OrderItem.objects.get(pk=second.pk).suspension_reference == "9 L 13/26"
    end = {"on": "2026-11-05", "outcome": "dismissed"}
    assert client.post(reverse("objects:lawsuit_end", args=[suit.pk]), end).status_code == 302
    assert not OrderItem.objects.get(pk=second.pk).is_suspended
    client.force_login(member("proceeding.view", "proceeding.change"))
    assert owner.name not in client.get(row.get_absolute_url()).content.decode()
    assert client.get(reverse("objects:lawsuit_end", args=[suit.pk])).status_code == 404
