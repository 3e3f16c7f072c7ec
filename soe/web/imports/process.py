"""From the file to checked lines, from checked lines to records: each exactly once, whatever dies meanwhile."""

import hashlib
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils import timezone

from soe.audit.context import acting_as

from ..files.storing import private_storage
from ..jobs import JobFailed, job, start
from ..jobs.services import retry
from . import mapping as columns_of
from . import reading
from .models import KEEP_FILE, Import, ImportRow
from .spec import Item, registered

S = ImportRow.State
WRITABLE = (S.NEW, S.CHANGED)


def upload(spec, user, content: bytes, file_name: str, known=Import.Known.UPDATE) -> Import:
    """Keep the file and read its header. Raises UnreadableFile."""
    sheet = reading.read(content, file_name)
    stored = private_storage().save(f"importe/{uuid4().hex}", ContentFile(content))
    record = Import(
        user=user,
        spec=spec.name,
        file_name=file_name[-150:] or "Datei",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        stored=stored,
        known=known,
        header=sheet.header,
        rows=len(sheet.rows),
    )
    last = Import.objects.filter(user=user, spec=spec.name).exclude(mapping={}).first()
    earlier = (
        {name: last.header[place] for name, place in last.mapping.items() if place < len(last.header)}
        if last
        else {}
    )
    record.mapping = columns_of.guess(spec.columns_for(user), sheet.header, earlier)
    record.save(reason="Datei hochgeladen")
    return record


# --- checking ------------------------------------------------------------------------------------------------------


def evaluate(spec, user, rows, mapping, columns, seen=None, known=Import.Known.UPDATE) -> list[Item]:
    """What each of `rows` [(line, cells)] means and would change. `seen`: identities of the lines before.
    `known`: what happens to rows whose thing is there already."""
    items = []
    for line, cells in rows:
        item = Item(line)
        width = max(mapping.values(), default=-1) + 1
        row = {name: cells[place] if place < len(cells) else "" for name, place in mapping.items()}
        item.values, errors = spec.parse(row, columns)
        for label, reason in errors:
            item.reject(label, reason)
        if not errors and width > len(cells):
            item.reject("", f"Die Zeile hat nur {len(cells)} Zellen.")
        if seen is not None and item.state != S.REJECTED:
            identities = spec.identities(item.values)
            earlier = next((seen[name] for name in identities if name in seen), None)
            if earlier is not None:
                item.reject("", f"Dasselbe steht schon in Zeile {earlier}.")
            else:
                seen.update(dict.fromkeys(identities, line))
        items.append(item)
    good = [item for item in items if item.state != S.REJECTED]
    spec.load(good, user)
    for item in good:
        if item.obj is not None and item.state != S.REJECTED:
            item.changes = spec.changes(item)
            item.state = S.CHANGED if item.changes else S.UNCHANGED
            if item.changes and known == Import.Known.SKIP:
                item.state, item.changes = S.UNCHANGED, [["", "", f"schon vorhanden, bleibt: {item.obj}"]]
            elif known == Import.Known.REJECT:
                item.reject("", f"Schon vorhanden: {item.obj}")
    return items


def check(record, run=None):
    """Read the file again, look at every line, write nothing but the preview."""
    spec, user = registered[record.spec], record.user
    columns = spec.columns_for(user)
    if lacking := columns_of.missing(columns, record.mapping):
        raise JobFailed(f"Diese Spalten fehlen: {', '.join(lacking)}.")
    mapping = _allowed(record.mapping, columns)
    sheet = reading.read(record.content(), record.file_name)
    taken_before = _taken_lines(spec, record)
    seen, rows = {}, []
    for first in range(0, len(sheet.rows), 500):
        part = sheet.rows[first : first + 500]
        for (line, cells), item in zip(
            part, evaluate(spec, user, part, mapping, columns, seen, record.known), strict=True
        ):
            if line in taken_before and item.state in WRITABLE:
                item.state, item.changes = S.UNCHANGED, [["", "", "aus derselben Datei schon übernommen"]]
            if len(cells) > len(sheet.header) and item.state != S.REJECTED:
                item.reject("", f"Die Zeile hat {len(cells)} statt {len(sheet.header)} Zellen.")
            rows.append(
                ImportRow(
                    record=record, spec=spec.name, sha256=record.sha256, line=line, cells=cells, state=item.state,
                    changes=item.changes, errors=item.errors, once=not spec.keyed,
                )
            )  # fmt: skip
        if run is not None:
            run.progress(first + len(part), len(sheet.rows), note="Zeilen werden geprüft")
    with transaction.atomic():
        record.lines.filter(applied=False).delete()
        ImportRow.objects.bulk_create(rows, batch_size=1000)
        record.refresh_from_db()
        record.state = Import.State.CHECKED
        _count(record)
        record.save(reason="Datei geprüft")
    return record


def _allowed(mapping, columns):
    """Only columns this person may write: a posted mapping cannot smuggle one in."""
    names = {column.name for column in columns}
    return {name: place for name, place in mapping.items() if name in names}


def _taken_lines(spec, record):
    if spec.keyed:
        return set()
    taken = ImportRow.objects.filter(
        spec=spec.name, sha256=record.sha256, applied=True, once=True, state__in=WRITABLE
    )
    return set(taken.exclude(record=record).values_list("line", flat=True))


def _count(record):
    found = dict(record.lines.order_by().values_list("state").annotate(Count("id")))
    record.new, record.changed = found.get(S.NEW, 0), found.get(S.CHANGED, 0)
    record.unchanged, record.rejected = found.get(S.UNCHANGED, 0), found.get(S.REJECTED, 0)
    record.rows = record.new + record.changed + record.unchanged + record.rejected


# --- taking over ---------------------------------------------------------------------------------------------------


class _Refused(Exception):
    pass


def take(record, run):
    """Carry out the checked lines; may be called again after a crash and goes on where it stopped."""
    spec = registered[record.spec]
    if record.state == Import.State.DONE:
        return record
    columns = spec.columns_for(run.user)
    mapping = _allowed(record.mapping, columns)
    total = record.lines.count()
    if record.mode == Import.Mode.ALL:
        _take_all(record, spec, run, mapping, columns, total)
    else:
        _take_good(record, spec, run, mapping, columns, total)
    record.refresh_from_db()
    words = (
        f"{record.rows} Zeilen: {record.imported} gut, davon {record.new} neu und {record.changed} geändert; "
        f"{record.rejected} abgewiesen."
    )
    run.summary(words, url=record.get_absolute_url())
    return record


def _finish(record, state):
    record.refresh_from_db()
    record.state = state
    _count(record)
    record.save(reason="Datei übernommen" if state == Import.State.DONE else "Nichts übernommen")


def _take_good(record, spec, run, mapping, columns, total):
    done = total - record.lines.filter(applied=False, state__in=WRITABLE).count()
    while rows := list(record.lines.filter(applied=False, state__in=WRITABLE).order_by("line")[: spec.chunk]):
        done += len(rows)
        with run.step(done=done, total=total, note="Zeilen werden übernommen"):
            _carry_out(record, spec, run, rows, mapping, columns)
    with run.step(done=total, total=total, note=""):
        _finish(record, Import.State.DONE)


def _take_all(record, spec, run, mapping, columns, total):
    if record.lines.filter(state=S.REJECTED).exists():
        _finish(record, Import.State.REFUSED)
        raise JobFailed(
            "Solange Zeilen abgewiesen sind, wird nichts übernommen. Bitte verbessern Sie die Datei."
        )
    errors = {}
    try:
        with run.step(done=total, total=total, note="Alle Zeilen werden in einem Zug übernommen"):
            while rows := list(
                record.lines.filter(applied=False, state__in=WRITABLE).order_by("line")[: spec.chunk]
            ):
                run.check()
                _carry_out(record, spec, run, rows, mapping, columns)
                errors |= {row.line: row.errors for row in rows if row.state == S.REJECTED}
            if errors:
                raise _Refused
            _finish(record, Import.State.DONE)
    except _Refused:
        # Outside the step that was taken back: only the reasons are kept.
        with transaction.atomic():
            for row in record.lines.filter(line__in=list(errors)):
                row.state, row.errors = S.REJECTED, errors[row.line]
                row.save(update_fields=["state", "errors"])
            _finish(record, Import.State.REFUSED)
        raise JobFailed("Beim Übernehmen wurden Zeilen abgewiesen. Es wurde nichts übernommen.") from None


def _carry_out(record, spec, run, rows, mapping, columns):
    """Write `rows` and mark them applied, in the transaction of the caller. Looked at anew: the preview may be old."""
    if not spec.allowed(run.user):
        raise JobFailed("Ihre Rechte haben sich geändert. Der Import wurde deshalb abgelehnt.")
    items = evaluate(
        spec, run.user, [(row.line, row.cells) for row in rows], mapping, columns, known=record.known
    )
    writable = [item for item in items if item.state in WRITABLE]
    spec.apply(writable, run)
    for row, item in zip(rows, items, strict=True):
        row.state, row.changes, row.errors = item.state, item.changes, item.errors
        row.applied = True
        try:
            with transaction.atomic():
                row.save(update_fields=["state", "changes", "errors", "applied"])
        except IntegrityError:
            raise JobFailed("Dieselbe Datei wird gerade noch einmal übernommen. Bitte warten Sie.") from None


def rejected_rows(record):
    """Header and rows of what was not taken, with the reason: to be repaired and read in again."""
    header = [
        reading.REASON,
        reading.LINE,
        *[name for name in record.header if name not in (reading.REASON, reading.LINE)],
    ]
    places = [place for place, name in enumerate(record.header) if name not in (reading.REASON, reading.LINE)]

    def rows():
        for row in record.lines.filter(state=S.REJECTED).order_by("line").iterator(chunk_size=500):
            reasons = "; ".join(f"{label}: {reason}" if label else reason for label, reason in row.errors)
            cells = [row.cells[place] if place < len(row.cells) else "" for place in places]
            yield [reasons, row.line, *cells, *row.cells[len(record.header) :]]

    return header, rows()


def start_taking(record, user):
    """Queue the taking over, or go on with one that was cancelled or failed. One record, one job."""
    title = f"Import: {registered[record.spec].title}"
    started = start(user, "import", title=title, params={"record": str(record.pk)}, key=f"import:{record.pk}")
    if started.state in (started.State.FAILED, started.State.CANCELLED):
        retry(started)
        started.refresh_from_db()
    return started


def _may(user, params):
    record = Import.objects.filter(pk=params.get("record"), user_id=user.pk).first()
    spec = registered.get(record.spec) if record else None
    return spec is not None and spec.allowed(user)


@job("import", title="Import", permission=_may)
def run_import(run, record):
    take(Import.objects.get(pk=record), run)


@job("import_check", title="Datei prüfen", permission=_may)
def run_check(run, record):
    found = Import.objects.get(pk=record)
    try:
        check(found, run)
    except reading.UnreadableFile as error:
        raise JobFailed(str(error)) from None
    run.summary(f"{found.rows} Zeilen geprüft.", url=found.get_absolute_url())


def erase_old(now=None):
    """Contents go after 30 days; who imported what, with checksum and counts, stays."""
    limit = (now or timezone.now()) - KEEP_FILE
    for record in Import.objects.filter(erased_at=None, created_at__lt=limit):
        with transaction.atomic(), acting_as(get_user_model().objects.system()):
            record.erase(reason="Aufbewahrung der Datei beendet")
