"""Whatever table somebody sends: it is read as meant, or refused with a sentence. Never a crash."""

import io
import zipfile
from contextlib import suppress
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soe.web.imports import cells
from soe.web.imports.mapping import guess, is_exact
from soe.web.imports.reading import UnreadableFile, read
from soe.web.imports.spec import Column

TEXT = "Name;Stand\r\nMüller;30.09.2026\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_any_common_writing_gives_the_same_rows(encoding, mark):
    sheet = read(TEXT.replace(";", mark).encode(encoding))
    assert (sheet.header, sheet.rows) == (["Name", "Stand"], [(2, ["Müller", "30.09.2026"])])


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_spreadsheet_gives_german_text_and_its_own_line_numbers():
    content = workbook(
        [],
        ["Name", "Stand", "Wert", "ja?"],
        [],
        ["Müller", date(2026, 9, 30), 0.1 + 0.2, True],
        ["x", "", 12.0],
    )
    sheet = read(content)
    assert sheet.rows == [(4, ["Müller", "30.09.2026", "0,3", "ja"]), (5, ["x", "", "12", ""])]


def test_empty_lines_help_rows_and_double_headers():
    sheet = read("a;a;;b\n» Diese Zeile bleibt unbeachtet\n\n;;;\n1;2;3;4;5\n".encode())
    assert sheet.header == ["a", "a (2)", "Spalte 3", "b"]
    assert sheet.rows == [(5, ["1", "2", "3", "4", "5"])]


def test_line_breaks_inside_a_cell_keep_the_line_numbers():
    assert read(b'a;b\n"x\ny";1\nz;2').rows == [(2, ["x\ny", "1"]), (4, ["z", "2"])]


def _zip(**entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def huge():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "x", "y"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"\x00\x01\x02",
        b"PK\x03\x04broken",
        b"\xd0\xcf\x11\xe0old excel",
        _zip(readme="x"),
        _zip(xl__workbook_xml=b" " * (200 << 20)),
        _zip(xl__workbook_xml="<not xml"),
        huge(),
    ],
    ids=["empty", "utf16", "binary", "zip", "xls", "other zip", "bomb", "xml", "billions of cells"],
)
def test_what_is_no_table_is_refused_with_a_sentence(content):
    with pytest.raises(UnreadableFile, match=r"\.$|\?$"):
        read(content)


HEADS = st.lists(st.text(alphabet="abÄß;,\t\"' =+-@1.", max_size=8), min_size=1, max_size=5)
ROWS = st.lists(st.lists(st.text(max_size=12), max_size=7), max_size=8)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    head=HEADS,
    rows=ROWS,
    mark=st.sampled_from(";,\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
def test_fuzz_every_text_is_read_or_refused_and_no_row_is_lost(head, rows, mark, encoding):
    import csv

    out = io.StringIO()
    writer = csv.writer(out, delimiter=mark)
    writer.writerow(["Kopf", *head])
    writer.writerows([f"r{number}", *row] for number, row in enumerate(rows))
    content = out.getvalue().encode(encoding, errors="replace")
    try:
        sheet = read(content)
    except UnreadableFile:
        return
    assert len(set(sheet.header)) == len(sheet.header)
    lines = [line for line, _ in sheet.rows]
    assert lines == sorted(set(lines))
    assert all(any(row) for _, row in sheet.rows)


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=300))
def test_fuzz_any_bytes(content):
    with suppress(UnreadableFile):
        read(content)


@settings(max_examples=150, deadline=None)
@given(text=st.text(min_size=1, max_size=25))
def test_fuzz_cells_mean_something_or_say_what_is_wrong(text):
    for parse in (
        cells.day,
        cells.integer,
        cells.decimal,
        cells.yes_no,
        cells.email,
        cells.choice([("a", "Äpfel")]),
    ):
        with suppress(cells.CellError):
            parse(text)


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (cells.day, "30.09.2026", date(2026, 9, 30)),
        (cells.day, "3.9.26", date(2026, 9, 3)),
        (cells.day, "2026-09-30", date(2026, 9, 30)),
        (cells.day, "31.02.2026", None),
        (cells.day, "09/30/2026", None),
        (cells.integer, "3.148", 3148),
        (cells.integer, "−9", -9),
        (cells.integer, "3.14", None),
        (cells.decimal, "1,5", Decimal("1.5")),
        (cells.decimal, "1.5", Decimal("1.5")),
        (cells.decimal, "1.234,56 €", Decimal("1234.56")),
        (cells.decimal, "1,234.56", Decimal("1234.56")),
        (cells.decimal, "1.234", Decimal("1234")),
        (cells.decimal, "0.125", Decimal("0.125")),
        (cells.decimal, "12a", None),
        (cells.yes_no, "X", True),
    ],
)
def test_german_numbers_and_dates(parse, text, value):
    if value is None:
        with pytest.raises(cells.CellError, match="Beispiel"):
            parse(text)
    else:
        assert parse(text) == value


COLUMNS = (
    Column("name", "Name", required=True, aliases=("Eigentümer",)),
    Column("city", "Ort"),
    Column("street", "Straße"),
)


def test_columns_are_guessed_by_name_and_remembered():
    assert guess(COLUMNS, ["Grund der Ablehnung", "ORT", "Eigentuemer", "Strasse "]) == {
        "name": 2,
        "city": 1,
        "street": 3,
    }
    assert guess(COLUMNS, ["Stadt", "Name"], {"city": "Stadt"}) == {"city": 0, "name": 1}
    assert guess(COLUMNS, ["Telefon", "Bemerkung"]) == {}
    assert is_exact(COLUMNS, ["Name", "Ort"], {"name": 0, "city": 1})
    assert not is_exact(COLUMNS, ["Name", "Stadtteil"], {"name": 0})
