"""What apps hand to the quarterly report: aggregates with their definition and source, never persons.

An app's `selectors.quarter_figures(quarter)` returns a list of `Figure` and `FigureTable`. The report protects small
numbers, compares with frozen earlier quarters and freezes the result; apps deliver exact numbers and where they lead.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from django.utils import timezone


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter. `code` is "2026-Q3"; people read "3. Quartal 2026"."""

    year: int
    number: int

    def __post_init__(self):
        if not 1 <= self.number <= 4:
            raise ValueError("A quarter is 1, 2, 3 or 4.")

    @classmethod
    def of(cls, day: date):
        return cls(day.year, (day.month - 1) // 3 + 1)

    @classmethod
    def parse(cls, text: str):
        """Accepts 2026-Q3, 2026Q3, 3/2026. Raises ValueError with a German sentence."""
        cleaned = text.strip().upper().replace(" ", "")
        try:
            if "/" in cleaned:
                number, year = cleaned.split("/")
            else:
                year, number = cleaned.replace("-", "").split("Q")
            return cls(int(year), int(number))
        except ValueError:
            raise ValueError(f"„{text}“ ist kein Quartal. Beispiel: 2026-Q3") from None

    @property
    def code(self):
        return f"{self.year}-Q{self.number}"

    @property
    def label(self):
        return f"{self.number}. Quartal {self.year}"

    @property
    def start(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> date:
        """Last day; the Stichtag of every stock (24:00)."""
        return self.next().start - timedelta(days=1)

    @property
    def start_at(self) -> datetime:
        """Start of the flow, inclusive, local time."""
        return timezone.make_aware(datetime.combine(self.start, time.min))

    @property
    def end_at(self) -> datetime:
        """End of the flow, exclusive: the first moment of the next quarter."""
        return timezone.make_aware(datetime.combine(self.next().start, time.min))

    def shift(self, quarters: int):
        index = self.year * 4 + self.number - 1 + quarters
        return Quarter(index // 4, index % 4 + 1)

    def next(self):
        return self.shift(1)

    def previous(self):
        return self.shift(-1)

    def __str__(self):
        return self.label


class Section(StrEnum):
    """Sections of the report (reference/peers-steering § 4.1)."""

    POPULATION = "2"
    REGISTER = "3"
    INSPECTIONS = "4"
    COMPLAINTS = "5"
    OFFERS = "6"
    DECISIONS = "7"
    FUNDING = "8"
    NEEDED = "9"


class Protect(StrEnum):
    """Whose small numbers are hidden: persons below 5, objects below 3 (settings); none for e.g. decisions or euros."""

    PERSONS = "persons"
    OBJECTS = "objects"
    NONE = "none"


@dataclass(frozen=True)
class Figure:
    """One headline number. key: stable, dotted, e.g. "register.stock"; value None: not recorded (never 0 for unknown).

    `headline`: may stand in section 1 "Auf einen Blick". `drilldown`: address of the rows behind it.
    `quote`: the source's own words when the number is not exact ("knapp 3.200"). A share ("%") is handed in together
    with the counts it comes from: `part_of=(part, whole)`; it is hidden when one of them or their difference is small.
    """

    key: str
    section: Section
    label: str
    value: int | Decimal | None
    definition: str
    source: str
    unit: str = ""
    as_of: date | None = None
    protect: Protect = Protect.NONE
    headline: bool = False
    drilldown: str = ""
    quote: str = ""
    part_of: tuple[int, int] | None = None


@dataclass(frozen=True)
class FigureTable:
    """A table of counts. rows: (label, [one value per column]). None: not recorded.

    `additive_rows` / `additive_columns`: the last row / column is the sum of those before it; the report then also
    hides complementary cells, so that nobody can subtract. `drilldown[(row, column)]`: address of the rows behind.
    `shares[(row, column)]`: a name for the number in this cell, given wherever else in the report (or an earlier one)
    the same number stands; a Figure's name is its key. Totals with the same label in one section are matched anyway.
    `signs[row]`: -1 for rows that are subtracted in an additive column. `signed_rows` may be negative; `neutral_rows`
    count nobody (the rest of a balance).
    """

    key: str
    section: Section
    title: str
    row_title: str
    columns: list[str]
    rows: list[tuple[str, list[int | Decimal | None]]]
    definition: str
    source: str
    as_of: date | None = None
    protect: Protect = Protect.NONE
    additive_rows: bool = False
    additive_columns: bool = False
    drilldown: dict[tuple[int, int], str] = field(default_factory=dict)
    shares: dict[tuple[int, int], str] = field(default_factory=dict)
    signs: dict[int, int] = field(default_factory=dict)
    signed_rows: tuple[int, ...] = ()
    neutral_rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class TextRows:
    """Rows of text for sections 7 to 9 (decisions, funding, what must be decided). Each value is text or a number."""

    key: str
    section: Section
    title: str
    columns: list[str]
    rows: list[list[str]]
    source: str
    as_of: date | None = None
    links: dict[int, str] = field(default_factory=dict)
