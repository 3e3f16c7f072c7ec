"""One row of a list of population figures: what its cells mean together, and why it is refused."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from soe.web.folding import norm

from .models import CATEGORIES, Category, District, Nationality, PopulationFigure, Subject

EXAMPLE = {
    "Stand": "30.09.2026",
    "Staatsangehörigkeit": "Bulgarien",
    "Stadtbezirk": "Wanne",
    "Merkmal": "Bestand",
    "Klasse": "",
    "Anzahl": "612",
    "Anteil": "",
    "Wortlaut": "",
    "Quelle": "Melderegister",
}
REQUIRED = {"Stand", "Staatsangehörigkeit", "Merkmal", "Quelle"}
VALUES = ("count", "share", "approximate", "quote")


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


def figure_of(cells: dict) -> PopulationFigure:
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


def check_constraints(figure):
    for constraint in figure._meta.constraints:
        if constraint.name != "reports_population_once":
            constraint.validate(PopulationFigure, figure)
