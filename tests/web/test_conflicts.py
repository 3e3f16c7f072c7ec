"""Two people, one record: nothing is overwritten silently, nothing typed is lost."""

import pytest
from django.urls import reverse

from soe.audit.context import acting_as
from tests.factories.core import DepartmentFactory, UserFactory

from .forms import fields, submit

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.pages")]


@pytest.fixture
def department():
    return DepartmentFactory(name="Alt", short_name="Alt", kind="unit")


def change(department, **values):
    other = UserFactory(first_name="Jonas", last_name="Wefelscheid")
    with acting_as(other, reason="Neuer Zuschnitt"):
        fresh = type(department).objects.get(pk=department.pk)
        for name, value in values.items():
            setattr(fresh, name, value)
        fresh.save()


def test_the_second_gets_a_conflict_page_with_both_versions(as_member, department):
    client, _ = as_member("admin.departments")
    url = reverse("t:change", args=[department.pk])
    data = fields(client.get(url))
    change(department, name="Von Jonas")
    response = client.post(url, data | {"name": "Von mir", "short_name": "Mir"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "Jonas Wefelscheid" in html
    assert "Neuer Zuschnitt" in html
    assert "Von Jonas" in html
    assert 'value="Von mir"' in html
    assert "von beiden geändert" in html
    department.refresh_from_db()
    assert department.name == "Von Jonas"


def test_changes_of_different_fields_are_merged_in_the_form(as_member, department):
    client, _ = as_member("admin.departments")
    url = reverse("t:change", args=[department.pk])
    data = fields(client.get(url))
    change(department, competences="Wohnraum")
    response = client.post(url, data | {"name": "Von mir"})
    merged = fields(response)
    assert response.status_code == 409
    assert merged["name"] == ["Von mir"]
    assert merged["competences"] == ["Wohnraum"]
    assert client.post(url, merged).status_code == 302
    department.refresh_from_db()
    assert (department.name, department.competences) == ("Von mir", "Wohnraum")


def test_the_version_cannot_be_left_out(as_member, department):
    client, _ = as_member("admin.departments")
    url = reverse("t:change", args=[department.pk])
    data = fields(client.get(url))
    del data["version"]
    response = client.post(url, data | {"name": "Von mir"})
    assert response.status_code == 200
    assert "laden Sie die Seite neu" in response.content.decode()
    department.refresh_from_db()
    assert department.name == "Alt"


def test_without_a_conflict_the_change_is_saved(as_member, department):
    client, _ = as_member("admin.departments")
    url = reverse("t:change", args=[department.pk])
    assert submit(client, url, name="Neu", reason="Umbenennung").status_code == 302
    department.refresh_from_db()
    assert (department.name, department.version) == ("Neu", 2)
    assert department.history.first().history_change_reason == "Umbenennung"


def test_a_conflict_page_accepts_no_old_token_as_done(as_member, department):
    client, _ = as_member("admin.departments")
    url = reverse("t:change", args=[department.pk])
    data = fields(client.get(url))
    change(department, name="Von Jonas")
    first = client.post(url, data | {"name": "Von mir"})
    again = client.post(url, data | {"name": "Von mir"})
    assert first.status_code == again.status_code == 409
