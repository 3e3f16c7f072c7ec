"""A spreadsheet on standard input becomes lines of JSON: [row number, [cells as German text]].

Run as a program of its own, with limits on memory and time, because a small file can unfold to billions of cells.
Knows nothing of Django.
"""

import io
import json
import resource
import sys
from datetime import date, datetime, time, timedelta

MEMORY = 1 << 30
SECONDS = 30
MAX_ROWS = 60_000
MAX_COLUMNS = 500


def text(value):
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        # What the spreadsheet shows: 0.1 + 0.2 is 0,3 for the person who typed it.
        return f"{value:.15g}".replace(".", ",")
    if isinstance(value, datetime):
        if value.time() == time(0):
            return f"{value:%d.%m.%Y}"
        return f"{value:%d.%m.%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def main():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    from python_calamine import SheetTypeEnum, SheetVisibleEnum, load_workbook

    book = load_workbook(io.BytesIO(sys.stdin.buffer.read()))
    out = io.StringIO()
    for meta in book.sheets_metadata:
        if meta.visible != SheetVisibleEnum.Visible or meta.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(meta.name)
        if not sheet.height:
            continue
        first = (sheet.start or (0, 0))[0]
        found = False
        for number, row in enumerate(sheet.iter_rows(), 1):
            # iter_rows() begins at the first line of the sheet, whatever stands there.
            cells = [text(cell) for cell in row[:MAX_COLUMNS]]
            if any(cells):
                found = True
                json.dump([number, cells], out)
                out.write("\n")
            if number > MAX_ROWS + first:
                break
        if found:
            break
    sys.stdout.write(out.getvalue())


if __name__ == "__main__":
    main()
