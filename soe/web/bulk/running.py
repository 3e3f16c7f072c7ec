"""Checking, carrying out and taking back a bulk run. Rights are asked again each time, row by row."""

from dataclasses import dataclass
from itertools import batched

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import FETCH_PEERS
from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.errors import ConcurrentChange

from .models import BulkRow, BulkRun

LIMIT = 500  # rows in one transaction; larger sets are carried out by a job in portions (handing.py)
MOST = 5000  # rows of one run at all: the preview looks at each of them
CHUNK = 100
GONE = "Der Eintrag ist für Sie nicht mehr sichtbar."
FORBIDDEN = "Für diesen Eintrag fehlt Ihnen das Recht zu diesem Schritt."
MOVED = "Inzwischen hat jemand den Eintrag geändert. Bitte einzeln prüfen."
NOT_YET = "Noch nicht ausgeführt."
UNFIT = "Das passt nicht zu den übrigen Angaben des Eintrags."
R = BulkRow.State


@dataclass
class Verdict:
    """One line of the preview or the result."""

    label: str
    url: str
    text: str
    refused: bool
    state: str = ""


def list_view(run):
    """The list this run came from, as a class; None when the address no longer leads to one."""
    from ..views.lists import ScopedListView

    try:
        view = getattr(resolve(run.path).func, "view_class", None)
    except Resolver404:
        return None
    return view if view is not None and issubclass(view, ScopedListView) else None


def action_of(run):
    view = list_view(run)
    return next((a for a in view.bulk_actions if a.key == run.action), None) if view else None


def start(user, *, path, query, action, ids) -> BulkRun:
    """Remember the choice; nothing happens to the rows yet."""
    run = BulkRun(user=user, path=path, query=query, action=action.key)
    run.save()
    BulkRow.objects.bulk_create(
        [BulkRow(run=run, target_id=pk, position=n) for n, pk in enumerate(dict.fromkeys(ids))]
    )
    return run


def _rows(view, action, user, right, ids):
    """{id: row} of those ids on which `user` has `right`, with what the action reads."""
    rows = action.prepare(view.queryset.all().restrict(user, right)).fetch_mode(FETCH_PEERS)
    return {row.pk: row for part in batched(ids, CHUNK * 5) for row in rows.filter(pk__in=part)}


def form_of(run, action, view, user, *, data=None):
    """The form of the parameters, bound to `data` or to what was entered before."""
    if data is None and run.parameters:
        data = QueryDict(run.parameters)
    may = view.queryset.all().restrict(user, action.action)
    rows = may.filter(pk__in=run.rows.order_by().values("target_id"))
    return action.form_class(data, user=user, **action.form_kwargs(user, rows))


def _versions(records):
    return [[record._meta.label_lower, str(record.pk), record.version] for record in records if record]


def check(run, action, view, user, data, *, note_versions=False) -> list[Verdict]:
    """What would happen to each row. `note_versions`: from now on a row that moves is refused."""
    entries = list(run.rows.all())
    ids = [entry.target_id for entry in entries]
    seen = _rows(view, action, user, "view", ids)
    allowed = _rows(view, action, user, action.action, ids)
    result = []
    for entry in entries:
        row = allowed.get(entry.target_id)
        text, refused = "", True
        if entry.target_id not in seen:
            text = GONE
        elif row is None:
            text = FORBIDDEN
        else:
            versions = _versions(action.subjects(row))
            if note_versions:
                entry.seen = versions
            if entry.seen != versions:
                text = MOVED
            elif reason := action.refuse(row, data):
                text = reason
            else:
                text, refused = action.describe(row, data), False
        result.append(_verdict(seen.get(entry.target_id), text, refused))
    if note_versions:
        BulkRow.objects.bulk_update(entries, ["seen"], batch_size=CHUNK)
    return result


def _verdict(row, text, refused, state=""):
    if row is None:
        return Verdict("nicht mehr sichtbar", "", text, refused, state)
    url = row.get_absolute_url() if hasattr(row, "get_absolute_url") else ""
    return Verdict(str(row), url, text, refused, state)


def chosen(run, action, view, user) -> list[Verdict]:
    """The rows before any parameter is known: only what rights already refuse."""
    ids = list(run.rows.values_list("target_id", flat=True))
    seen = _rows(view, action, user, "view", ids)
    allowed = _rows(view, action, user, action.action, ids)
    return [
        _verdict(
            seen.get(pk),
            "" if pk in allowed else FORBIDDEN if pk in seen else GONE,
            refused=pk not in allowed,
        )
        for pk in ids
    ]


def result(run, action, view, user) -> list[Verdict]:
    entries = list(run.rows.all())
    seen = _rows(view, action, user, "view", [entry.target_id for entry in entries])
    return [
        _verdict(
            seen.get(e.target_id),
            e.note or (NOT_YET if e.state == R.CHOSEN else ""),
            e.state in (R.REFUSED, R.KEPT, R.CHOSEN),
            e.get_state_display(),
        )
        for e in entries
    ]


def _still(versions) -> bool:
    """Whether all these records stand at these versions; locks them until the transaction ends."""
    for label, pk, version in sorted(versions):
        rows = apps.get_model(label)._base_manager.select_for_update(of=("self",))
        if rows.filter(pk=pk).values_list("version", flat=True).first() != version:
            return False
    return True


def _current(versions):
    """The same records at the versions they stand at now."""
    return [
        [label, pk, apps.get_model(label)._base_manager.values_list("version", flat=True).get(pk=pk)]
        for label, pk, _ in versions
    ]


def _attempt(work) -> str:
    """Run `work` in a savepoint; the German reason when this row refuses, and then nothing of it stays."""
    try:
        with transaction.atomic():
            return work() or ""
    except ConcurrentChange:
        return MOVED
    except ValidationError as error:
        return " ".join(error.messages)[:500]
    except IntegrityError:
        return UNFIT


def carry_out(run, action, view, user, data) -> tuple[int, int]:
    """Do it: each row through its own method. Returns (done, refused). Call inside a transaction."""
    while part := waiting(run, R.CHOSEN):
        do_part(part, action, view, user, data)
    return finish(run)


def waiting(run, state) -> list:
    """The next rows that still stand at `state`; by id, so that two runs over the same rows lock in the same order."""
    return list(run.rows.filter(state=state).order_by("target_id")[:CHUNK])


def do_part(part, action, view, user, data):
    """One portion, rights asked anew. What it did is written in the same transaction: a row is done once."""
    reason = f"Sammelbearbeitung: {action.label}"
    allowed = _rows(view, action, user, action.action, [entry.target_id for entry in part])
    for entry in part:
        entry.note = _attempt(
            lambda e=entry, a=allowed: _do(e, a.get(e.target_id), action, user, data, reason)
        )
        entry.state = R.REFUSED if entry.note else R.DONE
    BulkRow.objects.bulk_update(part, ["state", "note", "before", "touched"])


def finish(run) -> tuple[int, int]:
    run.state, run.done_at = BulkRun.State.DONE, timezone.now()
    run.save()
    return _counts(run, R.DONE, R.REFUSED)


def _counts(run, good, bad):
    return run.rows.filter(state=good).count(), run.rows.filter(state=bad).count()


def _do(entry, row, action, user, data, reason):
    if row is None:
        return FORBIDDEN
    if not entry.seen or not _still(entry.seen) or _versions(action.subjects(row)) != entry.seen:
        return MOVED
    if refused := action.refuse(row, data):
        return refused
    entry.before = action.remember(row)
    with acting_as(user, reason=reason):
        changed = action.perform(row, data, by=user)
    entry.touched = _current(_versions(action.subjects(row) if changed is None else changed))
    return ""


def take_back(run, action, view, user) -> tuple[int, int]:
    """Undo, as a new change, wherever nobody changed the row since. Returns (undone, kept)."""
    while part := waiting(run, R.DONE):
        undo_part(part, action, view, user)
    return finish_undo(run)


def undo_part(part, action, view, user):
    reason = f"Sammelbearbeitung zurückgenommen: {action.label}"
    allowed = _rows(view, action, user, action.action, [entry.target_id for entry in part])
    for entry in part:
        entry.note = _attempt(lambda e=entry, a=allowed: _undo(e, a.get(e.target_id), action, user, reason))
        entry.state = R.KEPT if entry.note else R.UNDONE
    BulkRow.objects.bulk_update(part, ["state", "note"])


def finish_undo(run) -> tuple[int, int]:
    run.state, run.undone_at = BulkRun.State.UNDONE, timezone.now()
    run.save()
    return _counts(run, R.UNDONE, R.KEPT)


def _undo(entry, row, action, user, reason):
    if row is None:
        return FORBIDDEN
    if not _still(entry.touched):
        return MOVED
    before = entry.before | {"touched": [pk for _, pk, _ in entry.touched]}
    with acting_as(user, reason=reason):
        action.undo(row, before, by=user, reason=reason)
    return ""
