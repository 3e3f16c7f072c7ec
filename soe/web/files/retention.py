"""What the nightly run does with files: erase what was removed long ago, sweep what belongs to no row."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from ..targets import registered
from .models import Attachment, private_storage
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


def erase_due(now=None) -> int:
    """All that is due; returns how many. Call inside `acting_as(system account)`."""
    rows = list(due(now)[:BATCH])
    for row in rows:
        erase(row)
    return len(rows)


def orphans():
    """Attachments whose record is gone: nobody can reach them any more."""
    found = []
    for target in registered("files"):
        rows = Attachment.objects.current().filter(target_model=target.model._meta.label_lower)
        existing = target.model._base_manager.order_by().values("pk")
        found += list(rows.exclude(target_id__in=existing)[:BATCH])
    return found


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
