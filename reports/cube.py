"""The cube: everything the report prints, protected, with comparisons from frozen quarters.

The exact numbers live only while this module runs; what it returns holds protected cells.
"""

import importlib
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from soe.web.figures import Figure, FigureTable, Protect, Quarter, TextRows

from . import frozen
from .cells import Numbers, countable, threshold
from .disclosure import Protection, protect
from .formulas import SHARE_BASE, change, change_percent
from .models import TextSection
from .population import selectors as population

SOURCES = ("objects.selectors", "cases.selectors", "steering.selectors")
FORMAT = 1
HEADLINES = 8
LINE = 8


def collect(quarter: Quarter) -> list:
    """Figures of all apps; an app without figures contributes none."""
    parts = list(population.quarter_figures(quarter))
    for name in SOURCES:
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name not in (name, name.split(".")[0]):
                raise
            continue
        if function := getattr(module, "quarter_figures", None):
            parts += list(function(quarter))
    return parts


def build(quarter: Quarter, *, now: datetime | None = None, parts=None) -> tuple[dict, dict]:
    """(cube, notes). `notes` is for those who prepare: why cells are hidden and what the checks found."""
    parts = collect(quarter) if parts is None else parts
    parts = [part for part in parts if not isinstance(part, FigureTable) or part.rows]
    numbers = Numbers(quarter.code)
    numbers.add_all(parts)
    earlier = frozen.earlier_releases(quarter, numbers.cells)
    protection = protect(numbers.cells, numbers.relations, earlier)
    builder = _Builder(quarter, parts, numbers, protection)
    cube = builder.cube(now or timezone.now())
    return cube, builder.notes()


def plain(value):
    """A value that canonical JSON can hold: whole numbers as such, decimals as text, never floats."""
    if value is None or countable(value) or isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    raise TypeError(f"{value!r} does not belong into a report")


def value_of(cell):
    """The number of a printed cell, None when hidden or not recorded."""
    value = cell.get("value")
    return Decimal(value) if isinstance(value, str) else value


class _Builder:
    def __init__(self, quarter, parts, numbers: Numbers, protection: Protection):
        self.quarter, self.parts = quarter, parts
        self.numbers, self.protection = numbers, protection
        self.history = frozen.history_of(quarter, max(LINE, 5))
        self.before = self.history.get(quarter.previous().code)
        self.year = self.history.get(quarter.shift(-4).code)
        own = frozen.latest_revisions([quarter]).get(quarter.code)
        self.own = frozen.Cube.of(own) if own else None
        self.explained = []  # hidden cells in words, for the annex
        self.why = {}

    def cube(self, now):
        sections = [self._section(section) for section in TextSection.values]
        return {
            "format": FORMAT,
            "city": settings.SOE_CITY,
            "quarter": self.quarter.code,
            "label": self.quarter.label,
            "start": f"{self.quarter.start:%Y-%m-%d}",
            "as_of": f"{self.quarter.end:%Y-%m-%d}",
            "computed_at": timezone.localtime(now).isoformat(timespec="seconds"),
            "thresholds": {
                "persons": threshold(Protect.PERSONS),
                "objects": threshold(Protect.OBJECTS),
                "share_base": SHARE_BASE,
            },
            "sections": sections,
            "headlines": self._headlines(sections),
            "definitions": self._definitions(),
            "disclosure": {
                "tables": len(self.numbers.sums),
                "sums": len(self.numbers.relations),
                "hidden": len(self.protection.hidden),
                "cells": self.explained,
            },
            "compared_with": sorted(self.history),
        }

    def notes(self):
        return {
            "why": self.why,
            "problems": self.numbers.problems,
            "contradictions": population.contradictions(self.quarter),
            "unprotectable": [self.where(name) for name in self.protection.unprotectable],
            "tables": sum(isinstance(part, FigureTable) for part in self.parts),
            "sums": self.numbers.checked_sums,
            "stock_differs": self._stock_differs(),
        }

    def where(self, name):
        """A number in words: „Altersgruppe und Stadtbezirk, unter 18, Wanne“."""
        for part in self.parts:
            if isinstance(part, TextRows):
                continue
            names = self.numbers.names.get(part.key)
            for r, row in enumerate(names or ()):
                for c, other in enumerate(row):
                    if other == name:
                        if isinstance(part, Figure):
                            return part.label
                        return f"{part.title}, {part.rows[r][0]}, {part.columns[c]}"
        return "eine Zahl eines früheren Berichts"

    def _stock_differs(self):
        """The balance starts where the quarter before ended, as it was printed then."""
        if self.before is None:
            return []
        differs = []
        for part in self.parts:
            if isinstance(part, FigureTable) and part.key == "population.balance":
                last = self.before.tables.get(part.key)
                for c, column in enumerate(part.columns):
                    printed = (
                        last["table_rows"][-1]["cells"][last["columns"].index(column)]
                        if last and column in last["columns"]
                        else {}
                    )
                    printed = value_of(printed)
                    if printed is not None and printed != part.rows[0][1][c]:
                        differs.append(column)
        return differs

    # --- parts -------------------------------------------------------------------------------------------------------

    def _section(self, number):
        parts = [part for part in self.parts if str(part.section) == number]
        return {
            "number": number,
            "title": TextSection(number).label,
            "figures": [self._figure(part) for part in parts if isinstance(part, Figure)],
            "tables": [self._table(part) for part in parts if isinstance(part, FigureTable)],
            "rows": [self._rows(part) for part in parts if isinstance(part, TextRows)],
        }

    def _figure(self, figure: Figure):
        names = self.numbers.names.get(figure.key)
        name = names[0][0] if names else ""
        hidden = name in self.protection.hidden or self._gives_away(figure)
        cell = {"hidden": True} if hidden else {"value": plain(figure.value)}
        if figure.quote and not hidden:
            cell["text"] = figure.quote
        if hidden:
            self._explain(name, figure.label)
            if name:
                self.why[figure.key] = self.protection.hidden[name].value
        before = self.before.figure(figure.key) if self.before else {"value": None}
        year = self.year.figure(figure.key) if self.year else {"value": None}
        if self.own:
            self._mark(cell, self.own.figure(figure.key), figure.key in self.own.figures)
        return {
            "key": figure.key,
            "name": name,
            "label": figure.label,
            "unit": figure.unit,
            "cell": cell,
            "threshold": threshold(figure.protect),
            "headline": figure.headline,
            "before": _bare(before),
            "year": _bare(year),
            "change": self._change(cell, before, figure.unit),
            "line": self._line(figure.key, cell),
            "definition": figure.definition,
            "source": figure.source,
            "as_of": f"{figure.as_of:%Y-%m-%d}" if figure.as_of else None,
            "drilldown": figure.drilldown,
        }

    def _gives_away(self, figure):
        """A share from which a small or hidden count could be computed."""
        limit = threshold(figure.protect)
        if not limit or not figure.part_of:
            return False
        part, whole = figure.part_of
        counts = {part, whole - part, whole}
        if any(0 < count < limit for count in counts):
            return True
        hidden = {self.numbers.cells[name].value for name in self.protection.hidden}
        names = {
            name
            for part in self.parts
            if part.section == figure.section
            for row in self.numbers.names.get(part.key, ())
            for name in row
        }
        return any(
            self.numbers.cells[name].value in counts & hidden
            for name in self.protection.hidden
            if name in names
        )

    def _change(self, cell, before, unit):
        now, then = value_of(cell), value_of(before)
        delta = change(now, then)
        if delta is None or cell.get("text") or before.get("text"):
            return None
        percent = None if unit == "%" else change_percent(now, then)
        return {"delta": plain(delta), "percent": plain(percent)}

    def _line(self, key, cell):
        """The last eight quarters, oldest first; None where nothing was released or the number is hidden."""
        values = []
        for step in range(LINE - 1, 0, -1):
            cube = self.history.get(self.quarter.shift(-step).code)
            values.append(plain(value_of(cube.figure(key))) if cube else None)
        return [*values, plain(value_of(cell))]

    def _table(self, table: FigureTable):
        names = self.numbers.names.get(table.key)
        rows = []
        for r, (label, values) in enumerate(table.rows):
            cells = []
            for c, value in enumerate(values):
                hidden = bool(names) and names[r][c] in self.protection.hidden
                cell = {"hidden": True} if hidden else {"value": plain(value)}
                if hidden:
                    self._explain(names[r][c], f"{table.title}, {label}, {table.columns[c]}")
                    self.why[f"{table.key}|{r}|{c}"] = self.protection.hidden[names[r][c]].value
                if self.own and table.key in self.own.tables:
                    self._mark(cell, self.own.cell(table.key, label, table.columns[c]), True)
                if link := table.drilldown.get((r, c)):
                    cell["drilldown"] = link
                cells.append(cell)
            rows.append({"label": label, "cells": cells, "before": self._row_before(table, label)})
        return {
            "key": table.key,
            "title": table.title,
            "row_title": table.row_title,
            "columns": list(table.columns),
            "table_rows": rows,
            "total_row": table.additive_rows,
            "total_column": table.additive_columns,
            "has_before": any(row["before"] is not None for row in rows),
            "definition": table.definition,
            "source": table.source,
            "as_of": f"{table.as_of:%Y-%m-%d}" if table.as_of else None,
            "threshold": threshold(table.protect),
            "protect": str(table.protect),
            "names": names if threshold(table.protect) else None,
            "sums": [
                [[name, k] for name, k in relation.terms] for relation in self.numbers.sums.get(table.key, ())
            ],
        }

    def _row_before(self, table, label):
        """The row's total in the quarter before, as it was printed; for tables with one column or a total column."""
        if self.before is None or table.signs:
            return None
        if not (table.additive_columns or len(table.columns) == 1):
            return None
        if table.key not in self.before.tables:
            return None
        column = table.columns[-1]
        return _bare(self.before.cell(table.key, label, column))

    def _mark(self, cell, before, was_there):
        """„r“: differs from the revision before, or was not there."""
        if not was_there or _bare(cell) != _bare(before):
            cell["mark"] = "r"

    def _rows(self, part: TextRows):
        rows = []
        before = self.own.texts.get(part.key) if self.own else None
        known = [row["values"] for row in before["table_rows"]] if before else None
        for number, values in enumerate(part.rows):
            row = {"values": [str(plain(value) if value is not None else "–") for value in values]}
            if link := part.links.get(number):
                row["drilldown"] = link
            if known is not None and row["values"] not in known:
                row["mark"] = "r"
            rows.append(row)
        return {
            "key": part.key,
            "title": part.title,
            "columns": list(part.columns),
            "table_rows": rows,
            "source": part.source,
            "as_of": f"{part.as_of:%Y-%m-%d}" if part.as_of else None,
        }

    def _explain(self, name, where):
        """What an outsider can still work out; the same for small numbers and for those hidden to protect them."""
        found = self.protection.ranges.get(name)
        self.explained.append(
            {
                "where": where,
                "range": str(found) if found else "nicht eingrenzbar, kein Bezug zu anderen Zahlen",
            }
        )

    def _headlines(self, sections):
        """At most eight: the first of every section, then the second ones, in the order of the report."""
        by_section = [[f["key"] for f in s["figures"] if f["headline"]] for s in sections]
        ranked = [
            (place, number, key) for number, keys in enumerate(by_section) for place, key in enumerate(keys)
        ]
        chosen = sorted(ranked)[:HEADLINES]
        return [key for _, _, key in sorted(chosen, key=lambda entry: (entry[1], entry[0]))]

    def _definitions(self):
        rows = []
        for part in self.parts:
            if isinstance(part, Figure | FigureTable):
                label = part.label if isinstance(part, Figure) else f"Tabelle „{part.title}“"
                rows.append({"label": label, "definition": part.definition, "source": part.source})
        return rows


def _bare(cell):
    """A compared cell without marks and links of its own report."""
    return {key: cell[key] for key in ("value", "hidden", "text") if key in cell}
