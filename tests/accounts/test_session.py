"""S03: How long a session lasts, and what happens to a form when it ends."""

import pytest
import time_machine
from django.utils import timezone

from soe.accounts import resume
from soe.accounts.models import SignInEvent
from tests.factories.core import PASSWORD, UserFactory, member


@pytest.fixture
def nadine(db):
    return UserFactory(username="nadine", password=PASSWORD)


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def alive(client):
    return client.get("/konto/").status_code == 200


def test_an_hour_without_a_click_ends_the_session(client, nadine, clock):
    client.force_login(nadine)
    assert alive(client)
    clock.shift(59 * 60)
    assert alive(client)
    clock.shift(61 * 60)
    assert not alive(client)
    assert SignInEvent.objects.filter(kind="expired", user_id=nadine.pk).count() == 1


def test_twelve_hours_end_the_session_in_any_case(client, nadine, clock):
    client.force_login(nadine)
    for _ in range(14):
        assert alive(client)
        clock.shift(51 * 60)
    clock.shift(10 * 60)
    assert not alive(client)


def test_negative_control_without_the_limits_it_would_live_on(client, nadine, clock, settings):
    from datetime import timedelta

    settings.SOE_SESSION_IDLE = timedelta(days=9)
    settings.SOE_SESSION_ABSOLUTE = timedelta(days=9)
    client.force_login(nadine)
    assert alive(client)
    clock.shift(3 * 3600)
    assert alive(client)


def test_clicks_within_a_minute_write_nothing(client, nadine, clock, django_assert_num_queries):
    client.force_login(nadine)
    client.get("/konto/")
    clock.shift(10)
    before = client.session.get("soe_seen")
    client.get("/konto/")
    assert client.session.get("soe_seen") == before


def test_a_new_password_ends_every_other_session(client, nadine):
    from tests.clients import WatchingClient

    other = WatchingClient()
    other.force_login(nadine)
    assert alive(other)
    client.force_login(nadine)
    new = "vier Wörter hinter einander"
    response = client.post(
        "/konto/kennwort/", {"oldpassword": PASSWORD, "password1": new, "password2": new}, follow=True
    )
    assert "Ihr Kennwort ist geändert" in response.content.decode()
    assert alive(client)
    assert not alive(other)


def expired_post(client, clock, user, data, path="/konto/"):
    client.force_login(user)
    client.get("/konto/")
    clock.shift(61 * 60)
    return client.post(path, data)


def hidden(response, name):
    html = response.content.decode()
    return html.split(f'name="{name}" value="')[1].split('"')[0]


def test_a_form_sent_after_the_session_ended_is_kept_through_the_login(client, nadine, clock):
    response = expired_post(client, clock, nadine, {"theme": "dark", "shortcuts": "on"})
    assert response.status_code == 401
    assert "Ihre Eingaben sind noch da" in response.content.decode()
    kept = hidden(response, "resume")

    response = client.post("/anmelden/", {"login": "nadine", "password": PASSWORD, "resume": kept})
    assert response["Location"] == "/anmelden/fortsetzen/"
    page = client.get(response["Location"]).content.decode()
    assert '<input type="hidden" name="theme" value="dark">' in page
    assert 'action="/konto/"' in page


def test_a_typo_in_the_password_does_not_lose_the_kept_form(client, nadine, clock):
    kept = hidden(expired_post(client, clock, nadine, {"theme": "dark"}), "resume")
    response = client.post("/anmelden/", {"login": "nadine", "password": "falsch", "resume": kept})
    assert kept in response.content.decode()


def test_another_person_at_the_same_browser_does_not_get_the_input(client, nadine, clock):
    kept = hidden(expired_post(client, clock, nadine, {"theme": "dark"}), "resume")
    UserFactory(username="ole", password=PASSWORD)
    response = client.post("/anmelden/", {"login": "ole", "password": PASSWORD, "resume": kept})
    assert response["Location"] == "/"
    assert client.get("/anmelden/fortsetzen/").status_code == 302


def test_a_made_up_form_is_not_taken(client, nadine):
    response = client.post("/anmelden/", {"login": "nadine", "password": PASSWORD, "resume": "erfunden"})
    assert response["Location"] == "/"


def test_passwords_are_never_kept(rf):
    request = rf.post(
        "/konto/kennwort/", "oldpassword=a&password1=b&note=c", "application/x-www-form-urlencoded"
    )
    assert resume.unpack(resume.pack(request))["fields"] == [["note", ["c"]]]


def test_my_account_shows_memberships_and_saves_settings_with_history(client, db):
    person = member("register.view")
    client.force_login(person)
    html = client.get("/konto/").content.decode()
    membership = person.memberships.get()
    assert membership.role.name in html
    assert str(membership.department) in html
    assert client.post("/konto/", {"theme": "dark"}).status_code == 302
    person.refresh_from_db()
    assert person.preferences == {"theme": "dark", "shortcuts": False}
    assert 'data-kern-theme="dark"' in client.get("/konto/").content.decode()
    assert person.history.first().history_change_reason == "Einstellungen geändert"


def test_a_theme_that_does_not_exist_is_refused_in_words(as_member):
    client, _ = as_member("register.view")
    response = client.post("/konto/", {"theme": "neon"})
    assert response.status_code == 200
    assert "Auswahl" in response.content.decode()
