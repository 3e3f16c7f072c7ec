"""Counting inspections: totals per day, the running balance, everything as numbers and never as rows.

Totals are open to whoever may see the day, whatever the visibility of the single finding: they name nobody.
A total that a publication stated replaces the sum of the dwellings. None means: not counted, never 0.
"""

from collections import defaultdict
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, Sum

from .models import (
    CountKind,
    DwellingVisit,
    Finding,
    ImmediateMeasure,
    Inspection,
    InspectionDay,
    MeasureKind,
    OpeningBalance,
    StatedTotal,
)
from .models.days import HOME_CITY


@dataclass
class MeasureTotal:
    """`count` sums what was counted; `uncounted` rows happened without a number ("mehrere")."""

    count: int = 0
    uncounted: int = 0
    amount: Decimal | None = None
    stated_as: list[str] = field(default_factory=list)

    @property
    def words(self):
        parts = [str(self.count)] if self.count else []
        parts += self.stated_as or (["ohne Anzahl"] if self.uncounted else [])
        return ", ".join(parts)


@dataclass
class Totals:
    """What came out of one or several inspection days."""

    houses: int | None = None
    dwellings: int | None = None
    entered: int | None = None
    nobody: int | None = None
    refused: int | None = None
    registered: int | None = None
    met: int | None = None
    unregistered: int | None = None
    gone: int | None = None
    children: int | None = None
    benefit_not_met: int | None = None
    with_defect: int | None = None
    stated_as: dict[str, str] = field(default_factory=dict)
    measures: dict[str, MeasureTotal] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)
    dangers: int = 0

    def measured(self, kind) -> int | None:
        """How often `kind` was done; None when nothing of it is recorded or it was not counted."""
        total = self.measures.get(str(kind))
        return total.count or None if total else None

    @property
    def deregistered(self):
        return self.measured(MeasureKind.DEREGISTERED)

    @property
    def documents(self):
        return self.measured(MeasureKind.DOCUMENT_SECURED)

    @property
    def access_rate(self):
        """Share of dwellings entered, in per cent."""
        return (
            round(100 * self.entered / self.dwellings)
            if self.dwellings and self.entered is not None
            else None
        )

    @property
    def defect_rate(self):
        """Mängelquote: share of the dwellings entered in which something was found."""
        return (
            round(100 * self.with_defect / self.entered)
            if self.entered and self.with_defect is not None
            else None
        )

    @property
    def count_rows(self):
        """[(label, number or None, words of the source)]: what was counted; houses always."""
        rows = [(kind, getattr(self, kind), self.stated_as.get(kind, "")) for kind in CountKind]
        return [
            (kind.label, value, words)
            for kind, value, words in rows
            if value is not None or words or kind == CountKind.HOUSES
        ]

    @property
    def measure_rows(self):
        """[(label, MeasureTotal)] in the order of the closed list."""
        return [(kind.label, self.measures[kind]) for kind in MeasureKind if kind in self.measures]

    @property
    def finding_rows(self):
        from .models import Category

        return [(kind.label, self.findings[kind]) for kind in Category if kind in self.findings]

    def add(self, other):
        """Put another day's totals on top; None stays unknown only while nobody counted."""
        for entry in fields(self):
            if entry.type in ("int | None", int | None):
                mine, theirs = getattr(self, entry.name), getattr(other, entry.name)
                if theirs is not None:
                    setattr(self, entry.name, (mine or 0) + theirs)
        self.dangers += other.dangers
        self.stated_as.update(other.stated_as)
        for kind, row in other.measures.items():
            mine = self.measures.setdefault(kind, MeasureTotal())
            mine.count += row.count
            mine.uncounted += row.uncounted
            mine.stated_as += row.stated_as
            if row.amount is not None:
                mine.amount = (mine.amount or Decimal(0)) + row.amount
        for category, number in other.findings.items():
            self.findings[category] = self.findings.get(category, 0) + number
        return self


_VISIT_SUMS = {name: Sum(name) for name in DwellingVisit.COUNTS}


def totals_for(days, *, stated=True, houses=True) -> dict[object, Totals]:
    """Totals of each inspection day in `days` (a queryset or list of keys): five queries, whatever the number.

    stated=False leaves out what publications state, houses=False the number of houses (the caller knows them).
    """
    if hasattr(days, "query"):
        days = days.order_by().values("pk")
    result: dict = defaultdict(Totals)
    defects = Finding.objects.exclude(severity="ok").exclude(state="withdrawn")
    for day, number in _grouped(Inspection, days, "day", number=Count("pk")) if houses else ():
        result[day].houses = number["number"]
    for day, row in _grouped(
        DwellingVisit,
        days,
        "inspection__day",
        dwellings=Count("pk"),
        entered=Count("pk", filter=Q(access__in=("granted", "partly"))),
        nobody=Count("pk", filter=Q(access="nobody")),
        refused=Count("pk", filter=Q(access="refused")),
        with_defect=Count(
            "pk",
            filter=Q(access__in=("granted", "partly")) & Exists(defects.filter(visit=OuterRef("pk"))),
        ),
        **_VISIT_SUMS,
    ):
        for name, value in row.items():
            setattr(result[day], name, value)
    for day, row in _grouped(
        defects, days, "day", "category", found=Sum("count"), rows=Count("pk", filter=Q(count=None)),
        dangers=Count("pk", filter=Q(severity="danger")),
    ):  # fmt: skip
        result[day].findings[row["category"]] = (row["found"] or 0) + row["rows"]
        result[day].dangers += row["dangers"]
    for day, row in _grouped(
        ImmediateMeasure, days, "day", "kind", "stated_as", found=Sum("count"), rows=Count("pk", filter=Q(count=None)),
        euros=Sum("amount"),
    ):  # fmt: skip
        total = result[day].measures.setdefault(row["kind"], MeasureTotal())
        total.count += row["found"] or 0
        total.uncounted += row["rows"]
        if row["stated_as"]:
            total.stated_as.append(row["stated_as"])
        if row["euros"] is not None:
            total.amount = (total.amount or Decimal(0)) + row["euros"]
    if not stated:
        return result
    for total in StatedTotal.objects.filter(day__in=days).order_by():
        setattr(result[total.day_id], total.kind, total.value)
        if total.stated_as:
            result[total.day_id].stated_as[total.kind] = total.stated_as
    return result


def _grouped(source, days, path, *keys, **sums):
    rows = source.objects.all() if isinstance(source, type) else source
    for row in rows.filter(**{f"{path}__in": days}).order_by().values(path, *keys).annotate(**sums):
        yield row.pop(path), row


def day_totals(day: InspectionDay, houses: int | None = None) -> Totals:
    """Totals of one day; `houses` when the caller has already counted them."""
    totals = totals_for([day.pk], stated=day.is_stated, houses=houses is None)[day.pk]
    if houses is not None and "houses" not in totals.stated_as and totals.houses is None:
        totals.houses = houses
    return totals


def sum_of(days) -> Totals:
    """One sum over many days."""
    result = Totals()
    for totals in totals_for(days).values():
        result.add(totals)
    return result


@dataclass
class Balance:
    """Everything since counting began: what was counted before (opening balance) plus the days recorded here."""

    city: str
    until: date
    since: str
    days: int
    totals: Totals
    opening: OpeningBalance | None


def running_balance(city: str = HOME_CITY, until: date | None = None) -> Balance:
    """The balance of a city at the end of `until` (default: today). Days up to the opening balance stand in it."""
    from django.utils import timezone

    until = until or timezone.localdate()
    opening = OpeningBalance.objects.filter(city=city, as_of__lte=until).order_by("-as_of").first()
    days = InspectionDay.objects.held().filter(city=city, date__lte=until)
    if opening is not None:
        days = days.filter(date__gt=opening.as_of)
    totals, number = sum_of(days), days.count()
    since = ""
    if opening is not None:
        since, number = opening.since, number + (opening.days or 0)
        before = Totals(houses=opening.houses, registered=opening.registered)
        for kind, value in (
            (MeasureKind.DEREGISTERED, opening.deregistered),
            (MeasureKind.DOCUMENT_SECURED, opening.documents),
        ):
            if value is not None:
                before.measures[kind] = MeasureTotal(count=value)
        totals.add(before)
    else:
        first = days.order_by("date").values_list("date", flat=True).first()
        since = f"{first:%d.%m.%Y}" if first else ""
    return Balance(city, until, since, number, totals, opening)


COUNT_LABELS = dict(CountKind.choices)


@dataclass
class HouseTotals:
    """What one inspection of one house came to, for its timeline and its tab."""

    dwellings: int = 0
    entered: int = 0
    registered: int | None = None
    met: int | None = None
    unregistered: int | None = None
    found: int = 0
    bodies: int = 0


def totals_of_houses(inspections) -> dict[object, HouseTotals]:
    """Counts of single inspections (keys): three queries, whatever the number."""
    result = {pk: HouseTotals() for pk in inspections}
    rows = DwellingVisit.objects.filter(inspection__in=list(result)).order_by().values("inspection")
    for row in rows.annotate(
        dwellings=Count("pk"),
        entered=Count("pk", filter=Q(access__in=("granted", "partly"))),
        registered=Sum("registered"),
        met=Sum("met"),
        unregistered=Sum("unregistered"),
    ):
        house = result[row.pop("inspection")]
        for name, value in row.items():
            setattr(house, name, value)
    defects = Finding.objects.exclude(severity="ok").exclude(state="withdrawn")
    for pk, number in (
        defects.filter(inspection__in=list(result))
        .order_by()
        .values_list("inspection")
        .annotate(n=Count("pk"))
    ):
        result[pk].found = number
    bodies = Inspection.objects.filter(pk__in=list(result), day__participations__state="accepted").order_by()
    for pk, number in bodies.values_list("pk").annotate(n=Count("day__participations")):
        result[pk].bodies = number
    return result
