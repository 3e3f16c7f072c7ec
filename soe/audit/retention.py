"""What is kept how long: each app registers its kinds of record; the periods are rows that the data-protection office
edits (soe.administration.retention). This module only knows what is registered.

    retention.add(Subject("person", "Personen", "cases.Person", months=36, basis="…", starts="…", due=…, parts=…))

- `Subject`: records of people. Proposed when due; erased only after a person has approved.
- `Log`: append-only logs. Their oldest sealed rows expire by themselves.
- `Cleaner`: technical rows without business data (sessions, form tokens). Removed by themselves.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.apps import apps
from django.utils import timezone


@dataclass(frozen=True)
class Kind:
    """`starts` says in words when the period begins; `basis` is the legal ground that the default period follows."""

    code: str
    label: str
    model: str
    basis: str
    starts: str
    months: int = 0
    days: int = 0

    approval = False

    def get_model(self):
        return apps.get_model(self.model)


@dataclass(frozen=True)
class Subject(Kind):
    """`due(cutoff) -> QuerySet` of records whose period began before the day `cutoff` and that are not erased yet;
    `parts(obj) -> [Part]`: everything that goes with it; `number(obj)`: what a list may show without naming anybody;
    `gone`: the fields that go, in words."""

    due: Callable | None = None
    parts: Callable | None = None
    number: Callable = str
    since: Callable = lambda obj: None
    gone: str = ""

    approval = True


@dataclass(frozen=True)
class Log(Kind):
    at: str = "at"


@dataclass(frozen=True)
class Cleaner(Kind):
    """`clean(cutoff, dry_run) -> int`: how many rows went (or would go)."""

    clean: Callable | None = None


_kinds: dict[str, Kind] = {}


def add(kind: Kind) -> Kind:
    _kinds[kind.code] = kind
    return kind


def kinds() -> Iterable[Kind]:
    """All kinds: records of people first."""
    return sorted(
        _kinds.values(), key=lambda kind: (not kind.approval, isinstance(kind, Cleaner), kind.label)
    )


def kind(code) -> Kind:
    return _kinds[code]


def cutoff(months, days, now=None) -> datetime:
    """What began before this moment is due."""
    moment = timezone.localtime(now or timezone.now())
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day) - timedelta(days=days)
