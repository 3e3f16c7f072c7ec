"""Every page answers, for those who may and for those who may not; lists cost the same for few and many rows."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from soe.web.figures import Quarter
from steering.models import Decision, Meeting, Outcome, Proposal
from steering.papers import load_papers
from tests.clients import without_templates
from tests.factories.core import DepartmentFactory, member
from tests.factories.register import PropertyFactory
from tests.factories.steering import (
    CommitteeFactory,
    FundingFactory,
    ItemFactory,
    MeetingFactory,
    PaperFactory,
    ProposalFactory,
    SeatFactory,
    bring,
    decided,
    moment,
    running,
    system,
)

pytestmark = pytest.mark.django_db
ALL = ("steering.view", "steering.propose", "steering.manage", "steering.report", "council.manage")
LISTS = ["committee_list", "meeting_list", "proposal_list", "decision_list", "paper_list", "funding_list"]


def url(name, obj=None, **query):
    address = reverse(f"steering:{name}", args=[obj.pk] if obj else [])
    return f"{address}?{'&'.join(f'{k}={v}' for k, v in query.items())}" if query else address


@pytest.fixture
def office():
    return member(*ALL)


@pytest.fixture
def reader():
    return member("steering.view")


@pytest.mark.parametrize("name", LISTS)
def test_lists_need_the_right_to_view(client, reader, name):
    assert client.get(url(name)).status_code == 302
    client.force_login(member("register.view"))
    assert client.get(url(name)).status_code == 403
    client.force_login(reader)
    response = client.get(url(name))
    assert response.status_code == 200
    assert b"empty" in response.content


def some(count):
    """`count` of everything the lists show, with all that belongs to a row."""
    lk, department = CommitteeFactory(), DepartmentFactory()
    for n in range(count):
        SeatFactory(committee=lk)
        CommitteeFactory(chair=DepartmentFactory())
        proposal = ProposalFactory(submitted=True, committee=lk)
        meeting = MeetingFactory(committee=lk, start=moment(2026, 1 + n % 12, 1 + n))
        meeting.add_item(by=system(), proposal=proposal)
        bring(meeting, Meeting.State.RUNNING)
        decision = decided(meeting, responsible=department, at=moment(2026, 2), due=date(2026, 9, 1))
        decision.file_report(
            by=system(), quarter="2026-Q3", colour="red", text="Hängt.", on=date(2026, 10, 1)
        )
        PaperFactory()
        FundingFactory()
    load_papers(by=system())


def costs(client):
    """Queries of each list, all rows on one page."""
    result = {}
    for name in LISTS:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(name, je_seite=100)).status_code == 200
        result[name] = len(queries)
    return result


def test_lists_cost_the_same_for_few_and_many_rows(client, office):
    client.force_login(office)
    some(2)
    costs(client)
    few = costs(client)
    some(4)
    assert costs(client) == few
    assert max(few.values()) <= 20


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_lists_are_exported(client, office, kind):
    some(2)
    client.force_login(office)
    for name in LISTS:
        response = client.get(url(name, export=kind))
        assert response.status_code == 200
        assert b"".join(response.streaming_content if response.streaming else [response.content])


@pytest.mark.parametrize("state", Meeting.State.values)
def test_meeting_page_in_every_state(client, office, reader, state):
    meeting = MeetingFactory(committee=CommitteeFactory(chair=DepartmentFactory()))
    SeatFactory(committee=meeting.committee)
    meeting.add_item(
        by=system(), proposal=ProposalFactory(submitted=True, committee=meeting.committee, cost=10)
    )
    if state == Meeting.State.CANCELLED:
        meeting.cancel(by=system(), reason="Erkrankung")
    else:
        bring(meeting, state)
    for user, sees_forms in ((office, True), (reader, False)):
        client.force_login(user)
        response = client.get(meeting.get_absolute_url())
        assert response.status_code == 200
        html = response.content.decode()
        assert "Zweite Anlaufstelle" in html
        assert ("Beschließen und Nummer ziehen" in html) == (sees_forms and state == Meeting.State.RUNNING)


def test_meeting_page_costs_the_same_for_few_and_many_items(client, office):
    client.force_login(office)
    meeting = running(votes=2)
    ItemFactory(meeting=meeting)
    client.get(meeting.get_absolute_url())
    with CaptureQueriesContext(connection) as few:
        client.get(meeting.get_absolute_url())
    for _ in range(18):
        ItemFactory(meeting=meeting)
    with CaptureQueriesContext(connection) as many:
        client.get(meeting.get_absolute_url())
    assert len(many) == len(few)
    assert len(many) <= 32


# --- confidential ------------------------------------------------------------------------------------------------


@pytest.fixture
def secret():
    meeting = running(votes=1)
    item = ItemFactory(meeting=meeting, name="Ankauf Waschkauenallee", confidential=True)
    return decided(meeting, item=item, text="Ankauf zum Höchstpreis.", due=date(2026, 1, 1))


def test_confidential_items_are_only_a_stub_for_others(client, reader, secret):
    client.force_login(reader)
    html = client.get(secret.item.meeting.get_absolute_url()).content.decode()
    assert "Waschkauenallee" not in html
    assert "vertraulicher Punkt" in html
    assert "Waschkauenallee" not in client.get(url("decision_list", stand="laufend")).content.decode()
    assert client.get(secret.get_absolute_url()).status_code == 404
    assert client.get(f"{reverse('web:search')}?q=Waschkauenallee").content.decode().count("Ankauf") == 0


def test_members_coordination_and_responsible_see_confidential_items(client, office, secret):
    seat = secret.item.meeting.committee.memberships.first()
    responsible = member("steering.report", department=secret.responsible)
    deputy = member("steering.view")
    SeatFactory(committee=secret.committee, deputy=deputy)
    for user in (office, member("steering.view", department=seat.department), responsible, deputy):
        client.force_login(user)
        assert client.get(secret.get_absolute_url()).status_code == 200


def test_a_seat_that_ended_shows_nothing_any_more(client, secret):
    seat = secret.item.meeting.committee.memberships.first()
    user = member("steering.view", department=seat.department)
    seat.end(by=system(), on=timezone.localdate() - timedelta(days=1), reason="aufgelöst")
    client.force_login(user)
    assert client.get(secret.get_absolute_url()).status_code == 404


def test_confidential_items_are_not_in_the_pdf_of_others(client, reader, office, secret):
    from steering.views.minutes import minutes_context

    meeting = secret.item.meeting
    assert minutes_context(meeting, reader)["left_out"] == 1
    assert secret.item not in minutes_context(meeting, reader)["items"]
    assert minutes_context(meeting, office)["left_out"] == 0


def test_minutes_with_a_confidential_item_stay_with_the_members(reader, office, secret):
    from steering.models import Minutes

    assert not Minutes.objects.restrict(reader).exists()
    assert Minutes.objects.restrict(office).exists()


# --- who may act -------------------------------------------------------------------------------------------------


def test_only_the_coordination_runs_a_meeting(client, reader, office):
    meeting = running()
    item = meeting.items.get()
    names = [("meeting_close", meeting), ("item_add", meeting), ("item_decide", item), ("item_write", item)]
    for name, obj in names:
        client.force_login(reader)
        assert client.get(url(name, obj)).status_code == 403
        client.force_login(office)
        assert client.get(url(name, obj)).status_code == 200


def test_only_the_responsible_department_reports(client, office):
    decision = decided()
    client.force_login(office)
    assert client.get(url("decision_report", decision)).status_code == 404
    client.force_login(member("steering.view", department=decision.responsible))
    assert client.get(url("decision_report", decision)).status_code == 403
    client.force_login(member("steering.report", department=decision.responsible))
    assert client.get(url("decision_report", decision)).status_code == 200


def test_only_the_asked_department_cosigns(client):
    proposal = ProposalFactory(submitted=True)
    proposal.ask_to_cosign([DepartmentFactory()], by=system())
    row = proposal.cosignatures.get()
    client.force_login(member("steering.view", "steering.propose"))
    assert client.get(url("cosign", row)).status_code == 404
    client.force_login(member("steering.view", "steering.propose", department=row.department))
    assert client.get(url("cosign", row)).status_code == 200


def test_a_proposal_is_written_only_for_an_own_department(client):
    committee, foreign = CommitteeFactory(), DepartmentFactory()
    user = member("steering.view", "steering.propose")
    own = user.departments.get()
    client.force_login(user)
    data = {
        "title": "Zweite Anlaufstelle",
        "committee": committee.pk,
        "aim": "integration",
        "problem": "Wartezeit",
        "text": "Eine zweite Stelle",
        "resolution": "Der Lenkungskreis stimmt zu.",
        "cost": "184.000,00",
        "funding": "165600",
    }
    assert client.post(url("proposal_add"), data | {"department": foreign.pk}).status_code == 200
    assert not Proposal.objects.exists()
    response = client.post(url("proposal_add"), data | {"department": own.pk})
    assert response.status_code == 302, response.context["form"].errors
    assert str(Proposal.objects.get().own_share) == "18400.00"


# --- the path through a meeting ----------------------------------------------------------------------------------


def test_from_the_proposal_to_the_report_on_pages_only(client, office):
    lead = DepartmentFactory()
    clerk = member("steering.view", "steering.propose", "steering.report", department=lead)
    committee = CommitteeFactory(code="LK")
    SeatFactory(committee=committee)
    proposal = ProposalFactory(department=lead, committee=committee)

    def post(user, name, obj=None, **data):
        client.force_login(user)
        response = client.post(url(name, obj), data)
        assert response.status_code == 302, (
            response.context and response.context.get("form") and response.context["form"].errors
        )
        return response

    post(clerk, "proposal_submit", proposal)
    start = timezone.now() - timedelta(days=100)
    post(
        office,
        "meeting_add",
        committee=committee.pk,
        start=timezone.localtime(start).strftime("%Y-%m-%dT14:00"),
    )
    meeting = Meeting.objects.get()
    post(office, "meeting_open", meeting)
    post(office, "proposal_schedule", proposal, meeting=meeting.pk)
    for name in ("meeting_freeze", "meeting_invite", "meeting_begin"):
        post(office, name, meeting)
    post(office, "attendance", meeting, present=[meeting.attendances.get().pk])
    item = meeting.items.get()
    post(office, "item_call", item)
    post(
        office, "item_decide", item, text="Der Lenkungskreis stimmt zu.", outcome="changed", yes="1", no="0",
        abstained="0", responsible=lead.pk, due="01.03.2030", condition_1="Eigenanteil klären.", condition_1_due="",
        condition_2="", condition_2_due="",
    )  # fmt: skip
    decision = Decision.objects.get()
    assert decision.number == f"LK-{meeting.year}/01-TOP1"
    assert decision.conditions.get().text == "Eigenanteil klären."
    post(office, "item_write", item, text="Die Geschäftsstelle berichtet.")
    post(office, "meeting_close", meeting)
    post(office, "meeting_approve", meeting, on="2026-12-09", sure="on")
    post(office, "addendum_add", meeting, text="Gemeint ist Wanne.", item=item.pk, reason="Schreibfehler")
    quarter = Quarter.of(timezone.localdate())
    post(
        clerk, "decision_report", decision, quarter=quarter.code, colour="yellow", text="Raum fehlt noch.",
        state="in_progress",
    )  # fmt: skip
    page = client.get(decision.get_absolute_url()).content.decode()
    for part in ("Raum fehlt noch.", "verzögert", proposal.title, "Auflage 1", "Vom Problem zur Umsetzung"):
        assert part in page


def test_refused_decision_keeps_the_input(client, office):
    meeting = running(votes=1)
    client.force_login(office)
    data = {"text": "Ja, so.", "outcome": "unchanged", "yes": "5", "no": "0", "abstained": "0"}
    response = client.post(
        url("item_decide", meeting.items.get()), data | {"responsible": DepartmentFactory().pk}
    )
    assert response.status_code == 200
    assert "nur 1 Stimmberechtigte" in response.content.decode()
    assert "Ja, so." in response.content.decode()
    assert not Decision.objects.exists()


def test_postponing_and_carrying_over_on_pages(client, office):
    item = running().items.get()
    later = MeetingFactory(committee=item.meeting.committee, start=moment(2027, 3))
    client.force_login(office)
    assert client.post(url("item_settle", item), {"outcome": "postponed"}).status_code == 200
    client.post(url("item_settle", item), {"outcome": "postponed", "reason": "Zahlen fehlen"})
    response = client.post(url("item_carry", item), {"to": later.pk})
    assert response.status_code == 302
    assert later.items.get().postponements == 1
    assert "1-mal vertagt" in client.get(later.get_absolute_url()).content.decode()


DETAILS = {
    "committee_detail": lambda: SeatFactory().committee,
    "proposal_detail": lambda: ProposalFactory(submitted=True, cost=1),
    "decision_detail": lambda: decided(conditions=[("Klären.", None)], participating=[DepartmentFactory()]),
    "paper_detail": PaperFactory,
    "funding_detail": FundingFactory,
}


@pytest.mark.parametrize("name", DETAILS)
def test_details_answer_and_have_a_history(client, office, name):
    obj = DETAILS[name]()
    client.force_login(office)
    assert client.get(url(name, obj)).status_code == 200
    assert client.get(reverse("web:history", args=[obj._meta.label_lower, obj.pk])).status_code == 200


FORMS = {
    "committee_add": None,
    "committee_change": CommitteeFactory,
    "seat_add": CommitteeFactory,
    "seat_end": SeatFactory,
    "meeting_add": None,
    "meeting_change": MeetingFactory,
    "meeting_reschedule": MeetingFactory,
    "meeting_cancel": MeetingFactory,
    "meeting_open": MeetingFactory,
    "attendance": running,
    "guest_add": running,
    "minutes_write": running,
    "attendance_change": lambda: running().attendances.first(),
    "item_add": MeetingFactory,
    "item_change": ItemFactory,
    "item_drop": ItemFactory,
    "item_up": ItemFactory,
    "item_down": ItemFactory,
    "item_settle": ItemFactory,
    "item_carry": ItemFactory,
    "addendum_add": lambda: bring(MeetingFactory(), Meeting.State.APPROVED),
    "proposal_add": None,
    "proposal_cosign": lambda: ProposalFactory(submitted=True),
    "proposal_return": lambda: ProposalFactory(submitted=True),
    "proposal_schedule": lambda: ProposalFactory(submitted=True),
    "decision_due": decided,
    "decision_repeal": decided,
    "decision_resume": decided,
    "decision_correct": decided,
    "condition_add": decided,
    "condition_fulfil": lambda: decided(conditions=[("Klären.", None)]).conditions.get(),
    "paper_add": None,
    "paper_import": None,
    "paper_change": PaperFactory,
    "consultation_add": PaperFactory,
    "finance_add": PaperFactory,
    "funding_add": None,
    "funding_change": FundingFactory,
    "funding_submit": FundingFactory,
    "funding_grant": FundingFactory,
    "funding_refuse": FundingFactory,
    "funding_withdraw": FundingFactory,
}


@pytest.mark.parametrize("name", FORMS)
def test_forms_open_and_answer_an_empty_post_without_error(client, office, name):
    obj = FORMS[name]() if FORMS[name] else None
    client.force_login(office)
    assert client.get(url(name, obj)).status_code == 200
    with without_templates():  # the same page with its errors, which are worked out
        assert client.post(url(name, obj), {}).status_code in (200, 302)


@pytest.mark.parametrize(
    "name", ["proposal_change", "proposal_submit", "proposal_withdraw", "proposal_measures"]
)
def test_forms_of_an_own_proposal_open(client, office, name):
    client.force_login(office)
    proposal = ProposalFactory(department=office.departments.get(), property=PropertyFactory())
    assert client.get(url(name, proposal)).status_code == 200


def test_paper_is_read_in_by_paste_and_shows_its_warnings(client, office):
    client.force_login(office)
    text = (
        "Vorlage Nr. 199/17\nBetreff: Modellprojekt\n\nBeratungsfolge\n\nSozialausschuss\t27.06.2017\n\n"
        "Zeitraum\t2018\nErträge gesamt\t129.757,07 €\nAufwendungen gesamt\t144.174,52 €\n"
        "Verminderung Eigenkapital\t14.417,46 €\n"
    )
    response = client.post(url("paper_import"), {"body": "Stadt Rheine", "text": text}, follow=True)
    page = response.content.decode()
    assert "14.417,45 €" in page
    assert "Gedruckt und gerechnet weichen ab" in page
    again = client.post(url("paper_import"), {"body": "Stadt Rheine", "text": text}, follow=True)
    assert "gab es schon" in again.content.decode()
    bad = client.post(url("paper_import"), {"body": "Stadt Rheine", "text": "nichts"})
    assert "nicht als Vorlage lesen" in bad.content.decode()


HOSTILE = '"><script>alert(1)</script>\u202e=HYPERLINK("http://x")'


def test_hostile_text_is_only_text(client, office):
    meeting = running()
    meeting.items.get().write(by=system(), text=HOSTILE)
    decision = decided(meeting, text=HOSTILE, title=HOSTILE[:200])
    client.force_login(office)
    for address in (meeting.get_absolute_url(), decision.get_absolute_url(), url("decision_list")):
        assert b"<script>alert" not in client.get(address).content


def test_broken_filters_do_not_break_the_list(client, office):
    client.force_login(office)
    for query in (
        "stand=quatsch",
        "due=31.02.2026",
        "responsible=x",
        "q=%00%FF",
        "seite=1&sortierung=quatsch",
    ):
        assert client.get(f"{url('decision_list')}?{query}").status_code == 200


def test_second_repeal_through_an_old_form_is_told_not_crashed(client, office):
    lk = CommitteeFactory()
    first = decided(running(committee=lk, start=moment(2026, 2)), at=moment(2026, 2))
    later = decided(running(committee=lk, start=moment(2026, 5)), at=moment(2026, 5))
    client.force_login(office)
    data = {"later": later.pk, "reason": "überholt"}
    assert client.post(url("decision_repeal", first), data).status_code == 302
    response = client.post(url("decision_repeal", first), data)
    assert response.status_code == 200
    assert "nicht möglich" in response.content.decode()
    assert Outcome.REJECTED not in Decision.objects.values_list("outcome", flat=True)


def test_item_is_dropped_on_a_page(client, office):
    item = ItemFactory(meeting=MeetingFactory())
    client.force_login(office)
    response = client.post(url("item_drop", item), {"reason": "doppelt"}, follow=True)
    assert response.redirect_chain[-1][0].startswith(item.meeting.get_absolute_url())
    assert not item.meeting.items.exists()
