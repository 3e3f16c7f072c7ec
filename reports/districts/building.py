"""Computing and freezing: exact numbers in, one protected and one exact version out."""

import json
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from objects.selectors import district_houses, district_tables
from soe.web.jobs import JobFailed, job

from ..cells import Numbers, threshold
from ..disclosure import Earlier, Relation, protect
from ..freeze import canonical, checksum
from ..frozen import Cube, _numbers
from .models import DistrictReport

FIRST_SPAN = timedelta(days=365)


def beginning(as_of):
    """(since, revision, report before): reports follow each other without gap or overlap, so that nobody can
    subtract two of them and get what neither prints."""
    same = DistrictReport.objects.filter(as_of=as_of).order_by("-revision").first()
    before = DistrictReport.objects.filter(as_of__lt=as_of).order_by("-as_of", "-revision").first()
    since = before.as_of if before else (same.since if same else as_of - FIRST_SPAN)
    return since, (same.revision + 1 if same else 1), before


def build(since, as_of, *, before=None, now=None):
    """(public, internal) as plain data."""
    parts = district_tables(since, as_of)
    numbers = Numbers(f"districts {since:%Y-%m-%d} {as_of:%Y-%m-%d}")
    numbers.add_all(parts)
    if numbers.problems:
        raise JobFailed(f"Die Zahlen passen nicht zusammen: {numbers.problems[0]}")
    hidden = set(protect(numbers.cells, numbers.relations, _earlier(before, as_of)).hidden)
    head = {
        "format": 1,
        "city": settings.SOE_CITY,
        "since": f"{since:%Y-%m-%d}",
        "as_of": f"{as_of:%Y-%m-%d}",
        "computed_at": timezone.localtime(now or timezone.now()).isoformat(timespec="seconds"),
        "before": f"{before.as_of:%Y-%m-%d}" if before else None,
    }
    old = {
        kind: Cube(json.loads(getattr(before, kind))) if before else None for kind in ("public", "internal")
    }
    public = head | {"sections": [_section(parts, numbers, hidden, old["public"])]}
    internal = head | {
        "sections": [_section(parts, numbers, set(), old["internal"])],
        "houses": district_houses(since, as_of),
    }
    return public, internal


def _section(parts, numbers, hidden, old):
    return {
        "number": "1",
        "figures": [],
        "rows": [],
        "tables": [_table(part, numbers, hidden, old) for part in parts],
    }


def _table(part, numbers, hidden, old):
    names = numbers.names[part.key]
    rows = []
    for r, (label, values) in enumerate(part.rows):
        cells = []
        for c, value in enumerate(values):
            cell = {"hidden": True} if names[r][c] in hidden else {"value": value}
            if old is not None and part.key in old.tables:
                then = old.cell(part.key, label, part.columns[c])
                cell["before"] = {"hidden": True} if then.get("hidden") else {"value": then.get("value")}
            cells.append(cell)
        rows.append({"label": label, "cells": cells})
    return {
        "key": part.key,
        "title": part.title,
        "row_title": part.row_title,
        "columns": list(part.columns),
        "table_rows": rows,
        "definition": part.definition,
        "source": part.source,
        "threshold": threshold(part.protect),
        "names": names,
        "sums": [[[name, k] for name, k in relation.terms] for relation in numbers.sums.get(part.key, ())],
    }


def _earlier(before, as_of):
    """What readers hold already: the report before, and earlier revisions of this day."""
    found = Earlier()
    same = DistrictReport.objects.filter(as_of=as_of).order_by("revision")
    for report in [*([before] if before else []), *same]:
        values, hidden, relations = _numbers(Cube(json.loads(report.public)))
        found.values |= values
        found.hidden = {n: t for n, t in (found.hidden | hidden).items() if n not in found.values}
        if report is before:
            found.relations += [Relation(relation.terms) for relation in relations]
    return found


@job("district_report", title="Bezirksbericht erstellen", permission="report.prepare")
def make(run, report, as_of, reason=""):
    """Freeze the report with the id `report`; run again after a crash it finds it there."""
    from datetime import date

    day = date.fromisoformat(as_of)
    found = DistrictReport.objects.filter(pk=report).first()
    if found is None:
        with run.step(done=1, total=1, note="Zahlen werden berechnet"):
            since, revision, before = beginning(day)
            if revision > 1 and not reason:
                raise JobFailed("Für diesen Tag gibt es inzwischen einen Bericht.")
            public, internal = (canonical(data) for data in build(since, day, before=before))
            found = DistrictReport.objects.create(
                id=report, since=since, as_of=day, revision=revision, reason=reason, made_by=run.user,
                public=public, public_sha256=checksum(public),
                internal=internal, internal_sha256=checksum(internal),
            )  # fmt: skip
    run.summary(f"{found} ist eingefroren.", url=found.get_absolute_url())
