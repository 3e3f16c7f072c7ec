"""What steering hangs into the start page, the search, the timeline and the quarterly report."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from objects.models import Measure
from soe.web import registry
from soe.web.figures import Figure, FigureTable, Quarter, TextRows
from steering.models import FundingApplication, Outcome
from steering.registration import decision_tasks, meeting_appointments, meeting_tasks, proposal_tasks
from steering.selectors import contradictions, quarter_figures
from tests.factories.core import DepartmentFactory, member, somebody
from tests.factories.register import PropertyFactory
from tests.factories.steering import (
    CommitteeFactory,
    FundingFactory,
    ItemFactory,
    MeetingFactory,
    PaperFactory,
    ProposalFactory,
    bring,
    decided,
    moment,
    running,
    system,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
Q3, Q4 = Quarter(2026, 3), Quarter(2026, 4)


def titles(source, user, today=TODAY):
    return [task.title for task in source(user, today)]


def old(**kwargs):
    return decided(running(start=moment(2026, 5)), at=moment(2026, 5), **kwargs)


# --- tasks -------------------------------------------------------------------------------------------------------


def test_missing_report_is_a_task_of_the_responsible_department_only():
    decision = old(title="Checkliste")
    user = member("steering.report", department=decision.responsible)
    assert titles(decision_tasks, user) == ["Bericht schreiben: Checkliste"]
    assert titles(decision_tasks, member("steering.report")) == []
    decision.file_report(by=system(), quarter="2026-Q3", colour="green", text="Läuft.", on=date(2026, 10, 2))
    assert titles(decision_tasks, user) == []


def test_overdue_decision_is_shown_to_the_department_and_the_coordination():
    decision = old(title="Ankauf", due=date(2026, 11, 1))
    decision.file_report(by=system(), quarter="2026-Q3", colour="red", text="Hängt.", on=date(2026, 10, 2))
    for user in (
        member("steering.report", department=decision.responsible),
        member("steering.view", "steering.manage"),
    ):
        assert titles(decision_tasks, user) == ["Beschluss überfällig: Ankauf"]
    assert titles(decision_tasks, member("steering.view", "steering.report")) == []


def test_condition_is_a_task_when_it_falls_due():
    decision = old(
        conditions=[("Eigenanteil klären", TODAY + timedelta(days=5)), ("Später", date(2030, 1, 1))]
    )
    user = member("steering.report", department=decision.responsible)
    assert "Auflage erfüllen: Eigenanteil klären" in titles(decision_tasks, user)
    assert len(titles(decision_tasks, user)) == 2  # with the report


def test_cosignature_waits_for_the_asked_department():
    proposal = ProposalFactory(title="Winterhilfe", submitted=True)
    asked = DepartmentFactory()
    proposal.ask_to_cosign([asked], by=system(), due_on=TODAY)
    user = member("steering.view", "steering.propose", department=asked)
    assert titles(proposal_tasks, user) == ["Mitzeichnen: Winterhilfe"]
    proposal.cosignatures.get().give(by=system(), advice="agreed")
    assert titles(proposal_tasks, user) == []


def test_deadline_for_proposals_is_told_to_those_who_propose():
    meeting = MeetingFactory(start=moment(2026, 12, 9))
    meeting.open_registration(by=system())
    assert len(titles(proposal_tasks, member("steering.view", "steering.propose"))) == 1
    assert titles(proposal_tasks, member("steering.view")) == []
    assert titles(proposal_tasks, member("steering.view", "steering.propose"), date(2026, 12, 1)) == []


def test_coordination_schedules_and_has_minutes_approved():
    ProposalFactory(title="Winterhilfe", submitted=True)
    office = member("steering.view", "steering.manage")
    assert titles(proposal_tasks, office) == ["Vorschlag einplanen: Winterhilfe"]
    bring(MeetingFactory(), "draft")
    assert len(titles(meeting_tasks, office)) == 1
    assert titles(meeting_tasks, member("steering.view")) == []


def test_coming_meetings_are_appointments():
    meeting = MeetingFactory(start=timezone.now() + timedelta(days=9))
    MeetingFactory(start=timezone.now() - timedelta(days=9))
    cancelled = MeetingFactory(start=timezone.now() + timedelta(days=5))
    cancelled.cancel(by=system(), reason="Erkrankung")
    found = list(meeting_appointments(member("steering.view"), TODAY))
    assert [row.url for row in found] == [meeting.get_absolute_url()]
    assert list(meeting_appointments(member("register.view"), TODAY)) == []


def test_tasks_cost_the_same_for_few_and_many():
    user = member("steering.view", "steering.propose", "steering.manage", "steering.report")
    sources = (decision_tasks, proposal_tasks, meeting_tasks)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            for source in sources:
                list(source(user, TODAY))
        return len(queries)

    first = None
    for _ in range(3):
        old(responsible=user.departments.get(), due=date(2026, 6, 1))
        ProposalFactory(submitted=True)
        first = first or cost()
    assert cost() == first


def test_search_finds_numbers_and_words_in_any_spelling(client):
    lk = CommitteeFactory(code="LK")
    meeting = running(committee=lk, start=moment(2023, 2))
    decision = decided(meeting, title="Grüne Mitte stärken")
    paper = PaperFactory(reference="2023/1062", name="Strategie Südosteuropa")
    client.force_login(member("steering.view"))
    for query, url in (
        (decision.number, decision.get_absolute_url()),
        ("gruene mitte", decision.get_absolute_url()),
        ("2023/1062", paper.get_absolute_url()),
        ("SUEDOSTEUROPA", paper.get_absolute_url()),
    ):
        html = client.get(reverse("web:search"), {"q": query}).content.decode()
        assert url in html, query


# --- property ----------------------------------------------------------------------------------------------------


def about(house, **kwargs):
    proposal = ProposalFactory(submitted=True, property=house)
    meeting = MeetingFactory(committee=proposal.committee)
    meeting.add_item(by=system(), proposal=proposal)
    return decided(bring(meeting, "running"), **kwargs)


def test_decisions_stand_in_the_timeline_of_their_property():
    house = PropertyFactory()
    decision = about(house)
    reader = member("steering.view", "register.view")
    found = [entry.title for entry in registry.timeline.entries(type(house), reader, house)]
    assert any(decision.number in title for title in found)
    stranger = member("register.view")
    assert not any(
        decision.number in e.title for e in registry.timeline.entries(type(house), stranger, house)
    )


def test_done_is_contradicted_by_open_work_in_the_register(client):
    house = PropertyFactory()
    decision = about(house)
    with somebody():
        Measure(
            property=house, department=DepartmentFactory(), kind="repair", what="Dach sichern", visibility="open",
            due_on=date(2027, 1, 1), original_due_on=date(2027, 1, 1),
        ).save()  # fmt: skip
    user = member("steering.view", "register.view", "proceeding.view", "inspection.view")
    assert contradictions([decision], user=user) == {}
    decision.finish(by=system())
    note = contradictions([decision], user=user)[decision.pk][0]
    assert "1 offene Maßnahme" in note.text
    client.force_login(user)
    assert "Passt nicht zu den Daten" in client.get(decision.get_absolute_url()).content.decode()
    assert (
        "Passt nicht zu den Daten"
        in client.get(reverse("steering:decision_list") + "?stand=erledigt").content.decode()
    )


def test_linked_measures_count_instead_of_everything_at_the_property(client):
    house = PropertyFactory()
    with somebody():
        rows = [
            Measure(
                property=house, department=DepartmentFactory(), kind="repair", what=what, visibility="open",
                due_on=date(2027, 1, 1), original_due_on=date(2027, 1, 1),
            )
            for what in ("Dach sichern", "Müll abfahren")
        ]  # fmt: skip
        [row.save() for row in rows]
    decision = about(house)
    proposal = decision.proposal
    proposal.link_measures(rows, by=system())
    proposal.link_measures(rows[:1], by=system())
    assert [link.measure for link in proposal.measure_links.all()] == rows[:1]
    decision.finish(by=system())
    user = member("steering.view", "register.view", "proceeding.view", "inspection.view")
    assert "1 offene Maßnahme." in contradictions([decision], user=user)[decision.pk][0].text
    client.force_login(user)
    page = client.get(proposal.get_absolute_url()).content.decode()
    assert "Dach sichern" in page
    assert "Müll abfahren" not in page


def test_open_conditions_contradict_done(client):
    decision = old(conditions=[("Klären.", None)])
    decision.finish(by=system())
    client.force_login(member("steering.view"))
    assert "1 Auflage ist nicht erfüllt" in client.get(decision.get_absolute_url()).content.decode()


# --- quarterly report --------------------------------------------------------------------------------------------


def figures(quarter):
    return {figure.key: figure for figure in quarter_figures(quarter)}


def test_figures_count_stock_at_the_end_and_flow_of_the_quarter():
    late = old(due=date(2026, 8, 1))  # decided in the second quarter
    late.reschedule(by=system(), due=date(2026, 9, 1), reason="weil")
    done = old(due=date(2026, 9, 15))
    done.finish(by=system(), on=date(2026, 9, 10))
    decided(running(start=moment(2026, 8)), at=moment(2026, 8))
    decided(running(start=moment(2026, 8)), at=moment(2026, 8), outcome=Outcome.REJECTED)
    found = figures(Q3)
    values = {key: found[f"decisions.{key}"].value for key in ("new", "open", "overdue", "done", "punctual")}
    # Two dates lay in the quarter by their original date, one was kept.
    assert values == {"new": 1, "open": 2, "overdue": 1, "done": 1, "punctual": 50}
    table = found["decisions.by_aim"]
    assert isinstance(table, FigureTable)
    assert table.rows[-1] == ("zusammen", [1, 1, 2, 1])
    for column in range(4):
        assert sum(row[1][column] for row in table.rows[:-1]) == table.rows[-1][1][column]


def test_no_due_decision_gives_no_punctuality_instead_of_zero():
    assert figures(Q3)["decisions.punctual"].value is None


def test_section_7_lists_open_decisions_with_colour_and_text():
    decision = old(title="Checkliste", due=date(2026, 12, 1))
    decision.file_report(
        by=system(), quarter="2026-Q3", colour="yellow", text="Zwei fehlen.", on=date(2026, 10, 2)
    )
    rows = figures(Q3)["decisions.list"]
    assert isinstance(rows, TextRows)
    assert rows.rows[0][0] == decision.number
    assert rows.rows[0][5:] == ["verzögert", "Zwei fehlen."]
    assert figures(Quarter(2026, 2))["decisions.list"].rows[0][5:] == ["ohne Bericht", ""]


def test_confidential_decisions_are_counted_and_not_told():
    meeting = running(start=moment(2026, 8))
    item = ItemFactory(meeting=meeting, confidential=True, name="Geheim")
    decided(meeting, item=item, at=moment(2026, 8), due=date(2026, 9, 1), text="Geheim")
    for figure in quarter_figures(Q3):
        assert "Geheim" not in str(figure)
    assert figures(Q3)["decisions.open"].value == 1


def test_section_8_tells_applications_as_they_stood():
    application = FundingFactory(deadline=date(2026, 9, 30), amount=100)
    application.submit(by=system(), on=date(2026, 9, 1))
    application.grant(by=system(), amount=80, on=date(2026, 11, 2))
    refused = FundingFactory(deadline=date(2026, 9, 30), amount=50)
    refused.submit(by=system(), on=date(2026, 7, 1))
    refused.refuse(by=system(), reason="Mittel erschöpft", on=date(2026, 8, 1))
    found = figures(Q3)
    assert found["funding.pending"].value == 100
    states = {row[0]: row[5] for row in found["funding.list"].rows}
    assert states == {application.title: "eingereicht", refused.title: "abgelehnt"}
    assert figures(Q4)["funding.granted"].value == 80
    assert FundingApplication.objects.pending().count() == 0


def test_section_9_names_what_must_be_decided():
    ProposalFactory(title="Zweite Anlaufstelle", submitted=True).refresh_from_db()
    old(title="Ankauf", due=date(2026, 8, 1))
    red = old(title="Zwangsgelder", due=date(2027, 8, 1))
    red.file_report(by=system(), quarter="2026-Q4", colour="red", text="Hängt.", on=date(2026, 11, 2))
    item = running(start=moment(2026, 2)).items.get()
    item.settle(by=system(), outcome=Outcome.POSTPONED, reason="Zahlen")
    again = item.carry_over(by=system(), to=MeetingFactory(committee=item.meeting.committee))
    bring(again.meeting, "running")
    again.settle(by=system(), outcome=Outcome.POSTPONED, reason="Zahlen")
    reasons = [row[1] for row in figures(Q4)["needed.list"].rows]
    assert reasons[0].startswith("2-mal vertagt")
    assert "Vorschlag liegt vor" in reasons
    assert "überfällig seit 01.08.2026" in reasons
    assert "als gefährdet gemeldet" in reasons


def test_every_figure_has_a_definition_and_a_source():
    for figure in quarter_figures(Q3):
        assert figure.source
        if isinstance(figure, Figure):
            assert figure.definition
