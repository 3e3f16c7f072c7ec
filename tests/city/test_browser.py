"""The filled application in Chromium: each role walks through its navigation; no console error, axe-core without a
finding, nothing wider than the screen at 320 px."""

import random

import pytest
from django.utils import timezone

from soe.accounts.models import User
from soe.audit.context import acting_as
from soe.demo.builder import PARTS
from soe.demo.city import City

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROLES = ["koordination", "bauordnung", "planb", "dezernat3", "datenschutz", "admin"]
PAGES_PER_ROLE = 9


@pytest.fixture
def city(transactional_db):
    with acting_as(User.objects.system(), reason="Demostadt"):
        town = City(today=timezone.localdate(), rng=random.Random(7), scale=0.06, say=lambda text: None)
        for part in PARTS:
            part(town)
    return town


def _addresses(page):
    """Where the navigation leads, and the first record of each list behind it."""
    links = [link.get_attribute("href") for link in page.locator("#navigation a").all()]
    return [address for address in links if address and address.startswith("/")][:PAGES_PER_ROLE]


def test_every_role_finds_its_pages_accessible(city, open_page, axe, shot):
    found = {}
    for role in ROLES:
        page = open_page("/", user=city.users[role])
        for address in _addresses(page):
            page.goto(address)
            if problems := axe(page):
                found[role, address] = problems
            record = page.locator("a.soe-table__main").first
            if record.count():
                target = record.get_attribute("href")
                page.goto(target)
                if problems := axe(page):
                    found[role, target] = problems
        page.set_viewport_size({"width": 320, "height": 800})
        for address in ("/", page.url):
            page.goto(address)
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                found[role, address, 320] = "breiter als der Bildschirm"
        shot(page, f"stadt-{role}-320")
    assert found == {}
