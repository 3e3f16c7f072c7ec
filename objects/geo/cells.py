"""The map of the list: single houses while there are few, otherwise one circle per cell of a grid, counted by the
database. The answer stays small whatever the register holds."""

import math

from django.db.models import Avg, Count, F, IntegerField, Max, Min, Q
from django.db.models.functions import Cast, Floor
from django.urls import reverse
from django.utils import timezone

from soe.web import text

from ..register.models.scales import Level, Room, Stage

FEW = 1500  # so many are sent one by one, and the browser gathers them
CELL = 64  # pixels: what lies nearer becomes one circle
EARTH = 40_075_016.686  # metres round the equator (WGS84)
DETAILS = (
    "pk", "serial", "number", "title", "district", "longitude", "latitude", "summary__pressure", "summary__room",
    "summary__stage", "summary__next_title", "summary__next_on", "summary__score",
)  # fmt: skip


def shown(rows, params) -> dict:
    """{"clustered", "total", "missing", "bounds", "points", "cells"} of the filtered `rows`.

    params: `west,south,east,north` in `ausschnitt`, `zoom`. Broken values show the whole extent.
    """
    placed = rows.filter(longitude__isnull=False, latitude__isnull=False, easting__isnull=False)
    head = placed.aggregate(
        n=Count("pk"),
        west=Min("longitude"),
        south=Min("latitude"),
        east=Max("longitude"),
        north=Max("latitude"),
    )
    total = rows.count()
    answer = {
        "total": total,
        "missing": total - head["n"],
        "bounds": [[head["south"], head["west"]], [head["north"], head["east"]]] if head["n"] else None,
        "clustered": head["n"] > FEW,
        "cells": [],
        "points": [],
    }
    if head["n"] <= FEW:
        return answer | {"points": [_point(row) for row in placed.order_by("serial").values_list(*DETAILS)]}
    box = _box(params.get("ausschnitt", ""))
    if box is not None:
        west, south, east, north = box
        placed = placed.filter(
            longitude__gte=west, longitude__lte=east, latitude__gte=south, latitude__lte=north
        )
    cells = _cells(placed, _zoom(params.get("zoom", "")))
    alone = [cell["first"] for cell in cells if cell["n"] == 1]
    answer["cells"] = [_cell(cell) for cell in cells if cell["n"] > 1]
    answer["points"] = [
        _point(row) for row in rows.model.objects.filter(serial__in=alone[:5000]).values_list(*DETAILS)
    ]
    return answer


def _cells(placed, zoom):
    size = EARTH * math.cos(math.radians(51.5)) / 256 / 2**zoom * CELL
    grid = {
        name: Cast(Floor(F(column) / size), IntegerField())
        for name, column in (("column", "easting"), ("row", "northing"))
    }
    return list(
        placed.annotate(**grid)
        .values("column", "row")
        .annotate(
            n=Count("pk"),
            first=Min("serial"),
            lat=Avg("latitude"),
            lon=Avg("longitude"),
            pressure=Max("summary__pressure"),
            late=Count("pk", filter=Q(summary__next_on__lt=timezone.localdate())),
        )
        .order_by("column", "row")[:4000]
    )


def _cell(cell):
    return {
        "at": [round(cell["lat"], 6), round(cell["lon"], 6)],
        "count": cell["n"],
        "pressure": cell["pressure"] or 0,
        "late": cell["late"],
    }


def _point(row):
    pk, _, number, title, district, lon, lat, pressure, room, stage, step, due, score = row
    late = bool(due and due < timezone.localdate())
    light = (
        f"Druck {Level(pressure).label}, Spielraum {Room(room).label}"
        if pressure and room
        else "nicht bewertet"
    )
    return {
        "at": [lat, lon],
        "url": reverse("objects:property", args=[pk]),
        "number": number,
        "title": title,
        "district": district,
        "pressure": pressure or 0,
        "light": light,
        "score": score or 0,
        "stage": stage or 0,
        "stage_text": f"{stage} {Stage(stage).label}" if stage else "ohne Ziel",
        "next": step or "ohne nächsten Schritt",
        "due": text.day(due) if due else "",
        "late": late,
    }


def _zoom(value):
    return min(max(int(value), 8), 20) if value.isascii() and value.isdigit() and len(value) < 3 else 12


def _box(value):
    try:
        numbers = [float(part) for part in value.split(",")]
    except ValueError:
        return None
    return numbers if len(numbers) == 4 and all(map(math.isfinite, numbers)) else None
