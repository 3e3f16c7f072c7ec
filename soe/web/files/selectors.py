"""Files as others read them: restricted to the reader, newest first."""

from ..targets import target_for
from .models import Attachment


def attachments_of(user, target):
    """The files on `target` that `user` may see, with department and person; also the hash list of evidence packs."""
    if target_for(type(target), "files") is None:
        return Attachment.objects.none()
    rows = Attachment.objects.about(target).restrict(user, "view")
    return rows.select_related("department", "added_by")


def attachments_on(user, model, ids):
    """{target id: [files]} for several records of one model, in one query."""
    found = {}
    if target_for(model, "files") is None:
        return found
    for row in (
        Attachment.objects.about_all(model, list(ids)).restrict(user, "view").select_related("department")
    ):
        found.setdefault(row.target_id, []).append(row)
    return found


def history_shots(rows):
    """(first, latest) photo by their dates when there are two of different days: what changed since."""
    photos = [row for row in rows if row.is_image]
    if len(photos) < 2:
        return None
    first = min(photos, key=lambda row: (row.on, row.created_at))
    latest = max(photos, key=lambda row: (row.on, row.created_at))
    return (first, latest) if first.on != latest.on else None
