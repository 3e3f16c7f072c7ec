"""Keys for programs: shown once, kept as a digest, dead at once."""

import base64
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.web.access import auth
from soe.web.access.models import AccessKey
from tests.factories.core import member

from .forms import fields

LANDING = "/ogc/"


def ask(client, secret, path=LANDING, kind="Bearer"):
    if kind == "Basic":
        secret = base64.b64encode(f"wer:{secret}".encode()).decode()
    return client.get(path, headers={"Authorization": f"{kind} {secret}"})


def key_of(person, **kwargs):
    values = {"label": "QGIS", "valid_until": timezone.localdate() + timedelta(days=30)} | kwargs
    return AccessKey.issue(user=person, **values)


@pytest.fixture
def reader(db):
    return member("register.view")


def test_a_key_is_shown_once_and_kept_as_a_digest(as_member):
    client, _person = as_member("register.view")
    page = client.get(reverse("web:access_key_add"))
    data = fields(page) | {"label": "QGIS", "valid_until": timezone.localdate() + timedelta(days=90)}
    answer = client.post(reverse("web:access_key_add"), data)
    assert answer.status_code == 302
    shown = client.get(reverse("web:access_keys")).content.decode()
    secret = shown.split('class="soe-secret">')[1].split("<")[0]
    assert secret not in client.get(reverse("web:access_keys")).content.decode()
    row = AccessKey.objects.get()
    assert secret not in str(list(AccessKey.objects.values()) + list(AccessKey.history.values()))
    assert row.hint == secret[:8]
    client.logout()
    assert ask(client, secret).status_code == 200
    assert ask(client, secret, kind="Basic").status_code == 200


@pytest.mark.parametrize("days", [-1, 400])
def test_a_key_lives_a_year_at_most(as_member, days):
    client, _ = as_member("register.view")
    data = fields(client.get(reverse("web:access_key_add")))
    data |= {"label": "QGIS", "valid_until": timezone.localdate() + timedelta(days=days)}
    assert client.post(reverse("web:access_key_add"), data).status_code == 200
    assert not AccessKey.objects.exists()


def test_without_a_key_401_and_a_wrong_one_opens_nothing(client, db, reader):
    _, secret = key_of(reader)
    assert client.get(LANDING).status_code == 401
    assert client.get(LANDING)["WWW-Authenticate"].startswith("Basic")
    for wrong in (secret[:-1], secret + "x", "soe_", "", "ü"):
        assert client.get(LANDING, headers={"Authorization": f"Bearer {wrong}"}).status_code == 401
    assert client.get(LANDING, headers={"Authorization": "Basic %%%"}).status_code == 401
    # Never from the address: addresses stand in logs.
    assert client.get(LANDING, {"key": secret, "token": secret}).status_code == 401
    # A wrong key is refused even with a session of somebody who may.
    client.force_login(reader)
    assert ask(client, "soe_falsch").status_code == 401
    assert client.get(LANDING).status_code == 200


def test_a_key_dies_with_its_date_its_owner_and_a_click(client, reader):
    row, secret = key_of(reader)
    assert ask(client, secret).status_code == 200
    row.end(by=reader, reason="verloren")
    assert ask(client, secret).status_code == 401
    row, secret = key_of(reader)
    with acting_as(reader):
        reader.is_active = False
        reader.save(reason="ausgeschieden")
    assert ask(client, secret).status_code == 401
    other = member("register.view")
    _, secret = key_of(other, valid_until=timezone.localdate() - timedelta(days=1))
    assert ask(client, secret).status_code == 401


def test_control_without_the_look_at_the_end_a_revoked_key_would_open(client, reader, monkeypatch):
    row, secret = key_of(reader)
    row.end(by=reader, reason="verloren")
    monkeypatch.setattr("soe.web.access.models.AccessKeyQuerySet.current", lambda self, at=None: self.all())
    assert ask(client, secret).status_code == 200


def test_a_key_gives_no_more_than_its_owner_may_and_ends_with_the_membership(client, reader):
    _, secret = key_of(reader)
    assert ask(client, secret).status_code == 200
    with acting_as(reader):
        reader.memberships.get().end(reason="Wechsel")
    assert ask(client, secret).status_code == 403


def test_only_pages_for_programs_take_keys(client, reader):
    _, secret = key_of(reader)
    assert ask(client, secret, reverse("objects:property_list")).status_code == 302
    assert ask(client, secret, LANDING).status_code == 200
    assert auth.KeyMixin.api


def test_nobody_ends_somebody_elses_key(as_member):
    stranger = member("register.view")
    row, _ = key_of(stranger)
    client, _ = as_member("register.view")
    address = reverse("web:access_key_end", args=[row.pk])
    assert client.get(address).status_code == 404
    client, _ = as_member("admin.all", "register.view")
    data = fields(client.get(address)) | {"reason": "Gerät verloren"}
    assert client.post(address, data).status_code == 302
    row.refresh_from_db()
    assert not row.is_current
