"""Reading a list of population figures: any common CSV, every row answered, all or nothing unless chosen."""

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.db import transaction

from soe.web.folding import norm
from soe.web.imports import reading

from .models import CATEGORIES, Category, District, Nationality, PopulationFigure, Subject

HEADER = [
    "Stand", "Staatsangehörigkeit", "Stadtbezirk", "Merkmal", "Klasse", "Anzahl", "Anteil", "Wortlaut", "Quelle",
]  # fmt: skip
REQUIRED = {"Stand", "Staatsangehörigkeit", "Merkmal", "Anzahl", "Quelle"}
EXAMPLE = [
    ["30.09.2026", "Bulgarien", "Wanne", "Bestand", "", "612", "", "", "Melderegister"],
    ["30.09.2026", "Bulgarien und Rumänien", "Wanne", "Altersgruppe", "unter 18", "521", "", "", "Melderegister"],
    ["30.09.2026", "Rumänien", "Herne gesamt", "Bewegung im Quartal", "Zuzüge", "84", "", "", "Melderegister"],
]  # fmt: skip
MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 20_000


class Unreadable(ValidationError):
    """The file as a whole cannot be read; the message says what to do."""


@dataclass
class Rejected:
    """One row that was not taken over, with the column and the reason."""

    line: int
    column: str
    reason: str
    cells: list[str]


@dataclass
class Outcome:
    """rows = imported + rejected; imported = new + changed + unchanged."""

    header: list[str]
    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    taken: bool = False

    @property
    def imported(self):
        return self.new + self.changed + self.unchanged

    def rejected_csv(self) -> str:
        """The rejected rows as a file that can be repaired and read in again."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
        writer.writerow([*self.header, "Spalte", "Grund"])
        for row in self.rejected:
            writer.writerow([*row.cells, row.column, row.reason])
        return out.getvalue()


def decode(content: bytes) -> str:
    """UTF-8 with or without BOM, UTF-16 with BOM, else cp1252; nothing that is not text."""
    if len(content) > MAX_BYTES:
        raise Unreadable("Die Datei ist größer als 2 MB. Bitte teilen Sie sie auf.")
    try:
        return reading.text_of(content)
    except reading.UnreadableFile:
        raise Unreadable(
            "Das ist keine CSV-Datei. Bitte speichern Sie die Tabelle als „CSV UTF-8“."
        ) from None


def read(content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """(header, [(line number, cells)]) with `;`, `,` or TAB between the cells."""
    text = decode(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not first:
        raise Unreadable("Die Datei ist leer.")
    delimiter = reading.delimiter_of(first)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        lines = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise Unreadable(
            "Die Datei lässt sich nicht in Spalten zerlegen. Fehlt ein Anführungszeichen?"
        ) from error
    lines = [(number, cells) for number, cells in lines if any(cells)]
    if len(lines) > MAX_ROWS:
        raise Unreadable(f"Die Datei hat mehr als {MAX_ROWS} Zeilen. Bitte teilen Sie sie auf.")
    known = {norm(name): name for name in HEADER}
    header = [known.get(norm(cell), "") for cell in lines[0][1]]
    if missing := [name for name in HEADER if name in REQUIRED and name not in header]:
        raise Unreadable(
            f"In der ersten Zeile fehlt {' und '.join(f'„{name}“' for name in missing)}. "
            f"Erwartet wird: {'; '.join(HEADER)}"
        )
    return header, lines[1:]


class CellError(Exception):
    def __init__(self, column, reason):
        self.column, self.reason = column, reason


def _choice(column, text, choices, default=None):
    if not text and default is not None:
        return default
    folded = norm(text)
    for value, label in choices.choices:
        if folded and folded in (norm(label), norm(value)):
            return value
    offered = ", ".join(f"„{label}“" for value, label in choices.choices if value)
    raise CellError(column, f"„{text[:40]}“ ist nicht bekannt. Möglich sind {offered}.")


def _date(text):
    for pattern in ("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  (a day has no time zone)
        except ValueError:
            continue
    raise CellError("Stand", f"„{text[:20]}“ ist kein Datum. Beispiel: 30.09.2026")


def _count(text):
    if not text:
        return None
    plain = text.replace("−", "-").replace("\u00a0", "").replace(" ", "")
    sign = -1 if plain.startswith("-") else 1
    digits = plain.lstrip("+-")
    groups = digits.split(".")
    # 3.148 is three thousand; 3.14 is a mistake and not three hundred and fourteen.
    if len(groups) > 1 and not (0 < len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])):
        raise CellError("Anzahl", f"„{text[:20]}“ ist keine ganze Zahl. Beispiel: 3148 oder 3.148")
    digits = "".join(groups)
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
        raise CellError("Anzahl", f"„{text[:20]}“ ist keine ganze Zahl. Beispiel: 3148 oder 3.148")
    return sign * int(digits)


def _share(text):
    if not text:
        return None
    try:
        value = Decimal(text.replace("%", "").replace(" ", "").replace("\u00a0", "").replace(",", "."))
        if not value.is_finite() or not 0 <= value <= 100:
            raise InvalidOperation
        return value.quantize(Decimal("0.01"))
    except InvalidOperation:
        raise CellError("Anteil", f"„{text[:20]}“ ist kein Anteil. Beispiel: 2,1") from None


def _figure(cells: dict) -> PopulationFigure:
    as_of: date = _date(cells.get("Stand", ""))
    subject = _choice("Merkmal", cells.get("Merkmal", ""), Subject)
    classes = CATEGORIES[Subject(subject)]
    category = _choice("Klasse", cells.get("Klasse", ""), Category, default="")
    if category not in [c.value for c in classes]:
        wanted = ", ".join(f"„{c.label}“" for c in classes if c.value) or "keine Klasse"
        raise CellError("Klasse", f"Zu „{Subject(subject).label}“ gehört: {wanted}.")
    quote = cells.get("Wortlaut", "")
    if len(quote) > 120:
        raise CellError("Wortlaut", "Höchstens 120 Zeichen.")
    source = cells.get("Quelle", "")
    if not source or len(source) > 120:
        raise CellError("Quelle", "Bitte nennen Sie die Quelle mit höchstens 120 Zeichen.")
    return PopulationFigure(
        as_of=as_of,
        nationality=_choice("Staatsangehörigkeit", cells.get("Staatsangehörigkeit", ""), Nationality),
        district=_choice("Stadtbezirk", cells.get("Stadtbezirk", ""), District, default=""),
        subject=subject,
        category=category,
        count=_count(cells.get("Anzahl", "")),
        share=_share(cells.get("Anteil", "")),
        approximate=bool(quote),
        quote=quote,
        source=source,
    )


VALUES = ("count", "share", "approximate", "quote")


@transaction.atomic
def import_figures(content: bytes, *, only_good_rows=False) -> Outcome:
    """Take the file over. With a rejected row nothing is written unless `only_good_rows`. Repeating changes nothing."""
    header, lines = read(content)
    outcome = Outcome(
        header=[name or f"Spalte {number}" for number, name in enumerate(header, 1)], rows=len(lines)
    )
    good, seen = [], {}
    for number, cells in lines:
        try:
            row = dict(zip(header, cells, strict=False))
            figure = _figure(row)
            if figure.key in seen:
                raise CellError("Stand", f"Diese Zahl steht schon in Zeile {seen[figure.key]}.")
            figure.full_clean(validate_unique=False, validate_constraints=False)
            _check_constraints(figure)
            seen[figure.key] = number
            good.append(figure)
        except CellError as error:
            outcome.rejected.append(Rejected(number, error.column, error.reason, _padded(cells, header)))
        except ValidationError as error:
            outcome.rejected.append(Rejected(number, "", " ".join(error.messages), _padded(cells, header)))
    if outcome.rejected and not only_good_rows:
        return outcome
    _write(good, outcome)
    outcome.taken = True
    return outcome


def _check_constraints(figure):
    for constraint in figure._meta.constraints:
        if constraint.name != "reports_population_once":
            constraint.validate(PopulationFigure, figure)


def _padded(cells, header):
    return [*cells[: len(header)], *[""] * (len(header) - len(cells))]


def _write(figures, outcome):
    dates = {figure.as_of for figure in figures}
    there = {row.key: row for row in PopulationFigure.objects.filter(as_of__in=dates)}
    for figure in figures:
        known = there.get(figure.key)
        if known is None:
            figure.save(reason="aus Datei eingelesen")
            outcome.new += 1
        elif all(getattr(known, name) == getattr(figure, name) for name in VALUES):
            outcome.unchanged += 1
        else:
            for name in VALUES:
                setattr(known, name, getattr(figure, name))
            known.save(reason="aus Datei eingelesen")
            outcome.changed += 1
