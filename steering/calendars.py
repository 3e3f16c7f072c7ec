"""Meetings as calendar events: body, number, time and place. Who sits there is not in the file."""

from django.conf import settings

from soe.web.calendars import feeds
from soe.web.calendars.events import Event


def register():
    feeds.add("meetings", meetings)


def meetings(user, since):
    from .selectors import own_meetings

    base = settings.SOE_BASE_URL.rstrip("/")
    rows = own_meetings(user).filter(start__date__gte=since).select_related("committee")
    for row in rows.order_by("start", "id"):
        yield event(row, base + row.get_absolute_url())


def event(meeting, url=""):
    return Event(
        uid=f"{meeting.pk}@sitzungen.soe",
        sequence=meeting.version,
        start=meeting.start,
        end=meeting.end,
        summary=str(meeting),
        changed_at=meeting.changed_at,
        location=meeting.location,
        url=url,
        cancelled=meeting.state == meeting.State.CANCELLED,
        tentative=meeting.invited_at is None,
    )
