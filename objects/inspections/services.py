"""What takes more than one record: planning a day, recording on site, handing on. Dates are parameters.

The seam for work without network: every write on site goes through `record_visit` and `record_answer`, which find
their row again by a key the device made (`client_key`, or section × visit × item). A queue on the device may repeat
them in any order and at any time; the pages already post exactly these values.
"""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from objects.proceedings.models import Measure
from objects.register.services import participate
from soe.audit.context import acting_as
from soe.departments.models import Department
from soe.departments.scope import departments_granting

from .models import (
    DwellingVisit,
    Finding,
    HelpNeed,
    Inspection,
    InspectionDay,
    InspectionNote,
    InspectionParticipation,
    InspectionSection,
)
from .models.days import MOST_HOUSES


@transaction.atomic
def plan_day(
    *,
    by,
    date: date,
    lead: Department,
    houses: Iterable = (),
    departments: Iterable[Department] = (),
    first=None,
    **facts,
) -> InspectionDay:
    """A new day with its houses in the order of visits and the departments to invite.

    houses: properties. first: the department that enters first. facts: meet_at, meeting_point, interpreters, reason.
    """
    with acting_as(by):
        day = InspectionDay(date=date, lead=lead, **facts)
        day.full_clean(exclude=["number"])
        day.save()
        set_houses(day, houses, by=by)
        set_departments(day, departments, by=by, first=first)
    return day


@transaction.atomic
def set_houses(day, houses, *, by) -> None:
    """Make `houses` the houses of the day in this order. One with visits or findings stays."""
    wanted = list(dict.fromkeys(houses))
    if len(wanted) > MOST_HOUSES:
        raise ValidationError(f"Ein Einsatztag hat höchstens {MOST_HOUSES} Objekte.", code="too_many")
    with acting_as(by):
        day.lock()
        _must_be_planned(day)
        known = {row.property_id: row for row in day.inspections.all()}
        for key, row in list(known.items()):
            if key not in {house.pk for house in wanted} and row.property_id:
                if row.visits.exists() or row.findings.exists():
                    raise ValidationError(f"Zu „{row}“ ist schon etwas erfasst.", code="recorded")
                known.pop(key).delete(reason="aus dem Einsatztag genommen")
        # Free the positions first: two houses may change places.
        for offset, row in enumerate(sorted(known.values(), key=lambda row: row.position), start=1):
            target = offset if row.property_id is None else None
            if target and row.position != target:
                row.position = target
                row.save()
        _reorder(day, wanted, known)


@transaction.atomic
def take_off(inspection, *, by, reason):
    """Take one house off the list of a planned day; the others keep their places."""
    with acting_as(by):
        day = inspection.day.lock()
        _must_be_planned(day)
        if inspection.visits.exists() or inspection.findings.exists():
            raise ValidationError(f"Zu „{inspection}“ ist schon etwas erfasst.", code="recorded")
        inspection.delete(reason=reason)


def _reorder(day, wanted, known):
    for position, house in enumerate(wanted, start=1):
        row = known.get(house.pk)
        if row is not None and row.position == position:
            continue
        blocking = day.inspections.filter(position=position).first()
        if blocking is not None:
            blocking.position = _free_position(day)
            blocking.save()
            if blocking.property_id in known:
                known[blocking.property_id].position = blocking.position
                known[blocking.property_id].version = blocking.version
        if row is None:
            Inspection(
                day=day,
                property=house,
                position=position,
                follow_up_of=last_inspection(house, before=day.date),
            ).save()
        else:
            row.position = position
            row.save()


def _free_position(day):
    taken = set(day.inspections.values_list("position", flat=True))
    free = next((n for n in range(MOST_HOUSES, 0, -1) if n not in taken), None)
    if free is None:
        raise ValidationError(
            "Bei neun Objekten lässt sich die Reihenfolge nicht tauschen. Bitte nehmen Sie erst eines heraus.",
            code="full",
        )
    return free


def last_inspection(house, before: date) -> Inspection | None:
    """The last inspection of this house with findings that are still open: the new one is its follow-up."""
    with_open = Finding.objects.open().filter(inspection__property=house).order_by().values("inspection")
    return (
        Inspection.objects.filter(property=house, day__date__lt=before, pk__in=with_open)
        .order_by("-day__date")
        .first()
    )


@transaction.atomic
def set_departments(day, departments, *, by, first=None) -> None:
    """Choose who is to be invited. Who was invited already stays; on an invited day new ones are invited at once."""
    wanted = list(dict.fromkeys(departments))
    with acting_as(by):
        day.lock()
        _must_be_planned(day)
        known = {row.department_id: row for row in day.participations.exclude(department=None)}
        for key, row in list(known.items()):
            if key not in {department.pk for department in wanted} and row.state == "planned":
                known.pop(key).delete(reason="nicht mehr vorgesehen")
        for department in wanted:
            row = known.get(department.pk)
            enters_first = first is not None and department.pk == first.pk
            if row is None:
                row = InspectionParticipation(day=day, department=department, enters_first=enters_first)
                row.save()
                if day.state != InspectionDay.State.PLANNED:
                    row.invite(by=by)
            elif row.enters_first != enters_first:
                row.enters_first = enters_first
                row.save()


def _must_be_planned(day):
    if day.state not in (InspectionDay.State.PLANNED, InspectionDay.State.INVITED):
        raise ValidationError(
            f"Der Einsatztag ist {day.get_state_display()}. Objekte und Stellen ändern sich nur bis zum Beginn.",
            code="begun",
        )


def own_section(user, day) -> InspectionSection | None:
    """The section in which `user` may record on this day."""
    sections = InspectionSection.objects.restrict(user, "record").filter(day=day)
    return sections.select_related("department").order_by("department__position").first()


def ensure_running(day, *, by) -> None:
    """The first entry on site begins the day, if coordination has not pressed the button."""
    if day.state == InspectionDay.State.INVITED:
        day.start(by=by, reason="erste Erfassung vor Ort")


def must_be_open(section) -> None:
    """Lock the section: nobody writes into it while it is being closed, and two devices write one after the other."""
    section.lock()
    if section.state != InspectionSection.State.OPEN:
        raise ValidationError(
            f"{section} ist inzwischen abgeschlossen. Zum Ergänzen muss er wieder geöffnet werden.",
            code="closed",
        )


class Contested(ValidationError):
    """Somebody else changed the same count meanwhile: {field: (value now, value posted)}."""

    def __init__(self, fields):
        self.fields = fields
        super().__init__(
            "Inzwischen hat eine andere Stelle dieselbe Zahl geändert. Bitte prüfen und noch einmal speichern.",
            code="contested",
        )


@transaction.atomic
def record_visit(
    inspection,
    *,
    by,
    section,
    changes: dict,
    seen: dict | None = None,
    visit=None,
    dwelling=None,
    client_key=None,
) -> DwellingVisit:
    """Write counts of one dwelling. Only `changes` are written, so that two departments do not undo each other.

    seen: what the form showed for these fields; a field that changed meanwhile to something else raises Contested.
    """
    with acting_as(by):
        must_be_open(section)
        ensure_running(inspection.day, by=by)
        if visit is None:
            inspection.lock()  # two departments at one door: the second finds the row of the first
        if visit is None and dwelling is not None:
            visit = inspection.visits.filter(dwelling=dwelling).first()
        if visit is None and client_key is not None:
            visit = inspection.visits.filter(client_key=client_key).first()
        if visit is None:
            visit = DwellingVisit(inspection=inspection, dwelling=dwelling, recorded_by=section.department)
            if client_key is not None:
                visit.client_key = client_key
            if dwelling is not None:
                visit.location, visit.area = dwelling.location[:80], dwelling.area
            visit.position = inspection.visits.count() + 1
        else:
            visit.lock()
            _refuse_contested(visit, changes, seen or {})
        for name, value in changes.items():
            setattr(visit, name, value)
        if changes or visit._state.adding:
            visit.full_clean(exclude=["inspection", "dwelling", "recorded_by"], validate_unique=False)
            visit.save()
    return visit


def _refuse_contested(visit, changes, seen):
    contested = {}
    for name, value in changes.items():
        now = getattr(visit, name)
        if name in seen and now != seen[name] and now != value:
            contested[name] = (now, value)
    if contested:
        raise Contested(contested)


@transaction.atomic
def record_answer(section, item, severity, *, by, inspection, visit=None) -> Finding | None:
    """One answer of the checklist. Empty takes an answer back that nobody has built on."""
    with acting_as(by):
        must_be_open(section)
        known = Finding.objects.filter(section=section, item=item, inspection=inspection, visit=visit).first()
        if not severity:
            if known is not None and known.measure_id is None and known.carried_from_id is None:
                known.delete(reason="Antwort zurückgenommen")
            return None
        if known is None:
            known = Finding(
                inspection=inspection, visit=visit, item=item, category=item.category, level=item.level
            ).belong_to(section)
        elif known.severity == severity:
            return known
        known.severity = severity
        known.save()
    return known


@transaction.atomic
def write_note(section, text, *, by, visit=None, inspection=None, visibility=None) -> InspectionNote | None:
    """The department's note on a dwelling (one each) or on its section (several)."""
    with acting_as(by):
        must_be_open(section)
        known = (
            InspectionNote.objects.filter(section=section, visit=visit).first() if visit is not None else None
        )
        if known is not None:
            if known.text == text:
                return known
            if not text:
                known.delete(reason="Notiz entfernt")
                return None
        elif not text:
            return None
        else:
            known = InspectionNote(visit=visit, inspection=inspection).belong_to(section)
        known.text = text
        if visibility:
            known.visibility = visibility
        known.save()
    return known


@transaction.atomic
def measure_from_finding(finding, *, by, kind, what, due_on, on=None) -> Measure:
    """A measure of the department that found it. From now on it acts at the property, and everybody sees that."""
    on = on or timezone.localdate()
    finding.lock()
    if finding.measure_id is not None:
        raise ValidationError("Zu dieser Feststellung gibt es schon eine Maßnahme.", code="exists")
    if finding.inspection_id is None or finding.inspection.property_id is None:
        raise ValidationError("Die Feststellung gehört zu keinem Objekt im Kataster.", code="no_property")
    department = finding.department
    if department.pk not in departments_granting(by, "measure.change"):
        raise PermissionDenied
    house = finding.inspection.property
    with acting_as(by, reason=f"Feststellung {finding.day}"):
        if house.lead_department_id != department.pk:
            participate(house, department, by=by, on=on, accepted=True, reason=f"Feststellung {finding.day}")
        measure = Measure(
            property=house,
            department=department,
            kind=kind,
            what=what,
            due_on=due_on,
            begun_on=on,
            visibility=finding.visibility,
        )
        measure.full_clean(exclude=["property", "department", "original_due_on"])
        measure.save()
        finding.measure, finding.due_on = measure, finding.due_on or due_on
        finding.save()
    return measure


@transaction.atomic
def take_over_help_need(
    help_need: HelpNeed, *, by, department: Department, on: date | None = None
) -> HelpNeed:
    """`department` (a carrier or offer) takes care of it. Refused unless `by` may do that for `department`."""
    allowed = HelpNeed.objects.restrict(by, "take").filter(pk=help_need.pk).exists()
    if not allowed or department.pk not in departments_granting(by, "helpneed.take"):
        raise PermissionDenied
    help_need.take_over(by=by, department=department, on=on or timezone.localdate())
    return help_need
