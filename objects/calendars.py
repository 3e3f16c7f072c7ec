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


def deadlines(user, since):
    """What the owner may act on and has to by a day; done ones drop out."""
    from .models import Complaint, Measure, OrderItem

    rows = Measure.objects.restrict(user, "change").open().filter(due_on__gte=since)
    for row in rows.select_related("property").order_by("due_on", "id"):
        yield _due(row, row.due_on, f"Frist: Maßnahme an {row.property.number}", "massnahme")
    rows = Complaint.objects.restrict(user, "change").open().filter(wants_answer=True, answer_due__gte=since)
    for row in rows.order_by("answer_due", "id"):
        yield _due(row, row.answer_due, f"Frist: Beschwerde {row.number} beantworten", "antwort")
    rows = OrderItem.objects.restrict(user, "change").running().filter(due_on__gte=since)
    for row in rows.select_related("order__proceeding__property").order_by("due_on", "id"):
        number = row.order.proceeding.property.number
        yield _due(row, row.due_on, f"Frist: Verfügung an {number}, Punkt {row.number}", "verfuegung")


def _due(row, day, summary, kind):
    return Event(
        uid=f"{row.pk}@{kind}.soe",
        sequence=row.version,
        start=day,
        summary=summary,
        changed_at=row.changed_at,
        url=address(row),
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
