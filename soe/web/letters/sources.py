"""Which records letters can be written on, and what such a letter may name. Filled in AppConfig.ready()."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from ..targets import Target
from ..text import day


@dataclass(frozen=True)
class LetterSource:
    """placeholders: {name: (label, function(record, user) -> str, sample)}; recipient(record, user) -> lines of the
    address; reference(record) -> our sign. `read` and `write`: rules of the model behind seeing and writing."""

    label: str
    placeholders: dict[str, tuple[str, Callable, str]]
    recipient: Callable = lambda record, user: ""
    # recipients(record, user) -> addresses of all who get the same letter; None: this kind has no such letters
    recipients: Callable | None = None
    reference: Callable = lambda record: str(getattr(record, "number", ""))
    read: str = "view"
    write: str = "change"
    templates: tuple = ()  # (name, subject, body) that a city starts with
    sent: Callable | None = None  # sent(letter, by): what follows for the record, in the same transaction


# Every letter can name these.
COMMON = {
    "datum": ("Datum des Briefs", lambda record, user: day(timezone.localdate()), "27.11.2026"),
    "fachbereich": ("Ihr Fachbereich", None, "Fachbereich Bauordnung"),
    "bearbeitung": ("Ihr Name", lambda record, user: user.get_full_name(), "Nadine Brinkhoff"),
    "stadt": ("Name der Stadt", lambda record, user: settings.SOE_CITY, "Stadt Herne"),
    "zeichen": ("Unser Zeichen", None, "B-2026-0042"),
}

_sources: dict[str, tuple[Target, LetterSource]] = {}


def add(model, source: LetterSource):
    target = Target(model, frozenset({"letters"}), read=source.read, write=source.write)
    _sources[model._meta.label_lower] = (target, source)


def source_for(label) -> LetterSource | None:
    found = _sources.get(label if isinstance(label, str) else label._meta.label_lower)
    return found[1] if found else None


def target_of(label) -> Target | None:
    found = _sources.get(label)
    return found[0] if found else None


def targets() -> list[Target]:
    return [target for target, _ in _sources.values()]


def choices():
    return sorted(((label, source.label) for label, (_, source) in _sources.items()), key=lambda row: row[1])


def allowed(label) -> dict[str, tuple[str, str]]:
    """{name: (label, sample)} of what a template for this kind of record may name."""
    source = source_for(label)
    rows = COMMON | (source.placeholders if source else {})
    return {name: (words, sample) for name, (words, _, sample) in rows.items()}


def values(record, user, department) -> dict[str, str]:
    source = source_for(type(record))
    rows = COMMON | source.placeholders
    found = {name: str(function(record, user) or "") for name, (_, function, _) in rows.items() if function}
    return found | {"fachbereich": department.full_name, "zeichen": source.reference(record)}
