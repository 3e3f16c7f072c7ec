"""Two people saved the same record: the second decides with the keyboard alone, on a narrow screen."""

import re

import pytest
from django.urls import reverse

from objects.models import Property
from soe.audit.context import acting_as
from tests.factories.core import UserFactory, member
from tests.factories.register import PropertyFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_conflict_is_resolved_by_keyboard_at_320_px(open_page, axe, shot):
    house = PropertyFactory(former_use="Laden")
    clerk = member("register.view", "register.change", "address.view", department=house.lead_department)
    seen = []
    page = open_page(reverse("objects:property_update", args=[house.pk]), user=clerk, width=320)
    with acting_as(UserFactory(first_name="Jonas", last_name="Weber"), reason="Begehung"):
        house.former_use, house.building_type = "Kneipe", "house"
        house.save()
    theirs = house.version
    page.on("response", lambda r: seen.append(r.url) if r.status == 404 else None)
    page.problems.clear()
    field = page.get_by_label("Frühere Nutzung")
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Kiosk")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Inzwischen hat jemand anderes gespeichert").wait_for()
    page.problems.clear()  # the browser reports the 409 itself
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= 320")
    shot(page, "konflikt-320")
    link = page.get_by_role("region", name="Was sich unterscheidet").get_by_role(
        "link", name="Frühere Nutzung"
    )
    link.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    field = page.get_by_label("Frühere Nutzung")
    field.focus()
    assert field.input_value() == "Kiosk"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"{house.get_absolute_url()}(#.*)?$"))
    assert seen == []
    house = Property.objects.get()
    assert (house.former_use, house.building_type, house.version) == ("Kiosk", "house", theirs + 1)
