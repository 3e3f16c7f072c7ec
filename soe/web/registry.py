"""Where apps hang their pages in: navigation, search, tasks, appointments, timelines, quick buttons.

Filled in `AppConfig.ready()`; callables run per request and start from `restrict()`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from soe.departments import asking

from . import text
from .counting import counts
from .guidance.keys import GO

GROUPS = ("", "Kataster", "Beratung", "Steuerung", "Verwaltung")


@dataclass(frozen=True)
class NavEntry:
    group: str
    label: str
    url_name: str
    icon: str
    order: int = 100
    permission: str | tuple | None = None
    count: Callable | None = None

    @property
    def url(self):
        return reverse(self.url_name)

    @property
    def go(self):
        """The letter after `g` that leads here."""
        return GO.get(self.url_name, "")


def _allowed(permission, codes) -> bool:
    if permission is None:
        return True
    needed = {permission} if isinstance(permission, str) else set(permission)
    return bool(needed & codes)


class Navigation:
    """The entries on the left: only what the person's rights allow, with cheap counts."""

    def __init__(self):
        self.entries: dict[str, NavEntry] = {}
        self.badges: dict[str, Callable] = {}

    def add_badge(self, name, count):
        """A number outside the navigation (the bell), counted in the same statement: `count(user, codes)`."""
        self.badges[name] = count

    def add(self, *, group, label, url_name, icon, order=100, permission=None, count=None):
        """`count(user) -> QuerySet | int | None`: open work behind the entry. Querysets are counted together, in one
        statement for the whole navigation."""
        if group not in GROUPS:
            raise ValueError(f"Unknown navigation group {group!r}; known: {GROUPS}")
        self.entries[url_name] = NavEntry(group, label, url_name, icon, order, permission, count)

    def groups(self, user, codes):
        """[(group, [(entry, url, count)])] for this person."""
        return self.counted(user, codes)[0]

    def counted(self, user, codes):
        """The groups as above, and {name: number} of the badges."""
        rows = [e for e in self.entries.values() if _allowed(e.permission, codes)]
        with asking.once():
            asked = {e.url_name: e.count(user) for e in rows if e.count}
            asked |= {f"badge:{name}": count(user, codes) for name, count in self.badges.items()}
        found = counts(asked)
        result = []
        for group in GROUPS:
            items = []
            for entry in sorted((e for e in rows if e.group == group), key=lambda e: (e.order, e.label)):
                try:
                    items.append((entry, entry.url, found.get(entry.url_name)))
                except NoReverseMatch:  # an app that is not installed
                    continue
            if items:
                result.append((group, items))
        return result, {name: found[f"badge:{name}"] or 0 for name in self.badges}


@dataclass(frozen=True)
class Hit:
    """One thing the search found; `note` says why when it is not obvious ("gefunden über: …")."""

    title: str
    url: str
    subtitle: str = ""
    note: str = ""


@dataclass(frozen=True)
class SearchEntry:
    kind: str
    icon: str
    order: int
    permission: str | tuple | None
    find: Callable
    model: type | None = None


class Search:
    """Global search: each app finds among its own rows, already restricted to the reader."""

    def __init__(self):
        self.entries: dict[str, SearchEntry] = {}

    def add(self, *, kind, icon, find, order=100, permission=None, model=None):
        """`find(user, query, limit) -> list[Hit]`. `model` with social data: each search leaves a read-log row."""
        self.entries[kind] = SearchEntry(kind, icon, order, permission, find, model)

    def find(self, user, codes, query, limit=5, kind=None):
        """[(entry, hits)] with at least one hit."""
        from soe.audit.reads import log_read

        found = []
        for entry in sorted(self.entries.values(), key=lambda e: (e.order, e.kind)):
            if not _allowed(entry.permission, codes) or (kind and entry.kind != kind):
                continue
            hits = list(entry.find(user, query, limit))[:limit]
            if entry.model is not None and entry.model.social_data:
                log_read("search", entry.model, basis="Suche", hits=len(hits))
            if hits:
                found.append((entry, hits))
        return found


@dataclass(frozen=True)
class Task:
    """Something to do. group: "due" (by date; late ones apart), "waiting" (on the department), "new" (notice)."""

    title: str
    url: str
    place: str = ""
    due: date | None = None
    button: str = ""
    group: str = "due"
    since: date | datetime | None = None  # for waiting and new ones
    button_url: str = ""  # where the button leads when it is not the record itself

    @property
    def since_words(self):
        """„heute, 9.12 Uhr“, „gestern, 15.40 Uhr“, „13.11.2026“."""
        day, today = text.local_date(self.since), timezone.localdate()
        clock = f", {text.clock(self.since)}" if isinstance(self.since, datetime) else ""
        return {0: f"heute{clock}", 1: f"gestern{clock}"}.get((today - day).days) or text.day(day)


@dataclass(frozen=True)
class Appointment:
    """A date on the start page; `at` may be a day or a moment."""

    at: date | datetime
    title: str
    url: str
    place: str = ""

    @property
    def day(self):
        return text.local_date(self.at)

    @property
    def weekday(self):
        return text.DAYS[self.day.weekday()][:2]

    @property
    def short_month(self):
        return text.MONTHS[self.day.month - 1][:3]

    @property
    def details(self):
        clock = text.clock(self.at) if isinstance(self.at, datetime) else ""
        return " · ".join(part for part in (clock, self.place) if part)


class Inbox:
    """Tasks of the start page. Each contributor costs a fixed number of queries, whatever the number of rows."""

    def __init__(self):
        self.sources: list[Callable] = []

    def add(self, source):
        """`source(user, today) -> Iterable[Task]`"""
        if source not in self.sources:
            self.sources.append(source)
        return source

    def tasks(self, user, today) -> list[Task]:
        return [task for source in self.sources for task in source(user, today)]


class Appointments(Inbox):
    """`source(user, today) -> Iterable[Appointment]`, from today on."""


@dataclass(frozen=True)
class Entry:
    """One thing that happened. A stub (fixed set of fields) says that something exists, never what."""

    at: date | datetime
    title: str
    text: str = ""
    department: object = None
    visibility: str = ""
    url: str = ""
    icon: str = "paper"
    stub: bool = False
    remove_url: str = ""  # when this reader may remove what was entered by mistake

    @property
    def day(self):
        return text.local_date(self.at)

    @property
    def month(self):
        return f"{text.MONTHS[self.day.month - 1]} {self.day.year}"

    @property
    def when(self):
        return text.moment(self.at) if isinstance(self.at, datetime) else text.day(self.at)

    @property
    def sort_key(self):
        if isinstance(self.at, datetime):
            return self.at
        return timezone.make_aware(datetime.combine(self.at, time.min))


class Timeline:
    """One stream per record, fed by every app, already filtered to what the reader may see."""

    def __init__(self):
        self.sources: dict[str, dict[Callable, Callable | None]] = {}

    def add(self, label, source, rows=None):
        """`label` as in "objects.Property"; `source(user, obj) -> Iterable[Entry]`.

        Most records have nothing of most subjects. With `rows(user, obj) -> list[QuerySet]` all subjects are asked in
        one statement whether there is anything; `source(user, obj, *querysets)` then reads, empty ones without a query.
        """
        self.sources.setdefault(label.lower(), {})[source] = rows

    def asked(self, model, user, obj) -> dict:
        """The querysets of all sources that name theirs: {(source, place): rows}."""
        return {
            (source, place): queryset
            for source, rows in self.sources.get(model._meta.label_lower, {}).items()
            if rows is not None
            for place, queryset in enumerate(rows(user, obj))
        }

    def entries(self, model, user, obj, limit=200, *, asked=None, found=None) -> list[Entry]:
        """Newest first. `asked`, `found`: what `asked()` gave and which of it is there, when the page knows already."""
        with asking.once():
            asked = self.asked(model, user, obj) if asked is None else asked
            found = counts(asked, present=asked) if found is None else found
            rows: list[Entry] = []
            for source in self.sources.get(model._meta.label_lower, ()):
                parts = [(key, queryset) for key, queryset in asked.items() if key[0] is source]
                rows += source(user, obj, *(part if found[key] else part.none() for key, part in parts))
        return sorted(rows, key=lambda entry: entry.sort_key, reverse=True)[:limit]


@dataclass(frozen=True)
class QuickEntry:
    label: str
    url_name: str
    icon: str
    key: str = ""
    order: int = 100
    permission: str | tuple | None = None


class Quick:
    """The big buttons of the start page; the first is the primary one."""

    def __init__(self):
        self.entries: dict[str, QuickEntry] = {}

    def add(self, *, label, url_name, icon, key="", order=100, permission=None):
        self.entries[url_name] = QuickEntry(label, url_name, icon, key.lower(), order, permission)

    def allowed(self, codes, limit=3):
        result = []
        for entry in sorted(self.entries.values(), key=lambda e: (e.order, e.label)):
            if _allowed(entry.permission, codes):
                try:
                    result.append((entry, reverse(entry.url_name)))
                except NoReverseMatch:
                    continue
        return result[:limit]


class Details:
    """What every page of a record may show besides its own: comments, watching."""

    def __init__(self):
        self.sources: list[Callable] = []

    def add(self, source):
        """`source(view) -> dict` for the template; empty when the record has none of it."""
        if source not in self.sources:
            self.sources.append(source)

    def context(self, view) -> dict:
        result = {}
        for source in self.sources:
            result |= source(view)
        return result


details = Details()
navigation = Navigation()
search = Search()
inbox = Inbox()
appointments = Appointments()
timeline = Timeline()
quick = Quick()
