"""Remove with German words about what stands in the way; restore out of the history row, rights asked anew."""

from collections import Counter
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone

from . import registry

DAYS = 30
TOO_LATE = f"Entfernte Einträge lassen sich {DAYS} Tage lang wiederherstellen. Diese Frist ist vorbei."


def remove(obj, *, reason):
    """Delete an audited row; what still hangs on it is named instead of an error page."""
    try:
        with transaction.atomic():
            obj.delete(reason=reason)
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


def removed(user, now=None):
    """[(kind, history row)] of what this person removed within the last thirty days and what is still gone.

    One query per kind. Rows whose history was erased are not there any more, so they cannot come back.
    """
    since = (now or timezone.now()) - timedelta(days=DAYS)
    found = []
    for kind in registry.all_kinds():
        model = kind.model
        rows = model.history.filter(history_type="-", history_user_id=user.pk, history_date__gte=since)
        gone = rows.exclude(id__in=model._base_manager.order_by().values("pk")).order_by("-history_date")
        seen = set()
        for row in gone[:100]:
            if row.id not in seen:
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
    obj = rebuilt(model, row)
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
    return obj
