"""Money: penalties once per threat, payments in parts, deferral and waiver with a reason, sums."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from objects.models import Claim, OrderItem
from objects.proceedings import gate
from objects.proceedings.models import StepKind
from objects.proceedings.models.enforcement import StepRefused
from objects.proceedings.services import draft_step, take_step
from tests.factories.core import member
from tests.factories.proceedings import CheckFactory, ClaimFactory, ItemFactory, ProceedingFactory
from tests.factories.register import PartyFactory

pytestmark = pytest.mark.django_db
ON, DUE = date(2026, 11, 10), date(2026, 12, 1)


def penalty(item, **values):
    return take_step(
        item, StepKind.PENALTY, by=member(), on=ON, **({"amount": 2500, "payment_due": DUE} | values)
    )


def ready(**values):
    item = ItemFactory(**values)
    CheckFactory(item=item)
    return item


def test_a_penalty_becomes_a_claim_on_the_addressee():
    item = ready()
    step = penalty(item)
    claim = Claim.objects.get()
    assert (claim.step, claim.amount, claim.due_on, claim.kind) == (step, 2500, DUE, "penalty")
    assert claim.party == item.order.addressee


def test_one_threat_carries_one_penalty(monkeypatch):
    item = ready()
    penalty(item)
    with pytest.raises(StepRefused, match="verbraucht"), transaction.atomic():
        penalty(OrderItem.objects.get(pk=item.pk))
    threat = draft_step(item, StepKind.THREAT, by=member(), means="penalty", amount=5000)
    threat.carry_out(by=member(), on=ON)
    penalty(OrderItem.objects.get(pk=item.pk), amount=5000)
    assert Claim.objects.count() == 2
    monkeypatch.setattr(gate, "_amount_threatened", lambda item, draft: gate.Precondition("x", True, ""))
    penalty(OrderItem.objects.get(pk=item.pk), amount=5000)
    assert Claim.objects.count() == 3  # without the check a third would be set


def test_the_bill_of_a_substitute_is_claimed_once_and_says_by_how_much_it_exceeds_the_threat():
    item = ready(substitute_cost=8000)
    step = draft_step(item, StepKind.SUBSTITUTE, by=member(), amount=8000, no_penalty_because="vermögenslos")
    with pytest.raises(ValidationError, match="erst nach"):
        step.record_cost(by=member(), amount=9500, on=ON, due_on=DUE)
    step.carry_out(by=member(), on=ON)
    step.record_cost(by=member(), amount=9500, on=date(2026, 11, 20), due_on=DUE)
    assert step.overrun == 1500
    assert Claim.objects.get().kind == "substitute"
    with pytest.raises(ValidationError, match="schon vermerkt"):
        step.record_cost(by=member(), amount=9500, on=date(2026, 11, 20), due_on=DUE)


def test_paid_in_parts_reversed_and_never_more_than_is_open():
    claim, person = ClaimFactory(amount=1000), member()
    first = claim.pay(by=person, amount=400, on=date(2026, 10, 1))
    assert (claim.open_amount, claim.status) == (600, "teilweise bezahlt")
    with pytest.raises(ValidationError, match="Offen sind noch"):
        claim.pay(by=person, amount=601, on=date(2026, 10, 2))
    claim.pay(by=person, amount=600, on=date(2026, 10, 2))
    assert (claim.open_amount, claim.status) == (0, "bezahlt")
    first.reverse(by=person, on=date(2026, 10, 5), reason="Rücklastschrift")
    assert Claim.objects.get().open_amount == 400
    with pytest.raises(ValidationError, match="schon zurückgebucht"):
        first.reverse(by=person, on=date(2026, 10, 5), reason="noch einmal")
    with pytest.raises(IntegrityError), transaction.atomic():
        _raw(claim)  # the database itself adds up


def _raw(claim):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {Claim._meta.db_table} SET open_amount = 0")


def test_deferral_moves_the_day_and_a_waiver_the_sum():
    claim, person = ClaimFactory(amount=1000), member()
    with pytest.raises(ValidationError, match="muss nach dem"):
        claim.defer(by=person, until=claim.due_on, reason="Raten")
    claim.defer(by=person, until=date(2027, 3, 1), reason="Raten vereinbart")
    assert (claim.pay_by, claim.status) == (date(2027, 3, 1), "gestundet")
    assert not Claim.objects.overdue(date(2027, 1, 1)).exists()
    claim.waive(by=person, amount=250, reason="unbillige Härte")
    assert claim.open_amount == 750
    assert claim.history.latest().history_change_reason == "unbillige Härte"


def test_open_sums_per_owner_count_what_the_reader_may_see():
    party = PartyFactory()
    ClaimFactory(amount=100, party=party)
    hidden = ClaimFactory(amount=40, party=party, proceeding=ProceedingFactory(internal=True))
    rows = Claim.objects.filter(party=party)
    assert rows.restrict(member("proceeding.view"), "view").open_sum() == 100
    own = member("proceeding.view", department=hidden.proceeding.department)
    assert rows.restrict(own, "view").open_sum() == 140


def test_claims_on_their_pages(client):
    row = ProceedingFactory()
    secret = ClaimFactory(amount=777, proceeding=ProceedingFactory(internal=True, subject="Zimtschnecke"))
    person = member("proceeding.view", "proceeding.change", "register.view", department=row.department)
    client.force_login(person)
    create = reverse("objects:claim_create", args=[row.pk])
    values = {"kind": "fee", "amount": "150,00", "claimed_on": "2026-10-01", "due_on": "2026-11-02"}
    assert "Auswahl" in client.post(create, values | {"kind": "penalty"}).content.decode()  # not by hand
    assert client.post(create, values).status_code == 302
    claim = row.claims.get()
    client.post(reverse("objects:claim_pay", args=[claim.pk]), {"amount": "50", "on": "2026-10-09"})
    client.post(reverse("objects:claim_defer", args=[claim.pk]), {"until": "2026-12-15", "reason": "Raten"})
    page = client.get(claim.get_absolute_url()).content.decode()
    assert "100,00 €" in page.replace("\xa0", " ")
    assert "Raten" in page
    listed = client.get(reverse("objects:claim_list")).content.decode()
    assert "Zusammen offen: 100,00" in listed
    assert "Zimtschnecke" not in listed
    answer = client.get(reverse("objects:claim_list") + "?export=csv")
    exported = b"".join(answer.streaming_content).decode()
    assert row.file_number in exported
    assert secret.proceeding.file_number not in exported
    assert client.get(secret.get_absolute_url()).status_code == 404
    client.post(
        reverse("objects:payment_reverse", args=[claim.payments.get().pk]),
        {"on": "2026-10-12", "reason": "x"},
    )
    assert Claim.objects.get(pk=claim.pk).open_amount == 150
