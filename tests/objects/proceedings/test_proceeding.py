from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from objects.models import LegalBasis, Measure, OrderItem
from objects.proceedings.defaults import LEGAL_BASES, ensure_legal_bases
from objects.proceedings.selectors import quarter_figures
from objects.proceedings.services import (
    add_item,
    add_measure,
    issue_order,
    open_proceeding,
    record_check,
    record_hearing,
)
from soe.audit.errors import IllegalTransition
from soe.web.figures import Figure, Quarter
from tests.factories.core import DepartmentFactory, member
from tests.factories.proceedings import (
    ItemFactory,
    LegalBasisFactory,
    MeasureFactory,
    OrderFactory,
    ProceedingFactory,
    StepFactory,
)
from tests.factories.register import ParticipationFactory, PropertyFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def start(house, department):
    return open_proceeding(
        house,
        by=member(department=department),
        department=department,
        subject="Instandsetzung",
        file_number="WA-1",
    )


def test_the_lead_and_accepted_participants_open_proceedings():
    house = PropertyFactory()
    joining = ParticipationFactory(property=house, accepted=True)
    assert start(house, house.lead_department).is_open
    assert start(house, joining.department).department == joining.department


@pytest.mark.parametrize("trait", ["offered", "declined", "closed", "none"])
def test_nobody_else_opens_a_proceeding_or_measure(trait):
    house, department = PropertyFactory(), DepartmentFactory()
    if trait != "none":
        traits = {} if trait == "offered" else {trait: True}
        ParticipationFactory(property=house, department=department, **traits)
    with pytest.raises(ValidationError, match="noch nicht"):
        start(house, department)
    with pytest.raises(ValidationError, match="noch nicht"):
        add_measure(house, by=member(), department=department, kind="talk", what="Gespräch", due_on=TODAY())


def test_a_legal_basis_must_have_been_in_force():
    house, basis = PropertyFactory(), LegalBasisFactory(valid_until=date(2024, 12, 31))
    with pytest.raises(ValidationError, match="galt am"):
        open_proceeding(
            house,
            by=member(),
            department=house.lead_department,
            subject="x",
            file_number="1",
            legal_basis=basis,
            on=date(2026, 7, 1),
        )


def test_a_file_number_is_unique_within_a_department():
    row = ProceedingFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        ProceedingFactory(department=row.department, property=row.property, file_number=row.file_number)
    ProceedingFactory(department=DepartmentFactory(), property=row.property, file_number=row.file_number)


def test_an_order_needs_a_hearing_or_a_reason_why_there_was_none():
    row, person = ProceedingFactory(), member()
    with pytest.raises(ValidationError) as refused:
        issue_order(row, by=person, issued_on=date(2026, 9, 1), items=[{"text": "Tür"}])
    assert "no_hearing_because" in refused.value.message_dict
    record_hearing(row, by=person, on=date(2026, 7, 28), answer_until=date(2026, 8, 12))
    order = issue_order(
        row, by=person, issued_on=date(2026, 9, 1), items=[{"text": "Tür"}, {"text": "Treppe"}]
    )
    assert list(order.items.values_list("number", flat=True)) == [1, 2]
    other = issue_order(
        ProceedingFactory(), by=person, issued_on=date(2026, 9, 1), no_hearing_because="Einsturzgefahr"
    )
    assert other.no_hearing_because == "Einsturzgefahr"


def test_an_order_becomes_final_only_after_the_month_to_sue():
    order, person = OrderFactory(served_on=date(2026, 9, 3)), member()
    with pytest.raises(ValidationError, match=r"05\.10\.2026"):
        order.become_final(by=person, on=date(2026, 10, 5))
    order.become_final(by=person, on=date(2026, 10, 6))
    assert order.is_enforceable(date(2026, 10, 6))
    assert not order.is_enforceable(date(2026, 10, 5))


def test_the_day_of_service_follows_from_the_services_alone():
    row, person = ProceedingFactory(), member()
    served = {"kind": "handed", "recipient": "Eigentümer", "received_on": date(2026, 9, 3)}
    values = {"by": person, "issued_on": date(2026, 9, 1), "no_hearing_because": "Gefahr"}
    with pytest.raises(ValidationError, match="vor dem Erlass"), transaction.atomic():
        issue_order(row, service=served | {"received_on": date(2026, 8, 31)}, **values)
    order = issue_order(row, service=served, **values)
    order.refresh_from_db()
    assert order.served_on == order.services.get().effective_on == date(2026, 9, 3)
    order.services.get().fail(by=person, on=date(2026, 9, 4), reason="falsche Person")
    order.refresh_from_db()
    assert order.served_on is None


def test_items_are_numbered_on_and_numbers_are_unique():
    order = OrderFactory()
    first, second = add_item(order, by=member(), text="Tür"), add_item(order, by=member(), text="Treppe")
    assert (first.number, second.number) == (1, 2)
    with pytest.raises(IntegrityError), transaction.atomic():
        ItemFactory(order=order, number=2)


def test_a_deadline_before_the_order_is_refused():
    with pytest.raises(ValidationError, match="vor dem Erlass"):
        add_item(OrderFactory(), by=member(), text="Tür", deadline=date(2026, 8, 1))


def test_a_check_that_finds_it_fulfilled_settles_the_item():
    item = ItemFactory()
    record_check(item, by=member(), on=date(2026, 10, 10), fulfilled=True, note="Tür schließt.")
    item.refresh_from_db()
    assert (item.state, item.settled_on) == ("fulfilled", date(2026, 10, 10))


def test_an_extended_deadline_lies_later():
    item = ItemFactory()
    with pytest.raises(ValidationError):
        item.extend(by=member(), deadline=item.deadline, reason="…")
    item.extend(by=member(), deadline=date(2026, 10, 31), reason="Handwerker krank")
    assert item.due_on == date(2026, 11, 2)


def test_a_proceeding_with_open_items_closes_only_when_the_order_is_revoked():
    item = ItemFactory()
    row = item.order.proceeding
    with pytest.raises(ValidationError, match="noch offen"):
        row.close(by=member(), closing="fulfilled", on=date(2026, 11, 1))
    row.close(by=member(), closing="revoked", on=date(2026, 11, 1))
    with pytest.raises(IllegalTransition):
        row.close(by=member(), closing="revoked", on=date(2026, 11, 1))
    row.reopen(by=member(), reason="neuer Verstoß")
    assert row.is_open


def test_a_proceeding_does_not_close_before_it_opened():
    with pytest.raises(ValidationError):
        ProceedingFactory().close(by=member(), closing="unfounded", on=date(2026, 7, 1))


# --- measures --------------------------------------------------------------------------------------------------------


def test_postponing_keeps_the_original_date_and_counts():
    measure = MeasureFactory()
    first = measure.due_on
    measure.postpone(by=member(), to=first + timedelta(days=10), reason="Eigentümerin im Urlaub")
    measure.postpone(by=member(), to=first + timedelta(days=20), reason="noch einmal")
    measure.refresh_from_db()
    assert (measure.original_due_on, measure.due_on) == (first, first + timedelta(days=20))
    assert measure.postponements == 2
    with pytest.raises(ValidationError):
        measure.postpone(by=member(), to=first, reason="zurück")


def test_a_measure_ends_with_its_effect():
    measure = MeasureFactory()
    measure.complete(by=member(), on=TODAY(), effect="better", effect_note="Hof ist frei.")
    assert (measure.state, measure.effect) == ("done", "better")
    with pytest.raises(IllegalTransition):
        measure.drop(by=member(), on=TODAY(), reason="…")
    measure.reopen(by=member(), reason="wieder Müll")
    assert (measure.state, measure.done_on, measure.effect) == ("open", None, "")
    with pytest.raises(IntegrityError), transaction.atomic():
        MeasureFactory(done=True, effect="")


def test_a_measure_belongs_to_a_proceeding_of_the_same_property():
    house = PropertyFactory()
    with pytest.raises(ValidationError, match="anderen Objekt"):
        add_measure(
            house,
            by=member(),
            department=house.lead_department,
            kind="talk",
            what="Gespräch",
            due_on=TODAY(),
            proceeding=ProceedingFactory(),
        )


def test_the_next_step_of_a_property_follows_its_measures_and_items():
    measure = MeasureFactory()
    house = measure.property
    house.refresh_from_db()
    assert house.summary.next_title == measure.what
    item = ItemFactory(
        order=OrderFactory(proceeding=ProceedingFactory(property=house)), deadline=date(2026, 10, 16)
    )
    house.refresh_from_db()
    assert (house.summary.next_title, house.summary.next_on) == (
        "Nachkontrolle nach Fristablauf festhalten",
        item.due_on,
    )
    item.fulfil(by=member(), on=date(2026, 10, 1))
    house.refresh_from_db()
    assert house.summary.next_title == measure.what


# --- law and figures ----------------------------------------------------------------------------------------------


def test_the_law_is_data_with_a_period_and_added_once(acting):
    assert ensure_legal_bases() == len(LEGAL_BASES)
    assert ensure_legal_bases() == 0
    named = {(row.law, row.paragraph) for row in LegalBasis.objects.all()}
    assert {("WohnStG NRW", f"§ {number}") for number in (4, 5, 6, 9, 10, 21)} <= named
    assert {("BauO NRW", "§ 81"), ("BauO NRW", "§ 82"), ("VwVG NRW", "§ 55"), ("VwVG NRW", "§ 65")} <= named
    basis = LegalBasis.objects.get(paragraph="§ 10")
    assert not basis.is_valid(date(2021, 6, 30))
    assert basis in LegalBasis.objects.valid_on(date(2021, 7, 1))


def figures(quarter):
    return {row.key: row for row in quarter_figures(Quarter.parse(quarter))}


def test_stock_and_flow_of_proceedings_by_their_dates():
    ProceedingFactory(opened_on=date(2026, 3, 31))
    ProceedingFactory(opened_on=date(2026, 4, 1))
    ProceedingFactory(opened_on=date(2026, 2, 1), closed=True, closed_on=date(2026, 6, 30))
    ProceedingFactory(opened_on=date(2026, 2, 1), closed=True, closed_on=date(2026, 7, 1))
    found = figures("2026-Q2")
    values = {key: row.value for key, row in found.items() if isinstance(row, Figure)}
    assert values["proceedings.open"] == 3
    assert values["proceedings.opened"] == 1
    assert values["proceedings.closed"] == 1
    assert found["proceedings.by_department"].rows[-1] == ("gesamt", [3, 1, 1])


def test_measures_in_time_count_by_their_original_date():
    MeasureFactory(
        due_on=date(2026, 5, 20), original_due_on=date(2026, 5, 10), done=True, done_on=date(2026, 5, 20)
    )
    MeasureFactory(due_on=date(2026, 5, 10), done=True, done_on=date(2026, 5, 10))
    MeasureFactory(due_on=date(2026, 5, 10))
    MeasureFactory(due_on=date(2026, 8, 10))
    row = figures("2026-Q2")["measures.in_time"]
    assert row.part_of == (1, 3)
    assert row.value == 33
    assert figures("2020-Q1")["measures.in_time"].value is None


def test_penalties_count_when_they_were_set():
    StepFactory(state="done", done_on=date(2026, 5, 4), amount=2500, payment_due=date(2026, 6, 1))
    StepFactory()
    assert figures("2026-Q2")["orders.penalties"].value == 1
    assert figures("2026-Q3")["orders.issued"].value == 2


def test_running_items_are_open_not_suspended_and_in_a_running_proceeding():
    open_item, settled, suspended = ItemFactory(), ItemFactory(), ItemFactory()
    settled.fulfil(by=member(), on=date(2026, 10, 1))
    suspended.suspend(by=member(), court="VG", reference="1", on=date(2026, 10, 1))
    ItemFactory(order=OrderFactory(proceeding=ProceedingFactory(closed=True)))
    assert list(OrderItem.objects.running()) == [open_item]
    assert Measure.objects.open().count() == 0
