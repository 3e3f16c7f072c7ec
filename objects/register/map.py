"""Maps as plain SVG, drawn on the server from EPSG:25832: no tiles, no third party, no script."""

from dataclasses import dataclass

from django.urls import reverse

WIDTH, HEIGHT, MARGIN = 400, 560, 34
NEAR = 30  # pins closer than this become one circle with a number


@dataclass(frozen=True)
class Pin:
    x: float
    y: float
    count: int
    level: str
    title: str = ""
    url: str = ""


@dataclass(frozen=True)
class Map:
    pins: list
    names: list  # (district, x, y)
    by_district: list  # (district, count)
    total: int
    missing: int
    width: int = WIDTH
    height: int = HEIGHT


LEVELS = {3: "hoch", 2: "mittel", 1: "gering"}


def overview(rows) -> Map:
    """Pins and clusters of the filtered properties; the list beside it shows the same rows."""
    found = list(
        rows.order_by("serial").values_list(
            "pk", "number", "title", "district", "easting", "northing", "summary__pressure"
        )[:5000]
    )
    placed = [row for row in found if row[4] is not None]
    districts: dict[str, list] = {}
    for row in found:
        districts.setdefault(row[3] or "ohne Bezirk", []).append(row)
    if not placed:
        return Map([], [], _counts(districts), len(found), len(found))
    project, height = _projection([row[4] for row in placed], [row[5] for row in placed])
    clusters: list[list] = []
    for row in placed:
        x, y = project(row[4], row[5])
        near = next((c for c in clusters if abs(c[0][0] - x) < NEAR and abs(c[0][1] - y) < NEAR), None)
        if near is None:
            clusters.append([(x, y, row)])
        else:
            near.append((x, y, row))
    return Map(
        [_pin(cluster) for cluster in clusters],
        _names(districts, project),
        _counts(districts),
        len(found),
        len(found) - len(placed),
        height=height,
    )


def _counts(districts):
    return sorted((name, len(rows)) for name, rows in districts.items())


def _projection(eastings, northings):
    west, east, south, north = min(eastings), max(eastings), min(northings), max(northings)
    span = max((east - west) / (WIDTH - 2 * MARGIN), (north - south) / (HEIGHT - 2 * MARGIN), 0.5)
    height = min(HEIGHT, max(240, round((north - south) / span) + 2 * MARGIN + 20))
    middle_e, middle_n = (west + east) / 2, (south + north) / 2

    def project(easting, northing):
        return (
            round(WIDTH / 2 + (easting - middle_e) / span, 1),
            round(height / 2 - (northing - middle_n) / span, 1),
        )

    return project, height


def _pin(cell):
    x = round(sum(entry[0] for entry in cell) / len(cell), 1)
    y = round(sum(entry[1] for entry in cell) / len(cell), 1)
    level = LEVELS.get(max(entry[2][6] or 0 for entry in cell), "")
    if len(cell) > 1:
        return Pin(x, y, len(cell), level, title=f"{len(cell)} Objekte")
    pk, number, title, *_ = cell[0][2]
    return Pin(x, y, 1, level, title=f"{number} {title}", url=reverse("objects:property", args=[pk]))


def _names(districts, project):
    names = []
    for name, rows in districts.items():
        placed = [row for row in rows if row[4] is not None]
        if placed and name != "ohne Bezirk":
            x, y = project(
                sum(row[4] for row in placed) / len(placed), sum(row[5] for row in placed) / len(placed)
            )
            names.append((name, min(max(x - 30, 8), WIDTH - 90), y - 30 if y > 60 else y + 44))
    return names


@dataclass(frozen=True)
class Plan:
    """The neighbourhood of one property: houses of the official list as squares, the property among them."""

    houses: list  # (x, y, number)
    own: list
    streets: list  # (name, x, y)
    width: int = 320
    height: int = 190


def plan(addresses, near) -> Plan | None:
    """`addresses`: official ones of the property; `near`: others around, each with easting and northing."""
    if not addresses:
        return None
    middle_e = sum(a.easting for a in addresses) / len(addresses)
    middle_n = sum(a.northing for a in addresses) / len(addresses)
    scale = 320 / 170  # 170 metres from left to right

    def project(address):
        return (
            round(160 + (address.easting - middle_e) * scale, 1),
            round(95 - (address.northing - middle_n) * scale, 1),
        )

    own = [(*project(a), a.house_number) for a in addresses]
    houses = []
    for address in near:
        x, y = project(address)
        if 10 < x < 310 and 10 < y < 164:
            houses.append((x, y, "" if address.suffix else str(address.number)))
    return Plan(houses, own, _street_names(addresses, near, project))


def _street_names(addresses, near, project):
    names: dict[str, list] = {}
    for address in [*addresses, *near]:
        names.setdefault(address.street.name, []).append(project(address))
    own = [name for name in names if any(a.street.name == name for a in addresses)]
    return [(name, 12, 182 - 16 * index) for index, name in enumerate(own[:2])]
