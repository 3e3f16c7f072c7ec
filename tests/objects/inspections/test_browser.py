"""On site in Chromium: counting with and without script, the whole screen by keyboard, no axe finding at any width."""

import pytest
from django.urls import reverse

from objects.inspections.defaults import set_up_inspections
from objects.inspections.models import DwellingVisit
from tests.factories.core import DepartmentFactory, member, somebody
from tests.factories.inspections import (
    FindingFactory,
    InspectionDayFactory,
    InspectionFactory,
    ParticipationFactory,
    SectionFactory,
)
from tests.factories.register import DwellingFactory, PropertyFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CLERK = (
    "register.view", "inspection.view", "inspection.record", "helpneed.view", "measure.change", "proceeding.view",
    "inspection.plan", "inspection.publish",
)  # fmt: skip


@pytest.fixture
def site(transactional_db):
    department = DepartmentFactory(
        code="wohnungsaufsicht", short_name="Wohnungsaufsicht", default_visibility="open"
    )
    with somebody():
        set_up_inspections()
    clerk = member(*CLERK, department=department)
    section = SectionFactory(day=InspectionDayFactory(running=True), department=department)
    SectionFactory(day=section.day, department=DepartmentFactory(short_name="FB 51"))
    house = PropertyFactory()
    first, _ = (
        DwellingFactory(property=house, location=place, area=52) for place in ("EG links", "EG rechts")
    )
    inspection = InspectionFactory(day=section.day, property=house)
    FindingFactory(section=section, inspection=inspection)
    address = reverse("objects:inspection_site_visit", args=[section.day_id, inspection.pk, first.pk])
    return clerk, section, inspection, address


def test_counting_with_the_script_posts_once_at_the_end(site, open_page, shot):
    clerk, *_, address = site
    page = open_page(address, user=clerk, width=390, height=844)
    page.get_by_label("gewährt", exact=True).check()
    for _ in range(3):
        page.get_by_label("Angetroffen: eins mehr", exact=True).click()
    page.get_by_label("Angetroffen: eins weniger", exact=True).click()
    assert not DwellingVisit.objects.exists(), "the buttons count in place"
    page.get_by_text("Entwurf gespeichert").wait_for()
    shot(page, "vor-ort-entwurf-390")
    page.get_by_role("button", name="Fertig, weiter zu EG rechts").click()
    page.wait_for_url(lambda url: not url.endswith(address))
    visit = DwellingVisit.objects.get()
    assert (visit.met, visit.access, visit.done) == (2, "granted", True)


def test_counting_without_script(site, open_page):
    clerk, *_, address = site
    page = open_page(address, user=clerk, width=390, script=False)
    page.get_by_label("Angetroffen: eins mehr", exact=True).click()
    page.get_by_label("Angetroffen: eins mehr", exact=True).click()
    assert DwellingVisit.objects.get().met == 2


def test_enter_in_a_count_saves_and_does_not_count_down(site, open_page):
    clerk, *_, address = site
    page = open_page(address, user=clerk)
    page.get_by_label("Angetroffen", exact=True).fill("5")
    page.keyboard.press("Enter")
    page.get_by_text("Gesichert").wait_for()
    assert DwellingVisit.objects.get().met == 5


def test_targets_on_site_are_large(site, open_page):
    clerk, *_, address = site
    page = open_page(address, user=clerk, width=390, height=844)
    targets = (
        ".soe-counter button, .soe-counter input, .soe-stepper__go, .soe-site__bar button, .soe-big-pick span, "
        ".soe-finding .soe-pick span"
    )
    small = page.evaluate(
        "css => [...document.querySelectorAll(css)].filter(e => e.offsetHeight && e.offsetHeight < 48)"
        ".map(e => e.outerHTML.slice(0, 80))",
        targets,
    )
    assert small == []


def test_no_page_of_inspections_has_an_axe_finding(site, open_page, faults):
    clerk, section, inspection, address = site
    asked = ParticipationFactory(day=InspectionDayFactory(state="invited"), department=section.department)
    pages = [
        reverse("objects:inspection_day_list"),
        reverse("objects:inspection_day_create"),
        reverse("objects:inspection_day", args=[section.day_id]),
        reverse("objects:inspection_balance"),
        reverse("objects:inspection_answer", args=[asked.pk]),
        section.get_absolute_url(),
        section.day.sections.exclude(pk=section.pk).get().get_absolute_url(),
        reverse("objects:inspection_section_close", args=[section.pk]),
        reverse("objects:inspection_finding_create", args=[section.pk]),
        reverse("objects:inspection_site_house", args=[section.day_id, inspection.pk]),
        address,
    ]
    page = open_page(pages[0], user=clerk)
    found = {}
    for path in pages:
        page.goto(path)
        if problems := faults(page):
            found[path] = problems
    assert found == {}
