"""R08: what was typed survives a killed browser, an ended session, a server that does not answer and a lost network."""

import re

import pytest
from django.urls import reverse

from soe.web.drafts.models import Draft
from tests.factories.core import member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "Im Hof liegt seit Tagen Sperrmüll, Ratten sind zu sehen"
STORED = "() => localStorage.length + sessionStorage.length"


def state(page, words):
    page.locator("[data-draft]", has_text=re.compile(words)).wait_for()


def test_typed_text_survives_what_may_happen_meanwhile(open_page):
    user, url = (
        member("complaint.record", "complaint.view", "register.view"),
        reverse("objects:complaint_create"),
    )
    page = open_page(url, user=user)
    assert page.locator("[data-draft-button]").is_hidden()  # with a script it happens by itself
    page.fill("[name=text]", TEXT)
    page.check("[name=channel][value=letter]", force=True)
    state(page, r"Entwurf gespeichert, \d+\.\d\d Uhr$")
    page.context.close()  # the browser is gone

    page = open_page(url, user=user)
    page.click("text=Entwurf verwenden")
    assert page.input_value("[name=text]") == TEXT
    assert page.is_checked("[name=channel][value=letter]")

    page.route("**/*entwurf=*", lambda route: route.fulfill(status=503, body=""))
    page.fill("[name=text]", f"{TEXT}. Erster Nachtrag")
    state(page, "Nicht gespeichert: SOE antwortet gerade nicht")
    page.unroute("**/*entwurf=*")
    page.fill("[name=text]", f"{TEXT}. Zweiter Nachtrag")
    state(page, "Entwurf gespeichert")

    page.context.set_offline(True)
    page.fill("[name=text]", f"{TEXT}. Dritter Nachtrag")
    state(page, "Nicht gespeichert: ohne Netz")
    page.context.set_offline(False)  # the page tries again by itself
    state(page, "Entwurf gespeichert")

    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.fill("[name=text]", f"{TEXT}. Vierter Nachtrag")
    state(page, "Nicht gespeichert: Sie sind abgemeldet")
    page.context.add_cookies(cookies)  # signed in again in a second window
    page.fill("[name=text]", f"{TEXT}. Fünfter Nachtrag")
    state(page, "Entwurf gespeichert")
    assert page.evaluate(STORED) == 0
    assert Draft.objects.count() == 1
    assert ["text", [f"{TEXT}. Fünfter Nachtrag"]] in Draft.objects.get().open()["fields"]
    page.problems[:] = [
        text for text in page.problems if "Failed to load" not in text and "nicht geladen" not in text
    ]


def test_drafts_without_a_script_and_under_axe(open_page, axe):
    user, url = (
        member("complaint.record", "complaint.view", "register.view"),
        reverse("objects:complaint_create"),
    )
    page = open_page(url, user=user, script=False)
    page.fill("[name=text]", TEXT)
    page.click("text=Als Entwurf speichern")
    assert page.input_value("[name=text]") == TEXT
    page = open_page(reverse("web:drafts"), user=user, width=320)
    assert TEXT in page.inner_text("main")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.keyboard.press("Tab")
    page.click("text=Weiter")
    assert page.input_value("[name=text]") == TEXT
    assert axe(page) == []
