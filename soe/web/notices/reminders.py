"""Deadlines that come near or pass: each told once per record, date and threshold."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from .services import members, notify

AHEAD = timedelta(days=7)
# Older than this at the first run is no news; the start page shows it anyway.
BACK = timedelta(days=30)


@dataclass(frozen=True)
class Deadline:
    """A day by which `people` have to act. `title` fits both sides of the day; see kinds.py for its parts."""

    record: object
    due: date
    people: Iterable
    url: str
    soon: str
    late: str


_sources: dict[str, Callable] = {}
_others: list[Callable] = []


def add(kind, source):
    """`source(first, last) -> Iterable[Deadline]` with a due date from `first` to `last`."""
    _sources[kind] = source


def also(function):
    """`function(today) -> int`: writes reminders by rules of its own, as safe to repeat as these; returns how many."""
    if function not in _others:
        _others.append(function)
    return function


def send(today) -> int:
    """Write the reminders of this day; safe to repeat and to run twice at once. Returns how many."""
    written = 0
    for kind, source in _sources.items():
        for deadline in source(today - BACK, today + AHEAD):
            late = deadline.due < today
            record = deadline.record
            with transaction.atomic():
                written += notify(
                    deadline.people,
                    kind,
                    title=deadline.late if late else deadline.soon,
                    url=deadline.url,
                    target=record,
                    key=f"{record._meta.label_lower}:{record.pk}:{deadline.due:%Y%m%d}:{'late' if late else 'soon'}",
                )
    return written + sum(function(today) for function in _others)


class People:
    """The people of a department holding a permission, asked once per run."""

    def __init__(self):
        self.known = {}

    def __call__(self, department_id, permission):
        key = (department_id, permission)
        if key not in self.known:
            self.known[key] = list(members([department_id], permission))
        return self.known[key]
