"""Remove with German words about what stands in the way; restore out of the history row, rights asked anew."""

from collections import Counter
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ProtectedError, Q, RestrictedError
from django.utils import timezone

from soe.audit.models import ErasedRow
from soe.audit.sealing.rows import Table

from . import registry

DAYS = 30
ERASED = "Dieser Eintrag ist nach einer Löschfrist gelöscht. Er lässt sich nicht wiederherstellen."
TOO_LATE = f"Entfernte Einträge lassen sich {DAYS} Tage lang wiederherstellen. Diese Frist ist vorbei."


def remove(obj, *, by, reason):
    """Delete an audited row; what still hangs on it is named instead of an error page."""
    kind = registry.find(obj._meta.label_lower) or registry.Removable(type(obj))
    if why := kind.refuses(obj):
        raise ValidationError(why, code="refused")
    try:
        with transaction.atomic():
            kind.remove(obj, by=by, reason=reason)
    except (ProtectedError, RestrictedError) as error:
        held = getattr(error, "protected_objects", None) or error.restricted_objects
        raise ValidationError(held_by(held), code="protected") from error


def held_by(objects):
    """„Daran hängen noch 2 Kontrollen, 1 Feststellung.“"""
    counts = Counter(type(obj) for obj in objects)
    words = [
        f"{count} {model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural}"
        for model, count in sorted(counts.items(), key=lambda pair: pair[0]._meta.verbose_name)
    ]
    return (
        f"Das geht nicht: Daran hängt noch {', '.join(words)}. Bitte entfernen oder beenden Sie das zuerst."
    )


def newest(model, pk):
    return model.history.filter(id=pk).order_by("-history_date", "-history_id").first()


def reachable(kind, user):
    """History rows of removals this person may undo: her own ones, and those on records she may change.

    A row that is gone cannot be asked for rights; its parent can. `restore` asks for the row itself once more.
    """
    mine = Q(history_user_id=user.pk)
    if kind.parent:
        owners = kind.parent_field.related_model.objects.restrict(user, "change").order_by().values("pk")
        others = Q(**{f"{kind.parent_field.attname}__in": owners})
        mine |= others & kind.shared(user) if kind.shared else others
    return kind.model.history.filter(mine, history_type="-")


def erased(kind, rows) -> set:
    """Ids of those history rows that an erasure emptied: they hold nothing that could come back."""
    table = Table(kind.model.history.model)
    keys = {table.key_text(row.history_id): row.history_id for row in rows}
    found = ErasedRow.objects.filter(table=table.name, key__in=list(keys))
    return {keys[key] for key in found.values_list("key", flat=True)}


def removed(user, now=None):
    """[(kind, history row)] of what was removed within the last thirty days, is still gone and may be brought back.

    Two queries per kind. Rows whose history was erased are not there any more, so they cannot come back.
    """
    since = (now or timezone.now()) - timedelta(days=DAYS)
    found = []
    for kind in registry.all_kinds():
        rows = reachable(kind, user).filter(history_date__gte=since)
        gone = rows.exclude(id__in=kind.model._base_manager.order_by().values("pk"))
        newest = list(gone.order_by("-history_date")[:100])
        skip = erased(kind, newest) if newest else set()
        seen = set()
        for row in newest:
            if row.id not in seen and row.history_id not in skip:
                seen.add(row.id)
                found.append((kind, row))
    return sorted(found, key=lambda pair: pair[1].history_date, reverse=True)


def rebuilt(model, row):
    """The record as it was, not saved."""
    return model(**{field.attname: getattr(row, field.attname) for field in row.tracked_fields})


@transaction.atomic
def restore(model, pk, *, user, reason):
    """The same record with the same id as a new change. PermissionDenied when this person might not act on it now."""
    kind = registry.find(model._meta.label_lower)
    row = newest(model, pk)
    if kind is None or row is None or row.history_type != "-":
        raise ValidationError("Dieser Eintrag ist nicht entfernt oder schon wiederhergestellt.", code="there")
    if row.history_date < timezone.now() - timedelta(days=DAYS):
        raise ValidationError(TOO_LATE, code="late")
    if erased(kind, [row]):
        raise ValidationError(ERASED, code="erased")
    obj = rebuilt(model, row)
    if why := kind.refuses(obj):
        raise ValidationError(why, code="refused")
    kind.mend(obj)
    obj.version = row.version + 1
    obj.changed_at = timezone.now()
    try:
        obj.full_clean()
    except ValidationError as error:
        texts = "; ".join(error.messages)
        raise ValidationError(f"So passt der Eintrag nicht mehr: {texts}", code="clash") from error
    obj.save(force_insert=True, reason=f"wiederhergestellt: {reason}")
    # Only now can the one rule about rights be asked; without them nothing of this stays.
    if not model.objects.restrict(user, kind.action).filter(pk=obj.pk).exists():
        raise PermissionDenied
    if kind.restored is not None:
        kind.restored(obj, by=user, reason=reason)
    return obj
