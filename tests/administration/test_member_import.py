"""People from a list: the same rules as by hand, row by row."""

import pytest

from soe.accounts.models import User
from soe.administration.imports import Members
from soe.audit.context import acting_as
from soe.departments.models import Membership
from soe.web.imports.spec import Item
from tests.factories.core import DepartmentFactory, MembershipFactory, RoleFactory, member

pytestmark = pytest.mark.django_db


def rows(user, *values):
    spec = Members()
    items = [
        Item(n, {"username": name, "last_name": "Muster", "department": place, "role": role})
        for n, (name, place, role) in enumerate(values, 2)
    ]
    spec.load(items, user)
    return spec, items


def write(user, spec, items):
    with acting_as(user):
        for item in items:
            if not item.errors:
                spec.write(item, user)


def test_a_row_makes_an_account_and_a_membership_and_never_more_than_the_giver_may():
    own = DepartmentFactory()
    lead = member("admin.members", "register.view", department=own)
    fine, beyond = RoleFactory(permissions=["register.view"]), RoleFactory(permissions=["case.view"])
    elsewhere = MembershipFactory().user
    spec, items = rows(
        lead,
        ("neu.eins", own.code, fine.name),
        ("neu.zwei", own.code, beyond.name),
        ("neu.drei", "gibt es nicht", fine.name),
        (elsewhere.username, own.code, fine.name),
    )
    assert [bool(item.errors) for item in items] == [False, True, True, True]
    write(lead, spec, items)
    person = User.objects.get(username="neu.eins")
    assert person.permission_codes() == {"register.view"}
    assert not person.has_usable_password()
    assert not User.objects.filter(username__in=["neu.zwei", "neu.drei"]).exists()


def test_another_department_and_the_own_account_are_refused():
    from django.core.exceptions import ValidationError

    lead = member("admin.members", "register.view")
    role, other = RoleFactory(permissions=["register.view"]), DepartmentFactory()
    spec, items = rows(
        lead, ("neu", other.code, role.name), (lead.username, lead.departments.get().code, role.name)
    )
    for item in items:
        with acting_as(lead), pytest.raises(ValidationError):
            spec.write(item, lead)
    assert lead.memberships.count() == 1


def test_the_same_row_again_changes_nothing():
    admin = member("admin.members", "admin.all")
    row = MembershipFactory()
    _, items = rows(admin, (row.user.username.upper(), row.department.code, row.role.code))
    assert items[0].obj == row
    assert Membership.objects.filter(user=row.user).count() == 1
