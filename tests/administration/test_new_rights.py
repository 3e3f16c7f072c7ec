"""New permissions of an update reach a seeded role only by an administrator's click, and nothing taken away comes back."""

import pytest
from django.urls import reverse

from soe.administration.notices import new_rights
from soe.audit.context import acting_as
from soe.audit.models import SecurityEvent
from soe.audit.triggers import gate
from soe.departments.models import Role, RoleGrant
from soe.departments.roles import missing_defaults
from soe.departments.services import set_up_city
from soe.web import seen
from soe.web.models import Notice
from soe.web.tokens import new_token
from tests.factories.core import UserFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def role():
    """As seeded by an earlier version, which knew neither disclosure nor erasure; reading logs was taken away since."""
    with acting_as(UserFactory()):
        set_up_city()
        role = Role.objects.get(code="datenschutz")
        role.set_permissions(role.codes() - {"privacy.view"}, reason="bewusst")
        for table in (RoleGrant.history, RoleGrant._base_manager):
            rows = table.filter(role_id=role.pk, permission__in=["privacy.disclose", "privacy.erase"])
            with gate("Test"):
                rows._raw_delete("default")
    return role


def test_only_what_the_role_never_had_is_offered(role):
    assert {role: [entry.code for entry in new] for role, new in missing_defaults().items()} == {
        role: ["privacy.disclose", "privacy.erase"]
    }


def test_one_click_gives_it_and_is_audited(role, as_member):
    client, user = as_member("admin.roles", "admin.members", "admin.all")
    page = client.get(reverse("administration:overview")).content.decode()
    address = reverse("administration:role_defaults", args=[role.pk])
    assert address in page
    assert "Auskunft erteilen" in client.get(address).content.decode()
    assert address in client.get(role.get_absolute_url()).content.decode()
    role.refresh_from_db()
    data = {"form_token": new_token(), seen.FIELD: seen.mark(role)}
    assert client.post(address, data).status_code == 302
    assert {"privacy.disclose", "privacy.erase"} <= role.codes()
    assert "privacy.view" not in role.codes()
    assert SecurityEvent.objects.filter(kind="role", user_id=user.pk, object_id=role.pk).exists()
    assert RoleGrant.history.filter(
        role_id=role.pk, permission="privacy.erase", history_user_id=user.pk
    ).exists()
    assert missing_defaults() == {}
    assert "neue Rechte" not in client.get(reverse("administration:overview")).content.decode()


def test_administrators_of_roles_get_one_notice_per_version(role, monkeypatch):
    boss, _ = member("admin.roles"), member("admin.members")
    assert new_rights(None) == 1
    assert new_rights(None) == 0  # every morning, told once
    notice = Notice.objects.get(kind="new_rights")
    assert (notice.recipient, notice.title, notice.url) == (
        boss,
        "Neue Rechte in dieser Fassung",
        "/verwaltung/",
    )
    with acting_as(UserFactory()):
        role.set_permissions(role.codes() | {"privacy.erase"}, reason="gegeben")
    Notice.objects.all().delete()
    assert new_rights(None) == 1  # something is still missing
    monkeypatch.setattr("soe.departments.roles.missing_defaults", dict)
    Notice.objects.all().delete()
    assert new_rights(None) == 0


def test_nobody_gives_them_to_herself(role, as_member):
    client, user = as_member("admin.roles", "admin.members")
    with acting_as(user):
        membership = user.memberships.get()
        membership.role.grants.all()
        role.memberships.model(
            user=user, department=membership.department, role=role, valid_from=membership.valid_from
        ).save()
    address = reverse("administration:role_defaults", args=[role.pk])
    data = {"form_token": new_token(), seen.FIELD: seen.mark(role)}
    assert "selbst" in client.post(address, data).content.decode()
    assert "privacy.erase" not in role.codes()
    assert SecurityEvent.objects.filter(kind="denial", user_id=user.pk).exists()


def test_without_looking_at_history_what_was_taken_away_would_come_back(role, monkeypatch):
    """Negative control."""
    monkeypatch.setattr(RoleGrant, "history", RoleGrant.history.none())
    assert "privacy.view" in [entry.code for new in missing_defaults().values() for entry in new]
