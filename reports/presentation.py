"""A cube as pages and papers show it: words, bars and lines. Works on cubes alone, frozen or draft."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.urls import Resolver404, resolve

from soe.web import rights
from soe.web.policy import policy_of
from soe.web.text import day, moment, number

from . import charts
from .cube import value_of
from .texts import amount, split

SECTION_10 = ("10", "Methodik")


class Links:
    """Which addresses a reader may follow: drill-down is shown only to those who may see the list behind it."""

    def __init__(self, request=None):
        self.codes = rights.codes(request) if request is not None else None
        self.known = {}

    def allowed(self, url) -> str:
        """`url`, or nothing."""
        if not url or self.codes is None or not url.startswith("/"):
            return ""
        path = url.split("?")[0].split("#")[0]
        if path not in self.known:
            try:
                match = resolve(path)
            except Resolver404:
                self.known[path] = False
            else:
                policy = policy_of(match.func, match.view_name)
                self.known[path] = policy is not None and policy.allows(self.codes)
        return url if self.known[path] else ""


@dataclass(frozen=True)
class CellView:
    text: str
    hidden: bool = False
    missing: bool = False
    mark: str = ""
    url: str = ""
    value: object = None  # the number, for files that calculate

    @property
    def words(self):
        """For papers without hidden text."""
        return "geschützt" if self.hidden else self.text


def cell_view(cell, unit="", links=None) -> CellView:
    if cell.get("hidden"):
        return CellView("•", hidden=True, mark=cell.get("mark", ""), url=_link(cell, links))
    value = value_of(cell)
    if cell.get("text"):
        return CellView(cell["text"], mark=cell.get("mark", ""), url=_link(cell, links), value=value)
    if value is None:
        return CellView("–", missing=True, mark=cell.get("mark", ""))
    return CellView(amount(value, unit), mark=cell.get("mark", ""), url=_link(cell, links), value=value)


def _link(cell, links):
    return links.allowed(cell.get("drilldown", "")) if links else ""


@dataclass
class RowView:
    label: str
    cells: list[CellView]
    before: CellView | None
    total: bool = False
    bar: object = None


@dataclass
class TableView:
    key: str
    title: str
    row_title: str
    columns: list[str]
    rows: list[RowView]
    has_before: bool
    source: str
    stand: str
    definition: str
    hides: bool
    limit: int
    of_persons: bool
    bars: bool
    number: int = 0

    @property
    def caption(self):
        return f"{self.title}{f', Stand {self.stand}' if self.stand else ''}"

    @property
    def chart(self):
        return charts.bar_chart(self) if self.bars else None


@dataclass
class RowsView:
    key: str
    title: str
    columns: list[str]
    rows: list[dict]
    source: str
    stand: str
    number: int = 0

    @property
    def caption(self):
        return f"{self.title}{f', Stand {self.stand}' if self.stand else ''}"


@dataclass
class FigureView:
    key: str
    label: str
    cell: CellView
    before: CellView
    year: CellView
    change: str
    change_unit: str
    stand: str
    definition: str
    source: str
    url: str
    line: object


@dataclass
class SectionView:
    number: str
    title: str
    key_sentence: str
    rest: str
    figures: list[FigureView]
    tables: list[TableView]
    rows: list[RowsView]
    text: object = None  # SectionText while the report is in preparation
    form: object = None

    @property
    def anchor(self):
        return f"abschnitt-{self.number}"

    @property
    def is_empty(self):
        return not (self.figures or self.tables or self.rows)


@dataclass
class ReportView:
    """Everything a template needs. `links` None: no addresses (papers)."""

    cube: dict
    links: Links | None = None
    sections: list[SectionView] = field(default_factory=list)
    headlines: list[FigureView] = field(default_factory=list)

    def __post_init__(self):
        position, figures = 0, {}
        for section in self.cube["sections"]:
            key_sentence, rest = split(section.get("text", ""))
            view = SectionView(
                number=section["number"],
                title=section["title"],
                key_sentence=key_sentence,
                rest=rest,
                figures=[self._figure(figure) for figure in section["figures"]],
                tables=[self._table(table) for table in section["tables"]],
                rows=[self._rows(rows) for rows in section["rows"]],
            )
            for part in (*view.tables, *view.rows):
                position += 1
                part.number = position
            figures |= {figure.key: figure for figure in view.figures}
            self.sections.append(view)
        self.headlines = [figures[key] for key in self.cube["headlines"]]
        # A headline stands in section 1; its own section shows the others.
        for section in self.sections:
            section.figures = [f for f in section.figures if f.key not in self.cube["headlines"]]

    @property
    def label(self):
        return self.cube["label"]

    @property
    def as_of(self):
        return day(date.fromisoformat(self.cube["as_of"]))

    @property
    def computed_at(self):
        return moment(datetime.fromisoformat(self.cube["computed_at"]))

    @property
    def released_at(self):
        at = self.cube.get("revision", {}).get("released_at")
        return moment(datetime.fromisoformat(at)) if at else ""

    @property
    def before_label(self):
        year, quarter = self.cube["quarter"].split("-Q")
        index = int(year) * 4 + int(quarter) - 2
        return f"{index % 4 + 1}/{index // 4}"

    @property
    def now_label(self):
        year, quarter = self.cube["quarter"].split("-Q")
        return f"{quarter}/{year}"

    @property
    def tables(self):
        """All tables in the order of the report, numbered."""
        return [part for section in self.sections for part in (*section.tables, *section.rows)]

    @property
    def hidden_cells(self):
        return self.cube["disclosure"]["cells"]

    def _figure(self, figure) -> FigureView:
        unit = figure["unit"]
        change, change_unit = _change(figure["change"], unit)
        return FigureView(
            key=figure["key"],
            label=figure["label"],
            cell=cell_view(figure["cell"], unit),
            before=cell_view(figure["before"], unit),
            year=cell_view(figure["year"], unit),
            change=change,
            change_unit=change_unit,
            stand=_stand(figure["as_of"]),
            definition=figure["definition"],
            source=figure["source"],
            url=self.links.allowed(figure["drilldown"]) if self.links else "",
            line=charts.line([None if v is None else Decimal(v) for v in figure["line"]]),
        )

    def _table(self, table) -> TableView:
        rows = []
        last = len(table["table_rows"]) - 1
        for position, row in enumerate(table["table_rows"]):
            rows.append(
                RowView(
                    label=row["label"],
                    cells=[cell_view(cell, links=self.links) for cell in row["cells"]],
                    before=cell_view(row["before"]) if row["before"] is not None else None,
                    total=table["total_row"] and position == last,
                )
            )
        view = TableView(
            key=table["key"],
            title=table["title"],
            row_title=table["row_title"],
            columns=table["columns"],
            rows=rows,
            has_before=table["has_before"],
            source=table["source"],
            stand=_stand(table["as_of"]),
            definition=table["definition"],
            hides=any(cell.hidden for row in rows for cell in row.cells),
            limit=table["threshold"],
            of_persons=table["protect"] == "persons",
            bars=charts.fits_bars(table),
        )
        if view.bars:
            charts.add_bars(view)
        return view

    def _rows(self, rows) -> RowsView:
        return RowsView(
            key=rows["key"],
            title=rows["title"],
            columns=rows["columns"],
            rows=[
                {
                    "values": row["values"],
                    "cells": list(zip(rows["columns"], row["values"], strict=False)),
                    "mark": row.get("mark", ""),
                    "url": self.links.allowed(row.get("drilldown", "")) if self.links else "",
                }
                for row in rows["table_rows"]
            ],
            source=rows["source"],
            stand=_stand(rows["as_of"]),
        )


def _stand(as_of):
    return day(date.fromisoformat(as_of)) if as_of else ""


def _change(change, unit):
    """(„−28 (−0,9 %)“, what follows in plain type)."""
    if change is None:
        return "", ""
    delta = Decimal(change["delta"])
    sign = "+" if delta > 0 else "±" if delta == 0 else ""
    text = f"{sign}{number(delta)}"
    if unit == "%":
        return f"{text} Prozentpunkte", "zum Vorquartal"
    if change["percent"] is not None:
        percent = Decimal(change["percent"])
        text += f" ({'+' if percent > 0 else '±' if percent == 0 else ''}{number(percent, 1)} %)"
    return text, "zum Vorquartal"
