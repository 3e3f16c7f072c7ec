"""What may hang on a record, and that its rights decide."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from soe.departments.models import Department, Membership
from soe.web import targets
from tests.factories.core import DepartmentFactory, MembershipFactory, member

GHOST = "00000000-0000-7000-8000-000000000000"


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    monkeypatch.setattr(targets, "_targets", {})
    return targets._targets


def test_several_calls_for_one_model_add_up():
    targets.register(Department, files=True)
    targets.register(Department, comments=True, write="add")
    found = targets.target_for("departments.department")
    assert found.kinds == {"files", "comments"}
    assert (found.read, found.write) == ("view", "add")
    assert targets.target_for(Department, "watch") is None
    assert [target.model for target in targets.registered("comments")] == [Department]


def test_unknown_kinds_of_records_and_rows_out_of_reach_are_404_and_no_right_is_403(db):
    targets.register(Membership, files=True)
    own = MembershipFactory()
    clerk = member("admin.members", department=own.department)
    foreign = MembershipFactory()
    label = "departments.membership"
    assert targets.find(clerk, label, own.pk, kind="files") == own
    for address in ((label, foreign.pk, "files"), (label, GHOST, "files"), (label, own.pk, "watch")):
        with pytest.raises(Http404):
            targets.find(clerk, address[0], address[1], kind=address[2])
    for unknown in ("accounts.user", "nirgends.nichts", "..", ""):
        with pytest.raises(Http404):
            targets.find(clerk, unknown, own.pk, kind="files")
    with pytest.raises(PermissionDenied):
        targets.find(member("register.view"), label, own.pk, kind="files")


def test_reading_and_writing_follow_the_rules_the_model_named(db):
    targets.register(Department, files=True, read="view", write="change")
    house = DepartmentFactory()
    reader = member("register.view")
    assert targets.find(reader, "departments.department", house.pk, kind="files") == house
    with pytest.raises(PermissionDenied):
        targets.find(reader, "departments.department", house.pk, kind="files", action="change")
    assert targets.find(
        member("admin.departments"), "departments.department", house.pk, kind="files", action="change"
    )


def test_a_reach_of_an_unknown_kind_is_a_mistake():
    with pytest.raises(ValueError, match="Unknown kind"):
        targets.OfTarget("photos")
