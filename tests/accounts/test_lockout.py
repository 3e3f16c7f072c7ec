"""S01: Guessing gets slower; owners are not shut out."""

import pytest
import time_machine
from django.utils import timezone

from soe.accounts import lockout
from soe.accounts.events import client_address
from soe.accounts.models import SignInEvent
from tests.factories.core import PASSWORD, UserFactory

LOGIN = "/anmelden/"


@pytest.fixture
def nadine(db):
    return UserFactory(username="nadine", email="nadine@example.org", password=PASSWORD)


def attempt(client, password="falsch", login="nadine", address="10.0.0.1", agent="Browser"):
    return client.post(
        LOGIN, {"login": login, "password": password}, REMOTE_ADDR=address, headers={"user-agent": agent}
    )


def wrong(client, times, **kwargs):
    return [attempt(client, **kwargs).status_code for _ in range(times)]


def test_the_sixth_attempt_is_locked_even_with_the_right_password(client, nadine):
    assert wrong(client, 5) == [200, 200, 200, 200, 429]
    response = attempt(client, PASSWORD)
    assert response.status_code == 429
    assert "vorübergehend gesperrt" in response.content.decode()
    assert int(response["Retry-After"]) > 0
    assert "_auth_user_id" not in client.session


def test_negative_control_without_the_limit_the_right_password_still_opens(client, nadine, settings):
    settings.AXES_ENABLED = False
    assert wrong(client, 6) == [200] * 6
    assert attempt(client, PASSWORD).status_code == 302


def test_name_and_mail_count_together(client, nadine):
    wrong(client, 2, login="nadine")
    wrong(client, 2, login="NADINE@example.org")
    assert attempt(client, login="Nadine").status_code == 429


def test_another_browser_does_not_start_from_zero(client, nadine):
    for number in range(5):
        attempt(client, agent=f"Browser {number}")
    assert attempt(client, PASSWORD, agent="ganz neu").status_code == 429


def test_unknown_names_are_locked_the_same_way(client, nadine):
    assert wrong(client, 6, login="gibtsnicht") == [200, 200, 200, 200, 429, 429]


def test_the_lock_ends_and_a_success_clears_the_count(client, nadine):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        wrong(client, 5)
        clock.shift(5 * 60 + 1)
        assert attempt(client, PASSWORD).status_code == 302
        client.post("/abmelden/")
        assert wrong(client, 4) == [200] * 4


def test_the_wait_grows_with_every_round(client, nadine):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        waits = []
        for _ in range(4):
            wrong(client, 5)
            waits.append(int(attempt(client)["Retry-After"]) // 60)
            clock.shift(waits[-1] * 60 + 1)
        assert waits == [5, 15, 30, 60]


def test_a_short_wait_of_one_person_does_not_end_the_long_wait_of_another(client, nadine):
    UserFactory(username="ole", password=PASSWORD)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        wrong(client, 5)
        clock.shift(301)
        wrong(client, 5)  # now fifteen minutes
        clock.shift(400)
        attempt(client, login="ole")
        assert attempt(client, PASSWORD).status_code == 429


def test_the_owner_elsewhere_is_not_locked_out(client, nadine):
    wrong(client, 6, address="10.6.6.6")
    assert attempt(client, PASSWORD, address="10.0.0.1").status_code == 302


def test_one_name_from_many_addresses_is_locked_except_where_the_owner_signed_in_lately(
    client, nadine, monkeypatch
):
    monkeypatch.setattr(lockout, "FOR_ONE_ACCOUNT", 6)
    attempt(client, PASSWORD, address="10.0.0.1")
    client.post("/abmelden/")
    for number in range(6):
        attempt(client, address=f"10.9.0.{number}")
    assert attempt(client, PASSWORD, address="10.9.9.9").status_code == 429
    assert attempt(client, PASSWORD, address="10.0.0.1").status_code == 302


def test_many_names_from_one_address_are_locked(client, nadine, monkeypatch):
    monkeypatch.setattr(lockout, "FROM_ONE_ADDRESS", 6)
    for number in range(6):
        attempt(client, login=f"name{number}", address="10.6.6.6")
    assert attempt(client, PASSWORD, address="10.6.6.6").status_code == 429
    assert attempt(client, PASSWORD, address="10.0.0.1").status_code == 302


def test_each_refusal_is_an_event(client, nadine):
    wrong(client, 7)
    kinds = list(SignInEvent.objects.order_by("at", "id").values_list("kind", flat=True))
    assert kinds.count("failure") == 5
    assert kinds.count("locked") == 3  # the fifth failure locks, two more are turned away


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "6.6.6.6", "10.0.0.9"),
        (1, "6.6.6.6, 192.0.2.7", "192.0.2.7"),
        (2, "6.6.6.6, 192.0.2.7, 10.0.0.1", "192.0.2.7"),
        (1, "", "10.0.0.9"),
        (1, "unsinn", None),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_a_made_up_forwarding_header_does_not_change_the_address(rf, settings, proxies, forwarded, expected):
    settings.SOE_TRUSTED_PROXIES = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert client_address(rf.get("/", REMOTE_ADDR="10.0.0.9", headers=headers)) == expected


def test_guessing_at_the_confirmation_is_locked_too(client, nadine):
    attempt(client, PASSWORD, address="127.0.0.1")
    answers = [client.post("/konto/bestaetigen/", {"password": "falsch"}).status_code for _ in range(6)]
    assert answers[-1] == 429
    assert SignInEvent.objects.filter(kind="locked", user_id=nadine.pk).exists()
