"""Roles: the preview tells the truth, nobody widens her own rights, nobody gives what is not hers to give."""

import pytest
from django.core.exceptions import ValidationError

from soe.audit.context import acting_as
from soe.audit.models import SecurityEvent
from soe.departments import roles as services
from soe.departments.catalogue import PERMISSIONS
from soe.departments.granting import Escalation, check_role_change
from soe.departments.models import Membership
from soe.departments.roles import fingerprint, impact
from tests.factories.core import DepartmentFactory, MembershipFactory, RoleFactory, member

pytestmark = pytest.mark.django_db
ADMIN = ("admin.roles", "admin.members", "admin.all")


def tick(role, code):
    return f"right-{role.pk}-{code.replace('.', '-')}"


def send(client, path, *ticks, step="speichern", reason="neu geschnitten", **data):
    page = client.get(path)
    data = {"form_token": page.context["form_token"], "seen": page.context["fingerprint"]} | data
    return client.post(path, data | {"schritt": step, "reason": reason} | dict.fromkeys(ticks, "on"))


def test_a_change_takes_effect_with_the_next_click(as_member):
    client, _ = as_member(*ADMIN)
    role = RoleFactory(permissions=["register.view"])
    person = MembershipFactory(role=role).user
    answer = send(client, f"/verwaltung/rollen/{role.pk}/rechte/", tick(role, "owner.view"))
    assert answer.status_code == 302, answer.context["form"].errors
    assert person.permission_codes() == {"owner.view"}


def test_the_preview_changes_nothing_and_names_who_gains_and_loses(as_member):
    client, _ = as_member(*ADMIN)
    role = RoleFactory(permissions=["register.view"])
    place = DepartmentFactory()
    loses = MembershipFactory(role=role, department=place).user
    keeps = MembershipFactory(role=role, department=place).user
    MembershipFactory(user=keeps, role=RoleFactory(permissions=["register.view"]), department=place)
    path = f"/verwaltung/rollen/{role.pk}/rechte/"
    answer = send(client, path, tick(role, "owner.view"), step="vorschau", reason="")
    shown = answer.context["impact"]
    assert role.codes() == {"register.view"}
    by_person = {entry.user: entry for entry in shown.people}
    assert {p.code for p, _ in by_person[loses].loses} == {"register.view"}
    assert by_person[keeps].loses == []  # she holds it there through another role
    assert {p.code for p, _ in by_person[keeps].gains} == {"owner.view"}
    assert "darf künftig" in answer.content.decode()


def test_the_preview_agrees_with_what_really_happens():
    """Property: codes per person and place before and after saving are exactly what the preview said."""
    roles = [
        RoleFactory(permissions=codes) for codes in (["register.view", "owner.view"], ["owner.view"], [])
    ]
    places = [DepartmentFactory(), DepartmentFactory()]
    people = [member() for _ in range(4)]
    for index in range(12):
        MembershipFactory(user=people[index % 4], role=roles[index % 3], department=places[index % 2])
    wanted = {roles[0]: {"owner.view"}, roles[1]: {"register.view"}, roles[2]: {"case.view"}}

    def held():
        rows = Membership.objects.current().values_list("user", "department", "role__grants__permission")
        return {row for row in rows if row[2]}

    before, said = held(), impact(wanted)
    with acting_as(member("admin.all")):
        for role, codes in wanted.items():
            role.set_permissions(codes)
    after = held()
    people_ids = {p.pk for p in people}
    gained = {row for row in after - before if row[0] in people_ids}
    lost = {row for row in before - after if row[0] in people_ids}
    assert {(e.user.pk, d.pk, p.code) for e in said.people for p, d in e.gains} == gained
    assert {(e.user.pk, d.pk, p.code) for e in said.people for p, d in e.loses} == lost


def test_nobody_changes_a_role_she_holds(as_member):
    client, person = as_member(*ADMIN)
    role = person.memberships.get().role
    path = f"/verwaltung/rollen/{role.pk}/rechte/"
    ticks = [tick(role, code) for code in (*ADMIN, "case.view")]
    answer = send(client, path, *ticks)
    assert answer.status_code == 200
    assert role.codes() == set(ADMIN)
    assert SecurityEvent.objects.filter(kind="denial", detail__contains="case.view").exists()
    with pytest.raises(Escalation):
        check_role_change(person, role, {*ADMIN, "case.view"})


def test_without_all_memberships_nobody_gives_a_role_what_she_does_not_hold(as_member):
    client, _ = as_member("admin.roles", "admin.members", "register.view")
    role = RoleFactory(permissions=["case.view"])
    path = f"/verwaltung/rollen/{role.pk}/rechte/"
    refused = send(client, path, tick(role, "case.view"), tick(role, "person.view"))
    assert refused.status_code == 200
    assert role.codes() == {"case.view"}
    allowed = send(client, path, tick(role, "register.view"))  # she may add her own, and take away any
    assert allowed.status_code == 302
    assert role.codes() == {"register.view"}


def test_negative_control_without_the_check_the_escalation_would_pass(as_member, monkeypatch):
    client, _ = as_member("admin.roles", "admin.members")
    role = RoleFactory()
    monkeypatch.setattr(services, "check_role_change", lambda *args: None)
    monkeypatch.setattr("soe.administration.forms.roles.RightsForm.clean", lambda self: self.cleaned_data)
    monkeypatch.setattr(
        "soe.administration.forms.roles.RightsForm.ticked",
        lambda self, r, code: self.name_of(r, code) in self.data,
    )
    send(client, f"/verwaltung/rollen/{role.pk}/rechte/", tick(role, "case.view"))
    assert role.codes() == {"case.view"}


def test_two_administrators_at_one_matrix_the_second_sees_the_preview_again(as_member):
    client, _ = as_member(*ADMIN)
    role = RoleFactory()
    path = f"/verwaltung/rollen/{role.pk}/rechte/"
    seen = fingerprint()
    with acting_as(member("admin.all")):
        role.set_permissions(["owner.view"])
    answer = send(client, path, tick(role, "register.view"), seen=seen)
    assert answer.status_code == 409
    assert answer.context["impact"] is not None
    assert role.codes() == {"owner.view"}


def test_the_matrix_lists_every_permission_once_per_role(as_member, django_assert_max_num_queries):
    client, person = as_member(*ADMIN)
    roles = [RoleFactory(permissions=["register.view"]) for _ in range(8)]
    with django_assert_max_num_queries(20):
        page = client.get("/verwaltung/rollen/matrix/")
    form = page.context["form"]
    assert sum(len(rows) for _, rows in form.rows()) == len(PERMISSIONS)
    assert {role.pk for role in form.roles} >= {role.pk for role in roles}
    own = person.memberships.get().role
    assert not any(pk == own.pk for pk, _ in form.open)


def test_a_copy_has_the_rights_and_nobody_holds_it(as_member):
    client, _ = as_member(*ADMIN)
    role = RoleFactory(permissions=["register.view", "owner.view"])
    path = f"/verwaltung/rollen/{role.pk}/kopieren/"
    token = client.get(path).context["form_token"]
    answer = client.post(path, {"form_token": token, "name": "Neu", "code": "neu", "reason": "Probe"})
    assert answer.status_code == 302
    copied = type(role).objects.get(code="neu")
    assert copied.codes() == role.codes()
    assert not copied.memberships.exists()


def test_a_retired_role_is_replaced_and_given_to_nobody(as_member):
    client, person = as_member(*ADMIN)
    old, new = RoleFactory(permissions=["register.view"]), RoleFactory(permissions=["owner.view"])
    row = MembershipFactory(role=old)
    path = f"/verwaltung/rollen/{old.pk}/ausser-gebrauch/"
    token = client.get(path).context["form_token"]
    held = client.post(path, {"form_token": token, "reason": "Probe"})
    assert "Zugehörigkeiten haben diese Rolle" in held.content.decode()
    answer = client.post(path, {"form_token": token, "reason": "Probe", "successor": new.pk})
    assert answer.status_code == 302
    assert row.user.permission_codes() == {"owner.view"}
    old.refresh_from_db()
    assert old.retired_on
    from soe.departments.granting import grantable_roles

    assert old not in grantable_roles(person)


def test_the_last_role_with_administration_keeps_it(acting):
    last = member("admin.all")
    with pytest.raises(ValidationError, match="letzte"):
        last.memberships.get().role.set_permissions([])
    assert last.may("admin.all")
