"""House numbers as lists write them: "78-96", "12, 14a", "12a-c", "12/14", "7 u. 9"."""

import re
from dataclasses import dataclass

from soe.web.imports.cells import CellError

MOST = 60
_SEPARATOR = re.compile(r"\s*(?:,|;|/|\+|&|\bund\b|\bu\.?(?=\s))\s*", re.IGNORECASE)
_SINGLE = re.compile(r"^(?:nr\.?\s*)?0*(\d{1,4})\s*([a-z]?)$", re.IGNORECASE)
_RANGE = re.compile(
    r"^(?:nr\.?\s*)?0*(\d{1,4})\s*([a-z]?)\s*(?:-|–|—|\bbis\b)\s*0*(\d{0,4})\s*([a-z]?)$", re.IGNORECASE
)


@dataclass(frozen=True)
class Wanted:
    """Either one house number, or a row of them of which those that exist are meant; its two ends must exist."""

    ends: tuple[tuple[int, str], ...]
    between: tuple[tuple[int, str], ...] = ()

    @property
    def all(self):
        return dict.fromkeys((*self.ends, *self.between))


def read(text) -> list[Wanted]:
    found = []
    # A blank before the letter belongs to the number ("14 a"); everything else that separates is a sign or a word.
    for part in _SEPARATOR.split(text.strip().strip(".,;")):
        if part:
            found.append(_one(part, text))
    if not found:
        raise CellError(_wrong(text))
    if sum(len(wanted.all) for wanted in found) > MOST:
        raise CellError(f"„{text[:30]}“ sind mehr als {MOST} Hausnummern. Bitte teilen Sie die Zeile auf.")
    return found


def _one(part, text):
    if single := _SINGLE.match(part):
        return Wanted(((int(single[1]), single[2].lower()),))
    row = _RANGE.match(part)
    if not row or not (row[3] or row[4]) or int(row[1]) < 1:
        raise CellError(_wrong(text))
    first, last = int(row[1]), int(row[3] or row[1])
    start, stop = row[2].lower(), row[4].lower()
    if first == last:  # 12a-c, 12-12c
        if not stop or start > stop:
            raise CellError(_wrong(text))
        letters = [chr(code) for code in range(ord(start or "a"), ord(stop) + 1)]
        names = [(first, start), *((first, letter) for letter in letters)]
        return Wanted(tuple(dict.fromkeys(((first, start), (first, stop)))), tuple(dict.fromkeys(names)))
    if last < first:
        raise CellError(f"„{text[:30]}“ läuft rückwärts. Beispiel: 78-96")
    # One side of a street has odd, the other even numbers: "78-96" are the even ones.
    step = 2 if (last - first) % 2 == 0 else 1
    if (last - first) // step > MOST:
        raise CellError(f"„{text[:30]}“ sind mehr als {MOST} Hausnummern. Bitte teilen Sie die Zeile auf.")
    return Wanted(((first, start), (last, stop)), tuple((n, "") for n in range(first, last + 1, step)))


def _wrong(text):
    return f"„{text[:30]}“ ist keine Hausnummer. Beispiele: 12 · 12, 14a · 78-96 · 12a-c"
