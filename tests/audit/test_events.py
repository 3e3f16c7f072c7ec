"""Security events: who was refused, whose rights changed, what left the house; never what a person typed."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from soe.audit.events import log_security
from soe.audit.models import SecurityEvent
from tests.factories.core import MembershipFactory, RoleFactory

pytestmark = pytest.mark.django_db


def kinds():
    return list(SecurityEvent.objects.order_by("id").values_list("kind", flat=True))


def test_a_refusal_is_kept_without_query_string(as_member):
    client, person = as_member("register.view")
    before = SecurityEvent.objects.count()
    assert client.get("/verwaltung/konten/?name=KANARI").status_code == 403
    event = SecurityEvent.objects.latest("id")
    assert SecurityEvent.objects.count() == before + 1
    assert (event.kind, event.user_id) == ("denial", person.pk)
    assert "KANARI" not in event.detail
    assert event.detail.startswith("GET administration:account_list")


def test_a_row_out_of_reach_and_a_row_that_does_not_exist_leave_the_same_event(as_member):
    client, person = as_member("admin.members")
    there = MembershipFactory(department=MembershipFactory().department).user.pk
    nowhere = "00000000-0000-7000-8000-000000000000"
    for pk in (there, nowhere):
        assert client.get(reverse("administration:account", args=[pk])).status_code == 404
    events = list(SecurityEvent.objects.filter(kind="not_found", user_id=person.pk).order_by("id"))
    assert [e.detail for e in events] == [f"GET administration:account {pk}" for pk in (there, nowhere)]


def test_without_a_table_for_events_the_answer_is_still_403(as_member, monkeypatch):
    client, _ = as_member("register.view")

    def broken(*args, **kwargs):
        raise DatabaseError("down")

    monkeypatch.setattr("soe.web.errors.log_security", broken)
    assert client.get("/verwaltung/konten/").status_code == 403


def test_role_and_membership_changes_are_events(acting):
    role = RoleFactory(permissions=["register.view"])
    role.set_permissions(["case.view"])
    role.set_permissions(["case.view"])
    membership = MembershipFactory(role=role)
    membership.end(reason="geht")
    assert kinds().count("role") == 2  # what changes nothing is no event
    assert [e.detail for e in SecurityEvent.objects.filter(kind="role").order_by("id")][-1] == (
        f"{role.code}: +case.view -register.view"
    )
    assert [e.detail for e in SecurityEvent.objects.filter(kind="membership").order_by("id")] == [
        "neu",
        "beendet",
    ]


def test_an_event_of_what_failed_is_gone_with_it(acting):
    def fails():
        with transaction.atomic():
            log_security("settings", detail="x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert "settings" not in kinds()


def test_control_characters_cannot_start_a_second_line(acting):
    event = log_security("settings", detail="eins\r\n2026-11-27 zwei\x00\x1b[31m\u2028drei")
    assert event.detail == "eins\\u000d\\u000a2026-11-27 zwei\\u0000\\u001b[31m\\u2028drei"
    assert len(log_security("settings", detail="\n" * 500).detail) == 300


def test_an_export_is_an_event(as_member):
    client, _ = as_member("admin.all", "admin.members")
    response = client.get("/verwaltung/konten/?export=csv")
    assert response.status_code == 200
    event = SecurityEvent.objects.latest("id")
    assert (event.kind, event.model, event.detail) == ("export", "administration.account", "csv")


def test_events_cannot_be_changed(acting):
    event = log_security("settings", detail="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        event.delete()
