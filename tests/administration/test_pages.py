"""Departments, roles, accounts: who may, what takes effect, and what cannot be broken."""

import pytest
from django.core.exceptions import ValidationError

from soe.accounts.models import User
from soe.administration.models import Account
from soe.audit.context import acting_as
from soe.audit.models import ReadLog
from soe.audit.reads import log_read
from soe.departments.models import Department, Membership
from tests.factories.core import DepartmentFactory, MembershipFactory, RoleFactory, UserFactory, member

pytestmark = pytest.mark.django_db

PAGES = {
    "/verwaltung/": "admin.members",
    "/verwaltung/organisation/": "admin.departments",
    "/verwaltung/organisation/neu/": "admin.departments",
    "/verwaltung/rollen/": "admin.members",
    "/verwaltung/rollen/neu/": "admin.roles",
    "/verwaltung/konten/": "admin.all",
    "/verwaltung/konten/neu/": "admin.members",
    "/verwaltung/zugriffe/": "privacy.view",
    "/verwaltung/anmeldungen/": "audit.view",
}


@pytest.mark.parametrize(("path", "permission"), PAGES.items())
def test_each_page_opens_with_its_right_and_only_with_it(client, user, as_member, path, permission):
    client.force_login(user)
    assert client.get(path).status_code == 403
    signed_in, _ = as_member(permission)
    assert signed_in.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_sent_to_the_sign_in(client, path):
    assert client.get(path).status_code == 302


def test_lists_stay_within_their_queries(as_member, django_assert_max_num_queries):
    for _ in range(30):
        MembershipFactory()
    client, user = as_member("admin.all", "admin.members", "admin.departments")
    named = client.get("/verwaltung/konten/", {"name": user.username}).content.decode()
    assert f'href="/verwaltung/konten/{user.pk}/"' in named
    for path in ("/verwaltung/konten/", "/verwaltung/organisation/", "/verwaltung/rollen/"):
        with django_assert_max_num_queries(20):
            client.get(path)


def _post(client, path, **data):
    page = client.get(path)
    form = page.context["form"]
    data.setdefault("form_token", page.context["form_token"])
    for name, value in form.initial.items():
        if name in form.fields and value is not None and name not in data:
            data[name] = getattr(value, "pk", value)
    return client.post(path, data)


def test_a_new_account_comes_with_its_membership(as_member):
    client, _ = as_member("admin.all", "admin.members")
    department, role = DepartmentFactory(), RoleFactory(permissions=["register.view"])
    answer = _post(
        client, "/verwaltung/konten/neu/", first_name="Jonas", last_name="Wefelscheid", username="jw",
        email="jw@example.org", department=department.pk, role=role.pk, valid_from="2026-01-01",
    )  # fmt: skip
    assert answer.status_code == 302, answer.context["form"].errors
    person = User.objects.get(username="jw")
    assert person.may("register.view")
    assert not person.has_usable_password()
    assert person.history.count() == 1


def test_a_department_administrator_sees_and_serves_only_her_people(as_member):
    own, other = DepartmentFactory(), DepartmentFactory()
    inside, outside = MembershipFactory(department=own), MembershipFactory(department=other)
    client, _ = as_member("admin.members", department=own)
    assert client.get(f"/verwaltung/konten/{inside.user.pk}/").status_code == 200
    assert client.get(f"/verwaltung/konten/{outside.user.pk}/").status_code == 404
    assert client.get(f"/verwaltung/zugehoerigkeiten/{outside.pk}/beenden/").status_code == 404
    page = client.get(f"/verwaltung/konten/{inside.user.pk}/zugehoerigkeit/")
    assert list(page.context["form"].fields["department"].queryset) == [own]


def test_a_department_administrator_cannot_hand_out_administration(as_member):
    own = DepartmentFactory()
    inside = MembershipFactory(department=own)
    powerful = RoleFactory(permissions=["admin.all", "admin.roles"])
    client, _ = as_member("admin.members", department=own)
    path = f"/verwaltung/konten/{inside.user.pk}/zugehoerigkeit/"
    answer = _post(client, path, department=own.pk, role=powerful.pk, valid_from="2026-01-01")
    assert "role" in answer.context["form"].errors
    assert not inside.user.may("admin.all")


def test_the_last_administrator_cannot_be_removed(acting):
    last = member("admin.all")
    with pytest.raises(ValidationError, match="letzte"):
        last.memberships.get().end(reason="Versehen")
    with pytest.raises(ValidationError, match="letzte"):
        Account.objects.get(pk=last.pk).deactivate(reason="Versehen")
    assert last.may("admin.all")
    member("admin.all")
    last.memberships.get().end(reason="Wechsel")
    assert not User.objects.get(pk=last.pk).may("admin.all")


def test_a_leaver_loses_everything_and_stays_in_the_history(as_member):
    client, _ = as_member("admin.all", "admin.members")
    leaver = member("register.view")
    answer = _post(client, f"/verwaltung/konten/{leaver.pk}/stilllegen/", reason="Ruhestand")
    assert answer.status_code == 302
    leaver = User.objects.get(pk=leaver.pk)
    assert not leaver.is_active
    assert not Membership.objects.current().filter(user=leaver).exists()
    assert leaver.history.first().history_change_reason == "Ruhestand"


def test_the_proxy_writes_into_the_history_of_the_account(acting):
    account = Account.objects.get(pk=UserFactory().pk)
    account.phone = "02323 16-0"
    account.save(reason="neu")
    assert User.objects.get(pk=account.pk).history.first().phone == "02323 16-0"


def test_a_department_cannot_belong_to_itself_through_others(as_member):
    client, _ = as_member("admin.departments")
    upper = DepartmentFactory()
    lower = DepartmentFactory(parent=upper)
    answer = _post(client, f"/verwaltung/organisation/{upper.pk}/aendern/", parent=lower.pk, version=1)
    assert "parent" in answer.context["form"].errors


def test_the_read_log_shows_no_content_and_needs_its_right(as_member):
    department = DepartmentFactory()
    with acting_as(member("register.view")):
        log_read("view", Department, obj=department, basis="Prüfung")
    client, _ = as_member("privacy.view")
    page = client.get("/verwaltung/zugriffe/")
    assert "Prüfung" in page.content.decode()
    assert ReadLog.objects.count() == 1


def test_effective_rights_are_shown_with_their_source(as_member):
    client, _ = as_member("admin.all", "admin.members")
    role = RoleFactory(name="Sachbearbeitung Probe", permissions=["complaint.record"])
    person = MembershipFactory(role=role).user
    text = client.get(f"/verwaltung/konten/{person.pk}/").content.decode()
    assert "Beschwerden aufnehmen" in text
    assert "Sachbearbeitung Probe" in text
