"""Löschen: a person with the right approves, once, and only what is due."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from objects.models import Party
from soe.administration.models import LegalHold, RetentionRule
from soe.audit.models import Erasure, SecurityEvent
from tests.factories.register import PartyFactory

pytestmark = pytest.mark.django_db
DUE = reverse("administration:retention_due", args=["owner"])


@pytest.fixture
def owners():
    RetentionRule.set_up()
    with time_machine.travel(datetime(2019, 3, 1, 10, tzinfo=ZoneInfo("Europe/Berlin")), tick=False):
        return [PartyFactory(kind="person", name=f"Kanari {n}") for n in range(2)]


def test_who_may_only_look_cannot_approve(as_member, owners):
    client, _ = as_member("privacy.view")
    page = client.get(reverse("administration:retention"))
    assert "Frühere Eigentümer" in page.content.decode()
    assert "Prüfen" not in page.content.decode()
    assert client.get(DUE).status_code == 403
    assert client.post(DUE, {"selected": [owners[0].pk], "reason": "x"}).status_code == 403
    assert Erasure.objects.count() == 0


def test_only_the_chosen_ones_go_and_the_list_names_nobody(as_member, owners):
    client, person = as_member("privacy.erase")
    html = client.get(DUE).content.decode()
    assert "Kanari" not in html
    answer = client.post(DUE, {"selected": [owners[0].pk], "reason": "Frist vorbei"}, follow=True)
    assert "1 Datensatz ist gelöscht" in answer.content.decode()
    assert sorted(Party.objects.values_list("name", flat=True)) == ["Kanari 1", "gelöscht"]
    certificate = Erasure.objects.get()
    assert (certificate.reason, certificate.user_id) == ("Frist vorbei", person.pk)


@pytest.mark.parametrize("selected", [[], ["00000000-0000-7000-8000-000000000000"], ["x"]])
def test_a_wrong_choice_erases_nothing_and_keeps_the_reason(as_member, owners, selected):
    client, _ = as_member("privacy.erase")
    answer = client.post(DUE, {"selected": selected, "reason": "Frist vorbei"})
    assert answer.status_code == 200
    assert "Frist vorbei" in answer.content.decode()
    assert Erasure.objects.count() == 0


def test_a_reason_is_needed(as_member, owners):
    client, _ = as_member("privacy.erase")
    answer = client.post(DUE, {"selected": [owners[0].pk], "reason": ""})
    assert "Bitte begründen Sie die Löschung" in answer.content.decode()
    assert Erasure.objects.count() == 0


def test_hold_back_and_let_go_again(as_member, owners):
    client, _ = as_member("privacy.erase", "privacy.view")
    address = reverse("administration:hold_add", args=["owner", owners[0].pk])
    assert client.get(address).status_code == 200
    client.post(address, {"reason": "Klage anhängig"})
    hold = LegalHold.objects.get()
    assert str(owners[0].pk) not in client.get(DUE).content.decode().split("sperren")[0]
    assert client.get(address).status_code == 404
    client.post(
        reverse("administration:hold_end", args=[hold.pk]), {"reason": "erledigt", "seen": hold.version}
    )
    assert client.get(address).status_code == 200


def test_changing_a_period_is_a_security_event_and_zero_is_refused(as_member, owners):
    client, _ = as_member("privacy.erase", "privacy.view")
    rule = RetentionRule.objects.get(code="owner")
    address = reverse("administration:retention_rule", args=[rule.pk])
    data = {
        "months": 0,
        "days": 0,
        "basis": rule.basis,
        "active": "on",
        "reason": "Test",
        "version": rule.version,
    }
    assert "Eine Frist von null löscht sofort" in client.post(address, data).content.decode()
    client.post(address, data | {"months": 24})
    rule.refresh_from_db()
    assert rule.months == 24
    assert SecurityEvent.objects.latest("id").detail == "Löschfrist owner: 2 Jahre"


def test_unknown_and_automatic_kinds_have_no_page(as_member, owners):
    client, _ = as_member("privacy.erase")
    for code in ("gibts-nicht", "read_log"):
        assert client.get(f"/verwaltung/loeschung/{code}/").status_code == 404


def test_certificates_are_listed_and_exported(as_member, owners):
    client, _ = as_member("privacy.erase", "privacy.view")
    client.post(DUE, {"selected": [owners[0].pk], "reason": "Frist vorbei"})
    assert "Frist vorbei" in client.get(reverse("administration:erasures")).content.decode()
    assert client.get(reverse("administration:erasures") + "?export=csv").status_code == 200
