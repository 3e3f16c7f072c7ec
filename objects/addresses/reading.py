"""Reading gebref.txt: what a row is, and what is wrong with it. No database here."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from soe.web.imports.reading import UnreadableFile, open_text

__all__ = ["UnreadableFile", "open_text"]

COLUMNS = [
    "nba",
    "oid",
    "qua",
    "landschl",
    "land",
    "regbezschl",
    "regbez",
    "kreisschl",
    "kreis",
    "gmdschl",
    "gmd",
    "ottschl",
    "ott",
    "strschl",
    "str",
    "hnr",
    "adz",
    "zone",
    "ostwert",
    "nordwert",
    "datum",
]
# Plausible coordinates of North Rhine-Westphalia in EPSG:25832, metres, with some room.
EAST, NORTH = (270_000.0, 540_000.0), (5_560_000.0, 5_830_000.0)


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row that was not taken. `line` counts from 1, as an editor shows it."""

    line: int
    column: str
    reason: str
    text: str


def delimiter_of(line: str) -> str:
    """The separator of a line, by its columns: `;`, TAB or `,` (a decimal comma must not win)."""
    for candidate in (";", "\t", ","):
        if line.count(candidate) >= 12:
            return candidate
    raise UnreadableFile(
        "Die Datei hat nicht den Aufbau der Liste gebref.txt: erwartet werden 21 Spalten, getrennt durch Semikolon. "
        "Bitte laden Sie die Datei „gebref_txt“ von open.nrw neu herunter."
    )


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "").replace("-", "").strip().isdigit()


def check_layout(fields: list[str]):
    """Raise UnreadableFile unless this first row has the layout with street names."""
    if len(fields) in (21, 22):
        return
    older = 13 <= len(fields) < 21 and _is_number(fields[11]) and _is_number(fields[12])
    if older:
        raise UnreadableFile(
            "Das ist der ältere Aufbau der Liste (2019) ohne Straßennamen; er kann nicht eingelesen werden. "
            "Bitte laden Sie die aktuelle Datei „gebref_txt“ von open.nrw herunter."
        )
    raise UnreadableFile(
        f"Die erste Zeile hat {len(fields)} statt 21 Spalten. Bitte prüfen Sie, ob die Datei vollständig ist und "
        "durch Semikolon getrennt wurde."
    )


def rows(stream) -> Iterator[tuple[int, list[str]]]:
    """(line number, fields) of each row; an optional header line is passed over. Raises UnreadableFile."""
    first = stream.readline()
    if not first.strip():
        raise UnreadableFile("Die Datei ist leer.")
    delimiter = delimiter_of(first)
    fields = first.rstrip("\r\n").split(delimiter)
    check_layout(fields)
    if fields[0].strip().lower() != "nba":
        yield 1, _clean(fields)
    # The list quotes nothing; when somebody's spreadsheet did, the csv module reads it.
    for line, text in enumerate(stream, 2):
        if '"' in text:
            yield line, _quoted(text.rstrip("\r\n"), delimiter)
        elif text := text.rstrip("\r\n"):
            yield line, text.split(delimiter)


def _quoted(text, delimiter):
    try:
        return next(csv.reader([text], delimiter=delimiter))
    except (csv.Error, StopIteration):
        return [text]


def _clean(fields):
    return [field.strip().strip('"') for field in fields]


def metres(text: str) -> float:
    """374312,123 or 374312.123 or 32374312,123 (with the zone in front) → metres. Raises ValueError."""
    value = float(text.replace(",", ".") if "," in text else text)
    return value - 32_000_000 if value > 32_000_000 else value


def municipality_of(fields: list[str]) -> str:
    """The official 8-digit municipality key out of its four parts."""
    return f"{fields[3].strip():0>2}{fields[5].strip()}{fields[7].strip():0>2}{fields[9].strip():0>3}"


class RowError(ValueError):
    def __init__(self, column, reason):
        super().__init__(reason)
        self.column, self.reason = column, reason


# What the register keeps of one row: number, suffix, locality, official id, quality, metres east and north
# (EPSG:25832), date as ISO text or None. A plain tuple, because 4.5 million of them are made in one run.
type AddressRow = tuple[int, str, str, str, str, float, float, str | None]
EASTING, NORTHING = 5, 6


def check_street(fields: list[str]) -> tuple[str, str]:
    """(street code, street name) of a row. Raises RowError. Asked once for each street, not for each row."""
    code, name = fields[13].strip(), fields[14].strip()
    if not name:
        raise RowError("str", "Straßenname fehlt")
    if len(name) > 120:
        raise RowError("str", "Straßenname ist länger als 120 Zeichen")
    if not code or len(code) > 5:
        raise RowError("strschl", f"Straßenschlüssel „{code[:20]}“ hat nicht 1 bis 5 Zeichen")
    return code, name


def is_removed(fields: list[str]) -> bool:
    return fields[0] in ("L", "l")


def parse(fields: list[str]) -> AddressRow:
    """The address of one row of 21 fields. Raises RowError with the column and a German reason."""
    try:
        number = int(fields[15])
    except ValueError:
        raise RowError("hnr", f"Hausnummer „{fields[15][:20]}“ ist keine Zahl") from None
    if not 0 < number < 100_000:
        raise RowError("hnr", f"Hausnummer {number} ist nicht möglich")
    if suffix := fields[16]:
        suffix = suffix.strip().lower()
        if len(suffix) > 12:
            raise RowError("adz", f"Zusatz „{suffix[:20]}“ ist länger als 12 Zeichen")
    try:
        easting = metres(fields[18])
    except ValueError:
        raise RowError("ostwert", f"„{fields[18][:20]}“ ist keine Zahl") from None
    try:
        northing = metres(fields[19])
    except ValueError:
        raise RowError("nordwert", f"„{fields[19][:20]}“ ist keine Zahl") from None
    if not (EAST[0] <= easting <= EAST[1] and NORTH[0] <= northing <= NORTH[1]):
        if NORTH[0] <= easting <= NORTH[1] and EAST[0] <= northing <= EAST[1]:
            raise RowError("ostwert", "Ostwert und Nordwert sind vertauscht")
        raise RowError("ostwert", f"{easting:.0f} / {northing:.0f} liegt nicht in Nordrhein-Westfalen")
    quality = fields[2][:1]
    text = fields[20]
    return (
        number,
        suffix,
        fields[12][:60],
        fields[1][:20],
        quality if quality in "ABC" else "",
        easting,
        northing,
        _dates[text] if text in _dates else _date(text),
    )


_dates: dict[str, str | None] = {}


def _date(text: str) -> str | None:
    """2026-07-01, 01.07.2026 or 20260701 as ISO text; an unreadable date is no reason to lose an address."""
    if len(_dates) > 20_000:
        _dates.clear()
    clean, found = text.strip(), None
    for parts in (
        (clean[:4], clean[5:7], clean[8:10]) if "-" in clean else None,
        (clean[6:10], clean[3:5], clean[0:2]) if "." in clean else None,
        (clean[:4], clean[4:6], clean[6:8]) if clean.isdigit() and len(clean) == 8 else None,
    ):
        if parts:
            try:
                found = date(*map(int, parts)).isoformat()
            except ValueError:
                found = None
    _dates[text] = found
    return found
