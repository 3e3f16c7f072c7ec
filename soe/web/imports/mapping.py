"""Which column of the file is which column of the import: guessed by name, remembered per person."""

from rapidfuzz import fuzz

from ..folding import norm
from .reading import LINE, REASON

ENOUGH = 85


def guess(columns, header, earlier=None) -> dict[str, int]:
    """{column name: place in the file}. `earlier`: {column name: header text} of the person's last import."""
    found, taken = {}, {place for place, name in enumerate(header) if name in (REASON, LINE)}

    def take(name, place):
        if name not in found and place not in taken:
            found[name] = place
            taken.add(place)

    for name, text in (earlier or {}).items():
        if text in header and any(column.name == name for column in columns):
            take(name, header.index(text))
    folded = [norm(text) for text in header]
    for column in columns:
        for word in (column.label, column.name, *column.aliases):
            if norm(word) in folded:
                take(column.name, folded.index(norm(word)))
    scores = []
    for column in columns:
        for place, text in enumerate(folded):
            best = max(fuzz.ratio(norm(word), text) for word in (column.label, *column.aliases))
            scores.append((best, column.name, place))
    for score, name, place in sorted(scores, reverse=True):
        if score >= ENOUGH:
            take(name, place)
    return found


def missing(columns, mapping) -> list[str]:
    return [column.label for column in columns if column.required and column.name not in mapping]


def is_exact(columns, header, mapping) -> bool:
    """Every column of the file is known by its very name: nothing to ask."""
    labels = {norm(column.label) for column in columns} | {norm(REASON), norm(LINE)}
    return not missing(columns, mapping) and all(norm(text) in labels for text in header)
