"""Saved views and chosen columns: a query string under a name, judged by the rights of whoever opens it."""

import csv
import io

import pytest

from soe.audit.context import acting_as
from soe.departments.models import Department
from soe.web.saved.forms import SavedViewForm
from soe.web.saved.models import SavedView
from soe.web.saved.queries import pairs
from soe.web.tables import Table
from soe.web.views.columns import ColumnsMixin
from tests.factories.core import DepartmentFactory, member

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.pages")]
URL = "/t/"
Sharing = SavedView.Sharing


def save_view(owner, name="Träger", query="kind=carrier", sharing=Sharing.PRIVATE, department=None):
    view = SavedView(
        route="t:list", owner=owner, name=name, query=query, sharing=sharing, department=department
    )
    with acting_as(owner):
        view.save()
    return view


def shown(response):
    return [row.record.name for row in response.context["table"].rows]


def heads(response):
    return [column.name for column in response.context["table"].columns]


def header(response):
    raw = b"".join(response.streaming_content).decode("utf-8-sig")
    return next(csv.reader(io.StringIO(raw), delimiter=";"))


@pytest.fixture
def own(db):
    return DepartmentFactory(short_name="Ordnung")


@pytest.fixture
def clerk(client, own):
    person = member("register.view", department=own)
    client.force_login(person)
    return person


def test_a_view_keeps_filters_order_columns_and_size_and_nothing_else(client, clerk):
    page = client.get(URL, {"kind": "carrier", "sortierung": "-name", "spalten": "kind,name", "je_seite": "10",
                            "seite": "1", "boese": "1", "parent": "kein-uuid"})  # fmt: skip
    saved = client.post(page.context["save_url"], {"name": "Träger", "sharing": "private"})
    view = SavedView.objects.get()
    assert dict(pairs(view.query)) == {
        "kind": "carrier", "sortierung": "-name", "spalten": "kind,name", "je_seite": "10",
    }  # fmt: skip
    assert saved["Location"] == view.get_absolute_url()
    assert (view.owner, view.history.count()) == (clerk, 1)
    again = client.get(saved["Location"])
    assert heads(again) == ["kind", "name"]
    assert again.context["saved"] == [(view, True, False)]
    assert not any(current for _, _, current, _ in again.context["tabs"])


def test_who_sees_a_view_follows_from_its_sharing(client, clerk, own):
    boss = member("register.view", "list.share", department=DepartmentFactory())
    save_view(boss, "privat")
    save_view(boss, "für alle", sharing=Sharing.ALL)
    save_view(boss, "Ordnung", sharing=Sharing.DEPARTMENT, department=own)
    save_view(boss, "andere", sharing=Sharing.DEPARTMENT, department=DepartmentFactory())
    assert [view.name for view, _, _ in client.get(URL).context["saved"]] == ["Ordnung", "für alle"]


def test_sharing_needs_an_own_department_or_the_permission(client, clerk, own):
    foreign = DepartmentFactory()
    url = client.get(URL, {"kind": "carrier"}).context["save_url"]
    for data in (
        {"sharing": "all"},
        {"sharing": "department", "department": foreign.pk},
        {"sharing": "department"},
    ):
        assert client.post(url, {"name": "x"} | data).status_code == 200
    assert not SavedView.objects.exists()
    client.post(url, {"name": "x", "sharing": "department", "department": own.pk})
    assert SavedView.objects.get().department == own


def test_a_shared_view_shows_nothing_more_than_the_reader_may_see(client, clerk):
    boss = member("register.view", "admin.departments", "list.share")
    DepartmentFactory(name="Träger", kind="carrier", competences="geheim")
    view = save_view(
        boss, query="kind=carrier&sortierung=competences&spalten=name,competences", sharing=Sharing.ALL
    )
    page = client.get(view.get_absolute_url())
    assert shown(page) == ["Träger"]
    assert heads(page) == ["name"]
    assert "geheim" not in page.content.decode()
    assert "steht Ihnen hier nicht zur Verfügung" in page.content.decode()
    file = client.get(view.get_absolute_url() + "&export=csv")
    assert header(file) == ["Name"]


def test_negative_control_without_the_column_check_the_hidden_one_would_show(client, clerk, monkeypatch):
    monkeypatch.setattr(ColumnsMixin, "known_columns", lambda self: dict(self.table_class.base_columns))
    monkeypatch.setattr(Table, "_forbidden", classmethod(lambda *args: iter(())))
    DepartmentFactory(competences="geheim")
    assert "geheim" in client.get(URL, {"spalten": "name,competences"}).content.decode()


def test_a_stale_filter_is_left_out_with_a_hint(client, clerk):
    DepartmentFactory(name="Träger", kind="carrier")
    view = save_view(clerk, query="kind=gibtsnichtmehr&frueher=1&sortierung=weg")
    page = client.get(view.get_absolute_url())
    assert "Träger" in shown(page)
    assert page.context["hints"][0] == "Aus dieser Ansicht gilt nicht mehr und ist weggelassen: „Art“."
    # Without the mark of a view a broken filter still shows nothing.
    assert shown(client.get(URL, {"kind": "gibtsnichtmehr"})) == []


def test_rename_copy_keep_delete_are_for_the_owner_and_leave_a_history(client, clerk):
    view = save_view(clerk)
    client.post(f"/ansichten/{view.pk}/", {"name": "Neu", "sharing": "private", "version": 1})
    client.post(f"/ansichten/{view.pk}/uebernehmen/", {"query": "kind=unit&boese=1"})
    view.refresh_from_db()
    assert (view.name, view.query, view.version) == ("Neu", "kind=unit", 3)
    client.post(f"/ansichten/{view.pk}/kopieren/")
    assert SavedView.objects.filter(owner=clerk).count() == 2
    client.post(f"/ansichten/{view.pk}/loeschen/")
    assert not SavedView.objects.filter(pk=view.pk).exists()
    assert SavedView.history.filter(id=view.pk).count() == 4


def test_a_shared_view_is_copied_but_not_changed_by_others(client, clerk):
    view = save_view(member("register.view", "list.share"), sharing=Sharing.ALL)
    for step in ("", "loeschen/", "uebernehmen/"):
        assert client.post(f"/ansichten/{view.pk}/{step}", {"name": "gekapert"}).status_code == 404
    client.post(f"/ansichten/{view.pk}/kopieren/")
    assert SavedView.objects.get(owner=clerk).sharing == Sharing.PRIVATE


def test_the_default_view_opens_first_and_the_bare_list_stays_reachable(client, clerk):
    view = save_view(clerk)
    client.post(f"/ansichten/{view.pk}/standard/")
    answer = client.get(URL)
    assert (answer.status_code, answer["Location"]) == (302, view.get_absolute_url())
    page = client.get(answer["Location"])
    bare = page.context["reset_url"]
    assert client.get(bare).status_code == 200
    client.post(f"/ansichten/{view.pk}/standard/")
    assert client.get(URL).status_code == 200


def test_a_default_view_that_is_no_longer_shared_does_not_lock_anybody_out(client, clerk):
    boss = member("register.view", "list.share")
    view = save_view(boss, sharing=Sharing.ALL)
    client.post(f"/ansichten/{view.pk}/standard/")
    view.sharing = Sharing.PRIVATE
    with acting_as(boss):
        view.save()
    assert client.get(URL).status_code == 200


@pytest.mark.parametrize("path", ["//example.org/", "https://example.org/", "/gibtsnicht/", "/konto/", ""])
def test_only_lists_can_be_saved_or_rearranged(client, clerk, path):
    assert (
        client.get(f"/ansichten/neu/{path.strip('/:').replace('/', ':') or 'web:start'}/").status_code == 404
    )
    assert client.post("/ansichten/spalten/", {"liste": path}).status_code == 404


def test_a_view_of_a_list_one_may_not_open_is_refused(client, own):
    client.force_login(member("offer.view", department=own))
    assert client.get("/ansichten/neu/administration:role_list/").status_code == 403


def test_the_file_has_exactly_the_chosen_columns_in_their_order(client, clerk):
    DepartmentFactory()
    assert header(client.get(URL, {"spalten": "position,name", "export": "csv"})) == ["Reihenfolge", "Name"]
    assert heads(client.get(URL, {"spalten": "position"})) == ["name", "position"]  # a row keeps its name


def test_columns_are_moved_shown_and_remembered_without_script(client, clerk):
    form = {"liste": URL, "query": "kind=carrier", "reihe": ["name", "kind", "position", "opened_on"],
            "spalte": ["kind", "position"]}  # fmt: skip
    moved = client.post("/ansichten/spalten/", form | {"hoch": "position"})
    assert moved["Location"] == f"{URL}?kind=carrier&spalten=name%2Cposition%2Ckind&wahl=spalten"
    client.post("/ansichten/spalten/", form | {"merken": "1"})
    assert heads(client.get(URL)) == ["name", "kind", "position"]
    assert "spalten" not in client.get(URL).context["page_query"]
    client.post("/ansichten/spalten/", form | {"standard": "1"})
    assert heads(client.get(URL)) == ["name", "kind", "position", "opened_on"]


def test_views_and_columns_cost_one_query(client, clerk, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(URL)
    with CaptureQueriesContext(connection) as caught:
        client.get(URL)
    assert sum("web_savedview" in query["sql"] for query in caught) == 1
    for number in range(5):
        save_view(clerk, name=f"Ansicht {number}")
    with CaptureQueriesContext(connection) as more:
        client.get(URL)
    assert len(more) == len(caught)


def test_free_words_of_a_list_with_social_data_are_not_kept(client, clerk, monkeypatch):
    monkeypatch.setattr(Department, "social_data", True)
    page = client.get(URL, {"code": "pohlschmidt", "kind": "carrier"})
    answer = client.post(page.context["save_url"], {"name": "Meine", "sharing": "private"}, follow=True)
    assert SavedView.objects.get().query == "kind=carrier"
    assert "Nicht mitgespeichert" in answer.content.decode()


def test_negative_control_without_the_narrowed_choices_anybody_shares_with_everybody(
    client, clerk, monkeypatch
):
    plain = SavedViewForm.__init__

    def wide(self, *args, **kwargs):
        plain(self, *args, **kwargs)
        self.fields["sharing"].choices = Sharing.choices

    monkeypatch.setattr(SavedViewForm, "__init__", wide)
    url = client.get(URL, {"kind": "carrier"}).context["save_url"]
    client.post(url, {"name": "x", "sharing": "all"})
    assert SavedView.objects.get().sharing == Sharing.ALL


def test_negative_control_without_the_reach_a_private_view_of_others_shows(client, clerk, monkeypatch):
    save_view(member("register.view"), "privat")
    assert client.get(URL).context["saved"] == []
    monkeypatch.setattr(type(SavedView.objects.all()), "restrict", lambda rows, user, action="view": rows)
    assert [view.name for view, _, _ in client.get(URL).context["saved"]] == ["privat"]
