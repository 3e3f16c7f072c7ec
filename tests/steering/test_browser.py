"""A meeting as its secretary sees it: decided with the keyboard alone, readable for everybody."""

from datetime import date

import pytest

from steering.models import Decision
from steering.papers import load_papers
from tests.factories.core import DepartmentFactory, member
from tests.factories.steering import CommitteeFactory, ItemFactory, ProposalFactory, decided, running, system

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ALL = ("steering.view", "steering.propose", "steering.manage", "steering.report", "council.manage")


@pytest.fixture
def city():
    DepartmentFactory(short_name="Soziales")
    meeting = running(votes=3, committee=CommitteeFactory(code="LK", quorum_rule="half"))
    proposal = ProposalFactory(committee=meeting.committee, submitted=True, cost=184_000, funding=165_600)
    meeting.add_item(by=system(), proposal=proposal, late_reason="eilt")
    secret = ItemFactory(meeting=meeting, confidential=True)
    decision = decided(
        meeting, item=secret, due=date(2026, 1, 31), conditions=[("Eigenanteil klären.", None)]
    )
    decision.file_report(by=system(), quarter="2026-Q4", colour="red", text="Hängt.", on=date(2026, 12, 1))
    load_papers(by=system())
    return meeting


def test_item_is_decided_with_the_keyboard(open_page, axe, shot, city):
    office = member(*ALL)
    page = open_page(f"{city.get_absolute_url()}?top=2", user=office)
    assert axe(page) == []
    shot(page, "sitzung-1280")
    page.get_by_role("radio", name="geändert beschlossen", exact=True).focus()
    page.keyboard.press("Space")
    for label, value in (("Ja", "3"), ("Nein", "0"), ("Enthaltung", "0")):
        page.get_by_label(label, exact=True).focus()
        page.keyboard.type(value)
    page.get_by_role("button", name="Beschließen und Nummer ziehen").focus()
    page.keyboard.press("Enter")
    page.get_by_text("geändert beschlossen: ", exact=False).first.wait_for()
    decision = Decision.objects.get(item__position=2)
    assert decision.number in page.content()
    assert axe(page) == []


def test_pages_are_accessible_and_do_not_break(open_page, faults, city):
    page = open_page("/beschluesse/", user=member(*ALL))
    decision = Decision.objects.get()
    paper = decision.papers.model.objects.get(reference="199/17")
    addresses = ["/beschluesse/", decision.get_absolute_url(), "/sitzungen/", city.get_absolute_url(), "/vorschlaege/",
                 "/vorschlaege/neu/", "/vorlagen/", paper.get_absolute_url(), "/vorlagen/einlesen/", "/gremien/",
                 city.committee.get_absolute_url(), "/vorlagen/foerderantraege/"]  # fmt: skip
    found = {}
    for address in addresses:
        page.goto(address)
        if problems := faults(page):
            found[address] = problems
    assert found == {}
