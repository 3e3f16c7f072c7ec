"""The map in Chromium: keyboard alone, the same houses as the list, and nothing for axe to find."""

import pytest

from tests.factories.core import member

from .test_map import house


@pytest.mark.browser
def test_a_house_on_the_map_by_keyboard(open_page, axe, transactional_db):
    first, second = house(1), house(60)
    clerk = member("register.view")
    for width in (1280, 320):
        page = open_page("/objekte/?darstellung=karte", user=clerk, width=width)
        page.wait_for_selector(".leaflet-marker-icon")
        assert page.locator(".leaflet-marker-icon").count() == 2
        assert not page.locator("[data-drawnmap]").is_visible()
        mark = page.locator(f'.leaflet-marker-icon[title^="{second.number}"]')
        mark.focus()
        page.keyboard.press("Enter")
        link = page.locator(".leaflet-popup-content a")
        link.wait_for()
        # It fades in: half transparent text has half the contrast.
        page.evaluate(
            "Promise.all(document.querySelector('.leaflet-popup').getAnimations().map((a) => a.finished))"
        )
        assert link.get_attribute("href") == f"/objekte/{second.pk}/"
        assert first.number in page.content()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
