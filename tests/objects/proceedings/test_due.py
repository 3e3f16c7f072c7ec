"""The list of deadlines: derived, complete, restricted like its sources, extended and assigned through them."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from objects.models import Deadline, OrderItem
from objects.proceedings import due
from objects.proceedings.services import record_hearing
from soe.web.bulk.models import BulkRow
from tests.factories.complaints import ComplaintFactory
from tests.factories.core import DepartmentFactory, MembershipFactory, RoleFactory, member
from tests.factories.proceedings import (
    ClaimFactory,
    ItemFactory,
    MeasureFactory,
    OrderFactory,
    ProceedingFactory,
    RequestFactory,
)
from tests.factories.register import GoalFactory

pytestmark = pytest.mark.django_db
LIST = "/fristen/"
ALL = ("register.view", "proceeding.view", "complaint.view")
WORK = (*ALL, "proceeding.change", "measure.change", "complaint.route")


def kinds(person, action="view"):
    return sorted(Deadline.objects.restrict(person, action).values_list("kind", flat=True))


def one_of_each():
    """Every kind of deadline, all of one department."""
    heard = ProceedingFactory()
    department = heard.department
    record_hearing(heard, by=member(), on=date(2026, 8, 1), answer_until=date(2026, 8, 15))
    row = ProceedingFactory(property=heard.property, department=department)
    ItemFactory(order=OrderFactory(proceeding=row, served=True))
    ClaimFactory(proceeding=row)
    MeasureFactory(property=heard.property, department=department)
    GoalFactory(property=heard.property, department=department)
    RequestFactory(
        proceeding=ProceedingFactory(property=heard.property, department=department, internal=True),
        answer_due=date(2026, 12, 4),
    )
    ComplaintFactory(department=department, wants_answer=True, answer_due=date(2026, 12, 1))
    return department


def test_every_kind_is_there_and_a_rebuild_finds_the_same():
    department = one_of_each()
    assert kinds(member(*ALL, department=department)) == sorted(Deadline.Kind.values)
    fields = [*due.FIELDS, "kind", "source_id"]
    before = set(Deadline.objects.values_list(*fields))
    due.rebuild()
    assert set(Deadline.objects.values_list(*fields)) == before


def test_a_deadline_goes_when_it_is_over_and_comes_back():
    item = ItemFactory()
    row, person = item.order.proceeding, member()
    assert Deadline.objects.filter(kind="item").exists()
    item.suspend(by=person, court="VG", reference="1 L 1/26", on=date(2026, 11, 2))
    assert not Deadline.objects.filter(kind="item").exists()
    item.lift_suspension(by=person, reason="Ende")
    assert Deadline.objects.get(kind="item").due_on == item.due_on
    row.refresh_from_db()
    row.close(by=person, closing="revoked", on=date(2026, 11, 5))
    assert not Deadline.objects.exists()
    row.reopen(by=person, reason="weiter")
    assert Deadline.objects.filter(kind="item").exists()
    claim = ClaimFactory(proceeding=row)
    claim.pay(by=person, amount=claim.amount, on=date(2026, 10, 1))
    assert not Deadline.objects.filter(kind="payment").exists()


def test_without_the_listener_the_list_would_be_wrong(monkeypatch):
    monkeypatch.setattr(due, "sync", lambda kind, ids: None)
    MeasureFactory()
    assert not Deadline.objects.exists()


def test_rights_are_those_of_the_record_and_nothing_internal_leaks(client):
    department = DepartmentFactory()
    row = ProceedingFactory(internal=True, department=department, subject="Zimtschnecke")
    ItemFactory(order=OrderFactory(proceeding=row, served=True))
    ClaimFactory(proceeding=row)
    MeasureFactory(property=row.property, department=department, internal=True, what="Zimtschnecke")
    MeasureFactory(property=row.property, what="Offenes")
    outsider, insider = member(*WORK), member(*WORK, department=department)
    assert kinds(outsider) == ["measure"]
    assert kinds(outsider, "change") == []
    assert kinds(insider) == ["item", "lawsuit", "measure", "measure", "payment"]
    assert kinds(member("complaint.view")) == []
    client.force_login(outsider)
    for query in ("", "?export=csv", f"?fb={department.pk}", "?text=Zimt"):
        answer = client.get(LIST + query)
        text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
        assert "Zimtschnecke" not in text
    assert "1 Frist" in client.get(LIST).content.decode()
    client.force_login(insider)
    assert "Zimtschnecke" in client.get(LIST).content.decode()


def test_the_list_costs_the_same_for_few_and_many(client, django_assert_max_num_queries):
    department = one_of_each()
    MeasureFactory.create_batch(12, department=department)
    client.force_login(member(*WORK, department=department))
    with django_assert_max_num_queries(20):
        assert "12 " not in client.get(LIST).content.decode()[:0]


def run(client, action, rows, **data):
    url = client.post(LIST, {"aktion": action, "selected": [str(row.pk) for row in rows]})["Location"]
    page = client.post(url, {"schritt": "vorschau"} | data, follow=True)
    text = page.content.decode()
    check = {
        "schritt": "ausfuehren", "pruefung": page.context["run"].check_number,
        "form_token": page.context["form_token"],
    }  # fmt: skip
    client.post(url, check)
    return text


def test_several_deadlines_are_extended_each_through_its_record(client):
    department = one_of_each()
    client.force_login(member(*WORK, department=department))
    to = timezone.localdate() + timedelta(days=90)
    rows = list(Deadline.objects.exclude(kind="review"))
    text = run(client, "verlaengern", rows, to=to.isoformat(), reason="Gutachten fehlt")
    assert text.count(due_text := "lässt sich hier nicht verlängern") == 3, due_text
    moved = dict(Deadline.objects.values_list("kind", "due_on"))
    assert moved["measure"] == moved["answer"] == moved["payment"] == to
    assert OrderItem.objects.get().deadline == to
    assert moved["lawsuit"] < to


def test_deadlines_are_assigned_to_somebody_who_may_do_them(client):
    department = one_of_each()
    officer = member(*WORK, department=department)
    client.force_login(officer)
    colleague = MembershipFactory(department=department, role=RoleFactory(permissions=WORK)).user
    rows = list(Deadline.objects.filter(kind__in=["item", "payment", "measure", "answer"]))
    text = run(client, "zuweisen", rows, to=str(colleague.pk))
    assert text.count("gehört zu keiner Maßnahme") == 1
    assert BulkRow.objects.filter(state="done").count() == 3  # two of them in one proceeding
    assigned = set(Deadline.objects.filter(responsible=colleague).values_list("kind", flat=True))
    assert {"item", "payment", "measure", "lawsuit"} <= assigned
    client.force_login(colleague)
    assert "Mir zugewiesen" in client.get(LIST + "?ansicht=ich").content.decode()
    stranger = member(*WORK)
    client.force_login(officer)
    page = client.post(
        client.post(LIST, {"aktion": "zuweisen", "selected": [str(rows[0].pk)]})["Location"],
        {"schritt": "vorschau", "to": str(stranger.pk)},
        follow=True,
    )
    assert "Auswahl" in page.content.decode()


def test_the_page_is_for_those_who_may_see_something(client):
    client.force_login(member("address.view"))
    assert client.get(reverse("objects:deadline_list")).status_code == 403
