"""The filled application in Chromium: each role walks through its navigation, the coordination office also through
the pages behind it; no console error, axe-core without a finding, nothing wider than the screen at 320 px."""

import random

import pytest
from django.urls import reverse
from django.utils import timezone

from objects.models import EarlyWarning, OwnerChange, PartyLink, PartyMerge, PartyRelation
from reports.models import DistrictReport
from soe.accounts.models import User
from soe.audit.context import acting_as
from soe.demo.builder import PARTS
from soe.demo.city import City
from tests.browser import WIDER

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


def _behind(town):
    """What no navigation leads to: owners, early warning, district report, evidence pack, merging and splitting."""
    house, other = town.properties[:2]
    merge = PartyMerge.objects.get()
    party, link = PartyRelation.objects.first().whole_id, PartyLink.objects.suggested().first()
    return [
        reverse("objects:party", args=[party]),
        reverse("objects:party_network", args=[party]),
        reverse("objects:party_merge", args=[party]),
        f"{reverse('objects:party', args=[merge.gone_id])}?alt",
        reverse("objects:link_decide", args=[link.pk]),
        reverse("objects:owner_change", args=[OwnerChange.objects.first().pk]),
        reverse("objects:warning", args=[EarlyWarning.objects.first().pk]),
        reverse("reports:district", args=[DistrictReport.objects.get().pk]),
        reverse("objects:evidence", args=[house.pk]),
        f"{reverse('objects:property_merge', args=[house.pk])}?mit={other.pk}",
        reverse("objects:property_split", args=[house.pk]),
    ]


def test_every_role_finds_its_pages_accessible(city, open_page, axe, faults, shot):
    found, seen = {}, set()
    for role in ROLES:
        page = open_page("/", user=city.users[role])
        for address in _addresses(page):
            page.goto(address)  # a console error fails; axe looks at what no role before has opened
            if address not in seen and (problems := axe(page)):
                found[role, address] = problems
            seen.add(address)
            record = page.locator("a.soe-table__main").first
            target = record.get_attribute("href") if record.count() else None
            if target and target not in seen:
                seen.add(target)
                page.goto(target)
                if problems := axe(page):
                    found[role, target] = problems
        page.set_viewport_size({"width": 320, "height": 800})
        for address in ("/", page.url):
            page.goto(address)
            if page.evaluate(WIDER):
                found[role, address, 320] = "breiter als der Bildschirm"
        shot(page, f"stadt-{role}-320")
    page = open_page("/", user=city.users["koordination"])
    for address in _behind(city):
        assert page.goto(address).ok, address
        if problems := faults(page):
            found[address] = problems
    assert found == {}
