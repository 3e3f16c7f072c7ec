"""A meeting as an iCalendar file (RFC 5545): fixed UID, rising SEQUENCE, local time with its zone, no persons."""

from datetime import UTC, timedelta

from django.utils import timezone

from .models import Meeting

ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE"""
USUAL_LENGTH = timedelta(hours=2)


def invitation(meeting, *, url="") -> bytes:
    """The same UID and a higher SEQUENCE replace the entry; a cancelled meeting removes it."""
    cancelled = meeting.state == Meeting.State.CANCELLED
    end = meeting.end or meeting.start + USUAL_LENGTH
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//SOE//Sitzungen//DE",
        "CALSCALE:GREGORIAN",
        # PUBLISH has no attendees: who sits in a committee is not in the file.
        f"METHOD:{'CANCEL' if cancelled else 'PUBLISH'}",
        *ZONE.split("\n"),
        "BEGIN:VEVENT",
        f"UID:{meeting.pk}@sitzungen.soe",
        f"SEQUENCE:{meeting.ics_sequence}",
        f"DTSTAMP:{meeting.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;TZID=Europe/Berlin:{timezone.localtime(meeting.start):%Y%m%dT%H%M%S}",
        f"DTEND;TZID=Europe/Berlin:{timezone.localtime(end):%Y%m%dT%H%M%S}",
        f"SUMMARY:{escape(str(meeting))}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED' if meeting.invited_at else 'TENTATIVE'}",
    ]
    if meeting.location:
        lines.append(f"LOCATION:{escape(meeting.location)}")
    if url:
        lines += [f"DESCRIPTION:{escape('Tagesordnung und Unterlagen: ' + url)}", f"URL:{url}"]
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return b"".join(fold(line) for line in lines)


def escape(value) -> str:
    value = value.replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
    return value.replace("\r\n", r"\n").replace("\n", r"\n").replace("\r", r"\n")


def fold(line) -> bytes:
    """At most 75 octets a line, never in the middle of a character."""
    parts, current = [], b""
    for character in line:
        piece = character.encode()
        if len(current) + len(piece) > 74:
            parts.append(current)
            current = b""
        current += piece
    return b"\r\n ".join([*parts, current]) + b"\r\n"
