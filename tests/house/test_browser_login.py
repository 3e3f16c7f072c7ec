"""The door in a real browser: by keyboard, without script, in both themes, at 320 px, with axe-core."""

import pytest

from tests.factories.core import PASSWORD, UserFactory, member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLIC = ["/anmelden/", "/kennwort/vergessen/", "/barrierefreiheit/", "/datenschutz/"]
OWN = ["/konto/", "/konto/kennwort/", "/konto/zweiter-faktor/", "/hilfe/", "/abmelden/"]


def test_login_and_statements_have_no_finding(open_page, faults):
    page = open_page("/anmelden/")
    for path in PUBLIC:
        page.goto(path)
        assert faults(page, path.strip("/").replace("/", "-")) == [], path


def test_own_pages_have_no_finding(open_page, faults):
    page = open_page("/", user=member("register.view"))
    for path in OWN:
        page.goto(path)
        assert faults(page, path.strip("/").replace("/", "-")) == [], path


def test_negative_control_what_is_wider_than_the_screen_is_found(open_page, faults):
    page = open_page("/anmelden/")
    page.evaluate("document.querySelector('main').style.minWidth = '400px'")
    assert faults(page) == ["320 px: breiter als der Bildschirm"]


def test_negative_control_axe_finds_a_picture_without_text(open_page, axe):
    page = open_page("/anmelden/")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert any(finding.startswith("image-alt") for finding in axe(page))


@pytest.mark.parametrize("script", [True, False])
def test_the_keyboard_alone_signs_in_and_out(open_page, script):
    UserFactory(username="nadine", password=PASSWORD)
    page = open_page("/konto/", script=script)
    page.focus("#id_login")
    page.keyboard.type("nadine")
    page.keyboard.press("Tab")
    page.keyboard.type("falsch")
    page.keyboard.press("Enter")
    page.wait_for_selector(".soe-errors")
    assert page.input_value("#id_login") == "nadine"
    page.focus("#id_password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Meine Daten")
    page.goto("/abmelden/")
    page.focus("main button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/anmelden/")


def test_errors_are_read_first(open_page, axe):
    page = open_page("/anmelden/")
    page.fill("#id_login", "nadine")
    page.fill("#id_password", "falsch")
    page.click("button[type=submit]")
    page.wait_for_selector(".soe-errors")
    assert axe(page) == []


def test_a_form_survives_the_end_of_the_session(open_page):
    user = UserFactory(username="nadine", password=PASSWORD)
    page = open_page("/konto/", user=user)
    page.check("input[name=theme][value=dark]", force=True)
    page.context.clear_cookies(name="sessionid")
    page.click("text=Einstellungen speichern")
    page.wait_for_selector("text=Ihre Sitzung ist abgelaufen")
    page.fill("#id_login", "nadine")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.click("text=Eingaben jetzt speichern")
    page.wait_for_selector("text=Ihre Einstellungen sind gespeichert")
    user.refresh_from_db()
    assert user.preferences["theme"] == "dark"
    page.problems.clear()  # Chromium reports the answer 401 itself as an error
