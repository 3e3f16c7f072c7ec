from datetime import date, timedelta
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from objects.models import EnforcementStep, Measure, Proceeding
from objects.proceedings.registration import tasks
from soe.web.registry import inbox, timeline
from tests.clients import without_templates
from tests.costs import assert_same_cost
from tests.factories.core import DepartmentFactory, member
from tests.factories.proceedings import (
    CheckFactory,
    ItemFactory,
    MeasureFactory,
    OrderFactory,
    ProceedingFactory,
    RequestFactory,
    StepFactory,
)
from tests.factories.register import OwnershipFactory, ParticipationFactory, PartyFactory, PropertyFactory

pytestmark = pytest.mark.django_db
CLERK = (
    "address.view", "register.view", "register.change", "proceeding.view", "proceeding.change", "measure.change",
    "complaint.view", "inspection.view", "owner.view",
)  # fmt: skip


def clerk(client, department=None, *more):
    person = member(*CLERK, *more, **({"department": department} if department else {}))
    client.force_login(person)
    return person


def test_from_participation_to_the_penalty_on_the_pages(client):
    """Bauordnung accepts, opens a proceeding, hears, orders, checks, and is stopped by the gate until all is there."""
    house = PropertyFactory()
    part = ParticipationFactory(property=house)
    clerk(client, part.department)
    create = reverse("objects:proceeding_create", args=[house.pk])
    assert client.get(create).status_code == 404
    part.accept(by=member(), on=date(2026, 9, 1))
    assert client.get(create).status_code == 200
    values = {
        "subject": "Instandsetzung",
        "file_number": "BO-26-1",
        "opened_on": "01.07.2026",
        "visibility": "open",
    }
    row_url = client.post(create, values).url
    row = Proceeding.objects.get()
    assert row_url == row.get_absolute_url()
    order = {
        "title": "Ordnungsverfügung", "issued_on": "2026-09-01", "received_on": "2026-09-03",
        "immediately_enforceable": "on", "text": "Die Haustür ist instand zu setzen.", "deadline": "2026-10-16",
        "threatened_amount": "2.500,00",
    }  # fmt: skip
    order_url = reverse("objects:order_create", args=[row.pk])
    assert "wie zugestellt wurde" in client.post(order_url, order).content.decode()
    order |= {"service_kind": "handed"}
    assert "an wen zugestellt wird" in client.post(order_url, order).content.decode()
    order |= {"recipient": "Eigentümer"}
    page = client.post(order_url, order).content.decode()
    assert "Es ist keine Anhörung festgehalten" in page
    client.post(
        reverse("objects:hearing_create", args=[row.pk]), {"on": "2026-07-28", "answer_until": "2026-08-12"}
    )
    assert client.post(order_url, order).status_code == 302
    assert row.orders.get().served_on == row.orders.get().services.get().effective_on
    item = row.orders.get().items.get()
    assert item.threatened_amount == 2500
    page = client.get(row_url).content.decode()
    assert "Noch nicht möglich: 2 von 4 Voraussetzungen fehlen" in page
    assert "Nachkontrolle nach dem 16.10.2026 fehlt" in page
    check = {"on": "2026-10-20", "fulfilled": "nein", "note": "Tür schließt nicht."}
    assert client.post(reverse("objects:check_create", args=[item.pk]), check).status_code == 302
    penalty = reverse("objects:penalty_create", args=[item.pk])
    client.post(penalty, {"amount": "2500"})
    step = EnforcementStep.objects.get(kind="penalty")
    done = reverse("objects:step_carry_out", args=[step.pk])
    refused = client.post(done, {"on": "2026-11-10"}).content.decode()
    assert "Zwangsgeld ist noch nicht möglich" in refused
    client.post(
        reverse("objects:step_update", args=[step.pk]),
        {"amount": "2500", "payment_due": "2026-12-01", "version": step.version},
    )
    assert "Als erfolgt festhalten" in client.get(row_url).content.decode()
    assert client.post(done, {"on": "2026-11-10"}).status_code == 302
    step.refresh_from_db()
    assert step.state == "done"
    page = client.get(house.get_absolute_url()).content.decode()
    assert "Vollstreckung:" in page
    assert "Zwangsgeld festgesetzt" in page


def test_a_payment_deadline_on_a_holiday_is_pointed_out(client):
    item = ItemFactory()
    clerk(client, item.order.proceeding.department)
    page = client.post(
        reverse("objects:penalty_create", args=[item.pk]), {"amount": "2500", "payment_due": "2026-12-26"}
    )
    assert "Bitte tragen Sie den 28.12.2026 ein." in page.content.decode()


def test_every_step_page_opens_and_refuses_nonsense(client):
    item = ItemFactory(order=OrderFactory(served=True))
    row = item.order.proceeding
    clerk(client, row.department)
    draft = StepFactory(item=item)
    pages = {
        "proceeding_update": row, "proceeding_close": row, "hearing_create": row, "order_create": row,
        "order_serve": item.order, "order_final": item.order, "item_create": item.order,
        "check_create": item, "item_fulfil": item, "item_extend": item, "item_suspend": item,
        "threat_create": item, "penalty_create": item, "substitute_create": item, "force_create": item,
        "step_update": draft, "step_carry_out": draft, "step_drop": draft,
    }  # fmt: skip
    for name, obj in pages.items():
        url = reverse(f"objects:{name}", args=[obj.pk])
        assert client.get(url).status_code == 200, name
        wrong = {
            "on": "32.13.2026",
            "deadline": "x",
            "amount": "viel",
            "text": "",
            "issued_on": "",
            "checked_on": "?",
        }
        if name not in ("step_drop", "substitute_create", "force_create"):
            assert client.post(url, wrong).status_code in (200, 302, 409), name


def test_service_lawsuit_and_claim_start_with_the_addressee(client):
    order = OrderFactory(served=True, addressee=PartyFactory())
    row = order.proceeding
    OwnershipFactory(property=row.property, party=order.addressee)
    clerk(client, row.department)
    for name, field, obj in (
        ("order_serve", "party", order),
        ("lawsuit_create", "plaintiff", order),
        ("claim_create", "party", row),
    ):
        form = client.get(reverse(f"objects:{name}", args=[obj.pk])).context["form"]
        assert form[field].value() == order.addressee_id, name


def test_others_act_on_nothing_of_a_proceeding(client):
    item = ItemFactory()
    draft = StepFactory(item=item)
    measure = MeasureFactory(property=item.order.proceeding.property)
    clerk(client)
    names = {
        "proceeding_update": item.order.proceeding, "proceeding_close": item.order.proceeding,
        "hearing_create": item.order.proceeding, "order_create": item.order.proceeding, "order_serve": item.order,
        "item_create": item.order, "check_create": item, "item_suspend": item, "penalty_create": item,
        "step_carry_out": draft, "measure_complete": measure, "measure_postpone": measure,
    }  # fmt: skip
    for name, obj in names.items():
        url = reverse(f"objects:{name}", args=[obj.pk])
        assert client.get(url).status_code == 404, name
        assert client.post(url, {}).status_code == 404, name
    client.force_login(member("proceeding.view", "register.view"))
    for name, obj in names.items():
        assert client.get(reverse(f"objects:{name}", args=[obj.pk])).status_code == 403, name


def test_a_suspension_by_a_court_on_the_page(client):
    item = ItemFactory()
    clerk(client, item.order.proceeding.department)
    url = reverse("objects:item_suspend", args=[item.pk])
    client.post(url, {"court": "VG Köln", "reference": "16 L 1776/22", "on": "2026-11-02"})
    page = client.get(item.order.proceeding.get_absolute_url()).content.decode()
    assert "VG Köln, 16 L 1776/22" in page
    assert "Ende der Aussetzung vermerken" in page
    history = reverse("web:history", args=["objects.orderitem", item.pk])
    assert history in page
    assert "16 L 1776/22" in client.get(history).content.decode()


def test_a_measure_from_planning_to_effect(client):
    house = PropertyFactory()
    clerk(client, house.lead_department)
    url = reverse("objects:measure_create", args=[house.pk])
    assert client.get(url).status_code == 200
    due = (timezone.localdate() + timedelta(days=5)).isoformat()
    answer = client.post(url, {"what": "Sperrmüll", "kind": "waste", "due_on": due, "visibility": "open"})
    measure = Measure.objects.get()
    assert answer.url == measure.get_absolute_url()
    later = (timezone.localdate() + timedelta(days=15)).isoformat()
    client.post(
        reverse("objects:measure_postpone", args=[measure.pk]), {"to": later, "reason": "Container fehlt"}
    )
    page = client.get(measure.get_absolute_url()).content.decode()
    assert "1 × verschoben" in page
    values = {"on": timezone.localdate().isoformat(), "effect": "solved", "effect_note": ""}
    client.post(reverse("objects:measure_complete", args=[measure.pk]), values)
    measure.refresh_from_db()
    assert measure.state == "done"
    history = client.get(reverse("web:history", args=["objects.measure", measure.pk]))
    assert "Container fehlt" in history.content.decode()


def test_a_measure_is_planned_only_where_the_department_acts(client):
    clerk(client)
    assert client.get(reverse("objects:measure_create", args=[PropertyFactory().pk])).status_code == 404


def test_due_items_measures_and_requests_are_tasks_of_their_department():
    item = ItemFactory()
    department = item.order.proceeding.department
    person = member(*CLERK, department=department)
    measure = MeasureFactory(property=item.order.proceeding.property, overdue=True)
    MeasureFactory(overdue=True)
    request = RequestFactory(proceeding=ProceedingFactory(department=department, internal=True))
    MeasureFactory(department=department, due_on=timezone.localdate() + timedelta(days=60))
    mine = [
        task
        for task in inbox.tasks(person, timezone.localdate())
        if task.url.startswith(("/verf", "/mass", "/ausk"))
    ]
    assert {task.url for task in mine} == {
        item.get_absolute_url(), item.order.get_absolute_url(), measure.get_absolute_url(),
        request.get_absolute_url(),
    }  # fmt: skip


def test_the_inbox_costs_the_same_for_few_and_many_rows():
    person = member(*CLERK)
    home = person.departments.get()

    def make(rows):
        for _ in range(rows):
            row = ProceedingFactory(department=home)
            ItemFactory(order=OrderFactory(proceeding=row))
            MeasureFactory(department=home, overdue=True)
            RequestFactory(proceeding=row)

    assert_same_cost(make, lambda: list(tasks(person, timezone.localdate())), most=8)


def test_the_lists_cost_the_same_for_few_and_many_rows(client):
    own = clerk(client).departments.get()

    def make(rows):
        for _ in range(rows):
            ItemFactory(order=OrderFactory(proceeding=ProceedingFactory()))
            MeasureFactory()
            hidden = ProceedingFactory(internal=True, department=DepartmentFactory())
            RequestFactory(proceeding=hidden, asking_department=own)

    pages = ("proceeding_list", "measure_list", "request_list")
    assert_same_cost(make, {page: partial(client.get, reverse(f"objects:{page}")) for page in pages}, most=20)


def test_tab_and_timeline_cost_the_same_for_few_and_many_rows():
    from objects.proceedings.dossier import panel

    house, person = PropertyFactory(), member(*CLERK)

    def make(rows):
        for _ in range(rows):
            order = OrderFactory(proceeding=ProceedingFactory(property=house), enforceable=True)
            for _ in range(2):
                CheckFactory(item=ItemFactory(order=order))
            MeasureFactory(property=house)
            ProceedingFactory(property=house, internal=True, department=DepartmentFactory())

    request = type("Request", (), {"user": person})()
    asked = {
        "timeline": lambda: timeline.entries(type(house), person, house),  # of all subjects
        "panel": lambda: panel(request, house),
    }
    assert_same_cost(make, asked, most=30)


def test_the_page_of_a_proceeding_costs_the_same_for_few_and_many_items(client):
    order = OrderFactory(enforceable=True)
    clerk(client, order.proceeding.department)

    def make(rows):
        for _ in range(rows):
            item = ItemFactory(order=order, number=order.items.count() + 1)
            CheckFactory(item=item)
            StepFactory(item=item)

    assert_same_cost(make, lambda: client.get(order.proceeding.get_absolute_url()), most=34, few=1)


def test_every_way_to_look_at_the_lists(client):
    clerk(client)
    ItemFactory()
    MeasureFactory(overdue=True)
    ways = {
        "proceeding_list": (
            "stand=laufend", "stand=abgeschlossen", "ansicht=meine", "ansicht=frist", "text=wa", "sortierung=file_number",
            "export=csv", "export=xlsx", "bezirk=Wanne", "fb=quatsch",
        ),
        "measure_list": (
            "stand=open", "ansicht=meine", "ansicht=ueberfaellig", "sortierung=-due_on", "export=csv", "export=xlsx",
            "art=talk", "text=lampe",
        ),
    }  # fmt: skip
    with without_templates():
        for page, queries in ways.items():
            for query in queries:
                answer = client.get(reverse(f"objects:{page}") + f"?{query}")
                assert answer.status_code == 200, query
                assert not answer.streaming or b"".join(answer.streaming_content), query


def test_search_finds_file_number_and_subject(client):
    clerk(client)
    row = ProceedingFactory(subject="Brandschutzmängel im Treppenraum")
    for query in (row.file_number, "brandschutzmaengel"):
        assert str(row.pk) in client.get(reverse("web:search"), {"q": query}).content.decode()


def test_closing_and_reopening_on_the_pages(client):
    row = ProceedingFactory()
    clerk(client, row.department)
    client.post(
        reverse("objects:proceeding_close", args=[row.pk]), {"closing": "voluntary", "on": "2026-11-01"}
    )
    row.refresh_from_db()
    assert not row.is_open
    assert client.get(row.get_absolute_url()).status_code == 200
    client.post(reverse("objects:proceeding_reopen", args=[row.pk]), {"reason": "neuer Mangel"})
    row.refresh_from_db()
    assert row.is_open


def test_a_visibility_that_locks_the_own_department_out_cannot_happen(client):
    row = ProceedingFactory()
    clerk(client, row.department)
    url = reverse("objects:proceeding_update", args=[row.pk])
    values = {
        "subject": row.subject, "file_number": row.file_number, "visibility": "internal", "version": row.version,
        "reason": "Jugendhilfe betroffen",
    }  # fmt: skip
    assert client.post(url, values).status_code == 302
    row.refresh_from_db()
    assert row.visibility == "internal"
    assert client.get(row.get_absolute_url()).status_code == 200
