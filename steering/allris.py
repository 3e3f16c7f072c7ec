"""Reads the text of a council paper as the council information systems print it (ALLRIS of Herne, Rheine's form)."""

import re
from dataclasses import dataclass, field
from datetime import date as Day
from decimal import Decimal

from .models import Consultation, Outcome

ROLES = {
    "anhörung": Consultation.Role.HEARING,
    "vorberatung": Consultation.Role.PREPARATION,
    "empfehlung": Consultation.Role.PREPARATION,
    "entscheidung": Consultation.Role.DECISION,
    "beschlussfassung": Consultation.Role.DECISION,
    "kenntnisnahme": Consultation.Role.NOTE,
}
# Longer terms first: "ungeändert beschlossen" ends with "geändert beschlossen".
RESULTS = sorted(
    [(str(outcome.label), outcome) for outcome in Outcome if outcome != Outcome.REFERRED]
    + [
        ("verwiesen", Outcome.REFERRED),
        ("einstimmig", Outcome.UNANIMOUS),
        ("mehrheitlich", Outcome.MAJORITY),
    ],
    key=lambda pair: -len(pair[0]),
)
# Names of parts of the printed page; each ends the part before it.
HEADINGS = (
    "Sachverhalt",
    "Begründung",
    "Finanzielle Auswirkungen",
    "Anlagen",
    "Anlage",
    "Anlage/n",
    "Der Oberbürgermeister",
)
NOISE = re.compile(r"^(ALLRIS®.*|Ratsinformationssystem)$")
DATE = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})\b")
AMOUNT = re.compile(r"-?\d{1,3}(?:\.\d{3})*,\d{2}")


class NotAPaper(ValueError):
    """The text is no council paper we can read; the message is German and says what is missing."""


@dataclass(frozen=True)
class Station:
    organization_name: str
    role: str = ""
    date: Day | None = None
    result: str = ""
    result_text: str = ""


@dataclass(frozen=True)
class Money:
    period: str
    income: Decimal
    expense: Decimal
    own_share_printed: Decimal | None = None
    is_total: bool = False


@dataclass(frozen=True)
class PaperData:
    """A council paper before it becomes a record."""

    reference: str
    name: str
    body: str = "Stadt Herne"
    paper_type: str = ""
    public: bool = True
    lead: str = ""
    originator_person: str = ""
    text: str = ""
    resolution: str = ""
    consultations: tuple[Station, ...] = ()
    finance: tuple[Money, ...] = field(default=())


def parse(text, *, body="Stadt Herne") -> PaperData:
    """Raises NotAPaper when number or subject are missing; everything else may be missing."""
    lines = [line.replace("**", "").replace("\xa0", " ").strip() for line in text.splitlines()]
    lines = [line for line in lines if not NOISE.match(line)]
    head = "\n".join(lines)
    reference = _find(r"^Vorlage\s*(?:-|–|Nr\.?|Nummer)?\s*:?\s*(\d[\w./-]*)\s*$", head)
    if not reference:
        raise NotAPaper("Es fehlt die Zeile mit der Nummer, zum Beispiel „Vorlage - 2023/1062“.")
    name = _find(r"^Betreff\s*:\s*(.+)$", head)
    if not name:
        raise NotAPaper("Es fehlt die Zeile „Betreff: …“.")
    stations = _stations(lines)
    return PaperData(
        reference=reference[:30],
        name=name[:300],
        body=body,
        paper_type=_find(r"Vorlage-Art\s*:\s*(.+?)\s*$", head)[:80],
        public="nicht" not in _find(r"^Status\s*:\s*(.+?)(?:Vorlage-Art.*)?$", head).casefold(),
        lead=_find(r"^Federführend\s*:\s*(.+?)(?:\s*Bearbeiter.*)?$", head)[:160],
        # Telephone numbers are nobody's business here.
        originator_person=re.sub(r",?\s*(Tel|Telefon)\b.*$", "", _find(r"^Verfasser\s*:\s*(.+)$", head))[
            :160
        ],
        text=_part(lines, ("Sachverhalt", "Begründung")),
        resolution=_part(lines, ("Beschlussvorschlag", "Beschlussvorschlag/Empfehlung")),
        consultations=tuple(stations),
        finance=tuple(_finance(lines, stations)),
    )


def _find(pattern, text):
    found = re.search(pattern, text, re.MULTILINE)
    return found.group(1).strip() if found else ""


def _day(match):
    try:
        return Day(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def _result(line):
    folded = line.casefold()
    return next((outcome.value for term, outcome in RESULTS if term.casefold() in folded), "")


def _role(line):
    """(name without the role, role)"""
    words = line.rsplit(maxsplit=1)
    if len(words) == 2 and words[1].casefold() in ROLES:
        return words[0].strip(), ROLES[words[1].casefold()].value
    return line, ""


def _stations(lines):
    start = next((i for i, line in enumerate(lines) if line.rstrip(":") == "Beratungsfolge"), None)
    if start is None:
        return []
    found, current = [], None
    for line in lines[start + 1 :]:
        if _is_heading(line) or line.startswith(("Betroffenes", "TOP\t")):
            break
        if not line:
            if found or current:
                break
            continue
        cells = [cell.strip() for cell in line.split("\t") if cell.strip()]
        if len(cells) > 1 and (match := DATE.match(cells[1])):
            name, role = _role(cells[0])
            found.append(Station(name, role, _day(match)))
            current = None
        elif match := DATE.match(line):
            # A further date of the same committee: it was dealt with twice.
            name, role = current or ((found[-1].organization_name, found[-1].role) if found else ("", ""))
            if name:
                found.append(Station(name, role, _day(match)))
            current = None
        elif current is None and found and not found[-1].result_text and _speaks_of_result(line):
            found[-1] = Station(
                found[-1].organization_name, found[-1].role, found[-1].date, _result(line), _result_text(line)
            )
        else:
            if current:
                found.append(Station(*current))
            current = _role(line)
    if current:
        found.append(Station(*current))
    return found


def _speaks_of_result(line):
    return bool(_result(line)) or bool(re.match(r"^(des|der) ", line))


def _result_text(line):
    """„des Integrationsrates zur Kenntnis genommen“ → „zur Kenntnis genommen“"""
    for term, _ in RESULTS:
        position = line.casefold().find(term.casefold())
        if position >= 0:
            return line[position:][:200]
    return line[:200]


def _is_heading(line):
    bare = line.rstrip(":").strip()
    return bare in HEADINGS or bare.startswith("Beschlussvorschlag")


def _part(lines, names):
    """The text under a heading with a colon, up to the next heading."""
    start = next(
        (i for i, line in enumerate(lines) if line.endswith(":") and line[:-1].strip() in names), None
    )
    if start is None:
        return ""
    taken = []
    for line in lines[start + 1 :]:
        if _is_heading(line):
            break
        taken.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(taken)).strip()


def _amounts(line):
    return [Decimal(raw.replace(".", "").replace(",", ".")) for raw in AMOUNT.findall(line)]


KINDS = (
    ("Erträge gesamt", "income"),
    ("Aufwendungen gesamt", "expense"),
    ("Verminderung Eigenkapital", "own"),
)


def _finance(lines, stations):
    """The block of the current year and the table by periods, both as in Rheine's form."""
    periods, columns, block = None, {}, {}
    for line in lines:
        if line.startswith("Zeitraum\t"):
            periods = [cell.strip() for cell in line.split("\t")[1:] if cell.strip()]
        for label, kind in KINDS:
            if line.startswith(label):
                amounts = _amounts(line)
                if periods is not None and len(amounts) == len(periods):
                    columns[kind] = amounts
                elif periods is None and len(amounts) == 1:
                    block[kind] = amounts[0]
    if {"income", "expense"} <= block.keys():
        year = next((str(row.date.year) for row in stations if row.date), "Ergebnisplan")
        yield Money(year, block["income"], block["expense"], block.get("own"))
    if {"income", "expense"} <= columns.keys():
        own = columns.get("own") or [None] * len(periods)
        for period, income, expense, share in zip(
            periods, columns["income"], columns["expense"], own, strict=True
        ):
            yield Money(period, income, expense, share, is_total=not re.fullmatch(r"\d{4}", period))
