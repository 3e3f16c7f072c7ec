"""S04: The second factor: set up, asked for, used once, unreadable in the database."""

import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import timezone

from soe.accounts.adapter import MFAAdapter
from tests.factories.core import PASSWORD, UserFactory

SET_UP = "/konto/zweiter-faktor/einrichten/"


@pytest.fixture
def nadine(db):
    return UserFactory(username="nadine", email="nadine@example.org", password=PASSWORD)


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def code(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def sign_in(client):
    return client.post("/anmelden/", {"login": "nadine", "password": PASSWORD})


def set_up(client):
    sign_in(client)
    page = client.get(SET_UP)
    if page.status_code == 302:
        client.post(page["Location"], {"password": PASSWORD})
        page = client.get(SET_UP)
    secret = page.context["form"].secret
    response = client.post(SET_UP, {"code": code(secret)})
    assert response.status_code == 302
    return secret


def test_set_up_shows_a_picture_and_the_key_in_german(client, nadine, clock):
    sign_in(client)
    html = client.get(SET_UP).content.decode()
    assert "Zweiten Faktor einrichten" in html
    assert 'src="data:image/svg+xml' in html


def test_the_password_alone_no_longer_opens_the_door(client, nadine, clock):
    secret = set_up(client)
    client.post("/abmelden/")
    response = sign_in(client)
    assert response["Location"].startswith("/anmelden/code/")
    assert "_auth_user_id" not in client.session
    clock.shift(60)
    assert client.post("/anmelden/code/", {"code": code(secret)}).status_code == 302
    assert client.session["_auth_user_id"] == str(nadine.pk)


def test_a_wrong_code_is_refused_in_words(client, nadine, clock):
    set_up(client)
    client.post("/abmelden/")
    sign_in(client)
    response = client.post("/anmelden/code/", {"code": "000000"})
    assert "Der Code stimmt nicht" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_code_works_once(client, nadine, clock):
    secret = set_up(client)
    clock.shift(60)
    used = code(secret)
    client.post("/abmelden/")
    sign_in(client)
    assert client.post("/anmelden/code/", {"code": used}).status_code == 302
    client.post("/abmelden/")
    sign_in(client)
    assert client.post("/anmelden/code/", {"code": used}).status_code == 200


def test_recovery_codes_work_once(client, nadine, clock):
    set_up(client)
    page = client.get("/konto/zweiter-faktor/ersatzcodes/")
    spare = page.context["unused_codes"][0]
    assert spare in page.content.decode()
    client.post("/abmelden/")
    sign_in(client)
    assert client.post("/anmelden/code/", {"code": spare}).status_code == 302
    client.post("/abmelden/")
    sign_in(client)
    assert client.post("/anmelden/code/", {"code": spare}).status_code == 200


def test_the_secret_is_unreadable_in_the_database(client, nadine, clock):
    secret = set_up(client)
    stored = Authenticator.objects.get(type="totp").data
    assert secret not in str(stored)
    assert MFAAdapter().decrypt(stored["secret"]) == secret


def test_removing_it_asks_for_the_password_again(client, nadine, clock):
    set_up(client)
    clock.shift(20 * 60)
    response = client.get("/konto/zweiter-faktor/entfernen/")
    assert response.status_code == 302
    assert response["Location"].startswith("/konto/bestaetigen/")


@pytest.mark.parametrize(
    "path", ["", "ersatzcodes/", "ersatzcodes/neu/", "ersatzcodes/herunterladen/", "entfernen/"]
)
def test_every_page_of_it_is_german(client, nadine, clock, path):
    set_up(client)
    response = client.get(f"/konto/zweiter-faktor/{path}")
    assert response.status_code == 200
    text = response.content.decode()
    assert not any(word in text for word in ("Recovery", "Authenticator Code", "Activate", "Deactivate"))
