"""What a feed may hold. Each source starts from restrict() of the owner, asked anew at every fetch."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

BACK = timedelta(days=60)


@dataclass
class Choice:
    name: str
    label: str
    help: str
    sources: list[Callable] = field(default_factory=list)


choices: dict[str, Choice] = {
    "deadlines": Choice(
        "deadlines", "Meine Fristen", "Maßnahmen, Antworten und Verfügungen, die Sie bearbeiten"
    ),
    "inspections": Choice(
        "inspections", "Kontrollen meines Fachbereichs", "Einsatztage, an denen er teilnimmt"
    ),
    "meetings": Choice(
        "meetings", "Meine Sitzungen", "der Gremien, in denen Sie sitzen oder die Sie vorbereiten"
    ),
}


def add(choice, source):
    """`source(user, since) -> Iterable[Event]` of what is on or after the day `since`."""
    choices[choice].sources.append(source)


def events(user, wanted):
    since = timezone.localdate() - BACK
    for name in wanted:
        for source in choices[name].sources:
            yield from source(user, since)
