"""The panel „Dateien“ on the page of a record."""

from django.urls import reverse

from .. import rights
from ..targets import target_for
from .models import Attachment
from .selectors import attachments_of, attachments_on

PHOTOS, DOCUMENTS = 8, 6


def files_panel(request, record, *, title="Dateien", back=""):
    """Context for includes/files.html, or None when this record takes no files."""
    target = target_for(type(record), "files")
    if target is None:
        return None
    rows = list(attachments_of(request.user, record)[:200])
    return _panel(record, rows, rights.can(request, target.action("change"), record), title, back)


def files_panels(request, records, *, title="Dateien", back="") -> dict:
    """{id: panel} of several records of one kind, in two queries however many they are."""
    records = list(records)
    target = target_for(type(records[0]), "files") if records else None
    if target is None:
        return {}
    ids = [record.pk for record in records]
    found = attachments_on(request.user, target.model, ids)
    mine = set(target.rows(request.user, "change").filter(pk__in=ids).order_by().values_list("pk", flat=True))
    return {
        record.pk: _panel(record, found.get(record.pk, [])[:200], record.pk in mine, title, back)
        for record in records
    }


def _panel(record, rows, may_add, title, back):
    label = record._meta.label_lower
    photos = [row for row in rows if row.is_image]
    documents = [row for row in rows if not row.is_image]
    query = f"?zurueck={back}" if back else ""
    return {
        "title": title,
        "photos": photos[:PHOTOS],
        "documents": documents[:DOCUMENTS],
        "count": len(rows),
        "more": len(rows) - len(photos[:PHOTOS]) - len(documents[:DOCUMENTS]),
        "thumbs": not record.social_data,
        "may_add": may_add,
        "add_url": reverse("web:files_add", args=[label, record.pk]) + query,
        "all_url": reverse("web:files", args=[label, record.pk]),
    }


def files_count(user, record):
    return Attachment.objects.about(record).restrict(user, "view").count()


class FilesMixin:
    """For detail pages: `{% include "includes/files.html" %}` shows the files of the record."""

    files_title = "Dateien"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["files"] = files_panel(self.request, self.object, title=self.files_title)
        return context
