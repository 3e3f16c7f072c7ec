"""Chromium for browser tests: pages that fail on any console error, signed in without typing, with axe-core."""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

ROOT = Path(__file__).resolve().parents[1]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = ROOT / "var" / "test" / "screenshots"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def chromium():
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for path in map(shutil.which, names) if path), None)


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread; Django would refuse every query of the test itself.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


@pytest.fixture(scope="session")
def _threads_may_share_the_database():
    if connection.vendor == "sqlite" and not settings.DATABASES["default"].get("TEST", {}).get("NAME"):
        pytest.fail(
            "Browser-Tests auf SQLite brauchen eine Datei: TEST_SQLITE_FILE=1 pytest -m browser …",
            pytrace=False,
        )


@pytest.fixture
def open_page(browser, _threads_may_share_the_database, live_server):
    """open_page("/objekte/", user=user, width=390, theme="dark") → Playwright page; console errors fail the test."""
    contexts, problems = [], []

    def failed(request):
        # Leaving a page while it still loads breaks its requests off; that is no fault.
        if "ERR_ABORTED" not in (request.failure or ""):
            problems.append(f"nicht geladen: {request.url}")

    def watch(page):
        page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("requestfailed", failed)

    def open_page(path="/", *, user=None, width=1280, height=900, theme="light", script=True):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale="de-DE",
            timezone_id="Europe/Berlin",
            color_scheme=theme,
            java_script_enabled=script,
            base_url=live_server.url,
        )
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.problems = problems
        watch(page)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems, problems


@pytest.fixture
def axe():
    """axe(page) → list of findings as text; an empty list is what every page must give."""

    def check(page, *, without=()):
        page.evaluate(AXE.read_text())
        result = page.evaluate(
            # Details only of what fails: the same findings in a third of the time.
            "([tags, without]) => axe.run(document, {resultTypes: ['violations'], runOnly: {type: 'tag', values: tags},"
            " rules: Object.fromEntries(without.map(id => [id, {enabled: false}]))})",
            [AXE_TAGS, list(without)],
        )
        return [
            f"{finding['id']}: {finding['help']} – {node['html'][:160]}"
            for finding in result["violations"]
            for node in finding["nodes"]
        ]

    return check


LOOKS = ((1280, "light"), (320, "dark"))
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
AT_REST = "for (const run of document.getAnimations()) { try { run.finish() } catch { run.cancel() } }"


@pytest.fixture
def faults(axe, shot):
    """faults(page, "beschwerde") → what is wrong with the page as it stands: axe's findings and what is wider than the
    screen, on a wide light and on a narrow dark one. Loaded once: the two together show both widths and both themes."""

    def look(page, name=""):
        found = []
        for width, theme in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=theme)
            page.evaluate(AT_REST)
            found += [f"{width} px, {theme}: {problem}" for problem in axe(page)]
            if page.evaluate(WIDER):
                found.append(f"{width} px: breiter als der Bildschirm")
            if name:
                shot(page, f"{name}-{width}-{theme}")
        return found

    return look


@pytest.fixture
def shot(request):
    """shot(page, "start-1280"): keeps a picture under var/test/screenshots."""

    def take(page, name):
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

    return take
