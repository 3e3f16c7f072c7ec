import threading
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from soe.audit.context import acting_as
from soe.audit.errors import IllegalTransition
from soe.web.figures import Quarter
from steering.models import Condition, Decision, Meeting, Outcome, RecordLocked, StatusReport, sentences
from tests.factories.core import DepartmentFactory
from tests.factories.steering import (
    CommitteeFactory,
    ItemFactory,
    MeetingFactory,
    ProposalFactory,
    bring,
    decided,
    moment,
    running,
    system,
)

pytestmark = pytest.mark.django_db


def test_number_names_committee_year_meeting_and_item():
    lk = CommitteeFactory(code="LK")
    MeetingFactory(committee=lk, start=moment(2023, 2))
    meeting = MeetingFactory(committee=lk, start=moment(2023, 5))
    items = [ItemFactory(meeting=meeting) for _ in range(4)]
    bring(meeting, Meeting.State.RUNNING)
    assert decided(meeting, item=items[3]).number == "LK-2023/02-TOP4"


@pytest.mark.parametrize("outcome", [Outcome.NOTED, Outcome.POSTPONED, Outcome.DEFERRED, Outcome.WITHDRAWN])
def test_only_a_decision_draws_a_number(outcome):
    item = running().items.get()
    item.settle(by=system(), outcome=outcome, reason="weil")
    assert not Decision.objects.exists()
    with pytest.raises(ValueError):
        ItemFactory(meeting=item.meeting).decide(
            by=system(), outcome=outcome, text="x", responsible=DepartmentFactory()
        )


def test_an_item_is_decided_once():
    decision = decided()
    with pytest.raises(ValidationError, match="schon ein Ergebnis"):
        decided(decision.item.meeting, item=decision.item)
    with pytest.raises(ValidationError, match="schon ein Ergebnis"):
        decision.item.settle(by=system(), outcome=Outcome.NOTED)


def test_only_a_running_meeting_decides():
    meeting = bring(MeetingFactory(), Meeting.State.INVITED)
    with pytest.raises(ValidationError, match="laufenden Sitzung"):
        decided(meeting)


def test_number_never_changes_and_is_never_free_again():
    decision = decided()
    decision.number = "LK-2023/02-TOP9"
    with acting_as(system()), pytest.raises(RecordLocked, match="ändern sich nie"):
        decision.save()
    with acting_as(system()), pytest.raises(RecordLocked, match="Nummer bleibt vergeben"):
        decision.delete()
    with pytest.raises(RecordLocked, match="bleibt in der Tagesordnung"):
        decision.item.delete()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE steering_decision SET number = 'LK-1/1-TOP1'", "DELETE FROM steering_decision"],
)
def test_the_database_itself_keeps_the_number(statement):
    decided()
    with pytest.raises(Exception, match="locked"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_exactly_one_department_is_responsible_others_take_part():
    lead, other = DepartmentFactory(), DepartmentFactory()
    decision = decided(responsible=lead, participating=[lead, other])
    assert decision.responsible == lead
    assert [row.department for row in decision.participations.all()] == [other]
    with pytest.raises(ValidationError):
        running().items.get().decide(by=system(), outcome=Outcome.UNCHANGED, text="x", responsible=None)


@pytest.mark.parametrize(
    ("outcome", "votes", "message"),
    [
        (Outcome.UNCHANGED, (1, 1, 1), "mehr Ja als Nein"),
        (Outcome.REJECTED, (2, 1, 0), "keine Ablehnung"),
        (Outcome.UNANIMOUS, (2, 1, 0), "ohne Nein-Stimme"),
        (Outcome.MAJORITY, (3, 0, 0), "einstimmig"),
        (Outcome.UNCHANGED, (3, 0, 1), "nur 3 Stimmberechtigte"),
        (Outcome.UNCHANGED, (3, None, 0), "alle drei leer"),
    ],
)
def test_votes_must_fit_the_result_and_the_room(outcome, votes, message):
    with pytest.raises(ValidationError, match=message):
        decided(running(votes=3), outcome=outcome, votes=votes)


def test_votes_are_told_in_words():
    assert decided(votes=(2, 0, 1)).votes_label == "2 ja, 0 nein, 1 Enthaltung"


def test_rejection_is_numbered_and_leaves_nothing_to_do():
    decision = decided(outcome=Outcome.REJECTED, due=date(2027, 1, 1), votes=(0, 3, 0))
    assert (decision.state, decision.due) == ("done", None)
    assert not Decision.objects.running().exists()


def test_first_due_date_is_kept_and_overdue_is_derived():
    decision = decided(due=date(2027, 3, 1))
    decision.reschedule(by=system(), due=date(2027, 6, 30), reason="Raum fehlt")
    assert (decision.due, decision.original_due) == (date(2027, 6, 30), date(2027, 3, 1))
    assert decision.is_overdue(date(2027, 7, 1))
    assert not decision.is_overdue(date(2027, 6, 30))
    assert list(Decision.objects.overdue(date(2027, 7, 1))) == [decision]


def test_states_follow_the_table():
    decision = decided()
    decision.finish(by=system(), on=date(2027, 1, 4))
    assert (decision.state, decision.closed_on) == ("done", date(2027, 1, 4))
    with pytest.raises(IllegalTransition):
        decision.give_up(by=system(), reason="doch nicht")
    decision.take_up_again(by=system(), reason="Nachkontrolle offen")
    assert (decision.state, decision.closed_on) == ("in_progress", None)
    decision.give_up(by=system(), reason="kein Haus")
    assert decision.state == "infeasible"


def test_only_a_later_decision_repeals():
    lk = CommitteeFactory()
    first = decided(running(committee=lk, start=moment(2026, 2)), at=moment(2026, 2))
    second = decided(running(committee=lk, start=moment(2026, 5)), at=moment(2026, 5))
    with pytest.raises(ValidationError, match="späterer Beschluss"):
        second.repeal(by=system(), later=first)
    with pytest.raises(ValidationError, match="desselben Gremiums"):
        first.repeal(by=system(), later=decided(at=moment(2026, 9)))
    first.repeal(by=system(), later=second)
    assert (first.state, first.repealed_by) == ("repealed", second)
    with pytest.raises(IllegalTransition):
        first.take_up_again(by=system(), reason="doch")


def test_conditions_are_numbered_and_fulfilled_once():
    decision = decided(
        conditions=[("Eigenanteil ab 2029 klären.", date(2027, 6, 30)), ("Raum suchen.", None)]
    )
    first, second = decision.conditions.all()
    assert (first.position, second.position, first.department) == (1, 2, decision.responsible)
    first.fulfil(by=system(), note="Vorlage 2027/0100", on=date(2027, 6, 1))
    with pytest.raises(ValidationError, match="schon erfüllt"):
        first.fulfil(by=system())
    assert Condition.objects.filter(done_on=None).get() == second


def test_proposal_is_decided_with_its_item():
    proposal = ProposalFactory(submitted=True)
    meeting = MeetingFactory(committee=proposal.committee)
    meeting.add_item(by=system(), proposal=proposal)
    decision = decided(bring(meeting, Meeting.State.RUNNING))
    proposal.refresh_from_db()
    assert (proposal.state, decision.proposal) == ("decided", proposal)


def test_wording_may_be_put_right_until_the_minutes_are_approved():
    decision = decided()
    decision.correct(
        by=system(), reason="Schreibfehler", text="Der Lenkungskreis stimmt zu. Träger ist Plan B e.V."
    )
    meeting = decision.item.meeting
    meeting.close(by=system())
    meeting.approve_minutes(by=system())
    decision = Decision.objects.get()
    with pytest.raises(RecordLocked):
        decision.correct(by=system(), reason="später", text="Anders.")
    with pytest.raises(RecordLocked):
        decision.add_condition(by=system(), text="Noch eine.")
    decision.reschedule(by=system(), due=date(2027, 6, 30), reason="geht immer")


# --- reports ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("Im Plan", 1),
        (
            "Sieben von neun sind fertig. Umwelt liefert bis Ende Nov. 2026. Der Probelauf am 19.11.2026 findet statt.",
            3,
        ),
        ("Plan B e.V. und IFAK e.V. sind z. B. dabei. Rest folgt!", 2),
        ("Das 2. Halbjahr ist offen, ca. 1.200 Kontakte (Nr. 5, Abs. 2).", 1),
        ("Eins. Zwei. Drei. Vier.", 4),
        ("Eins\nZwei\nDrei\nVier", 4),
        ("Wirklich?! Ja … und nein.", 3),
        ("Er sagte: „Fertig.“ Dann ging er.", 2),
    ],
)
def test_sentences_are_counted_as_people_do(text, count):
    assert sentences(text) == count


def report(decision, quarter="2027-Q1", colour="green", text="Läuft.", **kwargs):
    kwargs.setdefault("on", date(2027, 4, 2))
    return decision.file_report(by=system(), quarter=quarter, colour=colour, text=text, **kwargs)


def test_report_has_at_most_three_sentences():
    with pytest.raises(ValidationError, match="höchstens drei Sätze"):
        report(decided(), text="Eins. Zwei. Drei. Vier.")
    with pytest.raises(ValidationError):
        report(decided(), text=" ")


def test_one_report_per_quarter_the_second_replaces_the_first():
    decision = decided(at=moment(2026, 12))
    report(decision)
    report(decision, colour="yellow", text="Verzögert.")
    assert [row.colour for row in decision.reports.all()] == ["yellow"]
    assert StatusReport.history.count() == 2


def test_report_moves_the_decision_on_and_a_late_old_one_does_not():
    decision = decided(at=moment(2026, 12))
    report(decision)
    assert decision.state == "in_progress"
    report(decision, state="done")
    assert (decision.state, decision.closed_on) == ("done", date(2027, 4, 2))
    report(decision, quarter="2026-Q4", state="in_progress")
    assert decision.state == "done"


def test_report_is_not_for_times_without_the_decision():
    decision = decided(at=moment(2026, 12))
    with pytest.raises(ValidationError, match="noch nicht"):
        report(decision, quarter="2026-Q3")
    with pytest.raises(ValidationError, match="noch nicht begonnen"):
        report(decision, quarter="2027-Q3")
    with pytest.raises(ValidationError, match="nicht mehr berichtet"):
        report(decided(outcome=Outcome.REJECTED))


def test_missing_reports_of_a_quarter_are_found():
    silent, told = decided(at=moment(2026, 12)), decided(at=moment(2026, 12))
    decided(at=moment(2027, 4))
    report(told)
    quarter = Quarter(2027, 1)
    assert list(Decision.objects.without_report(quarter)) == [silent]
    row = Decision.objects.with_report(quarter).get(pk=told.pk)
    assert (row.report_colour, row.report_text, row.earlier_colour) == ("green", "Läuft.", None)


# --- at the same time ------------------------------------------------------------------------------------------


def at_once(*calls):
    """Run the calls in threads that start together; their results or errors, in order."""
    results, start = [None] * len(calls), threading.Barrier(len(calls))

    def work(index, call):
        try:
            start.wait()
            results[index] = call()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(calls)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return results


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_who_decide_one_item_at_once_draw_one_number():
    item, department = running().items.get(), DepartmentFactory()

    def decide():
        mine = type(item).objects.get(pk=item.pk)
        return mine.decide(by=system(), outcome=Outcome.UNCHANGED, text="Ja.", responsible=department)

    results = at_once(decide, decide, decide)
    assert sorted(type(result).__name__ for result in results) == [
        "Decision",
        "ValidationError",
        "ValidationError",
    ]
    assert Decision.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_meetings_planned_at_once_get_different_numbers():
    lk = CommitteeFactory()
    results = at_once(*[lambda: MeetingFactory(committee=lk).number] * 4)
    assert sorted(results) == [1, 2, 3, 4]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_item_that_comes_while_the_agenda_freezes_is_refused_or_in_time():
    meeting = MeetingFactory()
    ItemFactory(meeting=meeting)
    bring(meeting, Meeting.State.REGISTRATION)
    results = at_once(
        lambda: Meeting.objects.get(pk=meeting.pk).freeze(by=system()),
        lambda: Meeting.objects.get(pk=meeting.pk).add_item(by=system(), name="Noch einer"),
    )
    late = isinstance(results[1], ValidationError)
    assert meeting.items.count() == (1 if late else 2)
    assert not meeting.items.filter(late=True).exists()


def test_duplicate_number_is_refused_by_the_database():
    decision = decided()
    row = Decision.objects.filter(pk=decision.pk).values().get()
    other = ItemFactory(meeting=decision.item.meeting)
    twin = Decision(**row | {"id": other.id, "item_id": other.id})
    twin._state.adding = True
    with acting_as(system()), pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)
