"""OGC API – Features, parts 1 (core, GeoJSON, OpenAPI 3.0) and 2 (EPSG:25832): what the standard asks of the words.

OGC 17-069r4 and 18-058r1. Only reading; every collection is asked through `restrict()`.
"""

import math
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from .features import CRS84, UTM32, Layer

CONFORMS = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
]
CRS = (CRS84, UTM32)
LIMIT, MOST = 500, 5000
COMMON = {"limit", "bbox", "bbox-crs", "crs", "datetime", "after", "f"}


class BadQuery(ValueError):
    """A parameter that the standard, or this collection, does not allow. The text is for the caller."""


@dataclass(frozen=True)
class Query:
    """A checked request for items."""

    limit: int
    crs: str
    box: tuple | None
    box_crs: str
    interval: tuple | None  # (from, until) as aware datetimes, either may be None
    after: UUID | None
    filters: dict


def read(params, layer: Layer) -> Query:
    """The query of a request (a QueryDict). Raises BadQuery."""
    unknown = set(params) - COMMON - set(layer.filters)
    if unknown:
        raise BadQuery(
            f"Unbekannter Parameter: {', '.join(sorted(unknown))}. "
            f"Möglich sind: {', '.join(sorted(COMMON | set(layer.filters)))}."
        )
    if params.get("f", "json") not in ("json", "geojson"):
        raise BadQuery("Als Format gibt es nur f=json.")
    return Query(
        limit=_limit(params.get("limit")),
        crs=_crs("crs", params.get("crs")),
        box=_box(params.get("bbox")),
        box_crs=_crs("bbox-crs", params.get("bbox-crs")),
        interval=_interval(params.get("datetime")),
        after=_after(params.get("after")),
        filters={name: params[name][:200] for name in layer.filters if params.get(name)},
    )


def matching(rows, layer: Layer, query: Query):
    """`rows` narrowed by everything but the page."""
    if query.box is not None:
        rows = layer.within(rows, query.box, query.box_crs)
    if query.interval is not None:
        rows = _during(rows, layer, query.interval)
    for name, value in query.filters.items():
        rows = layer.filters[name](rows, value)
    return rows


def _limit(text):
    if text is None:
        return LIMIT
    if not text.isascii() or not text.isdigit() or not int(text[:12]) > 0:
        raise BadQuery("limit ist eine ganze Zahl ab 1.")
    return min(int(text[:12]), MOST)


def _crs(name, text):
    if text is None:
        return CRS84
    if text.strip("<>") not in CRS:
        raise BadQuery(f"{name}: Es gibt {CRS84} und {UTM32}.")
    return text.strip("<>")


def _box(text):
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise BadQuery("bbox besteht aus vier Zahlen: West, Süd, Ost, Nord.") from None
    if len(numbers) == 6:  # with heights, which nothing here has
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
        raise BadQuery("bbox besteht aus vier Zahlen: West, Süd, Ost, Nord.")
    west, south, east, north = numbers
    if west > east or south > north:
        raise BadQuery("bbox: West muss vor Ost und Süd vor Nord liegen.")
    return west, south, east, north


def _after(text):
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise BadQuery("after ist der Verweis auf die nächste Seite, wie er in „next“ steht.") from None


def _interval(text):
    if text is None:
        return None
    parts = text.split("/")
    if len(parts) > 2:
        raise BadQuery("datetime ist ein Tag oder ein Zeitraum wie 2026-01-01/2026-03-31.")
    start = _moment(parts[0], time.min)
    end = _moment(parts[-1], time.max)
    if len(parts) == 1 and start is None:
        raise BadQuery("datetime: Ein offenes Ende schreibt man als 2026-01-01/.. ")
    if start and end and start > end:
        raise BadQuery("datetime: Der Anfang liegt nach dem Ende.")
    return start, end


def _moment(text, clock):
    if text in ("", ".."):
        return None
    try:
        moment, day = parse_datetime(text), parse_date(text)
    except ValueError:  # well formed, but no such day
        moment = day = None
    if day is not None:
        return timezone.make_aware(datetime.combine(day, clock))
    if moment is None:
        raise BadQuery(f"datetime: „{text[:40]}“ ist kein Datum wie 2026-03-31.")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _during(rows, layer, interval):
    start, end = interval
    is_day = layer.model._meta.get_field(layer.when).get_internal_type() == "DateField"
    for suffix, moment in (("gte", start), ("lte", end)):
        if moment is not None:
            value: date | datetime = timezone.localtime(moment).date() if is_day else moment
            rows = rows.filter(**{f"{layer.when}__{suffix}": value})
    return rows


def openapi(title, base, layers) -> dict:
    """The service description (OpenAPI 3.0) for the collections this reader has."""
    answer = {"200": {"description": "Antwort", "content": {"application/geo+json": {}}}}

    def parameter(name, schema, text):
        return {"name": name, "in": "query", "required": False, "schema": schema, "description": text}

    shared = [
        parameter(
            "limit",
            {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT},
            "Zeilen je Seite",
        ),
        parameter(
            "bbox",
            {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
            "West, Süd, Ost, Nord",
        ),
        parameter("bbox-crs", {"type": "string", "enum": list(CRS)}, "Bezugssystem von bbox"),
        parameter("crs", {"type": "string", "enum": list(CRS)}, "Bezugssystem der Antwort"),
        parameter("datetime", {"type": "string"}, "Tag oder Zeitraum"),
        parameter("after", {"type": "string", "format": "uuid"}, "nächste Seite"),
    ]
    paths: dict = {
        f"/{name}": {"get": {"operationId": name or "landing", "responses": answer}}
        for name in ("", "conformance", "collections")
    }
    for layer in layers:
        own = [parameter(name, {"type": "string"}, name) for name in layer.filters]
        paths[f"/collections/{layer.slug}/items"] = {
            "get": {"operationId": layer.slug, "parameters": [*shared, *own], "responses": answer}
        }
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "version": "1.0.0"},
        "servers": [{"url": base}],
        "security": [{"bearer": []}, {"basic": []}],
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
            }
        },
        "paths": paths,
    }
