"""A complaint is saved in at most 30 seconds of hand work: a scripted call in Chromium, counted by the page itself.

Keystroke-level model: 0.28 s per key pressed, 1.1 s per pointing and click, 1.35 s of thinking per field entered. What
the caller says meanwhile and what the server takes is no hand work.
"""

import re
import sys

import pytest

from objects.complaints.defaults import ensure_complaint_defaults
from objects.models import Complaint
from soe.departments.services import set_up_city
from tests.factories.core import member, somebody
from tests.factories.register import AddressFactory, PropertyFactory, StreetFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CLERK = (
    "address.view", "register.view", "complaint.view", "complaint.record", "complaint.route", "complaint.reporter",
)  # fmt: skip
KEY, POINT, THINK = 0.28, 1.1, 1.35
# Counted where it happens: trusted keys, presses of the pointer, and each field that is entered.
COUNT = """
(() => {
  const add = (name) => sessionStorage.setItem(name, Number(sessionStorage.getItem(name) || 0) + 1);
  addEventListener("keydown", (e) => { if (e.isTrusted && !e.repeat) add("keys"); }, true);
  addEventListener("pointerdown", (e) => { if (e.isTrusted) add("clicks"); }, true);
  const seen = new Set();
  addEventListener("input", (e) => {
    const field = e.target.name || e.target.id;
    if (e.isTrusted && !seen.has(field)) { seen.add(field); add("fields"); }
  }, true);
})();
"""


@pytest.fixture
def call(transactional_db, open_page):
    with somebody():
        set_up_city()
        ensure_complaint_defaults()
    house = PropertyFactory(address=AddressFactory(street=StreetFactory(name="Lampenstubenweg"), number=14))
    page = open_page("/", user=member(*CLERK, department=house.lead_department))
    page.add_init_script(COUNT)
    page.goto("/beschwerden/neu/")
    return page


def spent(page, what):
    """Seconds by the model, after the saved complaint has been opened; printed with the counts."""
    page.wait_for_url(re.compile(r"/beschwerden/[0-9a-f-]{36}/"))
    keys, clicks, fields = (
        int(page.evaluate("(name) => Number(sessionStorage.getItem(name) || 0)", name))
        for name in ("keys", "clicks", "fields")
    )
    seconds = keys * KEY + clicks * POINT + fields * THINK
    sys.stdout.write(f"\n{what}: {keys} Tasten, {clicks} Klicks, {fields} Felder = {seconds:.1f} s\n")
    assert keys
    assert fields
    return seconds


def place(page):
    assert page.evaluate("document.activeElement.name") == "address_text"  # nothing to press before typing
    page.keyboard.type("lampen 14")
    page.get_by_role("option", name=re.compile("Lampenstubenweg 14")).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def test_a_short_call_by_keyboard_alone(call):
    place(call)
    call.keyboard.press("Tab")
    call.keyboard.type("Müllsäcke im Hausflur, riecht stark.")
    call.keyboard.press("Control+Enter")
    assert spent(call, "Kurzer Anruf") <= 30
    assert Complaint.objects.get().text == "Müllsäcke im Hausflur, riecht stark."


def test_a_whole_call_with_kind_name_telephone_and_an_answer(call):
    place(call)
    call.keyboard.press("Tab")
    call.keyboard.type("Müllsäcke im Flur")
    call.get_by_role("checkbox", name="Müll", exact=True).click()
    call.locator("#id_name").click()
    call.keyboard.type("Pohl")
    call.keyboard.press("Tab")
    call.keyboard.type("0170 5550142")
    call.keyboard.press("Tab")
    call.keyboard.press("Space")
    call.keyboard.press("Control+Enter")
    assert spent(call, "Ganzer Anruf") <= 30
    complaint = Complaint.objects.get()
    assert (complaint.reporter.name, complaint.wants_answer) == ("Pohl", True)
    assert complaint.department.code == "umwelt"


def test_the_count_would_notice_a_slower_form(call):
    """Negative control: the same words on a form that asks for more hand work are over the line."""
    place(call)
    call.keyboard.press("Tab")
    call.keyboard.type(
        "Müllsäcke im Flur, seit drei Wochen, jeden Morgen neue, niemand räumt sie weg, Ratten im Hof."
    )
    call.keyboard.press("Control+Enter")
    assert spent(call, "Zu langer Anruf") > 30
