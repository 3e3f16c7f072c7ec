"""Open work of the register when a department closes. Findings, notes, old periods stay with it as history."""

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from soe.audit import bulk
from soe.departments import handover
from soe.web.comments.watching import saved_many

OPEN_DAYS = ("planned", "invited", "running", "closed")


def register():
    add = handover.departments.add
    add("Federführungen", "objects.Property", "lead_department", open=_in_register, move=_leads)
    add("laufende Beteiligungen", "objects.Participation", "department", open=_running, move=_participations)
    add(
        "offene Verfahren",
        "objects.Proceeding",
        "department",
        open=_open,
        blocked=_same_file_numbers,
        follow=_proceedings,
    )
    add("offene Maßnahmen", "objects.Measure", "department", open=_open, follow=_due("MEASURE"))
    add("wiederkehrende Maßnahmen", "objects.MeasureSeries", "department", open=_running, follow=saved_many)
    add(
        "laufende Ziele",
        "objects.Goal",
        "department",
        open=lambda rows: rows.filter(ended_on=None),
        follow=_due("REVIEW"),
    )
    add(
        "offene Beschwerden",
        "objects.Complaint",
        "department",
        open=lambda rows: rows.not_closed(),
        follow=_due("ANSWER"),
    )
    add(
        "weitergeleitete Beschwerden",
        "objects.Complaint",
        "forwarded_to",
        open=lambda rows: rows.not_closed(),
        blocked=_forwarded_between,
        follow=_due("ANSWER"),
    )
    add("Verteilregeln", "objects.RoutingRule", "lead")
    add("Beteiligungen an Verteilregeln", "objects.RoutingRuleParticipant", "department", move=_once("rule"))
    for path, label in (
        ("asked_department", "Auskunftsersuchen an die Stelle"),
        ("asking_department", "Auskunftsersuchen der Stelle"),
    ):
        add(
            label,
            "objects.InformationRequest",
            path,
            open=_asked,
            blocked=_asked_between,
            follow=_due("REQUEST"),
        )
    add("laufende Einsatztage", "objects.InspectionDay", "lead", open=_days)
    add(
        "Teilnahmen an künftigen Einsatztagen",
        "objects.InspectionParticipation",
        "department",
        open=lambda rows: rows.filter(day__state__in=("planned", "invited")),
        move=_once("day", keep=True),
    )
    add(
        "offene Abschnitte",
        "objects.InspectionSection",
        "department",
        open=lambda rows: rows.filter(state="open", day__state__in=OPEN_DAYS),
        blocked=_sections_of_both,
        follow=saved_many,
    )
    add("Prüfpunkte der Kontrollen", "objects.ChecklistItem", "department", follow=saved_many)
    add("offene Hilfebedarfe", "objects.HelpNeed", "offered_to", open=lambda rows: rows.filter(state="open"))


def _in_register(rows):
    return rows.filter(retired_on=None)


def _open(rows):
    return rows.open()


def _running(rows):
    return rows.running()


def _asked(rows):
    return rows.filter(state="asked")


def _days(rows):
    return rows.filter(state__in=OPEN_DAYS)


def _houses(rows):
    """Summaries of the houses, for what SummarisedModel.save() would have done; and who watches hears of it."""
    from .register.summaries import refresh

    refresh([row.property_id for row in rows if getattr(row, "property_id", None)])
    saved_many(rows)


def _due(kind):
    def follow(rows):
        from .proceedings import due

        due.sync(due.K[kind], [row.pk for row in rows])
        _houses(rows)

    return follow


def _proceedings(rows):
    from .proceedings import due

    due.of_proceedings([row.pk for row in rows])
    _houses(rows)


def _leads(rows, source, to, by, reason):
    """As `change_lead(keep_participating=False)` for each, with a fixed number of queries."""
    from .priority.scoring import rescore
    from .register.models import LeadPeriod, Participation

    today, ids = timezone.localdate(), [row.pk for row in rows]
    periods = list(LeadPeriod.objects.filter(property__in=ids, until=None).select_for_update())
    if any(period.since > today for period in periods):
        raise ValidationError("Eine Federführung beginnt erst später. Bitte ändern Sie diese zuerst.")
    for row in rows:
        row.lead_department = to
    for period in periods:
        period.until = today
    bulk.update(rows, ["lead_department"], reason=reason)
    bulk.update(periods, ["until"], reason=reason)
    new = [LeadPeriod(property=row, department=to, since=today, reason=reason) for row in rows]
    bulk.create(new, reason=reason)
    rescore(ids)
    saved_many(rows)
    for row in Participation.objects.running().filter(property__in=ids, department=to):
        row.close(by=by, outcome=Participation.Closing.LEAD, reason=reason, on=today)


def _participations(rows, source, to, by, reason):
    """Where the successor leads or takes part already, the participation ends; elsewhere it changes its name."""
    from objects.register.models import Participation

    for row in rows:
        others = Participation.objects.running().filter(property_id=row.property_id, department=to)
        if row.property.lead_department_id == to.pk or others.exists():
            row.close(by=by, outcome=Participation.Closing.OTHER, reason=reason)
        else:
            row.department = to
            row.save(reason=reason)


def _once(parent, keep=False):
    """For rows that may exist once per parent: a second one is removed, or left to the history."""

    def move(rows, source, to, by, reason):
        for row in rows:
            twin = type(row).objects.filter(
                **{f"{parent}_id": getattr(row, f"{parent}_id"), "department": to}
            )
            if not twin.exists():
                row.department = to
                row.save(reason=reason)
            elif not keep:
                row.delete(reason=reason)

    return move


def _same_file_numbers(rows, source, to):
    if to is None:
        return ""
    taken = rows.model.objects.filter(department=to).order_by().values("file_number")
    count = rows.filter(file_number__in=taken).count()
    return (
        f"{count} Aktenzeichen gibt es bei „{to}“ schon. Bitte ändern Sie diese Aktenzeichen zuerst."
        if count
        else ""
    )


def _forwarded_between(rows, source, to):
    if to is not None and (count := rows.filter(department=to).count()):
        return f"{count} davon sind bei „{to}“ und warten auf Antwort. Bitte zuerst annehmen oder ablehnen."
    return ""


def _asked_between(rows, source, to):
    if to is None:
        return ""
    both = rows.filter(Q(asked_department=to) | Q(asking_department=to)).count()
    if both:
        return f"{both} davon betreffen beide Stellen. Bitte zuerst beantworten oder zurückziehen."
    mine = rows.model.objects.filter(state="asked", asking_department=to)
    asking = rows.filter(asking_department=source).order_by()
    same = Q(proceeding__in=asking.exclude(proceeding=None).values("proceeding"))
    same |= Q(measure__in=asking.exclude(measure=None).values("measure"))
    waiting = mine.filter(same).count()
    return f"{waiting} davon hat „{to}“ selbst schon gestellt. Bitte zuerst zurückziehen." if waiting else ""


def _sections_of_both(rows, source, to):
    if to is None:
        return ""
    twins = rows.model.objects.filter(department=to).order_by().values("day_id")
    count = rows.filter(day_id__in=twins).count()
    return (
        f"An {count} Tagen haben beide Stellen einen Abschnitt. Bitte schließen Sie diese Abschnitte zuerst."
        if count
        else ""
    )
