"""What inspections hang into the shared pages."""

from soe.web.registry import Appointment, Entry, Hit, Task, appointments, inbox, navigation, search, timeline
from soe.web.text import day as day_words
from soe.web.text import number


def register():
    from objects.register import dossier, summaries
    from soe.web.views import Action

    navigation.add(
        group="Kataster",
        label="Kontrollen",
        url_name="objects:inspection_day_list",
        icon="clipboard",
        order=30,
        permission="inspection.view",
        count=open_invitations,
    )
    search.add(kind="Kontrollen", icon="clipboard", order=40, permission="inspection.view", find=find)
    inbox.add(tasks)
    appointments.add(coming)
    timeline.add("objects.Property", entries, rows=_past)
    dossier.add_tab(
        dossier.Tab(
            "kontrollen",
            "Kontrollen",
            "objects/inspections/property_tab.html",
            tab_context,
            count=tab_count,
            permission="inspection.view",
            order=30,
        )
    )
    dossier.add_panel(
        dossier.Panel(
            "aside",
            "objects/inspections/property_panel.html",
            panel_context,
            permission="inspection.view",
            order=50,
            rows=_held,
        )
    )
    dossier.add_action(
        Action(
            "Kontrolle planen",
            "objects:inspection_day_create",
            action="add",
            model=_model("InspectionDay"),
            query="?objekt={pk}",
            icon="clipboard",
        ),
        order=40,
    )
    summaries.add_step_source(steps)


def _model(name):
    from django.apps import apps

    return apps.get_model("objects", name)


def open_invitations(user):
    return _model("InspectionParticipation").objects.restrict(user, "answer").to_answer()


def find(user, query, limit):
    """By number ("KT-2026-03", "kt 2026 3"), meeting point or city."""
    from soe.web.folding import tokens

    rows = _model("InspectionDay").objects.restrict(user, "view")
    words = tokens(query)[:6]
    if not words:
        return []
    for word in words:
        rows = rows.filter(search__contains=word)
    return [
        Hit(
            f"{day.number}: {day_words(day.date)}",
            day.get_absolute_url(),
            f"{day.get_state_display()}{', ' + day.meeting_point if day.meeting_point else ''}",
        )
        for day in rows.order_by("-date")[:limit]
    ]


def tasks(user, today):
    """Invitations to answer; own sections to close, late ones first."""
    from django.urls import reverse

    invited = _model("InspectionParticipation").objects.restrict(user, "answer").to_answer()
    for row in invited.select_related("day", "department").order_by("day__date", "id"):
        yield Task(
            f"Einladung zur Kontrolle am {day_words(row.day.date)} beantworten",
            reverse("objects:inspection_answer", args=[row.pk]),
            f"{row.day.number} · {row.department}",
            group="waiting",
            since=row.invited_on,
            button="Antworten",
        )
    sections = _model("InspectionSection").objects.restrict(user, "record").filter(day__date__lte=today)
    for row in sections.select_related("day", "department").order_by("due_on", "id"):
        yield Task(
            f"Abschnitt zu {row.day.number} abschließen",
            row.get_absolute_url(),
            f"Kontrolle vom {day_words(row.day.date)} · {row.department}",
            due=row.due_on,
            button="Abschnitt öffnen",
        )
    if user.may("inspection.publish"):
        days = _model("InspectionDay").objects.restrict(user, "publish").filter(state="closed")
        for day in days.with_counts().order_by("section_due_on", "id"):
            if day.all_sections == day.closed_sections or (day.section_due_on and day.section_due_on < today):
                yield Task(
                    f"Protokoll zu {day.number} veröffentlichen",
                    day.get_absolute_url(),
                    f"{day.closed_sections} von {day.all_sections} Abschnitten sind fertig",
                    due=day.section_due_on,
                    button="Ansehen",
                )


def coming(user, today):
    days = _model("InspectionDay").objects.restrict(user, "view").upcoming(today)
    for day in days.order_by("date", "id")[:8]:
        yield Appointment(day.date, f"Kontrolle {day.number}", day.get_absolute_url(), day.meeting_point)


def _past(user, house):
    from .models import Inspection, InspectionDay

    days = InspectionDay.objects.restrict(user, "view").exclude(state__in=("planned", "cancelled"))
    return [Inspection.objects.filter(property=house, day__in=days.order_by().values("pk"))]


def entries(user, house, inspections):
    """Timeline of a property: each inspection with its counts. Nothing internal."""
    from .totals import totals_of_houses

    rows = list(inspections.select_related("day__lead"))
    sums = totals_of_houses([row.pk for row in rows])
    for row in rows:
        day, totals = row.day, sums.get(row.pk)
        held = day.state in ("running", "closed", "published")
        text = row.reason or day.reason
        if held and totals is not None:
            text = words(totals)
        bodies = totals.bodies if totals else 0
        yield Entry(
            day.date,
            f"Objektkontrolle mit {number(bodies)} Stellen." if held else "Objektkontrolle geplant.",
            text,
            department=day.lead,
            visibility="open",
            url=day.get_absolute_url(),
            icon="clipboard",
        )


def words(totals) -> str:
    """„12 Wohneinheiten, 10 betreten. 41 gemeldet, 29 angetroffen, 5 nicht gemeldet. 9 Feststellungen.“"""
    parts = []
    if totals.dwellings:
        parts.append(f"{number(totals.dwellings)} Wohneinheiten, {number(totals.entered)} betreten.")
    persons = [
        f"{number(value)} {label}"
        for value, label in (
            (totals.registered, "gemeldet"),
            (totals.met, "angetroffen"),
            (totals.unregistered, "nicht gemeldet"),
        )
        if value is not None
    ]
    if persons:
        parts.append(", ".join(persons) + ".")
    if totals.found:
        parts.append("1 Feststellung." if totals.found == 1 else f"{number(totals.found)} Feststellungen.")
    return " ".join(parts)


def steps(property_ids):
    """The next planned inspection is a step of the property."""
    from objects.register.summaries import Step

    rows = _model("Inspection").objects.filter(
        property__in=property_ids, day__state__in=("planned", "invited")
    )
    for row in rows.select_related("day"):
        yield Step(
            row.property_id,
            f"Kontrolle {row.day.number}",
            row.day.date,
            row.day.lead_id,
            row.day.get_absolute_url(),
        )


def _inspections(user, house):
    from .models import Inspection, InspectionDay

    days = InspectionDay.objects.restrict(user, "view").order_by().values("pk")
    return Inspection.objects.filter(property=house, day__in=days)


def tab_count(user, house):
    return _inspections(user, house)


def tab_context(request, house):
    from .selectors import open_findings
    from .totals import totals_of_houses

    rows = list(_inspections(request.user, house).select_related("day__lead").order_by("-day__date"))
    sums = totals_of_houses([row.pk for row in rows])
    for row in rows:
        row.totals = sums.get(row.pk)
    return {"inspections": rows, "open_findings": list(open_findings(request.user, house))}


def _held(user, house):
    return _inspections(user, house).filter(day__state__in=("running", "closed", "published"))


def panel_context(request, house):
    """The last inspection that took place, as facts beside the page."""
    from .selectors import crowded, open_findings
    from .totals import totals_of_houses

    last = _held(request.user, house).select_related("day").order_by("-day__date").first()
    if last is None:
        return None
    checked, small = crowded(last.visits.entered().select_related("inspection__day"))
    return {
        "last": last,
        "last_totals": totals_of_houses([last.pk]).get(last.pk),
        "checked": checked,
        "small": small,
        "open_count": open_findings(request.user, house).count(),
    }
