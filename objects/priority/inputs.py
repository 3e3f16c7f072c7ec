"""What points may be given for, counted for many properties at once.

The score is read by everyone in the register. It must therefore count nothing that one of these readers could not
know anyway: the number would tell what the record hides. Each input says why it is allowed, and every query here
filters by `OPEN` where a record has a visibility. See the decision 0017.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum

from soe.departments.models import Visibility

YEAR = timedelta(days=365)
FEW = 3  # fewer children are not named: a small number may be one family


class Input(models.TextChoices):
    """The closed list; a new one is a function here, never a formula typed by somebody."""

    CONFIRMED_HIGH = "confirmed_high", "bestätigte Problemlage, Schwere hoch"
    CONFIRMED_MEDIUM = "confirmed_medium", "bestätigte Problemlage, Schwere mittel"
    CONFIRMED_LOW = "confirmed_low", "bestätigte Problemlage, Schwere gering"
    SUSPECTED = "suspected", "Verdacht auf eine Problemlage"
    PRESSURE_HIGH = "pressure_high", "Ampel: Problemdruck hoch"
    PRESSURE_MEDIUM = "pressure_medium", "Ampel: Problemdruck mittel"
    ITEMS_LATE = "items_late", "überfälliger Punkt einer Verfügung"
    MEASURES_LATE = "measures_late", "überfällige Maßnahme"
    COMPLAINTS = "complaints", "Beschwerde in den letzten 12 Monaten"
    REPEATED = "repeated", "offener Mangel, der schon bei einer früheren Kontrolle festgestellt wurde"
    DANGERS = "dangers", "offene Feststellung „Gefahr“"
    CHILDREN = "children", "kleine Kinder bei der letzten Kontrolle"
    OVERCROWDED = "overcrowded", "zu eng belegte Wohneinheit bei der letzten Kontrolle"
    DWELLINGS = "dwellings", "Wohneinheit im Haus"
    VACANT = "vacant", "leerstehend"
    PARTLY_VACANT = "partly_vacant", "teilweise leer"


# code -> one and many, as the property's page says them; {n} is the number.
WORDS = {
    Input.CONFIRMED_HIGH: ("1 bestätigte Problemlage, Schwere hoch", "{n} bestätigte Problemlagen, Schwere hoch"),
    Input.CONFIRMED_MEDIUM: ("1 bestätigte Problemlage, Schwere mittel", "{n} bestätigte Problemlagen, Schwere mittel"),
    Input.CONFIRMED_LOW: ("1 bestätigte Problemlage, Schwere gering", "{n} bestätigte Problemlagen, Schwere gering"),
    Input.SUSPECTED: ("1 Problemlage im Verdacht", "{n} Problemlagen im Verdacht"),
    Input.PRESSURE_HIGH: ("Problemdruck hoch", "Problemdruck hoch"),
    Input.PRESSURE_MEDIUM: ("Problemdruck mittel", "Problemdruck mittel"),
    Input.ITEMS_LATE: ("1 Punkt einer Verfügung überfällig", "{n} Punkte von Verfügungen überfällig"),
    Input.MEASURES_LATE: ("1 Maßnahme überfällig", "{n} Maßnahmen überfällig"),
    Input.COMPLAINTS: ("1 Beschwerde in 12 Monaten", "{n} Beschwerden in 12 Monaten"),
    Input.REPEATED: ("1 Mangel erneut festgestellt", "{n} Mängel erneut festgestellt"),
    Input.DANGERS: ("1 offene Gefahr festgestellt", "{n} offene Gefahren festgestellt"),
    Input.CHILDREN: ("1 kleines Kind angetroffen", "{n} kleine Kinder im Haus"),
    Input.OVERCROWDED: ("1 Wohneinheit zu eng belegt", "{n} Wohneinheiten zu eng belegt"),
    Input.DWELLINGS: ("1 Wohneinheit", "{n} Wohneinheiten"),
    Input.VACANT: ("leerstehend", "leerstehend"),
    Input.PARTLY_VACANT: ("teilweise leer", "teilweise leer"),
}  # fmt: skip


def words(code, number, at_least=1):
    """`at_least`: from which number the rule holds, said where two rules over one number are to stay two reasons."""
    one, many = WORDS[Input(code)]
    return (one if number == 1 else many.format(n=number)) + (f" (ab {at_least})" if at_least > 1 else "")


@dataclass(frozen=True)
class Source:
    """`count(ids, today) -> {code: Counter of property ids}` for its codes."""

    codes: frozenset
    count: Callable


SOURCES: list[Source] = []


def source(*codes):
    def add(function):
        SOURCES.append(Source(frozenset(codes), function))
        return function

    return add


def numbers(ids, today, codes) -> dict:
    """{code: {property id: number}} of the inputs `codes`, a fixed number of queries for any number of ids."""
    found: dict = {}
    for entry in SOURCES:
        if entry.codes & set(codes):
            found |= entry.count(ids, today)
    return found


def _per(rows, field):
    return Counter(
        {
            row[field]: row["n"]
            for row in rows.order_by().values(field).annotate(n=Count("pk")).values(field, "n")
        }
    )


@source(Input.CONFIRMED_HIGH, Input.CONFIRMED_MEDIUM, Input.CONFIRMED_LOW, Input.SUSPECTED)
def problems(ids, today):
    """Problem areas have no visibility: everyone in the register reads them."""
    from objects.register.models import ProblemArea

    level = {3: Input.CONFIRMED_HIGH, 2: Input.CONFIRMED_MEDIUM, 1: Input.CONFIRMED_LOW}
    found = {code: Counter() for code in (*level.values(), Input.SUSPECTED)}
    rows = ProblemArea.objects.open().filter(property__in=ids).order_by()
    for house, state, severity in rows.values_list("property", "state", "severity"):
        found[level[severity] if state == "confirmed" else Input.SUSPECTED][house] += 1
    return found


@source(Input.PRESSURE_HIGH, Input.PRESSURE_MEDIUM)
def light(ids, today):
    """The latest traffic light; everyone in the register reads it."""
    from objects.register.models import Assessment, Property

    latest = (
        Assessment.objects.filter(property=OuterRef("pk"))
        .order_by("-on", "-created_at")
        .values("pressure")[:1]
    )
    found = {Input.PRESSURE_HIGH: Counter(), Input.PRESSURE_MEDIUM: Counter()}
    rows = Property.objects.filter(pk__in=ids).order_by().annotate(now=Subquery(latest))
    for house, pressure in rows.values_list("pk", "now"):
        if pressure in (2, 3):
            found[Input.PRESSURE_HIGH if pressure == 3 else Input.PRESSURE_MEDIUM][house] = 1
    return found


@source(Input.ITEMS_LATE)
def items(ids, today):
    """Only of proceedings that are open to everyone."""
    from objects.proceedings.models import OrderItem

    rows = OrderItem.objects.overdue(today).filter(
        order__proceeding__property__in=ids, order__proceeding__visibility=Visibility.OPEN
    )
    return {Input.ITEMS_LATE: _per(rows, "order__proceeding__property")}


@source(Input.MEASURES_LATE)
def measures(ids, today):
    """Only measures that are open to everyone and belong to no closed proceeding."""
    from objects.proceedings.models import Measure

    rows = Measure.objects.overdue(today).filter(
        Q(proceeding=None) | Q(proceeding__visibility=Visibility.OPEN),
        property__in=ids,
        visibility=Visibility.OPEN,
    )
    return {Input.MEASURES_LATE: _per(rows, "property")}


@source(Input.COMPLAINTS)
def complaints(ids, today):
    """That there is a complaint is known to the whole register (who reported is not counted); repetitions count."""
    from objects.complaints.selectors import complaints_at

    return {Input.COMPLAINTS: Counter(house for house, _ in complaints_at(ids, today - YEAR, today))}


@source(Input.REPEATED, Input.DANGERS)
def findings(ids, today):
    """Only findings whose department shows them to everyone."""
    from objects.inspections.models import Finding

    rows = Finding.objects.open().filter(inspection__property__in=ids, visibility=Visibility.OPEN)
    return {
        Input.REPEATED: _per(rows.filter(carried_from__isnull=False), "inspection__property"),
        Input.DANGERS: _per(rows.filter(severity="danger"), "inspection__property"),
    }


def _last_visits(ids, today):
    """Entered dwellings of the last inspection of each property; counts are read by the whole register."""
    from objects.inspections.models import DwellingVisit, Inspection

    last = (
        Inspection.objects.filter(property=OuterRef("inspection__property"), day__date__lte=today)
        .filter(visits__access__in=("granted", "partly"))
        .order_by("-day__date", "-pk")
        .values("pk")[:1]
    )
    return (
        DwellingVisit.objects.entered()
        .filter(inspection__property__in=ids, inspection=Subquery(last))
        .order_by()
    )


@source(Input.CHILDREN)
def children(ids, today):
    """A number of the whole house, and only from three on."""
    rows = _last_visits(ids, today).values(house=F("inspection__property")).annotate(n=Sum("small_children"))
    return {Input.CHILDREN: Counter({row["house"]: row["n"] for row in rows if (row["n"] or 0) >= FEW})}


@source(Input.OVERCROWDED)
def overcrowded(ids, today):
    """Checked against the threshold valid on the day of the inspection."""
    from objects.inspections.models import OccupancyThreshold
    from objects.inspections.occupancy import check

    found, laws = Counter(), {}
    for visit in _last_visits(ids, today).select_related("inspection__day"):
        day = visit.inspection.day.date
        if day not in laws:
            laws[day] = OccupancyThreshold.objects.valid_on(day)
        result = laws[day] and check(visit, day, laws[day])
        if result is not None and result.too_small:
            found[visit.inspection.property_id] += 1
    return {Input.OVERCROWDED: found}


@source(Input.DWELLINGS, Input.VACANT, Input.PARTLY_VACANT)
def facts(ids, today):
    """What stands at the head of every property page."""
    from objects.register.models import Property

    found = {code: Counter() for code in (Input.DWELLINGS, Input.VACANT, Input.PARTLY_VACANT)}
    rows = (
        Property.objects.filter(pk__in=ids).order_by().values_list("pk", "dwellings_count", "occupancy_state")
    )
    for house, dwellings, state in rows:
        found[Input.DWELLINGS][house] = dwellings or 0
        if state in ("vacant", "partly"):
            found[Input.VACANT if state == "vacant" else Input.PARTLY_VACANT][house] = 1
    return found
