"""S02, S06: passwords: what is accepted, how one is changed and reset, and what a stranger learns from it."""

import re

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from soe.accounts.models import SignInEvent
from tests.factories.core import PASSWORD, UserFactory

NEW = "vier Wörter hinter einander"


@pytest.fixture
def nadine(db):
    return UserFactory(username="nadine", email="nadine@example.org", password=PASSWORD)


def change(client, new, again=None, old=PASSWORD):
    data = {"oldpassword": old, "password1": new, "password2": new if again is None else again}
    return client.post("/konto/kennwort/", data)


@pytest.mark.parametrize(
    "new",
    ["kurz", "7zeichn", "8zeichen", "elf-zeichen", "123456789012345", "nadine@example.org", "startfinding"],
)
def test_weak_passwords_are_refused_with_a_reason(client, nadine, new):
    client.force_login(nadine)
    response = change(client, new)
    assert response.status_code == 200
    html = response.content.decode()
    assert "soe-errors" in html
    assert "Passwort" not in html  # the word of our pages is "Kennwort"
    nadine.refresh_from_db()
    assert nadine.check_password(PASSWORD)


@pytest.mark.parametrize(
    "new", ["zwölf Zeiche", NEW, "x7 " * 21 + "q", "Leerzeichen und Ümläute sind willkommen " * 5]
)
def test_long_passwords_of_any_kind_are_accepted(client, nadine, new):
    client.force_login(nadine)
    assert change(client, new).status_code == 302
    nadine.refresh_from_db()
    assert nadine.check_password(new)


def test_the_old_password_must_be_right_and_both_new_ones_the_same(client, nadine):
    client.force_login(nadine)
    assert "nicht Ihr jetziges Kennwort" in change(client, NEW, old="falsch").content.decode()
    assert "nicht gleich" in change(client, NEW, again="anders").content.decode()


def test_a_change_is_in_the_history_without_the_password(client, nadine):
    client.force_login(nadine)
    change(client, NEW)
    row = nadine.history.first()
    assert row.history_change_reason == "Kennwort geändert"
    assert not hasattr(row, "password")
    assert SignInEvent.objects.filter(kind="password", user_id=nadine.pk).exists()


def reset_link(client, email="nadine@example.org"):
    client.post("/kennwort/vergessen/", {"email": email})
    found = re.search(r"http://testserver(/kennwort/neu/\S+)", mail.outbox[-1].body) if mail.outbox else None
    return found.group(1) if found else None


def test_known_and_unknown_addresses_get_the_same_answer(client, nadine):
    answers = []
    for email in ("nadine@example.org", "fremd@example.org"):
        response = client.post("/kennwort/vergessen/", {"email": email})
        answers.append((response.status_code, response["Location"], client.get(response["Location"]).content))
    assert answers[0][:2] == answers[1][:2]
    assert [m.to for m in mail.outbox] == [["nadine@example.org"]]


def test_the_link_sets_a_new_password_once(client, nadine):
    link = reset_link(client)
    page = client.get(link, follow=True)
    address = page.redirect_chain[-1][0]
    response = client.post(address, {"password1": NEW, "password2": NEW})
    assert response["Location"] == "/kennwort/neu/fertig/"
    nadine.refresh_from_db()
    assert nadine.check_password(NEW)
    assert nadine.history.first().actor_name == str(nadine)
    assert "gilt nicht mehr" in client.get(link, follow=True).content.decode()
    assert "_auth_user_id" not in client.session


def test_the_link_ends_after_an_hour(client, nadine):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        link = reset_link(client)
        clock.shift(61 * 60)
        assert "gilt nicht mehr" in client.get(link, follow=True).content.decode()


def test_the_mail_goes_only_to_the_address_in_the_account(client, nadine):
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=nadine, email="frueher@example.org", verified=True)
    assert reset_link(client, "frueher@example.org") is None


def test_a_deactivated_account_gets_no_link(client, nadine):
    from soe.audit.context import acting_as

    nadine.is_active = False
    with acting_as(nadine):
        nadine.save()
    assert reset_link(client) is None


def test_passwords_may_be_pasted_and_filled_in_by_a_manager(client, db):
    html = client.get("/anmelden/").content.decode()
    assert 'autocomplete="current-password"' in html
    assert "onpaste" not in html
    assert "maxlength" not in html.split('name="password"')[1].split(">")[0]
