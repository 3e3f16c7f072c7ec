"""A list is read in by keyboard alone, on a phone's width, without a finding of axe."""

import pytest

from objects.models import Party
from tests.factories.core import member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = "Wer;Art;Sitz\nMuster GmbH;Unternehmen;Herne\nRot, Uwe;Mensch;Herne\n"


def press(page, name):
    """Walk with Tab to the button or link called `name` and press Enter."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText?.trim() ?? ''").startswith(name):
            page.keyboard.press("Enter")
            return
    pytest.fail(f"{name} ist mit der Tastatur nicht zu erreichen")


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_file_is_read_in_by_keyboard_at_320_px(open_page, axe, tmp_path, shot):
    file = tmp_path / "liste.csv"
    file.write_text(LIST)
    person = member("register.change", "owner.view", "owner.personal")
    page = open_page("/import/eigentuemer/", user=person, width=320)
    assert fits(page)
    assert axe(page) == []
    page.set_input_files("input[type=file]", file)  # the dialogue of the system
    page.locator("input[type=file]").focus()
    press(page, "Datei hochladen")
    page.wait_for_url("**/spalten/")
    assert fits(page)
    assert axe(page) == []
    for field, typed in (("name", "W"), ("city", "S")):
        page.locator(f"select[name={field}]").focus()
        page.keyboard.type(typed)
    press(page, "Zeilen prüfen")
    page.wait_for_selector("text=Vorschau")
    assert fits(page)
    assert axe(page) == []
    shot(page, "import-vorschau-320")
    press(page, "1 Zeile übernehmen")
    page.wait_for_selector("h2:has-text('Übernommen')")
    assert axe(page) == []
    assert list(Party.objects.values_list("name", "city")) == [("Muster GmbH", "Herne")]
    page.goto("/konto/auftraege/")
    press(page, "Import: Eigentümer")
    page.wait_for_selector("text=2 Zeilen")
    assert fits(page)
    assert axe(page) == []
