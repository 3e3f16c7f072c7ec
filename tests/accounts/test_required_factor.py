"""S04: whoever must have a second factor gets nowhere without one; codes count once; guessing slows down."""

import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.utils import timezone

from soe.accounts import factor
from soe.accounts.models import OpenSession, SignInEvent
from soe.departments.models import Role
from soe.departments.services import set_up_city
from tests.clients import WatchingClient
from tests.factories.core import PASSWORD, MembershipFactory, RoleFactory, UserFactory, member, somebody

SET_UP = "/konto/zweiter-faktor/einrichten/"
CODE = "/anmelden/code/"


@pytest.fixture(autouse=True)
def in_force(settings):
    settings.SOE_REQUIRE_SECOND_FACTOR = True


@pytest.fixture
def nadine(db):
    user = UserFactory(username="nadine", email="nadine@example.org", password=PASSWORD)
    MembershipFactory(user=user, role=RoleFactory(requires_second_factor=True, permissions=["register.view"]))
    return user


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def code(secret, later=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def sign_in(client):
    return client.post("/anmelden/", {"login": "nadine", "password": PASSWORD})


def set_up(client):
    sign_in(client)
    secret = client.get(SET_UP).context["form"].secret
    assert client.post(SET_UP, {"code": code(secret)}).status_code == 302
    return secret


def signed_in(client):
    return "_auth_user_id" in client.session


def test_nothing_but_the_set_up_opens_until_it_is_done(client, nadine, clock):
    sign_in(client)
    for path in ("/", "/konto/", "/objekte/", "/suche/?q=x", "/konto/zweiter-faktor/"):
        assert client.get(path).get("Location") == SET_UP, path
    assert client.post("/konto/", {"theme": "dark"})["Location"] == SET_UP
    nadine.refresh_from_db()
    assert nadine.preferences["theme"] == "auto"
    assert client.get("/", headers={"HX-Request": "true"})["HX-Redirect"] == SET_UP
    assert "Ihre Rolle verlangt einen zweiten Faktor" in client.get(SET_UP).content.decode()
    assert client.get("/barrierefreiheit/").status_code == 200
    secret = client.get(SET_UP).context["form"].secret
    response = client.post(SET_UP, {"code": code(secret)}, follow=True)
    assert "Ersatzcodes" in response.content.decode()
    assert client.get("/").status_code == 200


def test_a_form_sent_meanwhile_waits_behind_the_set_up(client, nadine, clock):
    sign_in(client)
    client.post("/konto/", {"theme": "dark"})
    secret = client.get(SET_UP).context["form"].secret
    client.post(SET_UP, {"code": code(secret)})
    page = client.get("/anmelden/fortsetzen/").content.decode()
    assert '<input type="hidden" name="theme" value="dark">' in page


def test_negative_control_where_it_is_not_required_the_same_person_walks_in(client, nadine, settings):
    settings.SOE_REQUIRE_SECOND_FACTOR = False
    sign_in(client)
    assert client.get("/konto/").status_code == 200


def test_it_begins_with_the_next_click_when_a_role_begins_to_demand_it(client, db):
    person = member("register.view")
    client.force_login(person)
    assert client.get("/konto/").status_code == 200
    role = person.memberships.get().role
    role.requires_second_factor = True
    with somebody():
        role.save()
    assert client.get("/konto/")["Location"] == SET_UP


def test_seeded_roles_with_social_data_or_administration_demand_it(db):
    with somebody():
        set_up_city()
    demanding = set(Role.objects.filter(requires_second_factor=True).values_list("code", flat=True))
    assert {"administration", "leitung", "beratung", "fallmanagement", "datenschutz", "revision"} <= demanding
    assert "sachbearbeitung" not in demanding


def test_a_code_and_every_older_one_count_once(client, nadine, clock):
    secret = set_up(client)
    client.post("/abmelden/")
    sign_in(client)
    assert client.post(CODE, {"code": code(secret)}).status_code == 200  # the one of the set-up
    clock.shift(60)
    used = code(secret)
    assert client.post(CODE, {"code": used}).status_code == 302
    client.post("/abmelden/")
    sign_in(client)
    assert client.post(CODE, {"code": used}).status_code == 200
    assert client.post(CODE, {"code": code(secret, -1)}).status_code == 200
    assert client.post(CODE, {"code": code(secret, +1)}).status_code == 302  # a fast clock


def test_negative_control_without_the_memory_a_code_counts_twice(client, nadine, clock, monkeypatch):
    secret = set_up(client)
    client.post("/abmelden/")
    monkeypatch.setattr(factor, "LAST", "forgotten")
    sign_in(client)
    assert client.post(CODE, {"code": code(secret)}).status_code == 302


def test_guessing_codes_gets_slower_and_a_right_one_waits_too(client, nadine, clock):
    secret = set_up(client)
    client.post("/abmelden/")
    sign_in(client)
    clock.shift(60)
    for _ in range(5):
        client.post(CODE, {"code": "000000"})
    response = client.post(CODE, {"code": code(secret)})
    assert "Bitte warten Sie 5 Minuten" in response.content.decode()
    assert not signed_in(client)
    assert SignInEvent.objects.filter(kind="code", user_id=nadine.pk).count() == 5
    clock.shift(5 * 60 + 1)
    assert client.post(CODE, {"code": code(secret)}).status_code == 302


def test_the_reset_mail_alone_does_not_get_past_the_second_factor(client, nadine, clock):
    import re

    set_up(client)
    client.post("/abmelden/")
    client.post("/kennwort/vergessen/", {"email": "nadine@example.org"})
    link = re.search(r"http://testserver(/kennwort/neu/\S+)", mail.outbox[-1].body).group(1)
    address = client.get(link, follow=True).redirect_chain[-1][0]
    new = "vier Wörter hinter einander"
    client.post(address, {"password1": new, "password2": new})
    assert not signed_in(client)
    response = client.post("/anmelden/", {"login": "nadine", "password": new})
    assert response["Location"].startswith(CODE)
    assert not signed_in(client)


def test_recovery_by_the_administration_ends_sessions_and_tells_the_person(client, nadine, clock):
    set_up(client)
    admin = WatchingClient()
    boss = member("admin.all", "admin.members")
    admin.force_login(boss)
    page = f"/verwaltung/konten/{nadine.pk}/"
    assert "Zurücksetzen" in admin.get(page).content.decode()
    response = admin.post(f"{page}zweiter-faktor/", {"reason": "Telefon verloren, am Schalter ausgewiesen"})
    assert response.status_code == 302
    assert not Authenticator.objects.filter(user=nadine).exists()
    assert client.get("/konto/").status_code == 302
    assert mail.outbox[-1].subject == "SOE: zweiter Faktor entfernt"
    assert "Telefon verloren" in nadine.history.first().history_change_reason
    sign_in(client)
    assert client.get("/")["Location"] == SET_UP


def test_nobody_resets_her_own_and_departments_reset_nobody(client, nadine, settings):
    settings.SOE_REQUIRE_SECOND_FACTOR = False
    boss = member("admin.all", "admin.members")
    client.force_login(boss)
    data = {"reason": "weil"}
    response = client.post(f"/verwaltung/konten/{boss.pk}/zweiter-faktor/", data)
    assert "nicht beim eigenen Konto" in response.content.decode()
    client.force_login(member("admin.members", department=nadine.memberships.get().department))
    assert client.post(f"/verwaltung/konten/{nadine.pk}/zweiter-faktor/", data).status_code == 403


def test_setting_and_removing_are_events_and_mails(client, nadine, clock):
    set_up(client)
    client.post("/konto/zweiter-faktor/ersatzcodes/neu/")
    client.post("/konto/zweiter-faktor/entfernen/")
    kinds = list(SignInEvent.objects.order_by("at", "id").values_list("kind", flat=True))
    assert kinds == ["success", "factor_on", "codes", "factor_off"]
    assert [m.subject for m in mail.outbox] == [
        "SOE: zweiter Faktor eingerichtet",
        "SOE: neue Ersatzcodes",
        "SOE: zweiter Faktor entfernt",
    ]
    assert OpenSession.objects.filter(user=nadine).open().count() == 1


def test_the_administration_sees_that_it_is_switched_off_here(client, settings, db):
    settings.SOE_REQUIRE_SECOND_FACTOR = False
    client.force_login(member("admin.all"))
    assert "Der zweite Faktor wird hier nicht verlangt" in client.get("/verwaltung/").content.decode()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_one_code_in_ten_requests_at_once_opens_once():
    from concurrent.futures import ThreadPoolExecutor

    from allauth.core import context
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.db import connection
    from django.test import RequestFactory

    user = UserFactory(username="nadine", password=PASSWORD)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    wanted = code(secret)

    def attempt(_):
        try:
            with context.request_context(RequestFactory().post(CODE)):
                return factor.take_code(user, wanted) is not None
        except factor.TooManyCodes:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(attempt, range(10))) == 1
