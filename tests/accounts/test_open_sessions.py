"""S03: one's own sign-ins, ended from elsewhere with effect on the next request; and the mails about them."""

import pytest
from django.core import mail
from django.test import Client

from soe.accounts import devices, sessions
from soe.accounts.models import OpenSession, SignInEvent
from soe.administration.models import Account
from tests.clients import WatchingClient
from tests.factories.core import PASSWORD, UserFactory, member, somebody

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Mobile Safari/604.1"
)


@pytest.fixture
def nadine(db):
    return UserFactory(username="nadine", email="nadine@example.org", password=PASSWORD)


def sign_in(client, agent=FIREFOX, login="nadine"):
    client.post("/anmelden/", {"login": login, "password": PASSWORD}, headers={"user-agent": agent})
    return client


def alive(client):
    return client.get("/konto/").status_code == 200


@pytest.fixture
def two(client, nadine):
    return sign_in(client), sign_in(WatchingClient(), IPHONE)


def test_the_page_names_each_device_in_words_and_this_one(two, nadine):
    html = two[0].get("/konto/").content.decode()
    assert "Firefox auf Windows" in html
    assert "Safari auf iPhone" in html
    assert html.count("dieses Gerät") == 1
    assert "Mozilla" not in html


def test_one_other_device_is_signed_out_with_its_next_request(two, nadine):
    here, there = two
    row = OpenSession.objects.get(client="Safari auf iPhone")
    response = here.post(f"/konto/sitzungen/{row.pk}/beenden/", follow=True)
    assert "ist abgemeldet" in response.content.decode()
    assert alive(here)
    assert not alive(there)
    assert not alive(there)  # for good
    assert SignInEvent.objects.filter(kind="revoked", user_id=nadine.pk).count() == 1


def test_everywhere_else_is_everywhere_but_here(two):
    third = sign_in(Client(), "Mozilla/5.0 (X11; Linux x86_64) Chrome/140 Safari/537")
    two[0].post("/konto/sitzungen/beenden/")
    assert alive(two[0])
    assert not alive(two[1])
    assert not alive(third)


def test_negative_control_without_the_question_an_ended_session_lives_on(two, monkeypatch):
    from soe.accounts.middleware import SessionLimitsMiddleware

    two[0].post("/konto/sitzungen/beenden/")
    monkeypatch.setattr(SessionLimitsMiddleware, "is_open", staticmethod(lambda request: True))
    assert alive(two[1])


def test_what_was_typed_into_a_session_that_is_ended_elsewhere_is_kept(two):
    two[0].post("/konto/sitzungen/beenden/")
    response = two[1].post("/konto/", {"theme": "dark"})
    assert response.status_code == 401
    assert "Ihre Eingaben sind noch da" in response.content.decode()


def test_another_persons_session_is_not_found(two, db):
    UserFactory(username="ole", password=PASSWORD)
    stranger = sign_in(WatchingClient(), login="ole")
    row = OpenSession.objects.get(client="Safari auf iPhone")
    assert stranger.post(f"/konto/sitzungen/{row.pk}/beenden/").status_code == 404
    assert alive(two[1])


def test_the_table_holds_no_session_key(two):
    keys = {client.cookies["sessionid"].value for client in two}
    stored = str(list(OpenSession.objects.values()))
    assert not any(key in stored for key in keys)
    assert two[0].cookies["soe_device"].value not in stored


def test_leaving_and_deactivation_end_every_session(two, nadine):
    account = Account.objects.get(pk=nadine.pk)
    with somebody():
        account.deactivate(reason="verlässt die Stadt")
    assert not alive(two[0])
    assert not alive(two[1])
    assert not OpenSession.objects.filter(user=nadine, ended_at=None).exists()
    assert Account.objects.filter(pk=nadine.pk).exists()  # deactivated, never deleted


def test_a_new_password_ends_the_others_in_the_list_as_well(two, nadine):
    new = "vier Wörter hinter einander"
    two[0].post("/konto/kennwort/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert alive(two[0])
    assert not alive(two[1])
    assert OpenSession.objects.filter(user=nadine, ended_at=None).count() == 1
    assert mail.outbox[-1].subject == "SOE: Ihr Kennwort ist geändert"


def test_signing_out_ends_the_row(two, nadine):
    two[0].post("/abmelden/")
    assert OpenSession.objects.filter(user=nadine, ended_at=None).count() == 1


def test_a_new_device_is_told_by_mail_and_a_known_one_is_not(client, nadine):
    sign_in(client)
    assert mail.outbox == []  # the first of all needs no warning
    sign_in(Client(), IPHONE)
    message = mail.outbox.pop()
    assert (message.subject, message.to) == ("SOE: Anmeldung auf einem neuen Gerät", ["nadine@example.org"])
    html = message.alternatives[0].content
    for text in (message.body, html):
        assert "Safari auf iPhone" in text
        assert "Guten Tag" in text
        assert "127.0.0.1" not in text  # no more than needed
    assert '<html lang="de">' in html
    client.post("/abmelden/")
    sign_in(client)
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("client_line", "words"),
    [
        (FIREFOX, "Firefox auf Windows"),
        (IPHONE, "Safari auf iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge auf Windows"),
        ("curl/8.5", "unbekanntes Programm"),
        ("", "unbekanntes Programm"),
    ],
)
def test_devices_in_words(client_line, words):
    assert devices.in_words(client_line) == words


def test_a_session_from_before_or_without_a_row_is_signed_out(client, nadine):
    sign_in(client)
    session = client.session
    del session[sessions.KEY]
    session.save()
    assert not alive(client)


def test_the_account_page_costs_the_same_for_one_and_twenty_sessions(
    client, nadine, django_assert_max_num_queries
):
    person = member("register.view")
    for _ in range(20):
        OpenSession.objects.create(user=person, client="Firefox auf Windows")
    client.force_login(person)
    client.get("/konto/")
    with django_assert_max_num_queries(20):
        client.get("/konto/")
