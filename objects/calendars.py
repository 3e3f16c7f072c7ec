"""Dates of the register as calendar events: numbers and places, nothing that somebody wrote about a case."""

from django.conf import settings
from django.db.models import Q

from soe.departments.scope import departments_granting
from soe.web.calendars import feeds
from soe.web.calendars.events import Event, at


def register():
    feeds.add("deadlines", deadlines)
    feeds.add("inspections", inspections)


def address(obj):
    return settings.SOE_BASE_URL.rstrip("/") + obj.get_absolute_url()


# What follows the id of the record in the UID; entries that people subscribed to keep theirs.
UIDS = {"measure": "massnahme", "answer": "antwort", "item": "verfuegung"}


def deadlines(user, since):
    """What the owner may act on and has to by a day; done ones drop out."""
    from .models import Deadline

    base = settings.SOE_BASE_URL.rstrip("/")
    for row in Deadline.objects.filter(due_on__gte=since).restrict(user, "change"):
        yield Event(
            uid=f"{row.source_id}@{UIDS.get(row.kind, row.kind)}.soe",
            sequence=row.source_version,
            start=row.due_on,
            summary=row.summary,
            changed_at=row.changed_at,
            url=base + row.url,
        )


def inspections(user, since):
    """Days that a department of the owner leads or takes part in."""
    from .models import InspectionDay

    mine = departments_granting(user, "inspection.view")
    taking_part = Q(lead__in=mine) | Q(
        participations__department__in=mine, participations__state__in=("invited", "accepted")
    )
    found = InspectionDay.objects.filter(taking_part).order_by().values("pk")
    rows = InspectionDay.objects.restrict(user).filter(pk__in=found, date__gte=since, source="")
    for row in rows.order_by("date", "id"):
        yield inspection(row, address(row))


def inspection(row, url):
    return Event(
        uid=f"{row.pk}@kontrollen.soe",
        sequence=row.version,
        start=at(row.date, row.meet_at) if row.meet_at else row.date,
        summary=f"Kontrolle {row.number}",
        changed_at=row.changed_at,
        location=row.meeting_point,
        url=url,
        cancelled=row.state == row.State.CANCELLED,
        tentative=row.state == row.State.PLANNED,
    )
