"""What others may read about inspections: open findings of a house, help needs, figures of a quarter."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from soe.web.figures import Figure, FigureTable, Protect, Quarter, Section

from . import occupancy
from .models import (
    DwellingVisit,
    Finding,
    HelpNeed,
    InspectionDay,
    InspectionParticipation,
    InspectionSection,
    MeasureKind,
    OccupancyThreshold,
)
from .totals import running_balance, sum_of

SOURCE = "Kontrollen, Einsatztage der Stadt"


@dataclass(frozen=True)
class SectionStub:
    """All that a reader gets of a section whose contents are not hers: the fields of InspectionSection.STUB_FIELDS."""

    department: str
    state: str
    due_on: date
    closed_on: date | None


def section_stub(section: InspectionSection) -> SectionStub:
    return SectionStub(
        str(section.department), section.get_state_display(), section.due_on, section.closed_on
    )


def open_findings(user, house, before: InspectionDay | None = None):
    """Findings at a house that are still open and that `user` may read: where a follow-up starts."""
    rows = Finding.objects.restrict(user, "view").open().of_property(house)
    if before is not None:
        rows = rows.filter(day__date__lt=before.date)
    return rows.select_related("department", "inspection", "visit", "day").order_by(
        "day__date", "category", "id"
    )


def open_help_needs(user, department=None):
    """Help needs waiting for an offer; `department` narrows to those meant for it or for anybody."""
    rows = HelpNeed.objects.restrict(user, "view").waiting().select_related("day", "offered_to", "inspection")
    if department is not None:
        rows = rows.filter(Q(offered_to=None) | Q(offered_to=department))
    return rows.order_by("-urgent", "day__date", "id")


def crowded(visits: Iterable[DwellingVisit]) -> tuple[int, int]:
    """(dwellings checked, dwellings with too little space), each against the law of its day."""
    thresholds = list(OccupancyThreshold.objects.order_by("-valid_from"))
    checked = small = 0
    for visit in visits:
        day = visit.inspection.day.date
        law = next(
            (
                t
                for t in thresholds
                if t.valid_from <= day and (t.valid_until is None or t.valid_until >= day)
            ),
            None,
        )
        result = occupancy.check(visit, day, law) if law else None
        if result is not None and result.required is not None:
            checked += 1
            small += result.too_small
    return checked, small


def quarter_figures(quarter: Quarter) -> list[Figure | FigureTable]:
    """Section 4 of the quarterly report: our own days of the quarter, and the running balance at its end."""
    days = InspectionDay.objects.own().held().filter(date__gte=quarter.start, date__lte=quarter.end)
    totals = sum_of(days)
    # Departments that took part; a department counts once, however often it came.
    bodies = InspectionParticipation.objects.filter(
        day__in=days.order_by().values("pk"), state="accepted"
    ).exclude(present=False)
    checked, small = crowded(
        DwellingVisit.objects.entered()
        .filter(inspection__day__in=days.order_by().values("pk"))
        .select_related("inspection__day")
        .order_by()
    )
    drill = f"{reverse('objects:inspection_day_list')}?von={quarter.start}&bis={quarter.end}"

    def figure(key, label, value, definition, **more):
        return Figure(
            f"inspections.{key}",
            Section.INSPECTIONS,
            label,
            value,
            definition,
            SOURCE,
            as_of=quarter.end,
            **({"drilldown": drill} | more),
        )

    def share(part, whole):
        return (part, whole) if whole and part is not None else None

    objects, persons = {"protect": Protect.OBJECTS}, {"protect": Protect.PERSONS}
    return [
        figure("days", "Einsatztage", days.count(), "Einsatztage, die im Quartal stattfanden", headline=True),
        figure(
            "houses",
            "Kontrollierte Häuser",
            totals.houses or 0,
            "Objektkontrollen an diesen Tagen",
            headline=True,
        ),
        figure(
            "departments",
            "Beteiligte Stellen",
            bodies.aggregate(n=Count("department", distinct=True))["n"],
            "Fachbereiche und Behörden mit Zusage, jede einmal gezählt",
        ),
        figure("dwellings", "Wohneinheiten", totals.dwellings, "an der Tür erfasste Wohneinheiten"),
        figure(
            "entered",
            "Betretene Wohneinheiten",
            totals.entered,
            "Zutritt gewährt oder nur teilweise",
            headline=True,
        ),
        figure(
            "access_rate",
            "Zutrittsquote",
            totals.access_rate,
            "betretene je erfasster Wohneinheit",
            unit="%",
            part_of=share(totals.entered, totals.dwellings),
        ),
        figure(
            "defect_rate",
            "Mängelquote",
            totals.defect_rate,
            "betretene Wohneinheiten mit mindestens einem Mangel",
            unit="%",
            part_of=share(totals.with_defect, totals.entered),
        ),
        figure(
            "registered", "Gemeldete Personen", totals.registered, "laut Melderegister, nur Anzahl", **persons
        ),
        figure("met", "Angetroffene Personen", totals.met, "bei der Kontrolle gezählt", **persons),
        figure(
            "unregistered",
            "Angetroffen, nicht gemeldet",
            totals.unregistered,
            "bei der Kontrolle gezählt",
            **persons,
        ),
        figure("gone", "Gemeldet, nicht mehr dort", totals.gone, "bei der Kontrolle festgestellt", **persons),
        figure(
            "deregistered",
            "Von Amts wegen abgemeldet",
            totals.deregistered,
            "Sofortmaßnahmen dieser Art",
            **persons,
        ),
        figure(
            "children",
            "Schulpflichtige Kinder ohne Schulbesuch",
            totals.children,
            "bei der Kontrolle festgestellt, an FB 31 gemeldet",
            **persons,
        ),
        figure(
            "crowded",
            "Wohneinheiten mit zu wenig Fläche",
            small if checked else None,
            f"unter der Mindestfläche des Tages, von {checked} prüfbaren",
            **objects,
        ),
        figure(
            "late_sections",
            "Verspätete Abschnitte",
            InspectionSection.objects.filter(day__reference_city=False, due_on__lte=quarter.end)
            .filter(day__state__in=("running", "closed", "published"))
            .filter(Q(closed_on=None) | Q(closed_on__gt=quarter.end))
            .count(),
            "am Stichtag fällig und nicht abgeschlossen",
        ),
        figure(
            "help_needs",
            "Hilfebedarfe",
            HelpNeed.objects.filter(day__in=days.order_by().values("pk")).exclude(state="withdrawn").count(),
            "aus den Kontrollen des Quartals, ohne Namen",
        ),
        *_tables(quarter, totals),
    ]


def _tables(quarter, totals):
    tables = []
    if totals.finding_rows:
        rows = [(label, [number]) for label, number in totals.finding_rows]
        rows.append(("Summe", [sum(number for _, number in totals.finding_rows)]))
        tables.append(
            FigureTable(
                "inspections.findings",
                Section.INSPECTIONS,
                "Feststellungen nach Art",
                "Art",
                ["Mängel"],
                rows,
                "Mängel und Gefahren, ohne zurückgenommene",
                SOURCE,
                as_of=quarter.end,
                additive_rows=True,
            )
        )
    if totals.measure_rows:
        tables.append(
            FigureTable(
                "inspections.measures",
                Section.INSPECTIONS,
                "Sofortmaßnahmen",
                "Art",
                ["Anzahl", "Betrag in €"],
                [(label, [total.count or None, total.amount]) for label, total in totals.measure_rows],
                "was am Tag oder unmittelbar danach geschah",
                SOURCE,
                as_of=quarter.end,
            )
        )
    balance = running_balance(until=quarter.end)
    tables.append(
        FigureTable(
            "inspections.balance",
            Section.INSPECTIONS,
            "Laufende Bilanz",
            "Zahl",
            ["seit Beginn"],
            balance_rows(balance),
            f"alle Einsatztage der Stadt seit {balance.since or 'Beginn'} bis zum Stichtag",
            SOURCE,
            as_of=quarter.end,
        )
    )
    return tables


def balance_rows(balance):
    """[(label, [value])] of a running balance."""
    totals = balance.totals
    return [
        ("Einsatztage", [balance.days]),
        ("Häuser", [totals.houses]),
        ("Betretene Wohneinheiten", [totals.entered]),
        ("Geprüfte gemeldete Personen", [totals.registered]),
        ("Angetroffene Personen", [totals.met]),
        ("Angetroffen, nicht gemeldet", [totals.unregistered]),
        ("Von Amts wegen abgemeldet", [totals.deregistered]),
        ("Sichergestellte Dokumente", [totals.documents]),
        ("Für unbewohnbar erklärt", [totals.measured(MeasureKind.UNFIT)]),
        ("Nutzung untersagt", [totals.measured(MeasureKind.USE_PROHIBITED)]),
        ("Haftbefehle vollstreckt", [totals.measured(MeasureKind.WARRANT)]),
    ]


def next_days(user, today=None, limit=5):
    """Coming inspection days the reader may see."""
    today = today or timezone.localdate()
    return InspectionDay.objects.restrict(user, "view").upcoming(today).order_by("date", "number")[:limit]
