"""Texts whose numbers are tied to the report: "{register.stock} Objekte" prints the number of the report itself."""

import re
from decimal import Decimal

from soe.web.text import number

from .cube import value_of

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_.-]*)\}")
HIDDEN = "eine geschützte Zahl"
# A number typed by hand: 22, 1.200, 86,4 – but neither a date, a year, a paragraph nor a quarter.
MONTHS = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
TYPED = re.compile(
    r"(?<![\w.,/§-])(?<!§ )(?<!Stufe )(?<!Abschnitt )\d{1,3}(?:\.\d{3})*(?:,\d+)?"
    rf"(?![\w./-]|,\d)(?!\. ?(?:Quartal|{MONTHS}))"
)

SENTENCE = re.compile(r"[.!?](?=\s+[A-ZÄÖÜ„\d]|\s*$)")
# „3. Quartal“ and „30. September“ end no sentence.
ORDINAL = re.compile(rf"\d\. (?:Quartal|Stufe|{MONTHS})")


def figures(cube) -> dict[str, dict]:
    return {f["key"]: f for section in cube.get("sections", ()) for f in section["figures"]}


def shown(cell, unit="") -> str:
    """A cell as text: number, words of the source, "geschützt" or "nicht erfasst"."""
    if cell.get("hidden"):
        return HIDDEN
    if cell.get("text"):
        return cell["text"]
    value = value_of(cell)
    if value is None:
        return "nicht erfasst"
    return amount(value, unit)


def amount(value, unit="") -> str:
    """3.148, 2,0 %, 1.200,50 €"""
    places = {"%": 1, "€": 2}.get(unit) if isinstance(value, Decimal) else None
    return f"{number(value, places)} {unit}".strip()


def fill(text, cube) -> str:
    """The text with its numbers; unknown names stay visible (the check before release names them)."""
    known = figures(cube)

    def replace(match):
        figure = known.get(match.group(1))
        return shown(figure["cell"], figure["unit"]) if figure else match.group(0)

    return PLACEHOLDER.sub(replace, text)


def unknown(text, cube) -> list[str]:
    """Names in braces that the report does not have."""
    known = figures(cube)
    return [name for name in PLACEHOLDER.findall(text) if name not in known]


def typed_numbers(text, cube) -> list[str]:
    """Numbers written by hand: they do not change when the report is computed again."""
    rest = PLACEHOLDER.sub("", text)
    for figure in figures(cube).values():
        rest = rest.replace(figure["label"], "")  # „Anteil unter 18 Jahren“
    return TYPED.findall(rest)


def suggestion(section) -> str:
    """A first text: the figures of the section, each tied to its number."""
    named = [f for f in section["figures"] if f["cell"].get("hidden") or f["cell"].get("value") is not None]
    return " ".join(f"{figure['label']}: {{{figure['key']}}}." for figure in named[:4])


def split(text) -> tuple[str, str]:
    """(key sentence, rest): the first sentence stands out on page and paper."""
    text = text.strip()
    for match in SENTENCE.finditer(text):
        end = match.end()
        if not ORDINAL.match(text[match.start() - 1 :]):
            return text[:end], text[end:].strip()
    return text, ""
