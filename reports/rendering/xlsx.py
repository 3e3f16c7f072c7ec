"""The report as a workbook: one sheet per table, one header row, no merged cells, a sheet with the definitions."""

import io
from datetime import datetime
from decimal import Decimal

from . import LEGEND, lines_of


def render(view, *, checksum="", draft=False) -> bytes:
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    released = view.cube.get("revision", {}).get("released_at")
    stamp = datetime.fromisoformat(released or view.cube["computed_at"]).replace(tzinfo=None)
    book.set_properties(
        {"title": f"Quartalsbericht {view.label}", "company": view.cube["city"], "created": stamp}
    )
    writer = _Writer(book)
    writer.sheet("Bericht", ["Angabe", "Wert"], _cover(view, checksum))
    writer.sheet(
        "Auf einen Blick",
        ["Kennzahl", "Wert", "Einheit", "Vorquartal", "Vorjahresquartal", "Stand", "Quelle"],
        [_figure(figure) for figure in view.headlines],
    )
    others = [figure for section in view.sections for figure in section.figures]
    if others:
        writer.sheet(
            "Weitere Kennzahlen",
            ["Kennzahl", "Wert", "Einheit", "Vorquartal", "Vorjahresquartal", "Stand", "Quelle"],
            [_figure(figure) for figure in others],
        )
    for table in view.tables:
        writer.sheet(f"{table.number} {table.title}", *lines_of(table))
    definitions = [[d["label"], d["definition"], d["source"]] for d in view.cube["definitions"]]
    writer.sheet("Definitionen", ["Zahl", "Definition", "Quelle"], definitions)
    writer.sheet("Zeichen", ["Zeichen", "Bedeutung"], [list(pair) for pair in LEGEND])
    book.close()
    return file.getvalue()


def _cover(view, checksum):
    revision = view.cube.get("revision", {})
    return [
        ["Bericht", f"Quartalsbericht {view.label}"],
        ["Stadt", view.cube["city"]],
        ["Stichtag", view.as_of],
        ["Datenstand", view.computed_at],
        ["Revision", revision.get("number")],
        ["freigegeben am", view.released_at or "nicht freigegeben"],
        ["freigegeben von", revision.get("released_by") or ""],
        ["Grund der Berichtigung", revision.get("reason") or ""],
        ["Prüfsumme (SHA-256) der Zahlen und Texte", checksum],
    ]


def _figure(figure):
    def shown(cell):
        if cell.hidden:
            return "•"
        return "–" if cell.value is None else cell.value

    unit = figure.cell.text.rsplit(" ", 1)[-1] if figure.cell.text.endswith("%") else ""
    return [
        figure.label, shown(figure.cell), unit, shown(figure.before), shown(figure.year), figure.stand, figure.source,
    ]  # fmt: skip


class _Writer:
    def __init__(self, book):
        self.book, self.names = book, set()
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.number = book.add_format({"num_format": "#,##0"})
        self.decimal = book.add_format({"num_format": "#,##0.0#"})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})

    def sheet(self, title, header, rows):
        sheet = self.book.add_worksheet(self._name(title))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 0, 38)
        sheet.set_column(1, max(len(header) - 1, 1), 18 if len(header) > 3 else 60)
        for column, cell in enumerate(header):
            sheet.write_string(0, column, cell, self.head)
        for line, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(line, column, cell, self.number)
                elif isinstance(cell, Decimal):
                    sheet.write_number(line, column, cell, self.decimal)
                elif cell not in (None, ""):
                    sheet.write_string(line, column, str(cell), self.text)

    def _name(self, title):
        """At most 31 characters, none of the forbidden ones, each name once."""
        base = "".join(" " if char in "[]:*?/\\'" else char for char in title)[:31].strip()
        name, number = base, 1
        while name.lower() in self.names:
            number += 1
            name = f"{base[:27]} {number}"
        self.names.add(name.lower())
        return name
