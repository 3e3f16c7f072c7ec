"""Help texts, shortcuts and the tour: what comes with SOE, what administrators reword, what each person switches."""

import pytest

from soe.web.guidance.keys import GO
from soe.web.guidance.models import PageHelp
from soe.web.guidance.texts import FIELDS, PAGES
from soe.web.routes import routes
from tests.factories.core import member

pytestmark = pytest.mark.django_db
EDIT = "/verwaltung/hilfetexte/"


def test_every_text_and_every_letter_belongs_to_a_page_that_exists():
    known = {route.name for route in routes()}
    assert {*PAGES, *(route for route, _ in FIELDS), *GO} <= known
    assert len(set(GO.values())) == len(GO)


def test_an_administrator_rewords_the_help_of_a_page_with_history(client):
    boss = member("system.manage", "complaint.view")
    client.force_login(boss)
    assert "Hilfe zu dieser Seite" in client.get("/beschwerden/").content.decode()
    url = f"{EDIT}objects:complaint_list/?feld="
    client.post(url, {"text": "<b>Unser</b> Ablauf"})
    row = PageHelp.objects.get()
    client.post(url, {"text": "Unser neuer Ablauf", "version": row.version})
    row.refresh_from_db()
    assert [h.text for h in row.history.order_by("history_id")] == [
        "<b>Unser</b> Ablauf",
        "Unser neuer Ablauf",
    ]
    assert "Unser neuer Ablauf" in client.get("/beschwerden/").content.decode()
    stale = client.post(url, {"text": "Überschrieben", "version": 1})
    assert stale.status_code == 409


def test_help_is_text_never_markup(client):
    client.force_login(member("system.manage", "complaint.view"))
    client.post(f"{EDIT}objects:complaint_list/", {"text": "<script>alert(1)</script>"})
    html = client.get("/beschwerden/").content.decode()
    assert "&lt;script&gt;alert(1)" in html


def test_the_help_of_a_field_stands_beside_it(client):
    client.force_login(member("system.manage", "complaint.view", "complaint.record", "address.view"))
    client.post(f"{EDIT}objects:complaint_create/?feld=text", {"text": "Bitte ohne Namen."})
    assert "Bitte ohne Namen." in client.get("/beschwerden/neu/").content.decode()


@pytest.mark.parametrize("query", ["gibtsnicht/", "%00/", "web:start/?feld=%00"])
def test_only_pages_that_exist_have_help(client, query):
    client.force_login(member("system.manage"))
    assert client.get(EDIT + query).status_code == 404


def test_texts_are_for_administrators(client):
    client.force_login(member("complaint.view"))
    assert client.get("/verwaltung/hilfetexte/").status_code == 403
    assert client.post(f"{EDIT}web:start/", {"text": "x"}).status_code == 403
    assert "Hilfetext ändern" not in client.get("/beschwerden/").content.decode()


def test_the_tour_is_offered_until_it_was_seen_and_can_be_started_again(client):
    person = member("complaint.view")
    client.force_login(person)
    assert "Rundgang beginnen" in client.get("/").content.decode()
    client.post("/konto/rundgang/")
    client.post("/konto/rundgang/")
    person.refresh_from_db()
    assert person.preferences["tour"] == "done"
    assert person.history.filter(history_change_reason="Rundgang gesehen").count() == 1
    assert "Rundgang beginnen" not in client.get("/").content.decode()
    assert "data-open" in client.get("/?rundgang=1").content.decode()


def test_the_overview_names_only_pages_the_person_may_open(client):
    client.force_login(member("complaint.view"))
    html = client.get("/hilfe/").content.decode()
    assert "Beschwerden</dd>" in html
    assert "Fälle</dd>" not in html
