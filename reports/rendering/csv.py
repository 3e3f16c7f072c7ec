"""One table as CSV: semicolons, BOM, German numbers."""

import csv
import io

from soe.web.export import BOM, csv_cell

from . import lines_of


def render(view, table) -> bytes:
    header, rows = lines_of(table)
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([csv_cell(cell) for cell in header])
    for row in rows:
        writer.writerow([csv_cell(cell) for cell in row])
    return (BOM + file.getvalue()).encode()
