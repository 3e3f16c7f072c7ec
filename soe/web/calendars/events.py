"""Events as iCalendar (RFC 5545) through the library `icalendar`: fixed UID, rising SEQUENCE, local time with its zone.

An event holds file numbers, bodies and places; no attendees, no organiser, nothing anybody wrote about a case.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Timezone
from icalendar import Event as IcalEvent

BERLIN = ZoneInfo("Europe/Berlin")
USUAL_LENGTH = timedelta(hours=2)
PRODID = "-//SOE//Kalender//DE"


@dataclass(frozen=True)
class Event:
    """`start` is a moment, or a day for what has no hour (a deadline). `sequence`: the version of the record."""

    uid: str
    sequence: int
    start: date | datetime
    summary: str
    changed_at: datetime
    end: date | datetime | None = None
    location: str = ""
    url: str = ""
    cancelled: bool = False
    tentative: bool = False

    @property
    def all_day(self):
        return not isinstance(self.start, datetime)


def at(day, clock):
    """The local moment of a day and an hour of the clock."""
    return datetime.combine(day, clock, tzinfo=BERLIN)


def calendar(events, *, name="", method="PUBLISH") -> bytes:
    result = Calendar()
    result.add("prodid", PRODID)
    result.add("version", "2.0")
    result.add("calscale", "GREGORIAN")
    result.add("method", method)
    if name:
        result.add("x-wr-calname", name)
        result.add("x-wr-timezone", BERLIN.key)
        result.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    events = list(events)
    years = [event.start.year for event in events if not event.all_day]
    if years:
        first, last = date(min(years) - 1, 1, 1), date(max(years) + 2, 1, 1)
        result.add_component(Timezone.from_tzid(BERLIN.key, first_date=first, last_date=last))
    for event in events:
        result.add_component(component(event))
    return result.to_ical()


def one(event) -> tuple[bytes, str]:
    """A file with this event, and the method it carries: opening it enters the event, or takes it out."""
    method = "CANCEL" if event.cancelled else "PUBLISH"
    return calendar([event], method=method), method


def component(event):
    row = IcalEvent()
    row.add("uid", event.uid)
    row.add("sequence", event.sequence)
    row.add("dtstamp", event.changed_at.astimezone(UTC))
    row.add("last-modified", event.changed_at.astimezone(UTC))
    if event.all_day:
        row.add("dtstart", event.start)
        row.add("dtend", (event.end or event.start) + timedelta(days=1))
        row.add("transp", "TRANSPARENT")  # a deadline does not block the day
    else:
        start = event.start.astimezone(BERLIN)
        row.add("dtstart", start)
        # Hours are added on the time line, not on the clock: two hours stay two hours when the clocks change.
        end = event.end or (event.start.astimezone(UTC) + USUAL_LENGTH)
        row.add("dtend", end.astimezone(BERLIN))
    row.add("summary", event.summary)
    if event.location:
        row.add("location", event.location)
    if event.url:
        row.add("url", event.url)
        row.add("description", f"In SOE öffnen: {event.url}")
    row.add("status", "CANCELLED" if event.cancelled else "TENTATIVE" if event.tentative else "CONFIRMED")
    return row
