"""Exactly the shown list as a file: streamed, text never a formula, numbers stay numbers."""

import csv
import tempfile
from datetime import date, datetime, time
from decimal import Decimal

from anyascii import anyascii
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone

from . import text

UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
BOM = "\ufeff"
# What a spreadsheet may take for a formula or a command at the start of a cell.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
CHUNK = 500
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def safe_text(value: str) -> str:
    """A text cell that no spreadsheet evaluates: an apostrophe in front of what looks like a formula."""
    value = value.replace("\0", "")
    return f"'{value}" if value.startswith(_DANGEROUS) else value


def csv_cell(value) -> str:
    """German notation: decimal comma, TT.MM.JJJJ, ja/nein."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        return f"{value:%d.%m.%Y %H:%M}"
    if isinstance(value, date):
        return text.day(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, int | float | Decimal):
        return str(value).replace(".", ",")
    return safe_text(str(value))


class _Echo:
    """csv.writer writes here and gets the line back."""

    def write(self, value):
        return value


def csv_lines(header, rows):
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    yield BOM + writer.writerow([csv_cell(cell) for cell in header])
    for row in rows:
        yield writer.writerow([csv_cell(cell) for cell in row])


def csv_response(header, rows, name):
    lines = csv_lines(header, rows)
    return _named(StreamingHttpResponse(lines, content_type=CONTENT_TYPES["csv"]), name, "csv")


def xlsx_response(header, rows, name, title="Liste"):
    file = xlsx_file(header, rows, title)
    return _named(FileResponse(file, content_type=CONTENT_TYPES["xlsx"]), name, "xlsx")


def xlsx_file(header, rows, title="Liste"):
    """Written row by row to a temporary file (constant memory), which is gone when it is closed."""
    import xlsxwriter

    # Deleted when the response is closed: FileResponse closes what it was given.
    file = tempfile.NamedTemporaryFile(prefix="soe-export-", suffix=".xlsx")  # noqa: SIM115
    book = xlsxwriter.Workbook(
        file.name,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "date": book.add_format({"num_format": "dd.mm.yyyy", "align": "left"}),
        "moment": book.add_format({"num_format": "dd.mm.yyyy hh:mm", "align": "left"}),
    }
    sheet = book.add_worksheet(_sheet_name(title))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(len(header) - 1, 0), 22)
    for column, cell in enumerate(header):
        sheet.write_string(0, column, str(cell), formats["head"])
    try:
        for line, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                _write(sheet, line, column, cell, formats)
    except BaseException:
        # Rows that end in an error (a right that was withdrawn) leave no half file behind.
        book.close()
        file.close()
        raise
    book.close()
    file.seek(0)
    return file


def _write(sheet, line, column, cell, formats):
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_string(line, column, "ja" if cell else "nein")
    elif isinstance(cell, int | float | Decimal):
        sheet.write_number(line, column, cell)
    elif isinstance(cell, datetime):
        local = timezone.localtime(cell).replace(tzinfo=None) if timezone.is_aware(cell) else cell
        sheet.write_datetime(line, column, local, formats["moment"])
    elif isinstance(cell, date):
        sheet.write_datetime(line, column, datetime.combine(cell, time.min), formats["date"])
    else:
        # A string cell is never evaluated; without the apostrophe the text survives a round trip unchanged.
        sheet.write_string(line, column, _printable(str(cell))[:32767])


def _printable(value):
    """Without control characters, which would make the file unreadable."""
    return "".join(char for char in value if char >= " " or char in "\t\n")


def _sheet_name(title):
    return "".join(char for char in title if char not in "[]:*?/\\'")[:31] or "Liste"


def file_name(name, extension):
    stamp = timezone.localtime().strftime("%Y-%m-%d")
    clean = "".join(char if char.isalnum() or char in "-_" else "-" for char in name).strip("-") or "liste"
    ascii_name = anyascii(clean.translate(UMLAUTS)) or "liste"
    return f"{ascii_name}-{stamp}.{extension}"


def _named(response, name, extension):
    response["Content-Disposition"] = f'attachment; filename="{file_name(name, extension)}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
