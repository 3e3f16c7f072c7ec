"""403, 404, one transaction, and what a form does with rights."""

import pytest
from django.urls import get_resolver, reverse

from soe.departments.models import Department, Membership
from soe.web.views import ActionView
from tests.factories.core import DepartmentFactory, MembershipFactory, UserFactory

from .forms import fields, submit

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.pages")]
GHOST = "00000000-0000-7000-8000-000000000000"


def test_without_login_every_page_leads_to_the_login(client):
    house = DepartmentFactory()
    for name, args in (("t:list", []), ("t:add", []), ("t:detail", [house.pk]), ("t:change", [house.pk])):
        response = client.get(reverse(name, args=args))
        assert response.status_code == 302
        assert "/anmelden/" in response["Location"]


def test_403_when_no_membership_gives_the_action(as_member, monkeypatch):
    client, _ = as_member("register.view")
    assert client.get(reverse("t:add")).status_code == 403
    assert client.get(reverse("t:system")).status_code == 403
    assert client.get(reverse("t:list")).status_code == 200
    # Negative control: without the question the page would open.
    monkeypatch.setattr("soe.web.views.base.rights.may", lambda *args: True)
    assert client.get(reverse("t:add")).status_code == 200


def test_404_for_a_row_out_of_reach_looks_like_a_row_that_does_not_exist(as_member, monkeypatch):
    client, _ = as_member("admin.members")
    foreign = MembershipFactory()
    out_of_reach = client.get(reverse("t:membership", args=[foreign.pk]))
    unknown = client.get(reverse("t:membership", args=[GHOST]))
    assert out_of_reach.status_code == unknown.status_code == 404
    strip = lambda response: response.content.replace(response["X-Request-Id"].encode(), b"")  # noqa: E731
    assert strip(out_of_reach) == strip(unknown)
    # Negative control: without restrict() the row would be shown.
    monkeypatch.setattr(type(Membership.objects.all()), "restrict", lambda rows, user, action="view": rows)
    assert client.get(reverse("t:membership", args=[foreign.pk])).status_code == 200


def test_a_row_may_not_be_moved_out_of_ones_own_scope(as_member, monkeypatch):
    client, person = as_member("admin.members")
    row = MembershipFactory(department=person.memberships.get().department)
    foreign = DepartmentFactory()
    response = submit(client, reverse("t:membership", args=[row.pk]), department=str(foreign.pk))
    assert response.status_code == 200
    assert "außerhalb Ihrer Zuständigkeit" in response.content.decode()
    row.refresh_from_db()
    assert row.department != foreign
    assert row.history.count() == 1
    # Negative control: it is the check after saving that refuses.
    monkeypatch.setattr("soe.web.views.edit.FormPage.check_scope", lambda self, obj: None)
    submit(client, reverse("t:membership", args=[row.pk]), department=str(foreign.pk))
    row.refresh_from_db()
    assert row.department == foreign


def test_buttons_appear_only_for_those_who_may_press_them(as_member):
    house = DepartmentFactory()
    client, _ = as_member("register.view")
    assert "Ändern" not in client.get(reverse("t:detail", args=[house.pk])).content.decode()
    assert "Stelle anlegen" not in client.get(reverse("t:list")).content.decode()


def test_buttons_appear_for_those_who_may(as_member):
    house = DepartmentFactory()
    client, _ = as_member("admin.departments")
    assert "Ändern" in client.get(reverse("t:detail", args=[house.pk])).content.decode()
    assert "Stelle anlegen" in client.get(reverse("t:list")).content.decode()


def test_creating_writes_history_in_the_name_of_the_person(as_member):
    client, person = as_member("admin.departments")
    response = submit(
        client,
        reverse("t:add"),
        code="neu",
        name="Neue Stelle",
        short_name="Neu",
        kind="unit",
        reason="Umbau",
    )
    assert response.status_code == 302
    row = Department.objects.get(code="neu").history.get()
    assert (row.history_user_id, row.history_type, row.history_change_reason) == (person.pk, "+", "Umbau")


def test_a_failed_form_keeps_its_input_and_links_to_the_fields(as_member):
    client, _ = as_member("admin.departments")
    response = submit(client, reverse("t:add"), code="ohne name", name="Neue Stelle", opened_on="31.02.2026")
    html = response.content.decode()
    assert response.status_code == 200
    assert 'value="Neue Stelle"' in html
    assert 'value="31.02.2026"' in html
    assert 'href="#id_opened_on"' in html
    assert 'href="#id_kind_0"' in html
    assert 'aria-describedby="id_opened_on_error"' in html
    assert "Ihre Eingaben sind noch da." in html
    assert not Department.objects.filter(name="Neue Stelle").exists()


def test_foreign_ids_in_a_choice_are_refused_like_unknown_ones(as_member):
    client, person = as_member("admin.members")
    row = person.memberships.get()
    url = reverse("t:membership", args=[row.pk])
    answers = [submit(client, url, role=value).content.decode() for value in (GHOST, "kein-uuid")]
    assert all("treffen Sie bei „Rolle“ eine Auswahl" in answer for answer in answers)


def test_only_declared_fields_can_be_changed(as_member):
    client, person = as_member("admin.members")
    row, other = person.memberships.get(), UserFactory()
    submit(client, reverse("t:membership", args=[row.pk]), user=str(other.pk), ended_at="2020-01-01 00:00")
    row.refresh_from_db()
    assert row.user == person
    assert row.ended_at is None


def test_an_action_runs_the_model_method_with_its_reason(as_member):
    client, person = as_member("admin.members")
    row = MembershipFactory(department=person.memberships.get().department)
    response = submit(client, reverse("t:end", args=[row.pk]), reason="Wechsel zum Jobcenter")
    assert response.status_code == 302
    row.refresh_from_db()
    assert row.ended_at is not None
    assert row.history.first().history_change_reason == "Wechsel zum Jobcenter"


def test_a_refused_action_leaves_nothing_behind_and_says_why(as_member):
    client, person = as_member("admin.members")
    row = MembershipFactory(department=person.memberships.get().department)
    response = submit(client, reverse("t:end", args=[row.pk]), reason="nein")
    assert response.status_code == 200
    assert "Das geht heute nicht." in response.content.decode()
    row.refresh_from_db()
    assert row.ended_at is None
    assert row.history.count() == 1


def test_rights_end_with_the_next_request(as_member):
    client, person = as_member("admin.departments")
    assert client.get(reverse("t:add")).status_code == 200
    membership = Membership.objects.get(user=person)
    from soe.audit.context import acting_as

    with acting_as(person):
        membership.end(reason="Ausscheiden")
    assert client.get(reverse("t:add")).status_code == 403


def test_free_text_about_origin_is_saved_and_answered_with_a_note(as_member):
    client, _ = as_member("admin.departments")
    house = DepartmentFactory()
    data = fields(client.get(reverse("t:change", args=[house.pk]))) | {"competences": "Betreuung der Roma"}
    response = client.post(reverse("t:change", args=[house.pk]), data, follow=True)
    house.refresh_from_db()
    assert house.competences == "Betreuung der Roma"
    assert "Angaben zur Herkunft gehören nicht in SOE" in response.content.decode()


def test_hostile_text_in_every_field_never_becomes_markup(as_member):
    client, _ = as_member("admin.departments")
    evil = "<script>alert(1)</script>\"'>{{7*7}}\0"
    response = submit(
        client, reverse("t:add"), code="boese", name=evil, short_name="<b>x", kind="unit", competences=evil
    )
    assert response.status_code in (200, 302)
    for path in (
        reverse("t:list"),
        reverse("t:list") + "?code=" + "%3Cscript%3E%00",
        "/suche/?q=%3Cscript%3E%00",
    ):
        html = client.get(path).content.decode()
        assert "<script>alert" not in html
        assert "49" not in html.split("boese")[0][-20:]


def test_every_step_names_a_method_of_its_row_or_acts_itself():
    found = 0

    def look(patterns):
        nonlocal found
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                look(pattern.url_patterns)
            elif (view := getattr(pattern.callback, "view_class", None)) and issubclass(view, ActionView):
                if view.perform is ActionView.perform:
                    assert callable(getattr(view.queryset.model, view.method, None)), view
                    found += 1
                else:
                    assert "method" not in vars(view), view  # would never be called

    look(get_resolver("soe.urls").url_patterns)
    assert found > 40
