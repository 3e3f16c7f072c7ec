"""Where district outlines come from: a GeoJSON file of the city, or the hull of the official addresses."""

import json
import math

from django.db import transaction

from ..addresses.models import Address
from .models import DistrictOutline

NAMES = ("name", "NAME", "stadtbezirk", "Stadtbezirk", "bezirk", "BEZIRK")
HULL = "Hülle der amtlichen Anschriften"


class BadOutlines(ValueError):
    """The file is no GeoJSON of districts. The text is for the person who reads it in."""


def read_outlines(text: str, *, source: str, name_field: str = "") -> int:
    """Store the districts of a GeoJSON FeatureCollection (Polygon or MultiPolygon, WGS84); returns how many.

    All or nothing. Raises BadOutlines with the feature that is wrong.
    """
    try:
        data = json.loads(text)
        features = data["features"]
    except (ValueError, TypeError, KeyError):
        raise BadOutlines("Die Datei ist kein GeoJSON mit einer Liste „features“.") from None
    rows = [_checked(place, feature, name_field) for place, feature in enumerate(features, start=1)]
    if not rows:
        raise BadOutlines("Die Datei enthält keinen Stadtbezirk.")
    names = [name for name, _ in rows]
    if twice := {name for name in names if names.count(name) > 1}:
        raise BadOutlines(f"Doppelt: {', '.join(sorted(twice))}.")
    return _store(rows, source)


def _checked(place, feature, name_field):
    where = f"Eintrag {place}"
    properties = feature.get("properties") if isinstance(feature, dict) else None
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(properties, dict) or not isinstance(geometry, dict):
        raise BadOutlines(f"{where}: ohne Angaben oder ohne Geometrie.")
    name = next((properties[key] for key in (name_field, *NAMES) if key and properties.get(key)), None)
    if not name:
        raise BadOutlines(f"{where}: ohne Namen. Welches Feld ist es? Bitte mit --name-field angeben.")
    if geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise BadOutlines(f"{where} ({name}): Es muss eine Fläche sein (Polygon oder MultiPolygon).")
    for x, y in _points(geometry.get("coordinates"), where):
        if not (-180 <= x <= 180 and -90 <= y <= 90):
            raise BadOutlines(
                f"{where} ({name}): Die Koordinaten sind nicht in Grad. Bitte in WGS84 (EPSG:4326) ausgeben."
            )
    return str(name)[:60], {"type": geometry["type"], "coordinates": geometry["coordinates"]}


def _points(value, where, depth=0):
    if not isinstance(value, list) or depth > 4:
        raise BadOutlines(f"{where}: Die Koordinaten sind unvollständig.")
    if len(value) >= 2 and all(isinstance(part, int | float) for part in value[:2]):
        if not all(math.isfinite(part) for part in value[:2]):
            raise BadOutlines(f"{where}: Eine Koordinate ist keine Zahl.")
        yield value[0], value[1]
        return
    for part in value:
        yield from _points(part, where, depth + 1)


@transaction.atomic
def _store(rows, source):
    for name, geometry in rows:
        row = DistrictOutline.objects.filter(name=name).first() or DistrictOutline(name=name)
        row.geometry, row.source = geometry, source[:200]
        row.save(reason="Umrisse eingelesen")
    return len(rows)


def draw_hulls() -> int:
    """Outlines for districts that have none yet, round their official addresses; returns how many."""
    known = set(DistrictOutline.objects.values_list("name", flat=True))
    points: dict[str, list] = {}
    rows = Address.objects.current().exclude(district="").order_by()
    for name, x, y in rows.values_list("district", "longitude", "latitude").iterator(chunk_size=5000):
        if name not in known:
            points.setdefault(name, []).append((x, y))
    shapes = [
        (name, {"type": "Polygon", "coordinates": [[list(p) for p in [*shape, shape[0]]]]})
        for name, found in sorted(points.items())
        if len(shape := hull(found)) > 2
    ]
    return _store(shapes, HULL)


def hull(points) -> list[tuple]:
    """The convex hull, counter-clockwise (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered

    def half(rows):
        line: list = []
        for p in rows:
            while len(line) > 1 and _turn(line[-2], line[-1], p) <= 0:
                line.pop()
            line.append(p)
        return line[:-1]

    return half(ordered) + half(reversed(ordered))


def _turn(a, b, c):
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
