"""Service, replacement housing and the law as data, on their pages."""

from datetime import date

import pytest
from django.urls import reverse

from objects.models import LegalBasis, OrderService, Rehousing, ServiceRule
from objects.proceedings.defaults import ensure_service_rules
from tests.factories.core import member, somebody
from tests.factories.proceedings import LegalBasisFactory, OrderFactory, ProceedingFactory
from tests.factories.register import OwnershipFactory

pytestmark = pytest.mark.django_db


def clerk(client, department, *more):
    where = {"department": department} if department else {}
    person = member("register.view", "proceeding.view", "proceeding.change", *more, **where)
    client.force_login(person)
    return person


def test_an_order_is_served_on_owner_and_residents_page_by_page(client):
    row = ProceedingFactory(kind="unfit")
    order = OrderFactory(proceeding=row)
    owner = OwnershipFactory(property=row.property).party
    clerk(client, row.department, "owner.view")
    serve = reverse("objects:order_serve", args=[order.pk])
    assert owner.name in client.get(serve).content.decode()
    client.post(serve, {"role": "owner", "party": owner.pk, "kind": "deed", "sent_on": "2026-09-02"})
    sent = OrderService.objects.get()
    assert "Nachweis fehlt" in client.get(row.get_absolute_url()).content.decode()
    client.post(reverse("objects:service_prove", args=[sent.pk]), {"on": "2026-09-04"})
    client.post(
        serve, {"role": "resident", "recipient": "alle", "kind": "handed", "received_on": "2026-09-05"}
    )
    order.refresh_from_db()
    assert order.served_on == date(2026, 9, 5)
    page = client.post(serve, {"role": "owner", "kind": "deed", "sent_on": "2026-09-02"})
    assert "an wen zugestellt wird" in page.content.decode()
    household = {"place": "2. OG links", "persons": "4", "offered_on": "2026-09-01", "offer": "3 Zimmer"}
    client.post(reverse("objects:rehousing_create", args=[row.pk]), household)
    assert Rehousing.objects.get().offer == "3 Zimmer"
    assert "3 Zimmer" in client.get(row.get_absolute_url()).content.decode()
    client.force_login(member("proceeding.view"))
    page = client.get(row.get_absolute_url()).content.decode()
    assert "zugestellt" in page
    assert owner.name not in page  # whoever may not see owners learns that it was served, not on whom


def test_others_serve_nothing_and_house_nobody(client):
    order, plain = OrderFactory(proceeding=ProceedingFactory(kind="unfit")), ProceedingFactory()
    clerk(client, None)
    assert client.get(reverse("objects:order_serve", args=[order.pk])).status_code == 404
    assert client.get(reverse("objects:rehousing_create", args=[order.proceeding_id])).status_code == 404
    clerk(client, plain.department)
    assert client.get(reverse("objects:rehousing_create", args=[plain.pk])).status_code == 404


def test_the_law_is_kept_by_those_who_steer_and_read_by_all(client):
    row = LegalBasisFactory(law="WohnStG NRW", paragraph="§ 5")
    with somebody():
        ensure_service_rules()
    client.force_login(member("proceeding.view"))
    assert "§ 5 WohnStG NRW" in client.get(reverse("objects:legal_basis_list")).content.decode()
    assert client.get(row.get_absolute_url()).status_code == 200
    renew = reverse("objects:legal_basis_renew", args=[row.pk])
    assert client.get(renew).status_code == 403
    client.force_login(member("register.steer"))
    client.post(reverse("objects:legal_basis_confirm", args=[row.pk]), {"on": "2026-11-20"})
    row.refresh_from_db()
    assert row.checked_on == date(2026, 11, 20)
    values = {
        "valid_from": "2026-07-01",
        "paragraph": "§ 5a",
        "title": "Mindeststandard",
        "reason": "Novelle",
    }
    assert client.post(renew, values).status_code == 302
    assert LegalBasis.objects.get(paragraph="§ 5a").valid_from == date(2026, 7, 1)
    row.refresh_from_db()
    assert row.valid_until == date(2026, 6, 30)
    assert "Alle Fassungen" not in client.get(row.get_absolute_url()).content.decode()
    rule = ServiceRule.objects.get(kind="public")
    assert (
        "14 Tage nach der Bekanntmachung" in client.get(reverse("objects:service_rule_list")).content.decode()
    )
    assert client.get(reverse("objects:service_rule_renew", args=[rule.pk])).status_code == 200
    assert client.get(rule.get_absolute_url()).status_code == 200
