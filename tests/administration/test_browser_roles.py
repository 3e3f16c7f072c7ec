"""A role is administered with the keyboard alone, at 320 px, without an axe finding."""

import pytest

from tests.factories.core import MembershipFactory, RoleFactory, member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_role_by_keyboard_at_320_px(open_page, axe):
    admin = member("admin.roles", "admin.members", "admin.all")
    role = RoleFactory(permissions=["register.view"])
    person = MembershipFactory(role=role).user
    page = open_page(f"/verwaltung/rollen/{role.pk}/rechte/", user=admin, width=320)

    def tab_to(selector):
        for _ in range(120):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"{selector} ist mit der Tastatur nicht zu erreichen")

    def check():
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    check()
    tab_to("[name$='-owner-view']")
    page.keyboard.press("Space")
    tab_to("button[value=vorschau]")
    page.keyboard.press("Enter")
    page.get_by_text("darf künftig").wait_for()
    check()
    tab_to("[name=reason]")
    page.keyboard.type("Probe mit der Tastatur")
    tab_to("button[value=speichern]")
    page.keyboard.press("Enter")
    page.get_by_text("gespeichert").first.wait_for()
    assert person.permission_codes() == {"register.view", "owner.view"}
