"""Verlauf: sentences with old and new values, and nothing the reader may not see."""

from datetime import date

import pytest
from django.urls import reverse

from soe.audit.context import acting_as
from soe.audit.models import ReadLog
from soe.departments.models import Department, Role
from soe.web.history import pieces
from tests.factories.core import DepartmentFactory, MembershipFactory, RoleFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.pages")]


def address(obj, **query):
    from urllib.parse import urlencode

    base = reverse("web:history", args=[obj._meta.label_lower, obj.pk])
    return f"{base}?{urlencode(query)}" if query else base


@pytest.fixture
def department():
    house = DepartmentFactory(name="Alt", kind="unit", competences="Wohnen")
    with acting_as(UserFactory(first_name="Nadine", last_name="Brinkhoff"), reason="Neuer Zuschnitt"):
        house.name, house.kind, house.opened_on = "Neu", "carrier", date(2026, 3, 1)
        house.parent = DepartmentFactory(short_name="Dezernat IX")
        house.save()
    return house


def test_old_and_new_values_with_person_role_time_and_reason(as_member, department):
    client, _ = as_member("register.view")
    html = client.get(address(department)).content.decode()
    for text in (
        "Nadine Brinkhoff",
        "Grund: Neuer Zuschnitt",
        "<del>Alt</del>",
        "<ins>Neu</ins>",
        "01.03.2026",
    ):
        assert text in html
    assert "<del>Stabsstelle</del>" in html  # the label of a choice, not its code
    assert "<ins>Dezernat IX</ins>" in html  # the label of a link, not its id
    assert "ohne Zugehörigkeit" in html


def test_a_field_the_reader_may_not_see_does_not_appear(as_member, department, monkeypatch):
    monkeypatch.setattr(Department, "field_permissions", {"competences": "admin.departments"})
    with acting_as(UserFactory()):
        department.competences = "KANARI"
        department.save()
    client, _ = as_member("register.view")
    html = client.get(address(department)).content.decode()
    assert "KANARI" not in html
    assert "Zuständigkeiten" not in html
    assert (
        "KANARI" not in client.get(address(department, text="KANARI")).content.decode().split("</form>")[-1]
    )


def test_a_field_appears_for_those_who_may_see_it(as_member, department, monkeypatch):
    monkeypatch.setattr(Department, "field_permissions", {"competences": "admin.departments"})
    with acting_as(UserFactory()):
        department.competences = "KANARI"
        department.save()
    client, _ = as_member("admin.departments")
    assert "KANARI" in client.get(address(department)).content.decode()


def test_a_linked_record_out_of_reach_is_not_named(as_member):
    """Roles may be seen by administrators only: everybody else reads that a link changed, not to what."""
    client, person = as_member("admin.members")
    row = MembershipFactory(
        department=person.memberships.get().department, role=RoleFactory(name="Rolle KANARI")
    )
    assert "Rolle KANARI" in client.get(address(row)).content.decode()
    Role.scope.rules["view"], kept = Role.scope.rules["add"], Role.scope.rules["view"]
    try:
        html = client.get(address(row)).content.decode()
    finally:
        Role.scope.rules["view"] = kept
    assert "Rolle KANARI" not in html.split('id="aenderungen"')[1].split("soe-print-foot")[0]
    assert "nicht sichtbar" in html


def test_changes_of_children_belong_to_the_record(as_member):
    role = RoleFactory(name="Prüfung", permissions=["register.view"])
    client, _ = as_member("admin.members")
    html = client.get(address(role)).content.decode()
    assert "Recht einer Rolle" in html
    assert "Kataster einsehen" in html


def test_filter_by_field_person_and_text(as_member, department):
    client, _ = as_member("register.view")

    def events(**query):
        return [e for _, day in client.get(address(department, **query)).context["days"] for e in day]

    assert len(events()) == 2
    assert len(events(feld="department.name")) == 2
    assert [e.actor for e in events(person="Nadine Brinkhoff")] == ["Nadine Brinkhoff"]
    assert len(events(text="dezernat ix")) == 1
    assert events(von="2100-01-01") == []
    assert len(events(von="kaputt", seite="x", feld="'; DROP")) == 0
    assert len(events(bis="2100-01-01")) == 2


def test_404_and_403_are_those_of_the_record_itself(as_member, client):
    row = MembershipFactory()
    reader, _ = as_member("register.view")
    assert reader.get(address(row)).status_code == 403
    reader, _ = as_member("admin.members")
    assert reader.get(address(row)).status_code == 404
    for label in (
        "auth.group",
        "gibts.nicht",
        "sessions.session",
        "audit.readlog",
        "accounts.historicaluser",
        "x",
    ):
        assert reader.get(f"/verlauf/{label}/{row.pk}/").status_code == 404


def test_reading_the_history_of_social_data_is_logged(as_member, department, monkeypatch):
    monkeypatch.setattr(Department, "social_data", True)
    client, person = as_member("register.view")
    client.get(address(department))
    entry = ReadLog.objects.get()
    assert (entry.user_id, entry.kind, entry.object_id) == (person.pk, "history", department.pk)


def test_the_number_of_queries_does_not_depend_on_the_number_of_changes(
    as_member, department, django_assert_max_num_queries
):
    client, _ = as_member("register.view")
    with acting_as(UserFactory()):
        for number in range(20):
            department.name, department.parent = f"Name {number}", DepartmentFactory()
            department.save()
    client.get(address(department))
    with django_assert_max_num_queries(14):
        client.get(address(department))


def test_in_longer_texts_only_what_differs_is_marked():
    before = "Heizung läuft wieder, Müll im Hof."
    after = "Heizung läuft nicht, Müll im Hof und Flur."
    old, new = pieces(before, after)
    assert "".join(text for _, text in old) == before
    assert "".join(text for _, text in new) == after
    assert (True, "wieder,") in old
    assert any(not changed and "Heizung läuft" in text for changed, text in new)
    assert pieces("Alt", "Neu") == ([(True, "Alt")], [(True, "Neu")])


def test_the_sentence_names_the_changed_fields(as_member, department):
    client, _ = as_member("register.view")
    [event] = [
        e
        for _, day in client.get(address(department, person="Nadine Brinkhoff")).context["days"]
        for e in day
    ]
    assert event.what == "4 Angaben"
    with acting_as(UserFactory()):
        department.name, department.number = "Neuer", "FB 99"
        department.save()
    first = client.get(address(department)).context["days"][0][1][0]
    assert first.what == "Name und Nummer"
