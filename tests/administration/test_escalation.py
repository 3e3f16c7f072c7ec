"""Z09: whoever administers a department reaches no further than the department, and never herself."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from soe.accounts.models import User
from soe.administration.models import Account
from soe.audit.context import acting_as
from soe.audit.models import SecurityEvent
from soe.departments import granting, lifecycle
from soe.departments.granting import Escalation, check_end, check_grant, give
from soe.departments.models import Membership
from tests.factories.core import DepartmentFactory, MembershipFactory, RoleFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    """Administers her department and works in its register."""
    return member("admin.members", "register.view")


@pytest.fixture
def own(lead):
    return lead.memberships.get().department


def post(client, path, **data):
    page = client.get(path)
    return client.post(path, {"form_token": page.context["form_token"]} | data)


def test_she_gives_what_she_holds_and_what_the_city_left_to_departments(lead, own):
    person = MembershipFactory(department=own).user
    check_grant(lead, person=person, department=own, role=RoleFactory(permissions=["register.view"]))
    everyday = RoleFactory(permissions=["case.view"], department_may_grant=True)
    check_grant(lead, person=person, department=own, role=everyday)


@pytest.mark.parametrize(
    "case", ["a right she lacks", "an administrative role marked by mistake", "another department", "herself"]
)
def test_she_gives_nothing_beyond(lead, own, case):
    person, place, role = (
        MembershipFactory(department=own).user,
        own,
        RoleFactory(permissions=["register.view"]),
    )
    if case == "a right she lacks":
        role = RoleFactory(permissions=["register.view", "case.view"])
    elif case == "an administrative role marked by mistake":
        role = RoleFactory(permissions=["admin.all"], department_may_grant=True)
    elif case == "another department":
        place = DepartmentFactory()
        MembershipFactory(user=lead, department=place, role=RoleFactory(permissions=["register.view"]))
    else:
        person = lead
    with pytest.raises(Escalation):
        check_grant(lead, person=person, department=place, role=role)
    with acting_as(lead), pytest.raises(Escalation):
        give(lead, person=person, department=place, role=role, reason="Probe")


def test_what_she_holds_elsewhere_does_not_count_here(lead, own):
    MembershipFactory(user=lead, role=RoleFactory(permissions=["case.view"]))
    with pytest.raises(Escalation):
        check_grant(
            lead,
            person=MembershipFactory(department=own).user,
            department=own,
            role=RoleFactory(permissions=["case.view"]),
        )


def test_a_role_posted_by_hand_is_refused_and_logged(client, lead, own):
    client.force_login(lead)
    person = MembershipFactory(department=own).user
    beyond = RoleFactory(permissions=["case.view"])
    path = f"/verwaltung/konten/{person.pk}/zugehoerigkeit/"
    answer = post(client, path, department=own.pk, role=beyond.pk, valid_from="2026-01-01")
    assert answer.status_code == 200
    assert not person.may("case.view")
    event = SecurityEvent.objects.filter(kind="denial").latest("at")
    assert event.object_id == beyond.pk
    assert event.user_id == lead.pk


def test_negative_control_without_the_check_the_role_is_given(client, lead, own, monkeypatch):
    from soe.administration.forms import memberships as forms
    from soe.departments.models import Role

    monkeypatch.setattr(forms, "check_grant", lambda *args, **kwargs: None)
    monkeypatch.setattr(forms, "grantable_roles", lambda *args: Role.objects.all())
    client.force_login(lead)
    person, beyond = MembershipFactory(department=own).user, RoleFactory(permissions=["case.view"])
    post(
        client,
        f"/verwaltung/konten/{person.pk}/zugehoerigkeit/",
        department=own.pk,
        role=beyond.pk,
        valid_from="2026-01-01",
    )
    assert person.may("case.view")


def test_longer_is_giving_too(client, lead, own):
    client.force_login(lead)
    until = timezone.localdate() + timedelta(days=5)
    row = MembershipFactory(department=own, role=RoleFactory(permissions=["case.view"]), valid_until=until)
    path = f"/verwaltung/zugehoerigkeiten/{row.pk}/"
    data = {"valid_from": row.valid_from, "version": row.version}
    assert post(client, path, **data, valid_until="").status_code == 200
    row.refresh_from_db()
    assert row.valid_until == until
    assert post(client, path, **data, valid_until=timezone.localdate()).status_code == 302


def test_nobody_touches_her_own_membership(client, lead, own):
    client.force_login(lead)
    row = lead.memberships.get()
    for path in (
        f"/verwaltung/zugehoerigkeiten/{row.pk}/",
        f"/verwaltung/zugehoerigkeiten/{row.pk}/beenden/",
    ):
        answer = post(
            client, path, valid_from="2020-01-01", valid_until="", reason="Probe", version=row.version
        )
        assert answer.status_code == 200, path
    row.refresh_from_db()
    assert row.ended_at is None
    assert row.version == 1
    answer = post(
        client,
        f"/verwaltung/konten/{lead.pk}/zugehoerigkeit/",
        department=own.pk,
        role=row.role.pk,
        valid_from="2026-01-01",
    )
    assert answer.status_code == 200
    assert lead.memberships.count() == 1


def test_a_deputy_gets_no_more_than_may_be_given(client, lead, own):
    client.force_login(lead)
    deputy = MembershipFactory(department=own).user
    mine = MembershipFactory(department=own, role=RoleFactory(permissions=["register.view"]))
    beyond = MembershipFactory(department=own, role=RoleFactory(permissions=["case.view"]))
    day = timezone.localdate()
    data = {
        "person": deputy.pk,
        "valid_from": day,
        "valid_until": day + timedelta(days=7),
        "reason": "Urlaub",
    }
    assert post(client, f"/verwaltung/zugehoerigkeiten/{beyond.pk}/vertretung/", **data).status_code == 200
    assert not deputy.may("case.view")
    assert post(client, f"/verwaltung/zugehoerigkeiten/{mine.pk}/vertretung/", **data).status_code == 302
    row = Membership.objects.get(user=deputy, deputy_for=mine.user)
    assert row.valid_until == day + timedelta(days=7)


def test_she_cannot_take_over_an_account_by_its_address(client, lead, own):
    """An e-mail address is where a new password is sent."""
    client.force_login(lead)
    person = MembershipFactory(department=own).user
    path = f"/verwaltung/konten/{person.pk}/aendern/"
    page = client.get(path)
    assert "email" not in page.context["form"].fields
    data = {
        "last_name": "Neu",
        "email": "angreifer@example.org",
        "username": "neu",
        "version": person.version,
    }
    assert post(client, path, **data).status_code == 302
    person.refresh_from_db()
    assert person.last_name == "Neu"
    assert person.email != "angreifer@example.org"
    assert person.username != "neu"


def test_administrators_are_ended_by_administrators_only(lead, own):
    row = MembershipFactory(department=own, role=RoleFactory(permissions=["admin.all"]))
    member("admin.all")
    with pytest.raises(Escalation):
        check_end(lead, row)
    check_end(member("admin.all"), row)


def test_ticking_a_role_as_free_for_departments_needs_the_right_to_give_all(as_member):
    client, _ = as_member("admin.roles", "admin.members")
    role = RoleFactory(permissions=["case.view"])
    path = f"/verwaltung/rollen/{role.pk}/aendern/"
    page = client.get(path)
    assert "department_may_grant" not in page.context["form"].fields
    data = {"name": role.name, "code": role.code, "department_may_grant": "on", "version": role.version}
    post(client, path, **data)
    role.refresh_from_db()
    assert not role.department_may_grant


def test_no_date_takes_away_the_last_administrator(client):
    """Not by an end in the future either: the city would lock itself out that day."""
    last, other = member("admin.all", "admin.members"), member("admin.members", "admin.all")
    dated = other.memberships.get()
    with acting_as(last):
        dated.valid_until = timezone.localdate() + timedelta(days=30)
        dated.save(reason="befristet")
    row = last.memberships.get()
    for change in ({"valid_until": timezone.localdate() + timedelta(days=30)}, {"ended_at": timezone.now()}):
        for name, value in change.items():
            setattr(row, name, value)
        with acting_as(other), pytest.raises(ValidationError, match="letzte"):
            row.save(reason="Versehen")
        row.refresh_from_db()
    client.force_login(other)
    path = f"/verwaltung/zugehoerigkeiten/{row.pk}/"
    answer = post(
        client, path, valid_from=row.valid_from, valid_until=timezone.localdate(), version=row.version
    )
    assert "letzte" in answer.content.decode()
    assert Membership.objects.get(pk=row.pk).valid_until is None


def test_negative_control_without_the_lock_and_check_the_last_one_goes(acting, monkeypatch):
    from contextlib import nullcontext

    from soe.departments import models

    last = member("admin.all")
    monkeypatch.setattr(models, "keeping_an_administrator", lambda touched: nullcontext())
    last.memberships.get().end(reason="Versehen")
    assert not models.administrators().exists()


def test_revocation_works_on_a_page_that_is_open(client):
    """Z08: the form was loaded with the right; the right ends; the POST is refused."""
    admin, boss = member("admin.members", "admin.all"), member("admin.members", "admin.all")
    target = MembershipFactory()
    client.force_login(admin)
    path = f"/verwaltung/zugehoerigkeiten/{target.pk}/beenden/"
    token = client.get(path).context["form_token"]
    with acting_as(boss):
        admin.memberships.get().end(reason="Wechsel")
    assert client.post(path, {"form_token": token, "reason": "zu spät"}).status_code == 403
    target.refresh_from_db()
    assert target.ended_at is None


def test_a_leaver_hands_over_and_keeps_nothing(as_member):
    from cases.casework.models import Case
    from tests.factories.cases import CaseFactory

    client, _ = as_member("admin.members", "admin.all")
    case = CaseFactory()
    leaver, carrier = case.lead, case.offer.carrier
    MembershipFactory(user=leaver, department=carrier, role=RoleFactory(permissions=["case.change"]))
    future = MembershipFactory(user=leaver, valid_from=timezone.localdate() + timedelta(days=30))
    heir = MembershipFactory(department=carrier, role=RoleFactory(permissions=["case.change"])).user
    stranger = member("case.change")
    path = f"/verwaltung/konten/{leaver.pk}/stilllegen/"
    page = client.get(path)
    assert [(item.label, item.count) for item in page.context["work"]] == [("laufende Fälle", 1)]
    nobody = post(client, path, reason="Ruhestand")
    assert "wer das übernimmt" in nobody.content.decode()
    wrong = post(client, path, successor=stranger.pk, reason="Ruhestand")
    assert "keine Fälle führen" in wrong.content.decode()
    assert User.objects.get(pk=leaver.pk).is_active
    assert post(client, path, successor=heir.pk, reason="Ruhestand").status_code == 302
    assert Case.objects.get(pk=case.pk).lead == heir
    future.refresh_from_db()
    assert future.ended_at
    assert not User.objects.get(pk=leaver.pk).is_active


def test_nobody_retires_herself():
    admin = member("admin.all")
    member("admin.all")
    with acting_as(admin), pytest.raises(Escalation):
        lifecycle.leave(Account.objects.get(pk=admin.pk), by=admin, reason="Probe")
    assert granting.OWN


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_remove_each_other_at_the_same_moment_leave_one():
    from threading import Barrier, Thread

    from django.db import connection

    one, two = member("admin.all"), member("admin.all")
    start, results = Barrier(2), []

    def remove(by, whom):
        try:
            row = whom.memberships.get()
            start.wait(timeout=10)
            with acting_as(by):
                row.end(reason="du gehst")
            results.append("done")
        except ValidationError as error:
            results.append(error.code or error.error_list[0].code)
        finally:
            connection.close()

    threads = [Thread(target=remove, args=args) for args in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(results) == ["done", "last_administrator"]
    assert Membership.objects.current().filter(role__grants__permission="admin.all").count() == 1
