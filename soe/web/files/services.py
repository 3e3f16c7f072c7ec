"""Taking files in and off. No row without its file, no file without its row."""

import contextlib
import hashlib
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from soe.accounts.models import User
from soe.audit.context import acting_as, current_actor
from soe.departments.models import Department, Visibility
from soe.departments.scope import departments_granting

from ..targets import target_for
from . import archives, images, kinds, pdfs, scanning, storing
from .errors import UploadRefused
from .models import Attachment, private_storage
from .names import display_name, storage_name
from .uploading import max_bytes

PART = 64 * 1024
FULL = (
    "Die Datei ließ sich nicht ablegen: Der Speicher ist voll oder nicht erreichbar. "
    "Nichts wurde gespeichert. Bitte versuchen Sie es später noch einmal."
)

_written: ContextVar[list | None] = ContextVar("soe_written_files", default=None)


def chunks(file):
    file.seek(0)
    while part := file.read(PART):
        yield part


def digest(file) -> str:
    found = hashlib.sha256()
    for part in chunks(file):
        found.update(part)
    return found.hexdigest()


def departments_for(user, target):
    """Departments in whose name `user` may add files to `target`, the record's own one first."""
    registered = target_for(type(target), "files")
    if registered is None:
        return []
    permission = registered.model.scope.rule(registered.write).permission
    rows = list(
        Department.objects.filter(pk__in=departments_granting(user, permission)).order_by("position", "name")
    )
    own = {
        getattr(target, f"{name}_id", None) for name in ("department", "lead_department", "own_department")
    }
    return sorted(rows, key=lambda row: row.pk not in own)


def default_visibility(target, department):
    return Visibility.OPEN if target.social_data else Visibility(department.default_visibility)


def attach(
    target, upload, *, caption="", keep_place=False, visibility=None, department=None, on=None, alt=""
) -> Attachment:
    """Check `upload` by its content and keep it on `target` in the name of the current actor.

    Raises UploadRefused with a German sentence; then nothing was kept. Asks no rights: call it for a record the
    person may change.
    """
    if target_for(type(target), "files") is None:
        raise ValueError(f"{type(target)._meta.label} takes no files; see soe.web.targets")
    user = User.objects.get(pk=current_actor().user_id)
    if department is None:
        department = next(iter(departments_for(user, target)), None)
        if department is None:
            raise PermissionDenied
    if target.social_data or visibility is None:
        visibility = default_visibility(target, department)
    row = Attachment(
        caption=caption.strip()[:200],
        alt=alt.strip()[:300],
        on=on or timezone.localdate(),
        department=department,
        visibility=visibility,
        added_by=user,
    )
    row.target = target
    content, preview = _checked(row, upload, keep_place)
    if on is None and row.taken_at:
        row.on = timezone.localdate(row.taken_at)
    _keep(row, content, preview)
    return row


def _checked(row, upload, keep_place):
    """Fill in what the content says; returns (content, preview or None) as they are to be stored."""
    if upload.size == 0:
        raise UploadRefused("Die Datei ist leer.", code="empty")
    if upload.size > max_bytes():
        raise UploadRefused(
            f"Die Datei ist größer als {max_bytes() // 1024 // 1024} MB. Bitte verkleinern oder teilen Sie sie.",
            code="size",
        )
    upload.seek(0)
    code = kinds.tell(upload.read(kinds.HEAD))
    scanning.scanner().scan(chunks(upload))
    row.received_sha256 = digest(upload)
    content, preview = upload, None
    if code in images.FORMATS:
        picture = images.prepare(upload, code, keep_place=keep_place)
        content, preview, code = picture.content, picture.preview, picture.kind
        row.width, row.height, row.taken_at = picture.width, picture.height, picture.taken_at
        if picture.place:
            row.latitude, row.longitude = picture.place
    elif code == "zip":
        code = archives.check(upload, upload.size)
    elif code == "pdf":
        pdfs.check(upload, upload.size)
    else:
        kinds.check_text(chunks(upload))
    row.kind = code
    row.name = display_name(upload.name, kinds.KINDS[code].extensions)
    row.sha256 = digest(content)
    return content, preview


def _keep(row, content, preview):
    """Files first, then the row; whatever fails takes the files along."""
    storage, names = private_storage(), []
    try:
        row.size = 0
        for field, source in (("file", content), ("preview", preview)):
            if source is None:
                continue
            source.seek(0, 2)
            if field == "file":
                row.size = source.tell()
            source.seek(0)
            names.append(storage_name())
            if (kept := _written.get()) is not None:
                kept.append(names[-1])
            setattr(row, field, storage.save(names[-1], File(source)))
        with transaction.atomic():
            row.save()
    except BaseException as error:
        for name in names:
            with contextlib.suppress(Exception):  # what cannot be deleted now, the nightly sweep finds
                storage.delete(name)
        if isinstance(error, OSError) or type(error).__module__.startswith("botocore"):
            raise UploadRefused(FULL, code="storage") from error
        raise


@contextmanager
def without_strays():
    """Around a whole transaction: files whose rows were rolled back in the end are deleted again."""
    token = _written.set([])
    try:
        yield
    finally:
        names = _written.get()
        _written.reset(token)
        if names:
            delete_strays(names)


def names_kept(names) -> set:
    """What attachments name; one of the owners the sweep asks (storing.py)."""
    rows = Attachment._base_manager
    return set(rows.filter(file__in=names).values_list("file", flat=True)) | set(
        rows.filter(preview__in=names).values_list("preview", flat=True)
    )


def delete_strays(names) -> int:
    """Delete the stored files among `names` that no row names."""
    known = storing.kept(names)
    strays = [name for name in names if name not in known]
    for name in strays:
        with contextlib.suppress(OSError):
            private_storage().delete(name)
    return len(strays)


@transaction.atomic
def remove(row, *, by, reason):
    """Take a file off its record; its content stays for 30 days."""
    with acting_as(by):
        row.lock()
        if row.removed_at:
            raise ValidationError("Diese Datei ist schon entfernt.")
        row.removed_at = timezone.now()
        row.save(reason=reason)


@transaction.atomic
def restore(row, *, by, reason=""):
    """Take a removed file back while its content is still there."""
    with acting_as(by):
        row.lock()
        if row.erased_at or not row.removed_at:
            raise ValidationError("Diese Datei lässt sich nicht wiederherstellen.")
        row.removed_at = None
        row.save(reason=reason)
