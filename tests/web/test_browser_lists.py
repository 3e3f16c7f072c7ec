"""Lists by keyboard in Chromium: bulk action, columns, shortcuts, tour and dialog, narrow and accessible."""

import pytest
from django.urls import reverse

from objects.models import Complaint, Party
from soe.departments.catalogue import PERMISSIONS
from tests.factories.complaints import ComplaintFactory
from tests.factories.core import DepartmentFactory, member
from tests.factories.register import PropertyFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def boss(transactional_db):
    person = member(*PERMISSIONS, department=DepartmentFactory(short_name="Ordnung"))
    ComplaintFactory.create_batch(3, department=person.memberships.get().department)
    return person


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("width", [390, 320])
def test_a_bulk_action_by_keyboard_on_a_small_screen(open_page, axe, shot, boss, width):
    other = DepartmentFactory(short_name="Umwelt")
    member("complaint.route", department=other)
    page = open_page("/beschwerden/", user=boss, width=width)
    assert not page.is_visible(".soe-bulk")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.inner_text("[data-count]") == "2 ausgewählt"
    page.evaluate("scrollTo(0, 0)")  # half under the bar on top, a link would count as too small
    assert axe(page) == []
    assert fits(page)
    shot(page, f"liste-auswahl-{width}")
    page.focus("button[value=weiterleiten]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sammelbearbeitung/**")
    page.check(f"[name=to][value='{other.pk}']", force=True) if page.locator("input[name=to]").count() else (
        page.select_option("[name=to]", str(other.pk))
    )
    page.fill("[name=reason]", "Zuständig ist die Umwelt.")
    page.keyboard.press("Tab")
    page.click("text=Vorschau ansehen")
    page.wait_for_selector("text=Schritt 2 von 2")
    assert axe(page) == []
    assert fits(page)
    page.focus("button:has-text('Weiterleiten (2)')")
    page.keyboard.press("Enter")
    page.wait_for_selector("#ergebnis")
    assert Complaint.objects.filter(forwarded_to=other).count() == 2
    assert axe(page) == []
    page.click("text=Sammelbearbeitung zurücknehmen")
    page.wait_for_selector("text=Zurückgenommen: 2")
    assert not Complaint.objects.exclude(forwarded_to=None).exists()


def test_columns_shortcuts_tour_and_dialog(open_page, axe, shot, boss):
    page = open_page("/beschwerden/", user=boss)
    page.click("[data-columns] summary")
    page.focus("button[name=hoch][value=state]")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.value") == "state"
    page.uncheck("[name=spalte][value=categories]")
    assert axe(page) == []
    page.click(".soe-columns__end button:has-text('Anzeigen')")
    page.wait_for_url("**spalten=**")
    heads = page.locator("thead th").all_inner_texts()
    assert "Art" not in heads
    assert heads.index("Stand") < heads.index("Zuständig")
    page.keyboard.press("?")
    assert page.is_visible("#tastenkuerzel")
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.focus("#suche")
    page.keyboard.press("?")
    assert not page.is_visible("#tastenkuerzel")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url("**/objekte/")
    page.goto("/?rundgang=1")
    assert page.evaluate("document.activeElement.textContent") == "Willkommen bei SOE"
    assert axe(page) == []
    page.click("[data-next]")
    assert page.evaluate("document.querySelector('.is-toured').id") == "navigation"
    with page.expect_response("**/konto/rundgang/"):
        page.keyboard.press("Escape")
    boss.refresh_from_db()
    assert boss.preferences["tour"] == "done"
    house = PropertyFactory(lead_department=boss.memberships.get().department)
    page.goto(reverse("objects:ownership_create", args=[house.pk]))
    page.click("[data-quick]")
    page.wait_for_selector("dialog[open] [name=name]")
    assert axe(page) == []
    page.fill("dialog[open] [name=name]", "Zechenhof GmbH")
    page.check("dialog[open] [name=kind][value=company]", force=True)
    page.click("dialog[open] button[type=submit]")
    page.wait_for_selector("dialog[open]", state="detached")
    assert page.input_value("[name=party]") == str(Party.objects.get().pk)
    assert page.input_value("[name=party_text]") == "Zechenhof GmbH"
