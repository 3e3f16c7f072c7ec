"""Opening proceedings, issuing orders, taking steps, asking other departments. Dates are parameters."""

from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from objects import notices
from objects.register.reach import check_acting
from objects.replies.models import Subject
from objects.replies.services import reply_by
from soe.audit.context import acting_as
from soe.web.text import local_date

from .gate import missing_preconditions
from .models import (
    EnforcementStep,
    InformationRequest,
    Measure,
    MeasureLink,
    MeasureSeries,
    Order,
    OrderItem,
    OrderItemCheck,
    OrderService,
    Proceeding,
    StepKind,
)
from .models.enforcement import StepRefused


@transaction.atomic
def open_proceeding(
    house,
    *,
    by,
    department,
    subject,
    file_number,
    legal_basis=None,
    visibility="",
    on: date | None = None,
    kind=Proceeding.Kind.GENERAL,
    danger_because="",
    responsible=None,
    note="",
    reason="",
) -> Proceeding:
    """Open a proceeding; without `visibility` the usual one of the department."""
    on = on or timezone.localdate()
    if on > timezone.localdate():
        raise ValidationError({"opened_on": "Die Eröffnung kann nicht in der Zukunft liegen."})
    if legal_basis is not None and not legal_basis.is_valid(on):
        raise ValidationError({"legal_basis": f"{legal_basis} galt am {on:%d.%m.%Y} nicht."})
    with acting_as(by):
        house.lock()
        check_acting(house, department)
        row = Proceeding(
            property=house,
            department=department,
            subject=subject,
            file_number=file_number,
            legal_basis=legal_basis,
            visibility=visibility or department.default_visibility,
            opened_on=on,
            kind=kind,
            danger_because=danger_because,
            responsible=responsible,
            note=note,
        )
        row.full_clean(exclude=["property", "department", "legal_basis", "responsible"])
        row.save(reason=reason)
    return row


@transaction.atomic
def record_hearing(
    proceeding, *, by, on: date, answer_until=None, answered_on=None, note=""
) -> EnforcementStep:
    """The party was heard (§ 28 VwVfG NRW)."""
    with acting_as(by):
        proceeding.lock()
        proceeding.check_open()
        if answer_until and answer_until < on:
            raise ValidationError({"answer_until": "Die Frist zur Stellungnahme liegt vor der Anhörung."})
        step = EnforcementStep(
            proceeding=proceeding,
            kind=StepKind.HEARING,
            answer_until=answer_until,
            answered_on=answered_on,
            note=note,
        )
        step.save()
        step.carry_out(by=by, on=on)
    return step


@transaction.atomic
def issue_order(
    proceeding,
    *,
    by,
    issued_on: date,
    items=(),
    title="Ordnungsverfügung",
    addressee=None,
    service=None,
    immediately_enforceable=False,
    no_hearing_because="",
    reason="",
) -> Order:
    """Issue an order with its numbered items: dicts with text, deadline, fee, threatened_amount, legal_basis, …

    `service`: how it was served, when that is known already (kind, sent_on, received_on, recipient).
    Refused without a documented hearing, unless the order says why none was needed.
    """
    with acting_as(by):
        proceeding.lock()
        proceeding.check_open()
        if issued_on > timezone.localdate():
            raise ValidationError({"issued_on": "Das Datum liegt in der Zukunft."})
        missing = missing_preconditions(proceeding, StepKind.ORDER, on=issued_on)
        if others := [entry for entry in missing if entry.code != "hearing"]:
            raise ValidationError(" ".join(f"{entry.strong} {entry.text}." for entry in others), code="gate")
        if not no_hearing_because.strip() and missing:
            raise ValidationError(
                {
                    "no_hearing_because": "Es ist keine Anhörung festgehalten. Bitte halten Sie sie fest oder "
                    "begründen Sie, warum sie entbehrlich war."
                }
            )
        order = Order(
            proceeding=proceeding,
            title=title,
            addressee=addressee,
            issued_on=issued_on,
            immediately_enforceable=immediately_enforceable,
            no_hearing_because=no_hearing_because.strip(),
        )
        order.full_clean(exclude=["proceeding", "addressee"])
        order.save(reason=reason)
        for values in items:
            add_item(order, by=by, **values)
        if service:
            OrderService(order=order, party=addressee, **service).record(by=by)
    return order


@transaction.atomic
def add_item(order, *, by, text, number=None, reason="", **values) -> OrderItem:
    """One more numbered item; amounts may be given as text or number."""
    with acting_as(by):
        order.lock()
        if number is None:
            last = order.items.order_by("-number").values_list("number", flat=True).first()
            number = (last or 0) + 1
        for name in ("fee", "threatened_amount", "substitute_cost"):
            if values.get(name) is not None:
                values[name] = Decimal(str(values[name]))
        item = OrderItem(order=order, number=number, text=text, **values)
        if item.deadline and item.deadline < order.issued_on:
            raise ValidationError({"deadline": "Die Frist liegt vor dem Erlass der Verfügung."})
        item.full_clean(exclude=["order", "legal_basis"])
        item.save(reason=reason)
    return item


@transaction.atomic
def record_check(item, *, by, on: date, fulfilled: bool, note) -> OrderItemCheck:
    """Document a look at an item. Fulfilled settles it; not fulfilled after the deadline proves the deadline missed."""
    with acting_as(by):
        item.lock()
        if on > timezone.localdate():
            raise ValidationError({"checked_on": "Das Datum liegt in der Zukunft."})
        if on < item.order.issued_on:
            raise ValidationError({"checked_on": "Das Datum liegt vor der Verfügung."})
        check = OrderItemCheck(item=item, checked_on=on, fulfilled=fulfilled, note=note)
        check.save()
        if fulfilled and item.state == OrderItem.State.OPEN:
            item.fulfil(by=by, on=on, reason=f"Nachkontrolle am {on:%d.%m.%Y}: erfüllt")
    return check


@transaction.atomic
def draft_step(item, kind, *, by, **values) -> EnforcementStep:
    """Prepare a step (threat, penalty, substitute, force). One draft per item and kind: an existing one is changed."""
    with acting_as(by):
        item.lock()
        step = EnforcementStep.objects.filter(item=item, kind=kind, state=EnforcementStep.State.DRAFT).first()
        step = step or EnforcementStep(proceeding=item.order.proceeding, item=item, kind=kind)
        for name, value in values.items():
            setattr(step, name, value)
        step.full_clean(exclude=["proceeding", "item"])
        step.save()
    return step


@transaction.atomic
def take_step(item, kind, *, by, on: date, **values) -> EnforcementStep:
    """Draft and carry out in one go; refused as a whole when the gate is shut (StepRefused)."""
    step = draft_step(item, kind, by=by, **values)
    step.carry_out(by=by, on=on)
    return step


@transaction.atomic
def add_measure(
    house,
    *,
    by,
    department,
    kind,
    what,
    due_on: date,
    proceeding=None,
    finding=None,
    responsible=None,
    repeat=None,
    visibility="",
    on: date | None = None,
    reason="",
) -> Measure:
    """Plan a measure. Belonging to a proceeding, it is never shown to more people than that.

    `repeat`: dict of every, unit ("weeks", "months"), until, created ("completion", "timetable").
    """
    with acting_as(by):
        house.lock()
        check_acting(house, department)
        row = Measure(
            property=house,
            department=department,
            kind=kind,
            what=what,
            due_on=due_on,
            original_due_on=due_on,
            begun_on=on or timezone.localdate(),
            proceeding=proceeding,
            finding=finding,
            responsible=responsible,
            visibility=visibility or department.default_visibility,
        )
        row.full_clean(exclude=["property", "department", "proceeding", "finding", "responsible"])
        if repeat:
            row.series, row.occurrence = _series(row, **repeat), 1
        row.save(reason=reason)
    return row


def _series(row, *, every, unit, until, created="completion"):
    shared = ("property", "proceeding", "department", "responsible", "kind", "what", "visibility")
    series = MeasureSeries(
        **{name: getattr(row, name) for name in shared},
        first_due=row.due_on,
        every=every,
        unit=unit,
        until=until,
        created=created,
    )
    if until < row.due_on:
        raise ValidationError({"repeat_until": "Das Ende der Wiederholung liegt vor dem ersten Termin."})
    series.full_clean(exclude=list(shared))
    series.save(reason="wiederkehrende Maßnahme")
    return series


@transaction.atomic
def link_measure(measure, *, by, findings=(), items=(), among_findings=(), among_items=()):
    """Set what a measure is meant to settle. `among_…`: what was offered; links to anything else stay untouched."""
    with acting_as(by):
        measure.lock()
        for name, wanted, offered in (("finding", findings, among_findings), ("item", items, among_items)):
            wanted = {row.pk for row in wanted}
            known = {getattr(row, f"{name}_id"): row for row in measure.links.exclude(**{name: None})}
            for row in offered:
                if row.pk in wanted and row.pk not in known:
                    MeasureLink(measure=measure, **{name: row}).save()
                elif row.pk not in wanted and row.pk in known:
                    known[row.pk].delete(reason="Verknüpfung gelöst")


@transaction.atomic
def ask_for_information(
    about, *, by, asking_department, purpose, legal_basis=None, question="", at: datetime | None = None
) -> InformationRequest:
    """Ask the department of a hidden proceeding or measure: what for, on which basis, what exactly."""
    if asking_department.pk == about.department_id:
        raise ValidationError("Das ist ein Vorgang Ihres eigenen Fachbereichs.")
    if not by.departments.filter(pk=asking_department.pk).exists():
        raise PermissionDenied
    with acting_as(by):
        about.lock()
        if about.information_requests.waiting().filter(asking_department=asking_department).exists():
            raise ValidationError("Ihr Fachbereich hat hierzu schon eine offene Anfrage.")
        row = InformationRequest(
            proceeding=about if isinstance(about, Proceeding) else None,
            measure=about if isinstance(about, Measure) else None,
            asking_department=asking_department,
            asked_department=about.department,
            asked_by=by,
            purpose=purpose.strip(),
            legal_basis=legal_basis,
            question=question.strip(),
            asked_at=at or timezone.now(),
            answer_due=reply_by(Subject.REQUEST, local_date(at or timezone.now())),
        )
        row.full_clean(
            exclude=[
                "proceeding",
                "measure",
                "asking_department",
                "asked_department",
                "asked_by",
                "legal_basis",
            ]
        )
        row.save()
        notices.information_asked(row)
    return row


__all__ = [
    "StepRefused",
    "add_item",
    "add_measure",
    "ask_for_information",
    "check_acting",
    "draft_step",
    "issue_order",
    "link_measure",
    "open_proceeding",
    "record_check",
    "record_hearing",
    "take_step",
]
