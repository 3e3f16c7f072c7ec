import hashlib

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from soe.audit.context import acting_as
from steering.models import Addendum, Attendance, Meeting, Minutes, RecordLocked
from steering.models.minutes import canonical_text
from tests.factories.steering import ItemFactory, MeetingFactory, bring, decided, running, system

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved():
    meeting = running()
    decided(meeting, text="Der Lenkungskreis stimmt zu.", votes=(3, 0, 0))
    meeting.items.get().write(by=system(), text="Frau Beigeordnete berichtet.")
    meeting.minutes.write(by=system(), opening="Die Sitzung ist eröffnet.")
    meeting.close(by=system())
    meeting.approve_minutes(by=system())
    return Meeting.objects.get(pk=meeting.pk)


def test_minutes_are_written_live_from_the_start_of_the_meeting():
    item = ItemFactory(meeting=MeetingFactory())
    with pytest.raises(ValidationError, match="ab Beginn"):
        item.write(by=system(), text="zu früh")
    bring(item.meeting, Meeting.State.RUNNING)
    item.write(by=system(), text="Herr X berichtet.")
    bring(item.meeting, Meeting.State.DRAFT)
    item.write(by=system(), text="Der Fachbereich berichtet.")
    assert item.minutes_text == "Der Fachbereich berichtet."


def test_approval_locks_with_a_hash_over_the_canonical_text(approved):
    minutes = approved.minutes
    assert minutes.sha256 == hashlib.sha256(minutes.canonical.encode()).hexdigest()
    assert minutes.canonical == canonical_text(minutes)
    for part in ("TOP 1", "Frau Beigeordnete berichtet.", "3 ja, 0 nein", "eröffnet", approved.reference):
        assert part in minutes.canonical
    assert minutes.is_intact()
    minutes.canonical += "!"
    assert not minutes.is_intact()


def test_canonical_text_does_not_depend_on_line_ends(approved):
    assert "\r" not in approved.minutes.canonical
    assert not any(line.endswith(" ") for line in approved.minutes.canonical.splitlines())


def change_minutes(meeting):
    meeting.minutes.opening = "anders"
    meeting.minutes.save()


def change_item(meeting):
    item = meeting.items.first()
    item.minutes_text = "anders"
    item.save()


def change_attendance(meeting):
    meeting.attendances.first().set(Attendance.Status.ABSENT, by=system())


def change_meeting(meeting):
    meeting.location = "anderswo"
    meeting.save()


def change_wording(meeting):
    decision = meeting.items.first().decision
    decision.text = "anders"
    decision.save()


CHANGES = [
    change_minutes,
    change_item,
    change_attendance,
    change_meeting,
    change_wording,
    lambda meeting: meeting.minutes.seal(by=system(), on=None),
    lambda meeting: meeting.minutes.write(by=system(), closing="anders"),
    lambda meeting: meeting.items.first().write(by=system(), text="anders"),
    lambda meeting: meeting.minutes.delete(),
    lambda meeting: meeting.items.first().delete(),
    lambda meeting: meeting.attendances.first().delete(),
    lambda meeting: ItemFactory(meeting=meeting),
    lambda meeting: meeting.add_item(by=system(), name="x", late_reason="x"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_after_approval_is_refused(approved, change):
    with acting_as(system()), pytest.raises(ValidationError), transaction.atomic():
        change(approved)
    minutes = Minutes.objects.get()
    assert canonical_text(minutes) == minutes.canonical


RAW = [
    "UPDATE steering_minutes SET sha256 = ''",
    "UPDATE steering_minutes SET canonical = 'x'",
    "DELETE FROM steering_minutes",
    "UPDATE steering_meeting SET state = 'draft'",
    "UPDATE steering_agendaitem SET minutes_text = 'x'",
    "DELETE FROM steering_attendance",
    "UPDATE steering_decision SET text = 'x'",
    "UPDATE steering_decision SET votes_yes = 1",
]


@pytest.mark.parametrize("statement", RAW)
def test_the_database_refuses_what_python_was_not_asked(approved, statement):
    with pytest.raises(Exception, match="locked"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("statement", RAW[4:])
def test_before_approval_the_database_lets_it_pass(statement):
    decided(running(), votes=(3, 0, 0))
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_state_of_a_decision_still_moves_after_approval(approved):
    decision = approved.items.first().decision
    decision.finish(by=system())
    assert decision.state == "done"


def test_corrections_only_as_addendum(approved):
    item = approved.items.get()
    first = Addendum.add(approved, by=system(), text="Gemeint ist Wanne, nicht Eickel.", item=item)
    second = Addendum.add(approved, by=system(), text="Anlage fehlte.")
    assert (first.number, second.number) == (1, 2)
    first.text = "anders"
    with acting_as(system()), pytest.raises(RecordLocked, match="Schreiben Sie einen weiteren"):
        first.save()
    with acting_as(system()), pytest.raises(RecordLocked):
        second.delete()
    with pytest.raises(Exception, match="locked"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE steering_addendum SET text = 'x'")


def test_addendum_waits_for_the_approval_and_stays_in_its_meeting(approved):
    other = running()
    with pytest.raises(ValidationError, match="Bis zur Genehmigung"):
        Addendum.add(other, by=system(), text="zu früh")
    with pytest.raises(ValidationError, match="anderen Sitzung"):
        Addendum.add(approved, by=system(), text="falsch", item=other.items.get())
