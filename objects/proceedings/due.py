"""Keeps the table of deadlines right: whenever a record is saved, its deadlines are derived anew."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.signals import post_delete, post_save

from soe.web.text import day, euro

from .models import (
    Claim,
    EnforcementStep,
    InformationRequest,
    Lawsuit,
    Measure,
    Order,
    OrderItem,
    Proceeding,
    StepKind,
)
from .models.due import Deadline

K = Deadline.Kind
BATCH = 500


def _row(kind, source, *, due_on, title, summary, department_id, house=None, responsible_id=None, url=None):
    return Deadline(
        kind=kind,
        source_model=source._meta.label_lower,
        source_id=source.pk,
        source_version=source.version,
        changed_at=source.changed_at,
        property_id=house.pk if house else None,
        department_id=department_id,
        responsible_id=responsible_id,
        title=title[:250],
        summary=summary[:120],
        url=url or source.get_absolute_url(),
        due_on=due_on,
    )


def _of_proceeding(kind, source, proceeding, **values):
    return _row(
        kind,
        source,
        department_id=proceeding.department_id,
        responsible_id=proceeding.responsible_id,
        house=proceeding.property,
        **values,
    )


def items(only):
    rows = OrderItem.objects.running().filter(only, due_on__isnull=False)
    for row in rows.select_related("order__proceeding__property"):
        proceeding = row.order.proceeding
        yield _of_proceeding(
            K.ITEM,
            row,
            proceeding,
            due_on=row.due_on,
            title=f"Punkt {row.number} kontrollieren: {proceeding.subject}",
            summary=f"Frist: Verfügung an {proceeding.property.number}, Punkt {row.number}",
            url=f"{proceeding.get_absolute_url()}?punkt={row.pk}#leiter",
        )


def hearings(only):
    """Until the answer is in, or the order is out."""
    rows = EnforcementStep.objects.filter(
        only,
        kind=StepKind.HEARING,
        state="done",
        answer_until__isnull=False,
        answered_on=None,
        proceeding__closed_on=None,
        proceeding__orders=None,
    )
    for row in rows.select_related("proceeding__property"):
        yield _of_proceeding(
            K.HEARING,
            row,
            row.proceeding,
            due_on=row.answer_until,
            title=f"Stellungnahme zur Anhörung: {row.proceeding.subject}",
            summary=f"Frist: Stellungnahme zu {row.proceeding.property.number}",
        )


def lawsuits(only):
    """A served order that nobody sued: the day after, it can be noted as final."""
    rows = Order.objects.filter(
        only, served_on__isnull=False, final_on=None, lawsuits=None, proceeding__closed_on=None
    )
    for row in rows.select_related("proceeding__property"):
        yield _of_proceeding(
            K.LAWSUIT,
            row,
            row.proceeding,
            due_on=row.lawsuit_until,
            title=f"Ende der Klagefrist: {row.title} vom {day(row.issued_on)}",
            summary=f"Frist: Ende der Klagefrist zu {row.proceeding.property.number}",
        )


def claims(only):
    for row in Claim.objects.open().filter(only).select_related("proceeding__property"):
        yield _of_proceeding(
            K.PAYMENT,
            row,
            row.proceeding,
            due_on=row.pay_by,
            title=f"{row.get_kind_display()}: {euro(row.open_amount)} offen",
            summary=f"Frist: Zahlung zu {row.proceeding.property.number}",
        )


def measures(only):
    for row in Measure.objects.open().filter(only).select_related("property"):
        yield _row(
            K.MEASURE,
            row,
            due_on=row.due_on,
            title=row.what,
            summary=f"Frist: Maßnahme an {row.property.number}",
            department_id=row.department_id,
            responsible_id=row.responsible_id,
            house=row.property,
        )


def answers(only):
    from objects.complaints.models import Complaint

    rows = Complaint.objects.open().filter(only, wants_answer=True, answer_due__isnull=False)
    for row in rows:
        yield _row(
            K.ANSWER,
            row,
            due_on=row.answer_due,
            title=f"Beschwerde {row.number} beantworten",
            summary=f"Frist: Beschwerde {row.number} beantworten",
            department_id=row.department_id,
            responsible_id=getattr(row, "handler_id", None),
        )


def reviews(only):
    from objects.register.models import Goal

    for row in Goal.objects.current().filter(only, property__retired_on=None).select_related("property"):
        yield _row(
            K.REVIEW,
            row,
            due_on=row.next_review,
            title=f"Ziel überprüfen: {row.aim}",
            summary=f"Frist: Ziel überprüfen zu {row.property.number}",
            department_id=row.department_id,
            house=row.property,
            url=row.property.get_absolute_url(),
        )


def requests(only):
    for row in (
        InformationRequest.objects.waiting()
        .filter(only, answer_due__isnull=False)
        .select_related("proceeding__property", "measure__property")
    ):
        yield _row(
            K.REQUEST,
            row,
            due_on=row.answer_due,
            title="Auskunftsersuchen beantworten",
            summary=f"Frist: Auskunftsersuchen zu {row.house.number}",
            department_id=row.asked_department_id,
            house=row.house,
        )


SOURCES = {
    K.ITEM: items,
    K.HEARING: hearings,
    K.LAWSUIT: lawsuits,
    K.PAYMENT: claims,
    K.MEASURE: measures,
    K.ANSWER: answers,
    K.REVIEW: reviews,
    K.REQUEST: requests,
}
FIELDS = [
    field.name
    for field in Deadline._meta.concrete_fields
    if field.name not in ("id", "kind", "source_model", "source_id")
]


def sync(kind, ids):
    """Derive the deadlines of these records anew; what is over disappears."""
    ids = list(ids)
    if not ids:
        return
    with transaction.atomic():
        rows = list(SOURCES[kind](Q(pk__in=ids)))
        Deadline.table.filter(kind=kind, source_id__in=set(ids) - {row.source_id for row in rows}).delete()
        Deadline.table.bulk_create(
            rows, update_conflicts=True, unique_fields=["kind", "source_id"], update_fields=FIELDS
        )


def of_properties(ids):
    """After rows moved between these properties in bulk, which no saving of a record tells."""
    from objects.register.models import Goal

    for kind in SOURCES:
        known = set(
            Deadline.table.filter(property__in=ids, kind=kind).order_by().values_list("source_id", flat=True)
        )
        if kind == K.REVIEW:
            known |= set(Goal.objects.filter(property__in=ids).order_by().values_list("pk", flat=True))
        sync(kind, known)


def of_proceedings(ids):
    """The same for proceedings that changed in bulk."""
    sync(K.ITEM, _of(ids, OrderItem, "order__proceeding__in"))
    sync(K.HEARING, _hearings_of(ids))
    sync(K.LAWSUIT, _of(ids, Order, "proceeding__in"))
    sync(K.PAYMENT, _of(ids, Claim, "proceeding__in"))


def rebuild() -> int:
    """All of them from scratch, in one transaction; returns how many there are."""
    with transaction.atomic():
        Deadline.table.all().delete()
        for source in SOURCES.values():
            Deadline.table.bulk_create(source(Q()), batch_size=BATCH)
        return Deadline.table.count()


def _of(proceedings, rows, path):
    rows = rows if isinstance(rows, QuerySet) else rows.objects.all()
    return rows.filter(**{path: proceedings}).order_by().values_list("pk", flat=True)


def _hearings_of(proceedings):
    return _of(proceedings, EnforcementStep.objects.filter(kind=StepKind.HEARING), "proceeding__in")


def _proceeding(row):
    of_proceedings([row.pk])


def _order(row):
    sync(K.LAWSUIT, [row.pk])
    sync(K.HEARING, _hearings_of([row.proceeding_id]))


def _step(row):
    if row.kind == StepKind.HEARING:
        sync(K.HEARING, [row.pk])


def register():
    from objects.complaints.models import Complaint
    from objects.register.models import Goal

    watched = {
        OrderItem: lambda row: sync(K.ITEM, [row.pk]),
        EnforcementStep: _step,
        Order: _order,
        Lawsuit: lambda row: sync(K.LAWSUIT, [row.order_id]),
        Proceeding: _proceeding,
        Claim: lambda row: sync(K.PAYMENT, [row.pk]),
        Measure: lambda row: sync(K.MEASURE, [row.pk]),
        Complaint: lambda row: sync(K.ANSWER, [row.pk]),
        Goal: lambda row: sync(K.REVIEW, [row.pk]),
        InformationRequest: lambda row: sync(K.REQUEST, [row.pk]),
    }
    for model, function in watched.items():
        _listen(model, function)


def _listen(model, function):
    def changed(sender, instance, raw=False, **kwargs):
        if not raw:
            function(instance)

    for signal in (post_save, post_delete):
        signal.connect(changed, sender=model, weak=False, dispatch_uid=f"deadlines:{model._meta.label}")
