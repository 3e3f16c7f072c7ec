"""Departments move, merge and close; nothing open gets lost, and what cannot be moved stops the step."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from objects.register.models import Property
from soe.audit.context import acting_as
from soe.departments import handover, lifecycle
from soe.departments.granting import Escalation
from soe.departments.models import Department, Membership
from soe.web.models import Notice, Watch
from tests.factories.core import DepartmentFactory, MembershipFactory, RoleFactory, member

pytestmark = pytest.mark.django_db
ADMIN = ("admin.departments", "admin.members", "admin.all")


def send(client, path, **data):
    page = client.get(path)
    return client.post(path, {"form_token": page.context["form_token"]} | data)


def order(parent):
    return list(Department.objects.filter(parent=parent).order_by("position", "name"))


def test_buttons_move_a_department_among_its_siblings(as_member):
    client, _ = as_member("admin.departments")
    top = DepartmentFactory()
    first, second, third = (DepartmentFactory(parent=top, position=5) for _ in range(3))
    assert client.post(f"/verwaltung/organisation/{third.pk}/hoch/").status_code == 302
    assert order(top) == [first, third, second]
    client.post(f"/verwaltung/organisation/{first.pk}/runter/")
    assert order(top) == [third, first, second]
    client.post(f"/verwaltung/organisation/{third.pk}/hoch/")
    assert order(top) == [third, first, second]  # already the first


def test_a_department_hangs_elsewhere_but_never_under_itself(as_member):
    client, _ = as_member("admin.departments")
    top, other = DepartmentFactory(), DepartmentFactory()
    child = DepartmentFactory(parent=top)
    path = f"/verwaltung/organisation/{top.pk}/verschieben/"
    assert send(client, path, parent=child.pk, reason="Probe").status_code == 200
    with pytest.raises(ValidationError), acting_as(member()):
        lifecycle.move_under(top, child, reason="Probe")
    assert send(client, path, parent=other.pk, reason="Probe").status_code == 302
    top.refresh_from_db()
    assert top.parent == other


def test_moving_needs_the_right(as_member):
    own = DepartmentFactory()
    client, _ = as_member("admin.members", department=own)
    assert client.get("/verwaltung/organisation/").status_code == 200  # her own, without buttons
    assert "Verschieben" not in client.get("/verwaltung/organisation/").content.decode()
    assert client.post(f"/verwaltung/organisation/{own.pk}/hoch/").status_code == 403
    assert client.get(f"/verwaltung/organisation/{own.pk}/aufloesen/").status_code == 403
    assert client.get(f"/verwaltung/organisation/{DepartmentFactory().pk}/").status_code == 404


def test_merging_hands_over_open_work_people_and_children(as_member):
    from tests.factories.proceedings import MeasureFactory
    from tests.factories.register import PropertyFactory

    client, _ = as_member(*ADMIN)
    old, new = DepartmentFactory(), DepartmentFactory()
    child = DepartmentFactory(parent=old)
    house = PropertyFactory(lead_department=old)
    open_measure = MeasureFactory(department=old, property=house)
    row = MembershipFactory(department=old)
    path = f"/verwaltung/organisation/{old.pk}/aufloesen/"
    page = client.get(path, {"nachfolge": new.pk})
    counts = {item.label: item.count for item in page.context["work"]}
    assert counts["Federführungen"] == 1
    assert counts["offene Maßnahmen"] == 1
    assert page.context["possible"]
    answer = client.post(
        path,
        {
            "form_token": page.context["form_token"],
            "successor": new.pk,
            "move_people": "on",
            "reason": "Neuordnung zum Jahreswechsel",
        },
    )
    assert answer.status_code == 302, answer.context["form"].errors
    for thing in (old, child, open_measure):
        thing.refresh_from_db()
    assert old.is_closed
    assert old.successor == new
    assert child.parent == new
    assert Property.objects.get(pk=house.pk).lead_department == new
    assert open_measure.department == new
    assert open_measure.history.first().history_change_reason == "Neuordnung zum Jahreswechsel"
    now = Membership.objects.current().get(user=row.user)
    assert (now.department, now.role) == (new, row.role)


def test_a_large_department_closes_with_the_same_number_of_queries_and_one_history_row_each():
    from objects.models import Measure
    from objects.proceedings.models.due import Deadline
    from tests.factories.complaints import ComplaintFactory
    from tests.factories.proceedings import MeasureFactory, ProceedingFactory
    from tests.factories.register import PropertyFactory

    boss, watcher = member(*ADMIN), member("complaint.view")
    due = timezone.localdate() + timedelta(days=3)

    def closing(rows):
        old, new = DepartmentFactory(), DepartmentFactory()
        for _ in range(rows):
            house = PropertyFactory(lead_department=old)
            proceeding = ProceedingFactory(department=old, property=house)
            MeasureFactory(department=old, property=house, proceeding=proceeding, due_on=due)
            complaint = ComplaintFactory(department=old, wants_answer=True, answer_due=due)
        Watch.objects.create(user=watcher, target_model="objects.complaint", target_id=complaint.pk)
        with acting_as(boss), CaptureQueriesContext(connection) as queries:
            lifecycle.close(old, by=boss, successor=new, reason="Neuordnung")
        return new, len(queries)

    _, few = closing(1)
    new, many = closing(6)
    assert many == few
    houses = Property.objects.filter(lead_department=new)
    assert {row.lead_periods.get(until=None).department for row in houses} == {new}
    for row in [*Measure.objects.filter(department=new), *houses]:
        assert row.history.filter(history_change_reason="Neuordnung", history_user_id=boss.pk).count() == 1
    # What hangs on the rows followed: deadlines and next steps name the successor.
    assert Deadline.table.filter(department=new, kind="measure").count() == 6
    assert Deadline.table.filter(department=new, kind="answer").count() == 6
    assert Notice.objects.filter(recipient=watcher, kind="watched").count() == 2


def test_what_cannot_be_moved_stops_everything(as_member):
    """A carrier's cases never go to another carrier; nothing at all is changed."""
    from tests.factories.cases import CaseFactory

    client, person = as_member(*ADMIN)
    case = CaseFactory()
    carrier = case.offer.carrier
    other = DepartmentFactory(kind="carrier")
    row = MembershipFactory(department=carrier)
    path = f"/verwaltung/organisation/{carrier.pk}/aufloesen/"
    page = client.get(path, {"nachfolge": other.pk})
    assert not page.context["possible"]
    assert "Einwilligung" in page.content.decode()
    with pytest.raises(ValidationError, match="Einwilligung"), acting_as(person):
        lifecycle.close(carrier, by=person, successor=other, reason="Probe")
    carrier.refresh_from_db()
    row.refresh_from_db()
    assert carrier.closed_on is None
    assert row.ended_at is None
    case.offer.refresh_from_db()
    assert case.offer.carrier == carrier


def test_negative_control_without_the_block_the_cases_would_change_hands(monkeypatch):
    from tests.factories.cases import CaseFactory

    person, case = member(*ADMIN), CaseFactory()
    monkeypatch.setattr(handover.Handover, "problem", lambda *args: "")
    with acting_as(person):
        lifecycle.close(
            case.offer.carrier, by=person, successor=DepartmentFactory(kind="carrier"), reason="Probe"
        )
    old = case.offer.carrier
    case.offer.refresh_from_db()
    assert case.offer.carrier != old


def test_open_work_without_successor_is_refused():
    from tests.factories.register import PropertyFactory

    person, house = member(*ADMIN), PropertyFactory()
    with pytest.raises(ValidationError, match="wer das übernimmt"), acting_as(person):
        lifecycle.close(house.lead_department, by=person, reason="Probe")


def test_nobody_moves_herself_and_a_closed_department_takes_nobody():
    person = member(*ADMIN)
    own, new = person.memberships.get().department, DepartmentFactory()
    with pytest.raises(Escalation), acting_as(person):
        lifecycle.close(own, by=person, successor=new, reason="Probe")
    with acting_as(person):
        lifecycle.close(new, by=person, reason="Probe")
    new.refresh_from_db()
    from soe.departments.granting import give

    with acting_as(person), pytest.raises(ValidationError, match="aufgelöst"):
        give(person, person=member(), department=new, role=RoleFactory(), reason="Probe")


def test_closing_without_all_memberships_moves_no_people(as_member):
    person = member("admin.departments")
    old, new = DepartmentFactory(), DepartmentFactory()
    MembershipFactory(department=old)
    with pytest.raises(Escalation), acting_as(person):
        lifecycle.close(old, by=person, successor=new, move_people=True, reason="Probe")


def test_every_kind_of_open_work_names_a_real_field_and_counts():
    department, person = DepartmentFactory(), member()
    assert handover.departments.preview(department, DepartmentFactory()) == []
    assert handover.people.preview(person, member()) == []
    assert handover.records_of(department) == []
    MembershipFactory(department=department)
    assert handover.records_of(department) == [("Zugehörigkeiten", 1)]


def test_the_tree_costs_the_same_for_many(as_member, django_assert_max_num_queries):
    client, _ = as_member(*ADMIN)
    top = DepartmentFactory()
    for _ in range(25):
        DepartmentFactory(parent=top)
    with django_assert_max_num_queries(20):
        client.get("/verwaltung/organisation/")
