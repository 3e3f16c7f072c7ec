"""Verlauf: two versions side by side, and an earlier value as a new change through the record's own form."""

import pytest
from django.urls import reverse

from soe.audit.context import acting_as
from soe.departments.models import Department
from soe.web import history, restoring
from tests.factories.core import DepartmentFactory, MembershipFactory, UserFactory
from tests.web.test_history import address

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.pages")]


@pytest.fixture
def department():
    house = DepartmentFactory(name="Anfang", competences="Wohnen", kind="unit")
    with acting_as(UserFactory()):
        for name in ("Mitte", "Ende"):
            house.name = name
            house.save()
    return house


def versions(department):
    return list(department.history.order_by("history_id").values_list("history_id", flat=True))


def compare(department, **query):
    return reverse("web:history_compare", args=["departments.department", department.pk]), query


def restore_links(response):
    return [
        c.restore_url for _, day in response.context["days"] for e in day for c in e.changes if c.restore_url
    ]


def test_any_two_versions_side_by_side(as_member, department):
    client, _ = as_member("register.view")
    first, _, last = versions(department)
    url, query = compare(department, links=first, rechts=last)
    response = client.get(url, query)
    assert [(c.name, c.before_text, c.after_text) for c in response.context["changed"]] == [
        ("name", "Anfang", "Ende")
    ]
    assert "Kürzel" in response.content.decode()  # what is the same stands below
    assert len(client.get(url).context["changed"]) == 1  # without a choice: the last change


def test_versions_of_another_record_are_not_shown(as_member, department):
    client, _ = as_member("register.view")
    url, _ = compare(department)
    foreign = DepartmentFactory().history.first().history_id
    for left in (foreign, 10**17):
        assert client.get(url, {"links": left}).status_code == 404
    assert client.get(url, {"links": "x' OR 1=1"}).status_code == 200
    row = MembershipFactory()
    assert (
        client.get(reverse("web:history_compare", args=["departments.membership", row.pk])).status_code == 403
    )


def test_hidden_fields_stay_hidden_in_the_comparison(as_member, department, monkeypatch):
    monkeypatch.setattr(Department, "field_permissions", {"name": "admin.departments"})
    client, _ = as_member("register.view")
    first, _, last = versions(department)
    url, query = compare(department, links=first, rechts=last)
    assert "Anfang" not in client.get(url, query).content.decode()


def test_an_earlier_value_comes_back_as_a_new_change_with_its_reason(as_member, department):
    client, person = as_member("admin.departments", "register.view")
    newest, *_ = restore_links(client.get(address(department)))
    form = client.get(newest)
    assert "Aus dem Verlauf übernommen: „Name“" in form.content.decode()
    assert form.context["form"]["name"].value() == "Mitte"
    data = {k: v for k, v in form.context["form"].initial.items() if v is not None}
    answer = client.post(newest, data)
    assert answer.status_code == 302
    department.refresh_from_db()
    assert department.name == "Mitte"
    row = department.history.first()
    assert row.history_change_reason.startswith("Wert vom ")
    assert row.history_change_reason.endswith(" übernommen")
    assert (row.history_user_id, department.history.count()) == (person.pk, 4)


def test_somebody_elses_change_meanwhile_leads_to_the_conflict_page(as_member, department):
    client, _ = as_member("admin.departments", "register.view")
    newest, *_ = restore_links(client.get(address(department)))
    data = {k: v for k, v in client.get(newest).context["form"].initial.items() if v is not None}
    with acting_as(UserFactory()):
        department.name = "Dazwischen"
        department.save()
    assert client.post(newest, data).status_code == 409
    department.refresh_from_db()
    assert department.name == "Dazwischen"


def test_who_may_not_change_the_record_is_offered_nothing_and_gets_403(as_member, department):
    client, _ = as_member("register.view")
    assert restore_links(client.get(address(department))) == []
    first = versions(department)[0]
    path = f"{reverse('t:change', args=[department.pk])}?aus_verlauf={first}&feld=name"
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("query", ["aus_verlauf={foreign}&feld=name", "aus_verlauf=x&feld=name", "aus_verlauf={first}&feld=code",
                                   "aus_verlauf={first}&feld=version", "aus_verlauf={first}&feld=gibtsnicht"])  # fmt: skip
def test_foreign_versions_and_other_fields_fill_nothing(as_member, department, query):
    client, _ = as_member("admin.departments", "register.view")
    foreign = DepartmentFactory(name="FREMD").history.first().history_id
    path = reverse("t:change", args=[department.pk])
    page = client.get(f"{path}?{query.format(foreign=foreign, first=versions(department)[0])}")
    assert page.context["form"]["name"].value() == "Ende"
    assert "Aus dem Verlauf" not in page.content.decode()


def test_without_the_check_of_the_record_a_foreign_value_would_come_in(as_member, department, monkeypatch):
    """Negative control of the test above."""
    foreign = DepartmentFactory(name="FREMD").history.first()
    monkeypatch.setattr(
        restoring.RestoreMixin, "_find", lambda view: ("name", foreign.name, foreign.history_date)
    )
    client, _ = as_member("admin.departments", "register.view")
    page = client.get(reverse("t:change", args=[department.pk]))
    assert page.context["form"]["name"].value() == "FREMD"


def test_a_state_is_never_a_value_to_type():
    from objects.models import Complaint, Property

    assert not restoring.restorable(Complaint, "state")
    assert not restoring.restorable(Property, "number")
    assert restoring.restorable(Department, "name")
    assert not restoring.restorable(Department, "changed_at")


def test_a_long_history_is_read_in_parts_and_no_change_is_lost(as_member, department, monkeypatch):
    monkeypatch.setattr(history, "READ_LIMIT", 5)
    with acting_as(UserFactory()):
        for number in range(12):
            department.name = f"Name {number}"
            department.save()
    client, _ = as_member("register.view")
    seen, query = [], {}
    while True:
        response = client.get(address(department, **query))
        events = [e for _, day in response.context["days"] for e in day]
        seen += [e.history_id for e in events]
        assert all(e.changes and e.changes[0].before is not None for e in events if e.kind == "~")
        if response.context["older"] is None:
            break
        query["vor"] = response.context["older"].isoformat()
    assert sorted(seen) == versions(department)
    assert len(seen) == 15
