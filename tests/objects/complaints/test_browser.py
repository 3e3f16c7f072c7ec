"""A call in Chromium: by keyboard alone, with and without script, no axe finding, no sideways scrolling."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from objects.complaints.defaults import ensure_complaint_defaults
from objects.models import Complaint, ComplaintCategory, ComplaintReference
from objects.replies.services import send
from soe.departments.services import set_up_city
from tests.factories.complaints import ComplaintFactory, LinkFactory
from tests.factories.core import member, somebody
from tests.factories.proceedings import ItemFactory, OrderFactory, ProceedingFactory
from tests.factories.register import AddressFactory, PropertyFactory, StreetFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CLERK = (
    "address.view", "register.view", "register.change", "complaint.view", "complaint.record", "complaint.route",
    "complaint.reporter", "proceeding.view", "proceeding.change",
)  # fmt: skip
NEW = "/beschwerden/neu/"


@pytest.fixture
def town(transactional_db):
    """A clerk, a house of the register with an earlier complaint, and the house beside it."""
    with somebody():
        set_up_city()
        ensure_complaint_defaults()
    street = StreetFactory(name="Lampenstubenweg")
    here, beside = AddressFactory(street=street, number=14), AddressFactory(street=street, number=16)
    house = PropertyFactory(address=here)
    PropertyFactory(address=beside)
    ComplaintFactory(address=here)
    return member(*CLERK, department=house.lead_department), house


def test_a_call_by_keyboard_alone(town, open_page):
    clerk, house = town
    page = open_page(NEW, user=clerk)
    page.get_by_label("Wo?").focus()
    page.keyboard.type("lampenst 14")
    page.get_by_role("option", name=re.compile("Lampenstubenweg 14")).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile(house.number)).wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type("Müllsäcke im Flur")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the first category: Müll
    page.get_by_text("Umwelt (federführend)").wait_for()
    page.get_by_role("button", name="Beschwerde speichern").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/beschwerden/[0-9a-f-]{36}/"))
    complaint = Complaint.objects.order_by("-created_at").first()
    assert (complaint.text, complaint.department.code) == ("Müllsäcke im Flur", "umwelt")
    assert complaint.links.get().property == house


def test_an_unofficial_place_is_offered_while_typing(town, open_page):
    clerk, _ = town
    page = open_page(NEW, user=clerk)
    page.get_by_label("Wo?").fill("Garagenhof am Kanal")
    page.get_by_label("Was ist passiert?").fill("Sperrmüll")
    page.get_by_label(re.compile("Garagenhof am Kanal.*ohne amtliche Anschrift")).check()
    page.get_by_role("button", name="Beschwerde speichern").click()
    page.wait_for_url(re.compile(r"/beschwerden/[0-9a-f-]{36}/"))
    assert Complaint.objects.filter(place="Garagenhof am Kanal").exists()


def test_the_same_call_without_script(town, open_page):
    clerk, house = town
    page = open_page(NEW, user=clerk, script=False)
    page.get_by_label("Wo?").fill("Lampenstubenweg 14")
    page.get_by_role("button", name="Anschrift und Empfänger prüfen").click()
    assert page.get_by_role("link", name=re.compile(house.number)).count() == 1
    page.get_by_label("Was ist passiert?").fill("Müll")
    page.get_by_role("button", name="Beschwerde speichern").click()
    assert re.search(r"/beschwerden/[0-9a-f-]{36}/", page.url)


def test_pages_have_no_axe_finding_and_do_not_scroll_sideways(town, open_page, faults):
    clerk, house = town
    order = OrderFactory(proceeding=ProceedingFactory(property=house), enforceable=True)
    ItemFactory(order=order)
    complaint = Complaint.objects.get()
    pages = {
        "beschwerde-neu": NEW,
        "beschwerde": complaint.get_absolute_url(),
        "beschwerden": "/beschwerden/",
        "verfahren": order.proceeding.get_absolute_url(),
        "verfahren-liste": "/verfahren/",
        "massnahmen": "/massnahmen/",
    }
    page = open_page("/", user=clerk)
    for name, address in pages.items():
        page.goto(address)
        assert faults(page, name) == [], name


def test_pages_around_complaints_have_no_axe_finding(town, open_page, faults):
    clerk, house = town
    member("register.steer", department=house.lead_department, user=clerk)
    complaint = Complaint.objects.get()
    proceeding = ProceedingFactory(property=house)
    LinkFactory(complaint=complaint, property=house)
    with somebody():
        complaint.wants_answer, complaint.answer_due = True, timezone.localdate() - timedelta(days=4)
        complaint.handler, complaint.department = clerk, house.lead_department
        complaint.save()
        ComplaintReference(complaint=complaint, proceeding=proceeding).save()
    send(timezone.localdate())
    waste = ComplaintCategory.objects.get(code="muell")
    pages = {
        "beschwerde-vorgaenge": complaint.get_absolute_url(),
        "beschwerden-zahlen": "/beschwerden/auswertung/",
        "verteilung": "/beschwerden/verteilung/",
        "verteilung-probe": f"/beschwerden/verteilung/probe/?probe=1&categories={waste.pk}",
        "fristen": "/beschwerden/fristen/",
        "eskalation": "/beschwerden/eskalation/",
        "beschwerde-vorgang-verknuepfen": f"/beschwerden/{complaint.pk}/vorgang/",
    }
    page = open_page("/", user=clerk)
    for name, address in pages.items():
        page.goto(address)
        assert faults(page, name) == [], name
