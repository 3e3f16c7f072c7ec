"""Reading a table somebody made: CSV in any common writing, XLSX and ODS. Every cell becomes text; no database here."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_CELL = 10_000
MAX_UNPACKED = 150 * 1024 * 1024
MAX_RATIO = 200
MAX_ENTRIES = 2_000
# Rows that begin so explain the template; they are no data.
HELP = "»"
# The columns a file of rejected rows has on top; ignored when it comes back.
REASON, LINE = "Grund der Ablehnung", "Zeile im Original"


class UnreadableFile(ValueError):
    """The whole file cannot be read; the message is a German sentence that says what to do."""


@dataclass
class Sheet:
    """The header and the rows that hold anything, with the line number an editor or a spreadsheet shows."""

    header: list[str]
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


def read(content: bytes, name: str = "") -> Sheet:
    """The table in `content`. What it is decides the content, not the name. Raises UnreadableFile."""
    if not content:
        raise UnreadableFile("Die Datei ist leer.")
    if content[:4] == b"PK\x03\x04":
        lines = _workbook(content)
    elif content[:4] == b"\xd0\xcf\x11\xe0":
        raise UnreadableFile(
            "Das ist eine alte Excel-Datei (.xls) oder eine mit Kennwort. "
            "Bitte speichern Sie sie ohne Kennwort als „.xlsx“."
        )
    else:
        lines = _csv(text_of(content))
    return _sheet(lines)


# --- text ----------------------------------------------------------------------------------------------------------


def open_text(raw) -> io.TextIOBase:
    """A text stream over a binary file: UTF-8 with or without BOM, or cp1252. Streams, never reads all."""
    start = raw.read(1 << 16)
    raw.seek(0)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UnreadableFile(
            "Die Datei ist in UTF-16 gespeichert. Bitte speichern Sie sie als UTF-8 und versuchen Sie es erneut."
        )
    if b"\x00" in start:
        raise UnreadableFile("Das ist keine Textdatei. Erwartet wird eine entpackte Textdatei.")
    return io.TextIOWrapper(raw, encoding=_encoding(start), errors="replace", newline="")


def _encoding(start: bytes) -> str:
    try:
        start[: start.rfind(b"\n") + 1 or None].decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def text_of(content: bytes) -> str:
    """UTF-8 with or without BOM, UTF-16 with BOM ("Unicode-Text" of Excel), else cp1252; nothing that is not text."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            text = content.decode("utf-16")
        except UnicodeDecodeError:
            raise UnreadableFile(
                "Die Datei ist beschädigt. Bitte speichern Sie sie neu als „CSV UTF-8“."
            ) from None
    elif b"\0" in content:
        raise UnreadableFile("Das ist keine Tabelle. Bitte speichern Sie sie als „CSV UTF-8“ oder „.xlsx“.")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            # cp1252 leaves five bytes undefined; they become a sign one sees instead of an unreadable file.
            text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise UnreadableFile("Das ist keine Tabelle. Bitte speichern Sie sie als „CSV UTF-8“ oder „.xlsx“.")
    return text


def delimiter_of(line: str) -> str:
    """`;`, TAB or `,`, whichever the header uses most outside quotes."""
    bare = "".join(line.split('"')[::2])
    return max(";\t,", key=bare.count)


def _csv(text):
    first = next((line for line in text.splitlines() if line.strip(" ;,\t\ufeff")), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(first), strict=False)
    csv.field_size_limit(max(csv.field_size_limit(), 1 << 20))
    try:
        before = 0
        for cells in reader:
            # The line a row begins in: cells with line breaks make rows of several lines.
            yield before + 1, cells
            before = reader.line_num
    except csv.Error:
        raise UnreadableFile(
            "Die Datei lässt sich nicht in Spalten zerlegen. Fehlt ein Anführungszeichen?"
        ) from None


# --- spreadsheets --------------------------------------------------------------------------------------------------


def _workbook(content):
    _check_archive(content)
    # In a process of its own with limits: a table that unfolds to millions of cells ends there, not here.
    script = Path(__file__).with_name("workbook.py")
    try:
        done = subprocess.run(  # noqa: S603  (our own script, no shell)
            [sys.executable, "-I", str(script)],
            input=content,
            capture_output=True,
            timeout=60,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableFile("Die Datei ist zu groß. Bitte teilen Sie sie auf.") from None
    if done.returncode != 0:
        raise UnreadableFile(
            "Die Datei lässt sich nicht lesen. Bitte öffnen Sie sie in Excel oder LibreOffice und speichern Sie sie "
            "neu als „.xlsx“; sehr große Tabellen bitte aufteilen."
        )
    for line in done.stdout.splitlines():
        number, cells = json.loads(line)
        yield number, cells


def _check_archive(content):
    """XLSX and ODS are ZIP archives: refuse what would unfold out of all proportion."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise UnreadableFile("Die Datei ist beschädigt. Bitte speichern Sie sie neu.") from None
    names = {entry.filename for entry in entries}
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        raise UnreadableFile("Das ist keine Tabelle. Erwartet wird eine CSV-, XLSX- oder ODS-Datei.")
    unpacked = sum(entry.file_size for entry in entries)
    if (
        len(entries) > MAX_ENTRIES
        or unpacked > MAX_UNPACKED
        or any(
            entry.file_size > 1 << 20 and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)
            for entry in entries
        )
    ):
        raise UnreadableFile("Die Datei ist zu groß. Bitte teilen Sie sie auf.")


# --- rows ----------------------------------------------------------------------------------------------------------


def _sheet(lines):
    header, width, rows = None, 0, []
    for number, cells in lines:
        cells = [_tidy(cell) for cell in cells]
        while cells and not cells[-1]:
            cells.pop()
        if not cells or cells[0].startswith(HELP):
            continue
        if header is None:
            header, width = _header(cells), len(cells)
            continue
        if len(rows) >= MAX_ROWS:
            raise UnreadableFile(
                f"Die Datei hat mehr als {MAX_ROWS:,} Zeilen. Bitte teilen Sie sie auf.".replace(",", ".")
            )
        # Cells beyond the header stay, so that a shifted row can be rejected instead of cut.
        rows.append((number, cells + [""] * (width - len(cells))))
    if header is None:
        raise UnreadableFile("Die Datei ist leer.")
    return Sheet(header, rows)


def _tidy(cell):
    return cell.replace("\xa0", " ").replace("\0", "").strip()[:MAX_CELL]


def _header(cells):
    """Names that differ: "Name", "Name (2)", "Spalte 3" for an empty one."""
    if len(cells) > MAX_COLUMNS:
        raise UnreadableFile(
            f"Die Datei hat mehr als {MAX_COLUMNS} Spalten. Bitte löschen Sie die überflüssigen."
        )
    seen, names = {}, []
    for position, cell in enumerate(cells, 1):
        name = " ".join(cell.split())[:100] or f"Spalte {position}"
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            name = f"{name} ({seen[name]})"
            seen[name] = seen.get(name, 0) + 1
        names.append(name)
    return names
