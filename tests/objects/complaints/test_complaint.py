from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from objects.complaints.services import (
    answer_deadline,
    link_complaint,
    open_property_from,
    record_complaint,
)
from objects.models import Complaint, ComplaintReporter
from soe.audit.errors import IllegalTransition
from tests.factories.complaints import ComplaintFactory, InvolvementFactory, LinkFactory
from tests.factories.core import DepartmentFactory, member, somebody
from tests.factories.register import AddressFactory, PropertyFactory

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


def taken_down(**values):
    person = member("complaint.record", "complaint.route", "complaint.reporter", "register.change")
    values = {"text": "Ratten im Hof", "address": AddressFactory()} | values
    return person, record_complaint(by=person, recorded_in=person.departments.get(), **values)


def test_numbers_run_per_year_of_receipt():
    _, first = taken_down(received_at=datetime(2025, 12, 31, 23, 30, tzinfo=BERLIN))
    _, second = taken_down(received_at=datetime(2026, 1, 1, 0, 30, tzinfo=BERLIN))
    _, third = taken_down(received_at=datetime(2026, 3, 1, 9, 0, tzinfo=BERLIN))
    assert [first.number, second.number, third.number] == ["2025-0001", "2026-0001", "2026-0002"]


def test_a_complaint_needs_an_official_address_or_a_place_and_not_both():
    with pytest.raises(IntegrityError), transaction.atomic():
        ComplaintFactory(address=None, place="")
    with pytest.raises(IntegrityError), transaction.atomic():
        ComplaintFactory(place="hinten")
    assert ComplaintFactory(unofficial=True).where == "hinter dem Bahnhof"


def test_an_answer_is_due_after_two_weeks_on_a_working_day():
    moment = datetime(2026, 12, 11, 10, 0, tzinfo=BERLIN)
    assert answer_deadline(moment) == date(2026, 12, 28)  # 25.12. is a holiday, then a weekend
    _, complaint = taken_down(wants_answer=True, reporter_name="A", received_at=timezone.now())
    assert complaint.answer_due >= timezone.localdate() + timedelta(days=14)


def test_an_anonymous_complaint_keeps_no_reporter():
    _, complaint = taken_down(anonymous=True, reporter_name="Frau Pohlschmidt", wants_answer=True)
    assert not ComplaintReporter.objects.filter(complaint=complaint).exists()
    assert not complaint.wants_answer


def test_a_complaint_joins_the_property_of_its_address():
    house = PropertyFactory()
    _, complaint = taken_down(address=house.addresses.get().address)
    assert complaint.links.get().property == house
    assert complaint.links.get().kind == "hint"


def test_a_complaint_opens_a_property_with_problem_areas_and_asks_the_involved_departments():
    other = DepartmentFactory()
    person, complaint = taken_down(open_with=["environment", "housing"], participants=[other])
    link = complaint.links.get()
    assert link.kind == "cause"
    assert link.property.lead_department == complaint.department
    assert set(link.property.problem_areas.values_list("kind", flat=True)) == {"environment", "housing"}
    assert link.property.participations.get().department == other
    assert link.property.participations.get().state == "offered"
    assert person.audit_name()


def test_a_place_without_official_address_opens_no_property():
    person, complaint = taken_down(address=None, place="hinter dem Bahnhof")
    with pytest.raises(ValidationError, match="amtliche Anschrift"):
        open_property_from(complaint, by=person, problem_areas=["housing"])


def test_the_meaning_of_a_link_can_change_and_is_kept_once():
    link = LinkFactory()
    person = member()
    link_complaint(link.complaint, link.property, by=person, kind="result", reason="war die Folge")
    link.refresh_from_db()
    assert link.kind == "result"
    assert link.complaint.links.count() == 1


def test_forwarding_waits_for_acceptance():
    complaint, other, person = ComplaintFactory(), DepartmentFactory(), member()
    home = complaint.department
    complaint.forward(by=person, to=other, reason="Dafür sind Sie zuständig.")
    assert (complaint.department, complaint.forwarded_to) == (home, other)
    with pytest.raises(ValidationError, match="weitergeleitet"):
        complaint.accept(by=person)
    complaint.take_over(by=person)
    complaint.refresh_from_db()
    assert (complaint.department, complaint.forwarded_to, complaint.state) == (other, None, "in_progress")


def test_a_declined_forwarding_leaves_the_complaint_where_it_was():
    complaint, other, person = ComplaintFactory(), DepartmentFactory(), member()
    home = complaint.department
    complaint.forward(by=person, to=other, reason="Bitte übernehmen")
    complaint.send_back(by=person, reason="nicht unser Bezirk")
    assert (complaint.department, complaint.forwarded_to) == (home, None)
    with pytest.raises(ValidationError):
        complaint.take_over(by=person)


def test_a_complaint_is_not_forwarded_to_its_own_department():
    complaint = ComplaintFactory()
    with pytest.raises(ValidationError):
        complaint.forward(by=member(), to=complaint.department, reason="…")


def test_from_new_to_closed_and_back():
    complaint, person, today = ComplaintFactory(), member(), timezone.localdate()
    complaint.accept(by=person)
    complaint.record_answer(by=person, text="Wir waren vor Ort.", on=today)
    complaint.close(by=person, outcome="remedied", on=today)
    assert complaint.state == "closed"
    complaint.reopen(by=person, reason="Tür wieder kaputt")
    assert (complaint.state, complaint.closed_on, complaint.answered_on) == ("in_progress", None, None)


@pytest.mark.parametrize("trait", ["closed", "answered"])
def test_what_has_ended_cannot_be_taken_over(trait):
    complaint = ComplaintFactory(**{trait: True})
    with pytest.raises(IllegalTransition):
        complaint.accept(by=member())
    with pytest.raises(IllegalTransition):
        complaint.forward(by=member(), to=DepartmentFactory(), reason="…")


def test_no_complaint_ends_before_it_came_in_or_in_the_future():
    complaint, person = ComplaintFactory(), member()
    for day in (timezone.localdate() - timedelta(days=1), timezone.localdate() + timedelta(days=1)):
        with pytest.raises(ValidationError):
            complaint.close(by=person, outcome="remedied", on=day)
    complaint.refresh_from_db()
    assert complaint.state == "new"


def test_the_database_refuses_a_closed_complaint_without_outcome():
    with pytest.raises(IntegrityError), transaction.atomic():
        ComplaintFactory(closed=True, outcome="")


def test_an_involved_department_takes_note_once():
    entry, person = InvolvementFactory(), member()
    entry.take_note(by=person)
    entry.take_note(by=person)
    assert entry.history.count() == 2  # created, noted
    with somebody():
        assert Complaint.objects.get(pk=entry.complaint_id).involvements.get().noted_on


def test_title_is_the_first_sentence():
    assert ComplaintFactory(text="Ratten im Hof. Seit Mai.").title == "Ratten im Hof"
    assert len(ComplaintFactory(text="a" * 500).title) < 95
