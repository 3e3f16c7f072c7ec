"""Invitations to meetings as letters."""

from django.conf import settings

from soe.web.letters import sources
from soe.web.letters.sources import LetterSource
from soe.web.text import clock, local_date, long_day

INVITATION = """Sehr geehrte Damen und Herren,

zur Sitzung {{ gremium }} lade ich Sie ein:

{{ tag }}, {{ uhrzeit }}
{{ ort }}

Tagesordnung:

{{ tagesordnung }}

Mit freundlichen Grüßen

{{ bearbeitung }}"""


def agenda(meeting, user):
    from .models import AgendaItem

    rows = AgendaItem.objects.restrict(user, "view").filter(meeting=meeting).order_by("position")
    return "\n".join(f"- TOP {row.position}: {row.title}" for row in rows)


def members(meeting, user):
    """One address per seat on the day of the meeting: the person, or whoever leads the department."""
    seats = meeting.committee.memberships.restrict(user, "view").current(local_date(meeting.start))
    for seat in seats.select_related("user", "department"):
        if seat.user_id:
            yield f"{seat.user.get_full_name() or seat.user}\n{meeting.committee}"[:300]
        else:
            yield f"{settings.SOE_CITY}\n{seat.department.name}\nLeitung"[:300]


def register():
    from .models import Meeting

    sources.add(
        Meeting,
        LetterSource(
            label="Sitzung",
            placeholders={
                "gremium": ("Gremium", lambda row, user: str(row.committee), "Lenkungskreis"),
                "tag": ("Tag", lambda row, user: long_day(row.start), "Mittwoch, 2. Dezember 2026"),
                "uhrzeit": ("Uhrzeit", lambda row, user: clock(row.start), "14.00 Uhr"),
                "ort": ("Ort", lambda row, user: row.location, "Rathaus, Raum 214"),
                "tagesordnung": ("Tagesordnung", agenda, "- TOP 1: Begrüßung\n- TOP 2: Bericht"),
            },
            recipients=members,
            reference=lambda row: str(row)[:60],
            templates=(("Einladung zur Sitzung", "Einladung: {{ gremium }} am {{ tag }}", INVITATION),),
        ),
    )
