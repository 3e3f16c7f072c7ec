"""Two numbers for one house become one, and can be told apart again; a house number becomes a property of its own."""

from collections import Counter

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ForeignKey
from django.utils import timezone

from soe.audit import bulk
from soe.audit.context import acting_as
from soe.audit.errors import IllegalTransition

from .models import Participation, Property
from .models.transfers import PropertyTransfer, TransferItem
from .moving import RENAMED, Mover, moved_between, plan, pointers
from .summaries import refresh

OTHER = Participation.Closing.OTHER


def lock_both(first, second):
    """Both rows under lock, always in the same order: two merges at once wait for each other."""
    for house in sorted((first, second), key=lambda row: row.pk):
        house.lock()


@transaction.atomic
def merge_property(source, into, *, by, reason, on=None) -> PropertyTransfer:
    """`source` is retired; what hangs on it goes to `into`. Lights, goals and times stay with the old number."""
    on = on or timezone.localdate()
    if source.pk == into.pk:
        raise ValidationError("Das Objekt, das bleibt, muss ein anderes sein und im Kataster stehen.")
    with acting_as(by):
        lock_both(source, into)
        if into.is_retired:
            raise ValidationError(
                f"{into.number} ist abgeschlossen. Das Objekt, das bleibt, muss im Kataster stehen."
            )
        if source.is_retired:
            raise IllegalTransition("abgeschlossen", "zusammengeführt")
        transfer = PropertyTransfer(
            kind=PropertyTransfer.Kind.MERGE, source=source, target=into, on=on, reason=reason[:500]
        )
        transfer.save(reason=reason)
        mover = Mover(transfer, into, reason)
        moves = plan(source, into, lock=True)
        _join_departments(source, into, moves, mover, on)
        _move_all(source, moves, mover)
        mover.watches(source)
        goals = list(source.goals.filter(ended_on=None))
        source.retire(by=by, outcome=Property.RetiredReason.MERGED, reason=reason, on=on, into=into)
        for goal in goals:
            goal.refresh_from_db()
            mover.note(goal, TransferItem.Action.CHANGED, {"ended_on": None, "outcome": ""})
        mover.finish()
        into.read_addresses(reason=reason)
        refresh([source.pk, into.pk])
        moved_between(source, into)
    return transfer


def _move_all(source, moves, mover):
    main = source.addresses.current().order_by("-primary", "sort").first()
    taken = set(mover.target.buildings.current().values_list("name", flat=True))
    changes = {
        "objects.propertyaddress": {"primary": lambda row: False if row.primary else ...},
        "objects.dwelling": {
            "house": lambda row: main.pk if main and row.house_id is None and row.building_id is None else ...
        },
        "objects.building": {
            "name": lambda row: (
                f"{row.name[:60]} ({source.number})" if row.name in taken and row.ended_on is None else ...
            )
        },
    }
    # House numbers first: dwellings and buildings name them.
    for pointer in sorted(pointers(), key=lambda pointer: pointer.label != "objects.propertyaddress"):
        mover.move(pointer, moves.go.get(pointer.label, []), **changes.get(pointer.label, {}))


def _join_departments(source, into, moves, mover, on):
    """Who acted at the old number acts at the one that stays; nobody stands there twice."""
    label = "objects.participation"
    running = {row.department_id: row for row in into.participations.running()}
    go, accepted = [], []
    for row in moves.go.get(label, []):
        leads = row.department_id == into.lead_department_id and not row.closed_on and row.state != "declined"
        (moves.stay.setdefault(label, []) if leads else go).append(row)
    for row in moves.stay.get(label, []):
        twin = running.get(row.department_id)
        if twin is not None and twin.state == "offered" and row.state == "accepted":
            accepted.append(twin)
    moves.go[label] = go
    left = [row for row in moves.stay.get(label, []) if not row.closed_on and row.state != "declined"]
    if left:
        day = max(on, *(row.offered_on for row in left))
        mover.change(left, closed_on=day, closing=OTHER, closed_reason=f"weiter bei {into.number}")
    for twin in accepted:
        day = max(on, twin.offered_on)
        mover.change([twin], state="accepted", decided_on=day, reason=f"schon beteiligt bei {source.number}")
    acting = {*running, *(row.department_id for row in go if not row.closed_on and row.state != "declined")}
    if source.lead_department_id not in {into.lead_department_id, *acting}:
        row = Participation(
            property=into,
            department_id=source.lead_department_id,
            state=Participation.State.ACCEPTED,
            offered_on=on,
            decided_on=on,
            reason=f"bisher federführend bei {source.number}",
        )
        row.save(reason=mover.reason)
        mover.note(row, TransferItem.Action.CREATED)
    elif twin := next(
        (row for row in [*running.values(), *go] if row.department_id == source.lead_department_id), None
    ):
        if twin.state == "offered" and twin in running.values():
            mover.change([twin], state="accepted", decided_on=max(on, twin.offered_on))


# --- undo -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def undo_merge(transfer, *, by, reason):
    """Exactly what was moved goes back. Refused, with what stands in the way, when it changed since."""
    with acting_as(by):
        lock_both(transfer.source, transfer.target)
        transfer.lock()
        source, into = transfer.source, transfer.target
        if transfer.kind != PropertyTransfer.Kind.MERGE or transfer.undone_on:
            raise ValidationError("Diese Zusammenführung ist schon rückgängig gemacht.")
        if into.is_retired:
            raise ValidationError(
                f"{into.number} ist inzwischen abgeschlossen oder selbst aufgegangen. "
                "Bitte machen Sie zuerst das rückgängig."
            )
        rows = _rows_of(transfer)
        if blocked := [*_changed(rows, into, by), *_added(rows, into, by)]:
            counted = ", ".join(f"{number} × {name}" for name, number in Counter(blocked).items())
            raise ValidationError(
                f"Seit der Zusammenführung hat sich etwas geändert: {counted}. Was Menschen seither entschieden "
                "haben, wird nicht zurückgedreht. Bitte teilen Sie das Objekt stattdessen.",
                code="changed",
            )
        # Free what unique rules guard before anything comes back.
        for item, row in rows:
            _back(item, row, reason, into)
        period = source.periods.get(left_on=source.retired_on, left_reason="merged")
        period.left_on, period.left_reason, period.note = None, "", ""
        period.save(reason=reason)
        source.retired_on, source.retired_reason, source.merged_into = None, "", None
        source.save(reason=reason)
        transfer.undone_on, transfer.undone_reason = timezone.localdate(), reason[:500]
        transfer.save(reason=reason)
        for house in (source, into):
            house.read_addresses(reason=reason)
        refresh([source.pk, into.pk])
        moved_between(source, into)


def _rows_of(transfer):
    """(item, row or None), rows under lock."""
    found = []
    by_model: dict = {}
    for item in transfer.items.all():
        by_model.setdefault(item.model, []).append(item)
    for label, items in sorted(by_model.items()):
        rows = apps.get_model(label)._base_manager.order_by("pk")
        if label != "web.watch":
            rows = rows.select_for_update(of=("self",))
        known = {row.pk: row for row in rows.filter(pk__in=[item.row_id for item in items])}
        found += [(item, known.get(item.row_id)) for item in items]
    return found


def _name(model, row, by):
    """What the reader may be told stands in the way: never more than the kind, and that only if she may see it."""
    if not getattr(model, "social_data", False):
        if row is None or model.objects.restrict(by, "view").filter(pk=row.pk).exists():
            return model._meta.verbose_name
    return "etwas, das Sie nicht einsehen dürfen"


def _changed(rows, into, by):
    for item, row in rows:
        model = apps.get_model(item.model)
        if item.model == "web.watch":
            continue
        if model.social_data or model._meta.app_label not in ("objects", "web"):
            continue  # papers and households of other areas go back when they still point here
        if row is None or row.version != item.version:
            yield _name(model, row, by)


def _added(rows, into, by):
    """New rows at the property that stays which lean on something that would go back."""
    going: dict = {}
    for item, row in rows:
        if item.action == TransferItem.Action.MOVED and row is not None:
            going.setdefault(item.model, set()).add(row.pk)
    for pointer in pointers():
        if pointer.about:
            continue
        for field in pointer.model._meta.concrete_fields:
            if not isinstance(field, ForeignKey) or field.name == pointer.field:
                continue
            ids = going.get(field.related_model._meta.label_lower)
            if not ids:
                continue
            leaning = pointer.rows(into).filter(**{f"{field.attname}__in": ids})
            for row in leaning.exclude(pk__in=going.get(pointer.label, set())):
                yield _name(pointer.model, row, by)
    Visit = apps.get_model("objects", "DwellingVisit")
    visits = Visit._base_manager.filter(dwelling__in=going.get("objects.dwelling", set()))
    for row in visits.exclude(inspection__in=going.get("objects.inspection", set())).filter(
        inspection__property=into.pk
    ):
        yield _name(Visit, row, by)


def _back(item, row, reason, into):
    if row is None:
        return
    if item.model == "web.watch":
        if (
            not type(row)
            .objects.filter(
                user=row.user_id, target_model=row.target_model, target_id=item.before["target_id"]
            )
            .exists()
        ):
            row.target_id = item.before["target_id"]
            row.save(update_fields=["target_id"])
        return
    if item.action == TransferItem.Action.CREATED:
        row.closed_on, row.closing = max(timezone.localdate(), row.offered_on), OTHER
        row.closed_reason = "Zusammenführung rückgängig gemacht"
        row.save(reason=reason)
        return
    fields = []
    for column, value in item.before.items():
        field = next(f for f in row._meta.concrete_fields if f.attname == column)
        if column in ("property_id", "house_id") and item.model not in RENAMED:
            if str(getattr(row, column)) != str(into.pk):
                return  # somebody of another area has led it elsewhere meanwhile
        setattr(row, column, field.to_python(value) if value is not None else None)
        fields.append(field.name)
    bulk.update([row], fields, reason=reason)
