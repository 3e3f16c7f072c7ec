"""Open work that must find somebody when a department closes or a person leaves. Apps say how, in their `ready()`.

    handover.departments.add("Offene Maßnahmen", "objects.Measure", "department", open=lambda rows: rows.open())
    handover.people.add("Laufende Fälle", "cases.Case", "lead", open=…, blocked=…)

What is not named here is history: it stays with the closed department or the person who left.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction

from soe.audit import bulk

from .models import Department


def body_of(department):
    """The topmost office: everything below one of them is one legal body (the city, or one carrier)."""
    seen = set()
    while department.parent_id and department.pk not in seen:
        seen.add(department.pk)
        department = department.parent
    return department


def same_body(one, other) -> bool:
    return body_of(one) == body_of(other)


def _set(rows, path, to, reason, follow):
    """Each row keeps its history. With `follow` many at once, else one by one through save()."""
    for row in rows:
        setattr(row, path, to)
    if follow is not None:
        bulk.update(rows, [path], reason=reason)
        follow(rows)
        return
    for row in rows:
        row.save(reason=reason)


@dataclass(frozen=True)
class Work:
    """One kind of open work. `open` narrows to what still has to be done."""

    label: str
    model: str
    path: str
    open: Callable | None = None
    # move(rows, source, to, by, reason); default: set `path` and save each row
    move: Callable | None = None
    # follow(rows): what save() would have brought along (summaries, deadlines, notices), for all of them at once
    follow: Callable | None = None
    # blocked(rows, source, to) -> reason in German, or "": what cannot be moved stops the whole step
    blocked: Callable | None = None
    # True: it simply ends; nobody has to take it over
    ends: bool = False
    # one sentence for the preview, when "goes to the successor" is not the whole truth
    note: str = ""

    def rows(self, source):
        rows = apps.get_model(self.model)._default_manager.filter(**{self.path: source})
        return self.open(rows) if self.open else rows

    def hand_over(self, source, to, *, by, reason):
        """Returns how many rows moved."""
        rows = list(self.rows(source).order_by("pk").select_for_update(of=("self",)))
        if not rows:
            return 0
        if self.move:
            self.move(rows, source, to, by, reason)
        else:
            _set(rows, self.path, to, reason, self.follow)
        return len(rows)


@dataclass(frozen=True)
class Item:
    """A line of the preview. `problem`: why it cannot be handed over."""

    work: Work
    count: int
    problem: str = ""

    @property
    def label(self):
        return self.work.label

    @property
    def note(self):
        return self.work.note or ("endet" if self.work.ends else "geht an die Nachfolge")


class Handover:
    def __init__(self):
        self.works: dict[tuple, Work] = {}

    def add(self, label, model, path, **kwargs):
        self.works[(model, path, label)] = Work(label, model, path, **kwargs)

    def preview(self, source, to=None) -> list[Item]:
        """Every kind with open rows; with the reason when it cannot go to `to`."""
        items = []
        for work in self.works.values():
            rows = work.rows(source)
            if count := rows.count():
                items.append(Item(work, count, self.problem(work, rows, source, to)))
        return items

    def problem(self, work, rows, source, to):
        if work.blocked and (reason := work.blocked(rows, source, to)):
            return reason
        if to is None and not work.ends:
            return "Bitte wählen Sie, wer das übernimmt."
        return ""

    @transaction.atomic
    def hand_over(self, source, to, *, by, reason) -> dict[str, int]:
        """Move everything, or nothing. Raises ValidationError naming what stops it."""
        problems = [f"{i.count} × {i.label}: {i.problem}" for i in self.preview(source, to) if i.problem]
        if problems:
            raise ValidationError(problems, code="handover")
        moved = {}
        for work in self.works.values():
            if count := work.hand_over(source, to, by=by, reason=reason):
                moved[work.label] = count
        return moved


def records_of(department):
    """[(kind in plural, number)] of every record that names this department: what its history consists of."""
    found: dict[str, int] = {}
    for relation in Department._meta.get_fields(include_hidden=True):
        if (
            not (relation.auto_created and relation.one_to_many)
            or "Historical" in relation.related_model.__name__
        ):
            continue
        if relation.related_model is Department:
            continue
        field = relation.field
        count = relation.related_model._base_manager.filter(**{field.name: department}).count()
        if count:
            label = str(relation.related_model._meta.verbose_name_plural)
            found[label] = found.get(label, 0) + count
    return sorted(found.items())


departments = Handover()
people = Handover()
