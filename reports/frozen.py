"""Reading frozen reports: every comparison with an earlier quarter comes from here, never from live data."""

import json
from functools import cached_property

from soe.web.figures import Quarter

from .disclosure import Earlier, Relation


class Cube:
    """A cube (frozen or draft) with quick access to its numbers."""

    def __init__(self, data: dict):
        self.data = data

    @classmethod
    def of(cls, revision):
        return cls(json.loads(revision.cube))

    @cached_property
    def figures(self) -> dict[str, dict]:
        return {f["key"]: f for s in self.data["sections"] for f in s["figures"]}

    @cached_property
    def tables(self) -> dict[str, dict]:
        return {t["key"]: t for s in self.data["sections"] for t in s["tables"]}

    @cached_property
    def texts(self) -> dict[str, dict]:
        return {t["key"]: t for s in self.data["sections"] for t in s["rows"]}

    def figure(self, key) -> dict:
        """The cell of a figure; {"value": None} when the report did not have it."""
        return self.figures.get(key, {}).get("cell", {"value": None})

    def cell(self, table_key, row_label, column_label) -> dict:
        """The cell found by its labels, so that a new row does not shift the comparison."""
        table = self.tables.get(table_key)
        if table is None or column_label not in table["columns"]:
            return {"value": None}
        column = table["columns"].index(column_label)
        for row in table["table_rows"]:
            if row["label"] == row_label:
                return row["cells"][column]
        return {"value": None}

    def row(self, table_key, position):
        table = self.tables.get(table_key)
        return table["table_rows"][position] if table and position < len(table["table_rows"]) else None


def latest_revisions(quarters) -> dict[str, object]:
    """Quarter code → the revision that counts; one query."""
    from django.db.models import Q

    from .models import ReportRevision

    wanted = Q(pk__in=[])
    for quarter in quarters:
        wanted |= Q(report__year=quarter.year, report__number=quarter.number)
    found = {}
    for revision in ReportRevision.objects.filter(wanted).select_related("report").order_by("revision"):
        found[revision.report.quarter.code] = revision
    return found


def history_of(quarter: Quarter, quarters=8) -> dict[str, Cube]:
    """The frozen cubes of the quarters before this one that have been released."""
    before = [quarter.shift(-step) for step in range(1, quarters)]
    return {code: Cube.of(revision) for code, revision in latest_revisions(before).items()}


def earlier_releases(quarter: Quarter, own_names) -> Earlier:
    """What readers already hold: all revisions of the quarter before and of this quarter.

    The sums of the quarter before are taken along where it shares a number with this report. Sums of earlier revisions
    of the same quarter are not: corrected numbers would contradict them.
    """
    from .models import ReportRevision

    result = Earlier()
    for source in (quarter.previous(), quarter):
        rows = ReportRevision.objects.filter(report__year=source.year, report__number=source.number)
        relations = []
        for revision in rows.order_by("revision"):
            values, hidden, relations = _numbers(Cube.of(revision))
            for name, value in values.items():
                result.values[name] = value
                result.hidden.pop(name, None)
            for name, limit in hidden.items():
                # Hidden in one revision and printed in another one: it is known.
                if name not in result.values:
                    result.hidden[name] = limit
        if source != quarter and any(n in own_names for r in relations for n, _ in r.terms):
            result.relations += relations
    if not result.relations:
        # Nothing links the quarter before with this one: its own hidden numbers were audited when it was released.
        result.hidden = {name: limit for name, limit in result.hidden.items() if name in own_names}
    return result


def _numbers(cube: Cube):
    values, hidden, relations = {}, {}, []
    for figure in cube.figures.values():
        if name := figure.get("name"):
            _note(values, hidden, name, figure["cell"], figure["threshold"])
    for table in cube.tables.values():
        names = table.get("names")
        if not names:
            continue
        for row, row_names in zip(table["table_rows"], names, strict=True):
            for cell, name in zip(row["cells"], row_names, strict=True):
                _note(values, hidden, name, cell, table["threshold"])
        relations += [Relation(tuple((n, k) for n, k in terms)) for terms in table.get("sums", [])]
    return values, {n: t for n, t in hidden.items() if n not in values}, relations


def _note(values, hidden, name, cell, limit):
    if cell.get("hidden"):
        hidden[name] = limit
    elif isinstance(cell.get("value"), int):
        values[name] = cell["value"]
