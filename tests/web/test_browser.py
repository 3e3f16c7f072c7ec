"""The base pages in Chromium: accessible in both themes and at 320 px, usable by keyboard and without script."""

import pytest
from django.urls import reverse

from soe.audit.context import acting_as
from soe.departments.catalogue import PERMISSIONS
from soe.web import registry
from tests.factories.core import DepartmentFactory, UserFactory, member

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.web.pages"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def boss(transactional_db):
    return member(*PERMISSIONS, department=DepartmentFactory(short_name="Wohnungsaufsicht"))


@pytest.fixture
def changed(boss):
    house = DepartmentFactory(
        name="Lampenstubenweg", kind="unit", competences="Heizung läuft wieder, Müll im Hof."
    )
    with acting_as(
        UserFactory(first_name="Jonas", last_name="Wefelscheid"), reason="Neun Feststellungen am 02.09."
    ):
        house.name, house.kind = "Lampenstubenweg 14", "carrier"
        house.competences = "Heizung erneut ohne Funktion, Müll im Hof und im Flur."
        house.save()
    return house


def test_every_base_page_is_accessible_and_fits(open_page, faults, boss, changed):
    page = open_page("/", user=boss)
    addresses = {
        "start": "/",
        "liste": "/t/?kind=carrier&sortierung=-name",
        "liste-leer": "/t/?code=gibtesnicht",
        "formular": reverse("t:change", args=[changed.pk]),
        "verlauf": reverse("web:history", args=["departments.department", changed.pk]),
        "detail": reverse("t:detail", args=[changed.pk]),
        "suche": "/suche/?q=lampen",
        "bausteine": "/konto/bausteine/",
    }
    found = {}
    for name, address in addresses.items():
        page.goto(address)
        if problems := faults(page, f"web-{name}"):
            found[name] = problems
    assert found == {}


def test_error_and_conflict_pages_are_accessible(open_page, faults, boss, changed):
    page = open_page(reverse("t:change", args=[changed.pk]), user=boss)
    page.fill("#id_name", "")
    page.click("text=Speichern")
    page.locator(".soe-errors:focus").wait_for()
    assert faults(page, "web-fehler") == []
    page.fill("#id_name", "Von mir")
    with acting_as(UserFactory(first_name="Jonas", last_name="Wefelscheid"), reason="Umzug"):
        changed.name = "Von Jonas"
        changed.save()
    page.problems.clear()
    page.click("text=Speichern")
    page.wait_for_selector("#unterschiede")
    assert faults(page, "web-konflikt") == []
    assert page.input_value("#id_name") == "Von mir"
    page.problems.clear()  # Chromium reports the 409 itself as a console error


def test_search_by_keyboard_alone(open_page, axe, boss, changed, monkeypatch):
    search = registry.Search()
    search.add(
        kind="Stellen",
        icon="house",
        find=lambda user, query, limit: [
            registry.Hit(d.name, reverse("t:detail", args=[d.pk]), d.short_name)
            for d in type(changed).objects.restrict(user).filter(name__icontains=query)[:limit]
        ],
    )
    monkeypatch.setattr(registry, "search", search)
    page = open_page("/t/", user=boss)
    page.keyboard.press("Control+k")
    page.keyboard.type("lampen")
    page.wait_for_selector("#suche-treffer:not([hidden]) [role=option]")
    assert axe(page) == []
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#suche", "aria-activedescendant")
    page.keyboard.press("Escape")
    assert page.get_attribute("#suche", "aria-expanded") == "false"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('t:detail', args=[changed.pk])}")


def test_single_keys_can_be_switched_off(open_page, boss):
    page = open_page("/t/", user=boss)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "suche"
    with acting_as(boss):
        boss.preferences = {"shortcuts": False}
        boss.save()
    page.goto("/t/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "suche"
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "suche"


def test_the_type_ahead_chooses_by_keyboard_and_forgets_a_changed_choice(open_page, boss, changed):
    page = open_page("/t/waehlen/", user=boss)
    page.locator("#id_department").press_sequentially("lampen")
    page.wait_for_selector(".soe-suggest:not([hidden]) [role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.input_value("[name=department]") == str(changed.pk)
    assert page.input_value("#id_department") == f"Lampenstubenweg 14 ({changed.short_name})"
    page.locator("#id_department").press_sequentially("x")
    assert page.input_value("[name=department]") == ""


def test_menu_filters_and_forms_work_without_script(open_page, boss, changed):
    page = open_page("/t/", user=boss, width=390, script=False)
    page.click("text=Menü")
    assert page.is_visible("#navigation")
    page.click("text=Menü schließen")
    page.click("summary:has-text('Filter')")
    page.select_option("#f-kind", "carrier")
    page.click("button:has-text('Filtern')")
    assert "kind=carrier" in page.url
    page.goto(reverse("t:change", args=[changed.pk]))
    page.fill("#id_name", "Ohne Skript")
    page.click("text=Speichern")
    changed.refresh_from_db()
    assert changed.name == "Ohne Skript"
