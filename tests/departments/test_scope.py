"""Who may do what: one sentence, one place."""

from datetime import timedelta

import pytest
from django.utils import timezone

from soe.accounts.models import User
from soe.audit.context import acting_as
from soe.departments.catalogue import PERMISSIONS, permission
from soe.departments.defaults import DEPARTMENTS, ROLES
from soe.departments.models import Department, Membership, Role
from soe.departments.scope import City, OwnDepartment, Rule, Scope, may
from soe.departments.services import set_up_city
from tests.factories.core import DepartmentFactory, MembershipFactory, RoleFactory, UserFactory, member

pytestmark = pytest.mark.django_db


def test_without_membership_nothing_is_in_reach(user):
    MembershipFactory()
    assert not may(user, Membership)
    assert not Membership.objects.restrict(user).exists()


def test_own_department_reaches_own_rows_only():
    own, other = DepartmentFactory(), DepartmentFactory()
    admin = member("admin.members", department=own)
    inside, outside = MembershipFactory(department=own), MembershipFactory(department=other)
    rows = Membership.objects.restrict(admin, "change")
    assert inside in rows
    assert outside not in rows
    assert may(admin, Membership, "change")


def test_a_reach_may_name_its_own_permission():
    admin = member("admin.all")
    assert MembershipFactory() in Membership.objects.restrict(admin, "change")


def test_two_roles_never_double_a_row():
    department = DepartmentFactory()
    admin = member("admin.members", department=department)
    MembershipFactory(user=admin, department=department, role=RoleFactory(permissions=["admin.members"]))
    target = MembershipFactory(department=department)
    assert list(Membership.objects.restrict(admin)).count(target) == 1


@pytest.mark.parametrize(
    "ended",
    [
        {
            "valid_until": timezone.localdate() - timedelta(days=1),
            "valid_from": timezone.localdate() - timedelta(days=9),
        },
        {"valid_from": timezone.localdate() + timedelta(days=1)},
        {"ended_at": timezone.now()},
    ],
)
def test_a_membership_counts_only_while_it_is_in_force(ended):
    admin = member("admin.all", **ended)
    assert not may(admin, Membership)
    assert not Membership.objects.restrict(admin).exists()
    assert not admin.may("admin.all")


def test_the_last_day_of_a_membership_still_counts():
    admin = member("admin.all", valid_until=timezone.localdate())
    assert admin.may("admin.all")


def test_ending_a_membership_works_at_once():
    admin = member("admin.all")
    member("admin.all")
    assert Membership.objects.restrict(admin).exists()
    with acting_as(admin):
        admin.memberships.get().end(reason="Wechsel")
    assert not Membership.objects.restrict(admin).exists()


def test_a_deactivated_account_has_no_rights():
    admin = member("admin.all")
    with acting_as(admin):
        admin.is_active = False
        admin.save()
    assert not may(admin, Membership)
    assert not Membership.objects.restrict(User.objects.get(pk=admin.pk)).exists()


def test_superusers_bypass_nothing():
    superuser = UserFactory(is_superuser=True, is_staff=True)
    MembershipFactory()
    assert not superuser.has_perm("departments.view_membership")
    assert not Membership.objects.restrict(superuser).exists()


def test_has_perm_gives_the_same_answer_as_restrict():
    own = DepartmentFactory()
    admin = member("admin.members", department=own)
    inside, outside = MembershipFactory(department=own), MembershipFactory()
    assert admin.has_perm("departments.change_membership", inside)
    assert not admin.has_perm("departments.change_membership", outside)
    assert not admin.has_perm("departments.unknown_thing", inside)


def test_a_hard_denial_beats_everything(monkeypatch):
    from django.db.models import Q

    admin = member("admin.all")
    target = MembershipFactory()
    monkeypatch.setattr(
        Membership,
        "scope",
        Scope(view=Rule("admin.all", City()), deny=[lambda user: Q(pk=target.pk)]),
    )
    assert target not in Membership.objects.restrict(admin)
    # Negative control: it is the denial that refuses.
    monkeypatch.setattr(Membership, "scope", Scope(view=Rule("admin.all", City())))
    assert target in Membership.objects.restrict(admin)


def test_an_unknown_permission_raises():
    with pytest.raises(KeyError):
        permission("register.eat")
    with pytest.raises(KeyError):
        Rule("register.eat", OwnDepartment())


def test_an_action_without_rule_raises(user):
    with pytest.raises(KeyError):
        Membership.objects.restrict(user, "paint")


def test_the_city_is_set_up_once(acting):
    assert set_up_city() == (len(DEPARTMENTS), len(ROLES))
    assert set_up_city() == (0, 0)
    assert Department.objects.get(code="koordination").parent.code == "dezernat3"


def test_seeded_roles_know_only_known_permissions_and_every_permission_has_a_role():
    granted = {code for *_, codes in ROLES for code in codes}
    assert granted <= set(PERMISSIONS)
    assert set(PERMISSIONS) <= granted


def test_the_coordination_office_sees_no_person():
    codes = {code: set(codes) for code, _, _, codes in ROLES}["koordination"]
    assert not {code for code in codes if PERMISSIONS[code].social}


def test_set_permissions_writes_one_history_row_per_change(acting):
    role = RoleFactory(permissions=["register.view", "complaint.view"])
    role.set_permissions(["register.view", "owner.view"], reason="neu geschnitten")
    assert role.codes() == {"register.view", "owner.view"}
    changes = Role.grants.rel.related_model.history.filter(role=role, history_change_reason="neu geschnitten")
    assert sorted(changes.values_list("history_type", "permission")) == [
        ("+", "owner.view"),
        ("-", "complaint.view"),
    ]
