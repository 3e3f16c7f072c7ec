"""What page, PDF and workbook show, from the frozen text alone."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from ..freeze import Altered, canonical, checksum

HIDDEN = "•"
HOUSE_COLUMNS = [
    "Nummer", "Stadtbezirk", "Anschrift", "Federführung", "Problemdruck", "Stufe", "Ziel", "nächster Schritt", "bis",
    "Veränderung",
]  # fmt: skip


@dataclass(frozen=True)
class ShownCell:
    text: str
    change: str
    value: int | None
    hidden: bool


def load(report, kind) -> dict:
    """The frozen version `kind` ("public", "internal"); refuses one that was altered."""
    text = getattr(report, kind)
    if checksum(text) != getattr(report, f"{kind}_sha256") or canonical(json.loads(text)) != text:
        raise Altered(str(report))
    return json.loads(text)


def shown(data, district="") -> dict:
    """The version for templates; with `district` only its rows and the total."""
    tables = []
    for table in data["sections"][0]["tables"]:
        rows = [
            {"label": row["label"], "cells": [_cell(cell) for cell in row["cells"]], "total": place == last}
            for last in (len(table["table_rows"]) - 1,)
            for place, row in enumerate(table["table_rows"])
            if not district or row["label"] == district or place == last
        ]
        tables.append(table | {"rows": rows, "hides": any(c.hidden for row in rows for c in row["cells"])})
    houses: dict = {}
    for house in data.get("houses", ()):
        if not district or house["district"] == district:
            due = date.fromisoformat(house["due"]) if house["due"] else None
            houses.setdefault(house["district"], []).append(house | {"due": due})
    return {
        "city": data["city"],
        "since": date.fromisoformat(data["since"]),
        "as_of": date.fromisoformat(data["as_of"]),
        "computed_at": datetime.fromisoformat(data["computed_at"]),
        "before": date.fromisoformat(data["before"]) if data["before"] else None,
        "tables": tables,
        "houses": sorted(houses.items()),
        "threshold": max((table["threshold"] for table in tables), default=0),
    }


def districts_of(data):
    return [row["label"] for row in data["sections"][0]["tables"][0]["table_rows"][:-1]]


def _cell(cell):
    if cell.get("hidden"):
        return ShownCell(HIDDEN, "", None, True)
    value, before = cell.get("value"), cell.get("before") or {}
    change = ""
    if value is not None and before.get("value") is not None and not before.get("hidden"):
        difference = value - before["value"]
        change = f"+{difference}" if difference > 0 else f"−{-difference}" if difference else "±0"
    return ShownCell("–" if value is None else str(value), change, value, False)


def workbook(data, checksum_text, district="") -> bytes:
    import io

    import xlsxwriter

    from ..rendering.xlsx import _Writer

    view, file = shown(data, district), io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"title": f"Bezirksbericht {view['as_of']:%d.%m.%Y}", "company": view["city"]})
    writer = _Writer(book)
    writer.sheet(
        "Bericht",
        ["Angabe", "Wert"],
        [
            ["Stadt", view["city"]],
            ["Fassung", "nichtöffentlich" if "houses" in data else "öffentlich"],
            ["Stichtag", f"{view['as_of']:%d.%m.%Y}"],
            ["seit", f"{view['since']:%d.%m.%Y}"],
            ["Prüfsumme (SHA-256)", checksum_text],
            [HIDDEN, "geschützt: kleine Zahl, oder eine, aus der sich eine kleine errechnen ließe"],
        ],
    )
    for table in view["tables"]:
        header = [table["row_title"]]
        for column in table["columns"]:
            header += [column, "Veränderung"] if view["before"] else [column]
        rows = []
        for row in table["rows"]:
            cells = [row["label"]]
            for cell in row["cells"]:
                cells += [cell.text if cell.value is None else cell.value]
                cells += [cell.change] if view["before"] else []
            rows.append(cells)
        writer.sheet(table["title"], header, rows)
    if "houses" in data:
        writer.sheet(
            "Objekte",
HOUSE_COLUMNS,
            [
                [h["number"], h["district"], h["title"], h["lead"], h["light"], h["stage"], h["aim"], h["step"],
                 f"{h['due']:%d.%m.%Y}" if h["due"] else "", h["change"]]
                for _, found in view["houses"] for h in found
            ],
        )  # fmt: skip
    book.close()
    return file.getvalue()
