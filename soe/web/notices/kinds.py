"""What notices there are, and which words their titles may consist of.

A title goes into the bell, into lists and into mails. It holds fixed words and these parts only:

- {number}  a file number drawn by SOE (never a number typed by people: those may hold a name)
- {department}  the short name of a department or carrier
- {date}  17.11.2026
- {count}  a whole number

Whatever does not fit is replaced by the label of the kind: an odd value costs a detail, never a leak.
"""

import logging
import re
from dataclasses import dataclass
from functools import cached_property

logger = logging.getLogger("soe.notices")

NUMBER = r"(?:[A-ZÄÖÜ0-9]{1,8}-)?\d{1,6}(?:[-/]\d{1,6}){0,2}(?:-TOP\d{1,3})?"
PARTS = {
    "number": NUMBER,
    "department": r"(?P<department>.{1,40}?)",
    "date": r"\d\d\.\d\d\.\d{4}",
    "count": r"\d+",
}
CHANNELS = {
    "bell": "Glocke",
    "daily": "Glocke und tägliche Mail",
    "weekly": "Glocke und wöchentliche Mail",
    "off": "aus",
}


def number_of(obj) -> str:
    """The file number of a record when it is one that SOE draws; otherwise nothing."""
    number = str(getattr(obj, "number", None) or getattr(obj, "reference", None) or "")
    return number if re.fullmatch(NUMBER, number) else ""


@dataclass(frozen=True)
class Kind:
    """`about`: labels of the models a notice may point at; None: whatever may be watched or commented."""

    code: str
    label: str
    about: tuple[str, ...] | None = ()
    titles: tuple[str, ...] = ()
    channel: str = "daily"
    group: str = "Allgemein"
    permission: str = ""  # offered in the settings to people holding it

    @cached_property
    def patterns(self):
        return [re.compile(_pattern(title)) for title in self.titles]

    def checked(self, title) -> str:
        """The title, or the label of this kind when the title holds anything that is not declared."""
        from soe.departments.models import Department

        for pattern in self.patterns:
            match = pattern.fullmatch(title)
            if match is None:
                continue
            department = match.groupdict().get("department")
            if department is None or Department.objects.filter(short_name=department).exists():
                return title
        if title != self.label:
            logger.warning("notice title of kind %s not declared", self.code)
        return self.label


def _pattern(title):
    parts = re.split(r"\{(\w+)\}", title)
    return "".join(PARTS[part] if place % 2 else re.escape(part) for place, part in enumerate(parts))


class Kinds:
    def __init__(self):
        self.entries: dict[str, Kind] = {}

    def add(self, code, label, *, about=(), titles=(), channel="daily", group="Allgemein", permission=""):
        if channel not in CHANNELS:
            raise ValueError(f"Unknown channel {channel!r}; known: {sorted(CHANNELS)}")
        about = None if about is None else tuple(name.lower() for name in about)
        kind = Kind(code, label, about, tuple(titles), channel, group, permission)
        _ = kind.patterns  # an unknown part raises at start, not when the first notice is written
        self.entries[code] = kind
        return kind

    def get(self, code) -> Kind:
        try:
            return self.entries[code]
        except KeyError:
            raise KeyError(f"Unknown kind of notice {code!r}; known: {sorted(self.entries)}") from None

    def groups(self, codes):
        """{group: [kinds]} for somebody holding the permissions `codes`."""
        result = {}
        for kind in self.entries.values():
            if not kind.permission or kind.permission in codes:
                result.setdefault(kind.group, []).append(kind)
        return result

    def models(self):
        """Labels of every model a notice may be about."""
        from .records import watchable

        return sorted(
            {name for kind in self.entries.values() for name in kind.about or ()} | set(watchable())
        )


kinds = Kinds()


def channel_of(user, kind: Kind) -> str:
    """How this person wants to hear about `kind`."""
    chosen = ((user.preferences or {}).get("notices") or {}).get(kind.code)
    return chosen if chosen in CHANNELS else kind.channel
