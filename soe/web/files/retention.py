"""What the nightly run does with files: erase what was removed long ago, sweep what belongs to no row."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from ..targets import registered
from . import storing
from .models import KEPT_DAYS, Attachment, private_storage
from .services import delete_strays

REASON = "Aufbewahrung abgelaufen: 30 Tage nach dem Entfernen"
BATCH = 500


def due(now=None):
    """Attachments whose content is to be erased now."""
    return Attachment.objects.to_erase(now)


def erase(row, *, reason=REASON):
    """Erase the content of a removed file. The row stays: who kept what when, and its checksum.

    Call inside `acting_as(…)`. The files go after the commit; if that fails, the sweep finds them.
    """
    storage = private_storage()
    with transaction.atomic():
        row.lock()
        if row.erased_at or not row.removed_at:
            return
        names = [name for name in (row.file.name, row.preview.name) if name]
        row.file, row.preview, row.erased_at = "", "", timezone.now()
        row.latitude = row.longitude = None
        row.save(reason=reason)
        transaction.on_commit(lambda: [storage.delete(name) for name in names])


def erase_due(now=None, *, held=()) -> int:
    """All that is due, but nothing on records whose ids are `held`; returns how many.

    Call inside `acting_as(system account)`.
    """
    rows = due(now).exclude(target_id__in=list(held))
    count = 0
    while batch := list(rows.order_by("removed_at", "pk")[:BATCH]):
        for row in batch:
            erase(row)
        count += len(batch)
    return count


def orphans(now=None):
    """Attachments whose record has been gone for so long that it cannot be restored: nobody can reach them any more.
    A record that never left a history row (an erasure takes that along) is gone for good."""
    limit = (now or timezone.now()) - timedelta(days=KEPT_DAYS)
    found = []
    for target in registered("files"):
        rows = Attachment.objects.filter(erased_at=None, target_model=target.model._meta.label_lower)
        existing = target.model._base_manager.order_by().values("pk")
        restorable = (
            target.model.history.filter(history_type="-", history_date__gte=limit).order_by().values("id")
        )
        found += list(rows.exclude(target_id__in=existing).exclude(target_id__in=restorable)[:BATCH])
    return found


def erase_orphans(now=None) -> int:
    """The content of files whose record is gone. Inside `acting_as(system account)`."""
    rows = orphans(now)
    for row in rows:
        with transaction.atomic():
            if row.removed_at is None:
                row.removed_at = timezone.now()
                row.save(reason="Datensatz entfernt")
            erase(row, reason="Aufbewahrung abgelaufen: Der Datensatz ist entfernt")
    return len(rows)


def strays(now=None, *, older_than=timedelta(days=1)) -> list:
    """Stored files that no row names."""
    storage, limit = private_storage(), (now or timezone.now()) - older_than
    names = [name for name in _stored(storage) if storage.get_modified_time(name) < limit]
    known = set()
    for start in range(0, len(names), BATCH):
        known |= storing.kept(names[start : start + BATCH])
    return [name for name in names if name not in known]


def sweep(now=None, *, older_than=timedelta(days=1)) -> int:
    """Delete stored files that no row names, left by a process that died between file and row."""
    storage, limit = private_storage(), (now or timezone.now()) - older_than
    swept, batch = 0, []
    for name in _stored(storage):
        if storage.get_modified_time(name) < limit:
            batch.append(name)
        if len(batch) >= BATCH:
            swept, batch = swept + delete_strays(batch), []
    return swept + (delete_strays(batch) if batch else 0)


def _stored(storage, folder=""):
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in files:
        yield f"{folder}/{name}" if folder else name
    for name in folders:
        yield from _stored(storage, f"{folder}/{name}" if folder else name)
