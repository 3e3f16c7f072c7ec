"""What the words of such lists mean: problem areas, occupancy, traffic light, dates of every kind, names of owners."""

import re
from datetime import date, timedelta

from soe.web.folding import norm
from soe.web.imports import cells
from soe.web.imports.cells import CellError

from ..models import Party, ProblemArea, Property

KIND, OCCUPANCY, BUILDING = ProblemArea.Kind, Property.Occupancy, Property.BuildingType
_KINDS = {
    KIND.BUILDING: "bau baurecht bauordnung bauordnungsrecht brandschutz statik standsicherheit rettungsweg",
    KIND.ENVIRONMENT: "umwelt umweltrecht muell abfall ratten schaedlinge altlasten ungeziefer",
    KIND.HOUSING: "wohnen wohnung wohnungsaufsicht wohnungsaufsichtsrecht schimmel ueberbelegung maengel",
    KIND.SOCIAL: "sozial soziales sozialeprobleme sozialeproblemlagen nachbarschaft laerm",
    KIND.DECLINE: "entwicklung drohend verwahrlosung leerstand verfall gefaehrdet",
}  # fmt: skip
_OCCUPANCY = {
    OCCUPANCY.USED: "bewohnt belegt wohnen inbenutzung vermietet vollbelegt",
    OCCUPANCY.PARTLY: "teilweiseleerstehend teilleerstand teilwleer teilsleer teilsbewohnt teilweisebewohnt",
    OCCUPANCY.VACANT: "leer leerstand unbewohnt stehtleer komplettleer vollstaendigleer",
    OCCUPANCY.UNKNOWN: "unbekannt unklar k.a. ka keineangabe",
}  # fmt: skip
_BUILDING = {
    BUILDING.APARTMENTS: "mfh wohnhaus mietshaus",
    BUILDING.HOUSE: "efh einfamilienhaus zweifamilienhaus reihenhaus",
    BUILDING.MIXED: "wgh wohnundgeschaeftshaus wohnungeschaeftshaus mischnutzung",
    BUILDING.COMMERCIAL: "gewerbe buero laden geschaeftshaus",
    BUILDING.INDUSTRIAL: "halle zeche werkstatt industrie",
    BUILDING.LAND: "grundstueck brache unbebaut",
}  # fmt: skip
_PRESSURE = {
    "rot": 3,
    "gelb": 2,
    "orange": 2,
    "gruen": 1,
    "hoch": 3,
    "mittel": 2,
    "gering": 1,
    "niedrig": 1,
    "3": 3,
    "2": 2,
    "1": 1,
}
_ROOM = {
    "gering": 1,
    "klein": 1,
    "begrenzt": 2,
    "mittel": 2,
    "gut": 3,
    "gross": 3,
    "hoch": 3,
    "1": 1,
    "2": 2,
    "3": 3,
}
_MONTHS = (
    "januar",
    "februar",
    "maerz",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "dezember",
)
_SPLIT = re.compile(r"\s*(?:,|;|/|\+|&|\n|\bund\b|\bsowie\b)\s*")


def _known(choices, more):
    known = {norm(word): value for value, words in more.items() for word in words.split()}
    known |= {norm(str(value)): value for value in choices.values}
    return known | {norm(label): value for value, label in choices.choices}


def _choice(choices, more):
    known, offered = _known(choices, more), [label for _, label in choices.choices]

    def parse(text):
        try:
            return known[norm(text)]
        except KeyError:
            raise CellError(
                f"„{text[:40]}“ ist nicht bekannt. Möglich sind {', '.join(f'„{label}“' for label in offered)}."
            ) from None

    parse.offered = offered
    return parse


occupancy = _choice(OCCUPANCY, _OCCUPANCY)
building = _choice(BUILDING, _BUILDING)
_kind = _choice(KIND, _KINDS)


def problem_areas(text) -> tuple:
    """Kinds in the order of the product, each once: "Müll; Brandschutz / Sozial"."""
    if norm(text) in ("nein", "keine", "ka"):
        return ()
    found = {_kind(part) for part in _SPLIT.split(text) if part}
    return tuple(kind for kind in KIND.values if kind in found)


problem_areas.offered = _kind.offered


def light(text) -> tuple:
    """(pressure, room or None): "rot", "hoch/gering", "3/1"."""
    parts = [norm(part) for part in re.split(r"\s*[/|;,]\s*", text.strip()) if part]
    try:
        pressure = _PRESSURE[parts[0]]
        room = _ROOM[parts[1]] if len(parts) > 1 else None
    except (KeyError, IndexError):
        parts = ()
    if not 1 <= len(parts) <= 2:
        raise CellError(f"„{text[:20]}“ ist keine Ampel. Beispiele: rot · hoch/gering · 3/1")
    return pressure, room


def day(text) -> date:
    """Every date `cells.day` knows, and "März 2021", "03/2021", "2021", "1. April 2021", a spreadsheet's day number."""
    found = _loose(text.strip()) or cells.day(text)
    if found > date.today():  # noqa: DTZ011  (a day, as it stands in the list)
        raise CellError(f"„{text[:20]}“ liegt in der Zukunft.")
    return found


def _loose(text):
    plain = norm(text)
    try:
        if re.fullmatch(r"(19|20)\d\d", plain):
            return date(int(plain), 1, 1)
        if re.fullmatch(r"[34]\d{4}", text):  # 30000 to 49999: 1982 to 2036
            return date(1899, 12, 30) + timedelta(days=int(text))
        if month := re.fullmatch(r"(\d{1,2})\s*[/.\-]\s*((?:19|20)\d\d)", text):
            return date(int(month[2]), int(month[1]), 1)
        if dashed := re.fullmatch(r"(\d{1,2})[-/](\d{1,2})[-/]((?:19|20)\d\d)", text):
            return date(int(dashed[3]), int(dashed[2]), int(dashed[1]))
        if named := re.fullmatch(r"(\d{1,2})?([a-z]{3,9})((?:19|20)\d\d)", plain):
            number = next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(named[2]))
            return date(int(named[3]), number, int(named[1] or 1))
    except (ValueError, StopIteration):
        raise CellError(f"„{text[:20]}“ ist kein Datum. Beispiel: 30.09.2026") from None
    return None


def parties(text) -> tuple:
    """Names, one or several: "Muster GmbH; Blau, Ute"."""
    names = [" ".join(part.split()) for part in re.split(r"\s*(?:;|\n|\s/\s)\s*", text) if part.strip()]
    if any(len(name) > 160 for name in names):
        raise CellError("Ein Name hat höchstens 160 Zeichen; mehrere bitte durch Semikolon trennen.")
    return tuple(dict.fromkeys(name for name in names if norm(name) not in ("unbekannt", "unklar", "ka", "")))


_FORMS = (
    (Party.Kind.HEIRS, r"\berben|erbengem"),
    (Party.Kind.CONDOMINIUM, r"\bweg\b|eigent[uü]mergem"),
    (Party.Kind.PUBLIC, r"\bstadt\b|\bland nrw\b|\bbund\b|bundesrepublik|bima\b"),
    (Party.Kind.COMPANY, r"\b(g?gmbh|ag|ug|kg|ohg|eg|se|gbr|ltd|s\.?a\.?|b\.?v\.?|e\.?k)\b|verwaltung|immobilien"),
)  # fmt: skip


def party_kind(name) -> str:
    for kind, pattern in _FORMS:
        if re.search(pattern, name.lower()):
            return kind
    return Party.Kind.PERSON
