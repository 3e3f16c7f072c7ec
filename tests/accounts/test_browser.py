"""The pages of the door in Chromium: no axe finding in both themes and widths, the set-up with the keyboard alone."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from soe.accounts.models import OpenSession
from soe.departments.groups import GroupMapping
from tests.factories.core import PASSWORD, MembershipFactory, RoleFactory, UserFactory, member, somebody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def nadine(transactional_db):
    user = UserFactory(username="nadine", email="nadine@example.org", password=PASSWORD)
    role = RoleFactory(name="Beratung", requires_second_factor=True, permissions=["register.view"])
    MembershipFactory(user=user, role=role)
    return user


def test_account_and_administration_have_no_finding(open_page, faults, nadine, settings):
    settings.SOE_OIDC = {"issuer": "https://idp.example", "client_id": "soe"}
    for client in ("Safari auf iPhone", "Edge auf Windows"):
        OpenSession.objects.create(user=nadine, client=client, address="10.0.0.7")
    with somebody():
        membership = nadine.memberships.get()
        GroupMapping(group="SOE-Kataster", department=membership.department, role=membership.role).save()
    boss = member("admin.all", "admin.members", "admin.roles")
    visits = [
        ("anmelden", None, "/anmelden/"),
        ("konto", nadine, "/konto/"),
        ("zweiter-faktor", nadine, "/konto/zweiter-faktor/"),
        ("konto-verwaltung", boss, f"/verwaltung/konten/{nadine.pk}/"),
        ("konto-anmeldung", boss, f"/verwaltung/konten/{nadine.pk}/anmeldung/"),
        ("gruppen", boss, "/verwaltung/gruppen/"),
    ]
    for name, user, path in visits:
        assert faults(open_page(path, user=user), name) == [], path


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1280)])
def test_whoever_must_sets_up_the_second_factor_with_the_keyboard_alone(
    open_page, axe, shot, nadine, settings, theme, width
):
    settings.SOE_REQUIRE_SECOND_FACTOR = True
    page = open_page("/anmelden/", width=width, theme=theme)
    page.focus("#id_login")
    page.keyboard.type("nadine")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/einrichten/")
    assert axe(page) == []
    shot(page, f"einrichten-{width}-{theme}")
    secret = page.text_content(".soe-door__steps code")
    page.focus("#id_code")
    page.keyboard.type(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.keyboard.press("Enter")
    page.wait_for_url("**/ersatzcodes/")
    assert axe(page) == []
    shot(page, f"ersatzcodes-{width}-{theme}")
    page.get_by_role("link", name="Weiter zu SOE").press("Enter")
    page.wait_for_url("**/")
    page.context.clear_cookies()
    page.goto("/anmelden/")
    page.fill("#id_login", "nadine")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/anmelden/code/")
    assert axe(page) == []
    shot(page, f"code-{width}-{theme}")
