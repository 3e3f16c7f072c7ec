"""From history rows to sentences: who did what, old and new values, labels of linked records in bulk.

Shows the record and its declared children (`history_children`). A field the reader may not see
(`field_permissions`) does not appear; a link is named only when the reader may see its target.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, time
from difflib import SequenceMatcher
from itertools import groupby

from django.db import models
from django.utils import timezone

from soe.audit.models import AuditedModel

from . import rights, text
from .comments.models import Comment
from .restoring import Restorer
from .targets import target_for

SILENT = {"id", "version", "created_at", "changed_at"}
HIDDEN_TARGET = "nicht sichtbar"
READ_LIMIT = 2000


@dataclass
class Change:
    """One field of one history row."""

    name: str
    label: str
    before: object
    after: object
    before_text: str = ""
    after_text: str = ""
    restore_url: str = ""  # where the value before can be taken over

    @property
    def before_pieces(self):
        return pieces(self.before_text, self.after_text)[0]

    @property
    def after_pieces(self):
        return pieces(self.before_text, self.after_text)[1]


@dataclass
class Event:
    """One history row as a reader sees it."""

    at: datetime
    actor: str
    role: str
    reason: str
    kind: str  # "+", "~", "-"
    model: type
    subject: str  # „die Beteiligung der Feuerwehr“
    own: bool  # the record itself, not a child
    system: bool
    pk: object = None
    history_id: int | None = None
    previous_id: int | None = None  # the version before, when it is known
    name: str = ""  # of a child that still exists and that the reader may see
    changes: list[Change] = field(default_factory=list)

    @property
    def day(self):
        return timezone.localtime(self.at).date()

    @property
    def verb(self):
        return {"+": "angelegt", "-": "entfernt"}.get(self.kind, "geändert")

    @property
    def what(self):
        """What the sentence is about: the fields of the record itself, or the child by its name."""
        if not self.own:
            return f"{self.subject} „{self.name}“" if self.name else self.subject
        if self.kind != "~":
            return self.subject
        labels = [change.label for change in self.changes]
        if len(labels) > 3:
            return f"{len(labels)} Angaben"
        return " und ".join([", ".join(labels[:-1]), labels[-1]] if len(labels) > 1 else labels)

    @property
    def label(self):
        return f"{self.what} {self.verb}"


class HistoryReader:
    """Reads one record's history for one reader. Queries: one per model, one per kind of linked record.

    Reads at most READ_LIMIT rows per model, the newest before the moment `before`; `older` says where the next, older
    part begins (None: this is the end).
    """

    def __init__(self, obj, request, before=None):
        self.obj, self.request, self.user = obj, request, request.user
        self.before, self.older = before, None
        self._events = None

    # --- rows -----------------------------------------------------------------------------------------------------
    def _sources(self):
        """(model, names of rows by id or None for the record itself, history queryset), oldest first inside a row."""
        model = type(self.obj)
        yield model, None, model.history.model.objects.filter(id=self.obj.pk)
        for accessor in model.history_children:
            relation = model._meta.get_field(accessor)
            child, remote = relation.related_model, relation.field
            rows = child.history.model.objects.filter(**{remote.attname: self.obj.pk})
            allowed = None
            rules = getattr(getattr(child, "scope", None), "rules", {})
            if "view" in rules:
                # Rows that are gone cannot be asked for rights any more: they follow their parent.
                visible = child.objects.restrict(
                    self.user, "history" if "history" in rules else "view"
                ).filter(**{remote.attname: self.obj.pk})
                gone = rows.filter(history_type="-").values("id")
                allowed = models.Q(id__in=visible.order_by().values("pk")) | models.Q(id__in=gone)
            yield child, accessor, rows.filter(allowed) if allowed is not None else rows
        if target_for(model, "comments") is not None:
            visible = Comment.objects.about(self.obj).restrict(self.user).order_by().values("pk")
            yield Comment, "", Comment.history.model.objects.filter(id__in=visible)

    def events(self) -> list[Event]:
        """Everything, newest first (at most READ_LIMIT rows per model)."""
        if self._events is None:
            found, self.older = [], None
            for model, accessor, rows in self._sources():
                found.extend(self._of_model(model, accessor, rows))
            if self.older is not None:
                # One model has more rows than are read: what the others have before that moment comes with them.
                found = [event for event in found if event.at >= self.older]
            found.sort(key=lambda event: event.at, reverse=True)
            self._label(found)
            self._name_children(found)
            self._events = found
        return self._events

    def _of_model(self, model, accessor, rows):
        hidden = {*rights.hidden_fields(self.request, model), *SILENT, *model.history_excluded}
        if accessor == "":  # comments hang on no foreign key
            hidden |= {"target_model", "target_id", "author", "department", "at", "edited_at"}
        elif accessor is not None:  # on its parent's page a child need not say whose it is
            hidden.add(type(self.obj)._meta.get_field(accessor).field.name)
        fields = [f for f in rows.model.tracked_fields if f.name not in hidden and _readable(model, f.name)]
        link = model._meta.get_field  # the field of the live model, with its choices and verbose name
        if self.before is not None:
            rows = rows.filter(history_date__lt=self.before)
        newest = list(rows.order_by("-history_date", "-history_id")[: READ_LIMIT + 1])
        previous: dict = {}
        if len(newest) > READ_LIMIT:
            bound = newest[READ_LIMIT - 1].history_date
            self.older = max(self.older or bound, bound)
            previous = _versions_before(rows, bound, {row.id for row in newest})
            newest = [row for row in newest if row.history_date >= bound]
        for row in reversed(newest):
            before = previous.get(row.id)
            previous[row.id] = row
            changes = []
            for tracked in fields:
                old = getattr(before, tracked.attname) if before is not None else None
                new = getattr(row, tracked.attname)
                if row.history_type == "-":
                    old, new = new, None
                if row.history_type != "+" and old == new:
                    continue
                if row.history_type == "+" and new in (None, "", False, [], {}):
                    continue
                if before is None and row.history_type == "~":
                    continue  # the row before lies beyond the limit or was erased: nothing to compare with
                changes.append(Change(tracked.name, _label(link(tracked.name)), old, new))
            if row.history_type == "~" and not changes:
                continue
            yield Event(
                at=row.history_date,
                actor=row.actor_name or "unbekannt",
                role=row.actor_role,
                reason=row.history_change_reason or "",
                kind=row.history_type,
                model=model,
                subject=str(model._meta.verbose_name),
                own=accessor is None,
                system=row.actor_role == "System",
                pk=row.id,
                history_id=row.history_id,
                previous_id=before.history_id if before is not None else None,
                changes=changes,
            )

    # --- labels -----------------------------------------------------------------------------------------------------
    def _label(self, events):
        """Texts for all values; linked records in one query per model, and only when the reader may see them."""
        wanted: dict[type, set] = {}
        for event in events:
            for change in event.changes:
                target = _target(event.model, change.name)
                if target is not None:
                    wanted.setdefault(target, set()).update(
                        v for v in (change.before, change.after) if v is not None
                    )
        names = {target: self._names(target, ids) for target, ids in wanted.items()}
        for event in events:
            for change in event.changes:
                source = event.model._meta.get_field(change.name)
                target = _target(event.model, change.name)
                known = names.get(target, {})
                change.before_text = _show(source, change.before, target, known)
                change.after_text = _show(source, change.after, target, known)

    def _name_children(self, events):
        wanted: dict[type, set] = {}
        for event in events:
            if not event.own:
                wanted.setdefault(event.model, set()).add(event.pk)
        names = {model: self._names(model, ids) for model, ids in wanted.items()}
        for event in events:
            event.name = names.get(event.model, {}).get(event.pk, "")

    def _names(self, target, ids):
        rows = target._base_manager.all()
        if hasattr(target, "scope") and "view" in target.scope.rules:
            rows = target.objects.restrict(self.user, "view")
        # A label may read a linked record: all of them in one query.
        return {row.pk: str(row) for row in rows.fetch_mode(models.FETCH_PEERS).filter(pk__in=ids)}

    # --- what the page asks -----------------------------------------------------------------------------------------
    def field_choices(self):
        """[(value, label)] of fields that ever changed and that the reader may see."""
        seen = {f"{e.model._meta.model_name}.{c.name}": c.label for e in self.events() for c in e.changes}
        own = type(self.obj)._meta.model_name
        named = []
        for value, label in seen.items():
            model_name = value.split(".")[0]
            kind = next(
                (
                    str(e.model._meta.verbose_name)
                    for e in self.events()
                    if e.model._meta.model_name == model_name
                ),
                "",
            )
            named.append((value, label if model_name == own else f"{kind}: {label}"))
        return sorted(named, key=lambda pair: pair[1].casefold())

    def people(self):
        return sorted({event.actor for event in self.events()}, key=str.casefold)

    def total(self):
        return len(self.events())

    def first_change(self):
        events = self.events()
        return events[-1].at if events else None

    def days(self, *, page=1, size=50, words="", field="", person="", kind="", since=None, until=None):
        """([(day, events)], more) of one page, newest first."""
        rows = self.events()
        if field:
            rows = [
                e for e in rows if any(f"{e.model._meta.model_name}.{c.name}" == field for c in e.changes)
            ]
        if kind:
            rows = [e for e in rows if e.kind == kind]
        if person:
            rows = [e for e in rows if e.actor == person]
        if words:
            needle = words.casefold()
            rows = [e for e in rows if _mentions(e, needle)]
        if since:
            start = timezone.make_aware(datetime.combine(since, time.min))
            rows = [e for e in rows if e.at >= start]
        if until:
            rows = [e for e in rows if e.day <= until]
        shown = rows[(page - 1) * size : page * size]
        self._offer(shown)
        return [(day, list(group)) for day, group in groupby(shown, key=lambda e: e.day)], len(
            rows
        ) > page * size

    def _offer(self, events):
        """Which values before a change this reader may take over again."""
        restorer, rows = Restorer(self.request), {}
        for event in events:
            if event.kind == "~" and event.previous_id:
                rows.setdefault(event.model, set()).add(event.pk)
        for model, pks in rows.items():
            restorer.allow(model, pks)
        for event in events:
            if event.kind == "~":
                for change in event.changes:
                    change.restore_url = restorer.url(event.model, event.pk, change.name, event.previous_id)

    # --- two versions side by side ----------------------------------------------------------------------------------
    def versions(self, limit=200):
        """The newest versions of the record itself: [(history id, moment, person, version)]."""
        rows = type(self.obj).history.model.objects.filter(id=self.obj.pk)
        return list(
            rows.order_by("-history_date", "-history_id").values_list(
                "history_id", "history_date", "actor_name", "version"
            )[:limit]
        )

    def compare(self, left_id, right_id):
        """(left row, right row, changes of every visible field, `before` from left); None when one is no version."""
        model = type(self.obj)
        rows = {
            row.history_id: row
            for row in model.history.model.objects.filter(id=self.obj.pk, history_id__in=[left_id, right_id])
        }
        left, right = rows.get(left_id), rows.get(right_id)
        if left is None or right is None:
            return None
        hidden = {*rights.hidden_fields(self.request, model), *SILENT, *model.history_excluded}
        restorer = Restorer(self.request)
        restorer.allow(model, [self.obj.pk])
        changes = []
        for tracked in left.tracked_fields:
            if tracked.name in hidden or not _readable(model, tracked.name):
                continue
            values = [getattr(row, tracked.attname) for row in (left, right)]
            change = Change(tracked.name, _label(model._meta.get_field(tracked.name)), *values)
            if getattr(self.obj, tracked.attname) != values[0]:
                change.restore_url = restorer.url(model, self.obj.pk, tracked.name, left_id)
            changes.append(change)
        event = Event(left.history_date, "", "", "", "~", model, "", own=True, system=False, changes=changes)
        self._label([event])
        return left, right, changes


def _versions_before(rows, moment, ids):
    """{id: its last history row before `moment`}, so that the oldest change of a part has something to compare with."""
    found = rows.filter(id__in=ids, history_date__lt=moment).order_by()
    newest = found.values("id").annotate(last=models.Max("history_id")).values_list("last", flat=True)
    return {row.id: row for row in rows.model.objects.filter(history_id__in=list(newest))}


def pieces(before, after):
    """Two lists of (changed, text): in longer texts only what differs is marked, word by word."""
    whole = [(True, before)], [(True, after)]
    if min(len(before), len(after)) < 20:
        return whole
    old, new = re.findall(r"\s+|[^\s]+", before), re.findall(r"\s+|[^\s]+", after)
    if len(old) + len(new) > 2000:
        return whole
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.5:
        return whole
    left, right = [], []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        same = tag == "equal"
        if i1 != i2:
            left.append((not same, "".join(old[i1:i2])))
        if j1 != j2:
            right.append((not same, "".join(new[j1:j2])))
    return left, right


def _mentions(event, needle):
    texts = [event.reason, *(part for c in event.changes for part in (c.before_text, c.after_text))]
    return any(needle in part.casefold() for part in texts)


def _target(model, name):
    source = model._meta.get_field(name)
    return source.remote_field.model if source.remote_field else None


def _readable(model, name):
    """Links to technical rows (groups, content types) mean nothing to a reader."""
    target = _target(model, name)
    return target is None or issubclass(target, AuditedModel)


def _label(source):
    label = str(source.verbose_name)
    return label[:1].upper() + label[1:]


def _show(source, value, target, known):
    if value in (None, ""):
        return "leer"
    if target is not None:
        return known.get(value, HIDDEN_TARGET)
    if source.choices:
        return str(dict(source.flatchoices).get(value, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {text.plain(item)}" for key, item in value.items()) or "leer"
    return text.plain(value)
