"""S01, S02: Who comes in, and who does not."""

import pytest
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.hashers import make_password
from django.test import override_settings
from django.urls import reverse

from soe.accounts.models import SignInEvent, User
from soe.audit.context import acting_as
from tests.factories.core import PASSWORD, UserFactory, member

LOGIN = "/anmelden/"
WRONG = "Anmeldename oder Kennwort stimmt nicht"


@pytest.fixture
def nadine(db):
    return UserFactory(username="nadine", email="nadine@example.org", password=PASSWORD)


def sign_in(client, login="nadine", password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": login, "password": password, **extra})


def kinds():
    return list(SignInEvent.objects.order_by("at", "id").values_list("kind", flat=True))


@pytest.mark.parametrize(
    "login", ["nadine", "NADINE", " nadine ", "nadine@example.org", "Nadine@Example.org"]
)
def test_user_name_or_mail_opens_the_door(client, nadine, login):
    response = sign_in(client, login)
    assert response.status_code == 302
    assert response["Location"] == "/"
    assert client.session["_auth_user_id"] == str(nadine.pk)


def test_wrong_password_is_refused_and_the_name_kept(client, nadine):
    response = sign_in(client, password="falsch")
    assert response.status_code == 200
    assert WRONG in response.content.decode()
    assert 'value="nadine"' in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_an_unknown_name_gets_the_same_answer_as_a_wrong_password(client, nadine):
    def body(login):
        html = sign_in(client, login, "falsch").content.decode()
        return html.replace(login, "NAME").split("<main")[1].split("csrfmiddlewaretoken")[0]

    assert body("nadine") == body("gibtsnicht")


def test_a_deactivated_account_is_refused(client, nadine):
    nadine.is_active = False
    with acting_as(nadine):
        nadine.save()
    response = sign_in(client)
    assert "_auth_user_id" not in client.session
    assert response["Location"] == reverse("account_inactive")
    assert "nicht aktiv" in client.get(response["Location"]).content.decode()


def test_deactivation_ends_a_running_session_at_the_next_click(client, nadine):
    client.force_login(nadine)
    assert client.get("/konto/").status_code == 200
    nadine.is_active = False
    with acting_as(nadine):
        nadine.save()
    assert client.get("/konto/").status_code == 302


def test_the_system_account_cannot_sign_in(client, db):
    with acting_as(User.objects.system()):
        system = User.objects.system()
        system.is_active = True
        system.password = make_password(PASSWORD)
        system.save()
    sign_in(client, "system")
    assert "_auth_user_id" not in client.session


def test_an_address_that_was_taken_from_the_account_opens_nothing(client, nadine):
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=nadine, email="frueher@example.org", verified=True, primary=True)
    sign_in(client, "frueher@example.org")
    assert "_auth_user_id" not in client.session


def test_negative_control_the_package_alone_would_let_the_old_address_in(rf, nadine, settings):
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=nadine, email="frueher@example.org", verified=True, primary=True)
    found = AuthenticationBackend()._authenticate_by_email("frueher@example.org", PASSWORD)
    assert found == nadine


def test_nobody_signs_up(client, db):
    assert client.get("/anmelden/neu/").status_code in (302, 404)
    assert client.get("/accounts/signup/").status_code == 404
    from soe.accounts.adapter import AccountAdapter

    assert AccountAdapter().is_open_for_signup(None) is False


def test_every_sign_in_is_an_event_that_cannot_be_changed(client, nadine):
    sign_in(client, password="falsch")
    sign_in(client)
    client.post("/abmelden/")
    assert kinds() == ["failure", "success", "logout"]
    event = SignInEvent.objects.get(kind="failure")
    assert (event.user_id, event.user_name, event.address) == (nadine.pk, "nadine", "127.0.0.1")
    assert event.request_id
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError), transaction.atomic():
        SignInEvent.objects.update(user_name="jemand anders")


def test_what_was_typed_as_a_name_is_not_kept_when_no_account_has_it(client, db):
    sign_in(client, "mein-geheimes-kennwort", "x")
    assert SignInEvent.objects.get().user_name == "unbekanntes Konto"
    from axes.models import AccessAttempt

    stored = AccessAttempt.objects.values().get()
    assert "mein-geheimes-kennwort" not in str(stored)


def test_logout_needs_a_post_and_ends_the_session(client, nadine):
    client.force_login(nadine)
    old = client.cookies["sessionid"].value
    assert client.get("/abmelden/").status_code == 200
    assert client.get("/konto/").status_code == 200
    assert client.post("/abmelden/").status_code == 302
    client.cookies["sessionid"] = old
    assert client.get("/konto/").status_code == 302


def test_the_session_id_changes_at_sign_in(client, nadine):
    client.get(LOGIN)
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["sessionid"] = session.session_key
    sign_in(client)
    assert client.session.session_key != session.session_key


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_next_leads_nowhere_else(client, nadine, target):
    response = client.post(
        f"{LOGIN}?next={target}", {"login": "nadine", "password": PASSWORD, "next": target}
    )
    assert response["Location"] == "/"


def test_an_outdated_hash_is_renewed_at_sign_in(client, nadine):
    with override_settings(
        PASSWORD_HASHERS=[
            "django.contrib.auth.hashers.PBKDF2PasswordHasher",
            "django.contrib.auth.hashers.MD5PasswordHasher",
        ]
    ):
        sign_in(client)
    nadine.refresh_from_db()
    assert nadine.password.startswith("pbkdf2")
    assert nadine.history.first().history_change_reason == "Anmeldung"


def test_every_page_asks_for_a_login(client, db):
    response = client.get("/konto/")
    assert response["Location"] == "/anmelden/?next=/konto/"


def test_a_part_of_a_page_asks_for_the_whole_page_when_the_session_is_over(client, db):
    response = client.get("/konto/", headers={"HX-Request": "true"})
    assert response["HX-Refresh"] == "true"


def test_superusers_bypass_nothing(db):
    boss = UserFactory(is_superuser=True, is_staff=True)
    assert not boss.has_perm("accounts.change_user")
    assert not boss.may("admin.members")
    assert member("admin.members").may("admin.members")


@pytest.mark.parametrize(
    "login", ["nadine", "nadine@example.org", "gibtsnicht", "gibtsnicht@example.org", "system"]
)
def test_every_refusal_costs_exactly_one_hash(client, nadine, monkeypatch, login):
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *a: hashed.append(1) or encode(self, *a))
    sign_in(client, login, "falsch")
    assert len(hashed) == 1
    # Negative control: without the hash for nobody, an unknown name would be answered at once.
    monkeypatch.setattr("soe.accounts.backends.LoginBackend._mitigate_timing_attack", lambda *args: None)
    sign_in(client, login, "falsch")
    assert len(hashed) == (2 if login.startswith("nadine") else 1)


def test_a_user_name_wins_over_another_accounts_mail_address(client, nadine):
    other = UserFactory(
        username="nadine@example.org", email="other@example.org", password="ein anderes kennwort"
    )
    sign_in(client, "nadine@example.org", "ein anderes kennwort")
    assert client.session["_auth_user_id"] == str(other.pk)
