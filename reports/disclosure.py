"""Small numbers stay hidden, and nobody can compute them from what is printed.

1. Primary: a number from 1 to threshold − 1 is hidden (0 tells nothing about anybody and is printed).
2. Complementary: further cells of the same rows and columns are hidden, totals last.
3. Audit: for every hidden number the exact smallest and largest value an outsider can work out, over all tables of the
   report at once and together with what earlier releases printed. The distance must reach the threshold; otherwise
   more is hidden, never less.

Published is only *that* a number is hidden and the range that remains. Whether it was small itself or hidden to protect
another one would give it away, so that stays with those who prepare the report.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from .intervals import FREE, Equation, Infeasible, System, TooHard, components

# How hard the audit may try before it simply hides all that hangs together.
MAX_ROUNDS = 120


class Why(StrEnum):
    """Why a number is hidden. For those who prepare the report only."""

    SMALL = "small"
    COMPLEMENT = "complement"
    EARLIER = "earlier"

    @property
    def label(self):
        return {
            "small": "kleine Zahl",
            "complement": "Ausgleich, damit sich keine kleine Zahl errechnen lässt",
            "earlier": "schon in einem früheren Bericht geschützt",
        }[self.value]


@dataclass(frozen=True)
class Cell:
    """One number of the report. `level`: 0 inside a table, 1 margin, 2 grand total (hidden last).

    `threshold` 0: never hidden. `sensitive` False: nobody's data (the rest of a balance), hidden only as a complement.
    `value` None: not recorded; an outsider does not know it either.
    """

    value: int | None
    threshold: int
    level: int = 0
    signed: bool = False
    sensitive: bool = True

    @property
    def small(self):
        return self.sensitive and self.value is not None and 0 < abs(self.value) < self.threshold


@dataclass(frozen=True)
class Relation:
    """Sum of coefficient × cell = 0: what a reader can check with a pocket calculator."""

    terms: tuple[tuple[str, int], ...]


@dataclass
class Earlier:
    """What earlier releases printed: numbers, hidden numbers with their threshold, and how they add up."""

    values: dict[str, int] = field(default_factory=dict)
    hidden: dict[str, int] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)


@dataclass(frozen=True)
class Range:
    """What an outsider can work out about a hidden number. `top` None: no upper end."""

    bottom: int | None
    top: int | None

    @property
    def width(self):
        return None if self.bottom is None or self.top is None else self.top - self.bottom

    def covers(self, threshold):
        return self.width is None or self.width >= threshold

    def __str__(self):
        if self.bottom is None and self.top is None:
            text = "nicht eingrenzbar"
        elif self.top is None:
            text = f"mindestens {self.bottom}"
        elif self.bottom is None:
            text = f"höchstens {self.top}"
        else:
            text = f"zwischen {self.bottom} und {self.top}"
        return text.replace("-", "−")


@dataclass
class Protection:
    """The result: which cells are hidden, why (not for readers), and what can still be worked out."""

    hidden: dict[str, Why]
    ranges: dict[str, Range]
    rounds: int = 0
    unprotectable: list[str] = field(default_factory=list)  # printed in an earlier release already

    def is_safe(self):
        return not self.unprotectable


def protect(cells: dict[str, Cell], relations: list[Relation], earlier: Earlier | None = None) -> Protection:
    """Decide what is hidden. Raises nothing: what cannot be shown to be safe is hidden."""
    return _Protector(cells, relations, earlier or Earlier()).run()


class _Protector:
    def __init__(self, cells, relations, earlier):
        self.cells = cells
        self.earlier = earlier
        self.own = [r for r in relations if r.terms]
        # A number corrected since then would contradict the earlier sums it stood in.
        corrected = {n for n, v in earlier.values.items() if n in cells and cells[n].value not in (v, None)}
        known_sums = [r for r in earlier.relations if not corrected & {name for name, _ in r.terms}]
        self.relations = [*self.own, *known_sums]
        self.by_cell: dict[str, list[Relation]] = {}
        for relation in self.relations:
            for name, _ in relation.terms:
                self.by_cell.setdefault(name, []).append(relation)
        self.hidden: dict[str, Why] = {}
        self.cache: dict = {}
        # Printed before with this very value: hiding it now protects nothing.
        self.known = {
            name
            for name, value in earlier.values.items()
            if name in cells and cells[name].value == value and name not in earlier.hidden
        }

    def run(self) -> Protection:
        for name, cell in self.cells.items():
            if cell.threshold and cell.small:
                self.hidden[name] = Why.SMALL
            elif cell.threshold and name in self.earlier.hidden and cell.value:
                self.hidden[name] = Why.EARLIER
        rounds = 0
        while (unsafe := self._unsafe()) is not None:
            rounds += 1
            if rounds > MAX_ROUNDS or not self._hide_one_more(unsafe):
                if not self._hide_all_around(unsafe):
                    break
        if rounds:
            self._give_back()
        ranges = self._ranges()
        wanted = self._required()
        failed = [n for n, r in ranges.items() if n in wanted and not r.covers(wanted[n])]
        return Protection(
            hidden=dict(self.hidden),
            ranges={name: ranges[name] for name in self.hidden if name in ranges},
            rounds=rounds,
            unprotectable=sorted({*failed, *(n for n in self.hidden if n in self.known)}),
        )

    # --- what an outsider sees -----------------------------------------------------------------------------------

    def _value(self, name):
        """The printed number, or None when it is hidden, not recorded or only hidden in an earlier release."""
        if name in self.known:
            return self.cells[name].value
        if name in self.hidden:
            return None
        if name in self.cells:
            return self.cells[name].value
        return self.earlier.values.get(name)

    def _lower(self, name):
        """The least an outsider may assume: hidden counts are not 0, because a 0 would have been printed."""
        cell = self.cells.get(name)
        if cell is None:
            return 1 if name in self.earlier.hidden else 0
        if cell.signed:
            return FREE
        return 1 if name in self.hidden and cell.value else 0

    def _required(self):
        """Hidden number → distance that must remain."""
        wanted = {
            name: self.cells[name].threshold
            for name in self.hidden
            if name not in self.known and self.cells[name].sensitive
        }
        return wanted | {n: t for n, t in self.earlier.hidden.items() if n not in self.cells}

    def _equations(self):
        equations = []
        for relation in self.relations:
            terms, total = [], 0
            for name, coefficient in relation.terms:
                value = self._value(name)
                if value is None:
                    terms.append((name, coefficient))
                else:
                    total -= coefficient * value
            if terms:
                equations.append(Equation(tuple(terms), total))
        return equations

    def _groups(self):
        equations = self._equations()
        names = {name for equation in equations for name, _ in equation.terms} | set(self._required())
        return components(equations, names)

    def _solve(self, names, equations, stop_at=None):
        """Ranges of one group; kept, because most groups do not change between two rounds."""
        lower = {name: self._lower(name) for name in names}
        key = (tuple(equations), tuple(sorted(lower.items())))
        found = self.cache.setdefault(key, {})
        system = None
        for name in names:
            if name in found:
                continue
            system = system or self._system(equations, lower)
            try:
                bottom, top = system.interval(name)
                # A bound that only stems from the stand-in for "no lower bound" is none.
                far = abs(FREE) // 2
                found[name] = Range(
                    None if bottom < -far else bottom, None if top is None or top > far else top
                )
            except (TooHard, Infeasible):
                found[name] = Range(0, 0)  # not shown to be safe, so it counts as known
            if stop_at and name in stop_at and not found[name].covers(stop_at[name]):
                break
        return found

    def _system(self, equations, lower):
        """What fits together. An earlier report may have hidden zeros, or printed what was corrected since."""
        own = [e for e in equations if any(name in self.cells for name, _ in e.terms)]
        relaxed = {name: least if name in self.cells else 0 for name, least in lower.items()}
        for attempt in (System(equations, lower), System(equations, relaxed), System(own, relaxed)):
            if attempt.is_feasible():
                return attempt
        return System(equations, lower)

    def _ranges(self):
        ranges = {}
        for names, equations in self._groups():
            if any(name in self.cells for name in names):
                ranges |= self._solve(names, equations)
        return ranges

    def _unsafe(self):
        """The first hidden number whose range is too narrow."""
        wanted = self._required()
        for names, equations in self._groups():
            # A group of nothing but earlier numbers was audited when they were released.
            if not any(name in wanted for name in names) or not any(name in self.cells for name in names):
                continue
            found = self._solve(names, equations, stop_at=wanted)
            for name in names:
                if name in wanted and name in found and not found[name].covers(wanted[name]):
                    return name
        return None

    # --- hiding more ------------------------------------------------------------------------------------------------

    def _candidates(self, relations):
        found = {}
        for relation in relations:
            for name, _ in relation.terms:
                cell = self.cells.get(name)
                if (
                    cell
                    and cell.threshold
                    and cell.value
                    and name not in self.hidden
                    and name not in self.known
                ):
                    found[name] = cell
        return found

    def _hide_one_more(self, unsafe):
        """The cheapest number beside a lonely hidden one; then beside `unsafe`; then anywhere around it."""
        near = {id(relation) for relation in self.by_cell.get(unsafe, ())}
        around = self._around(unsafe)
        lonely = [r for r in around if sum(self._value(name) is None for name, _ in r.terms) == 1]
        beside = [r for r in around if id(r) in near]
        for relations in (lonely, beside, around):
            candidates = self._candidates(relations)
            if candidates:
                chosen = min(candidates, key=lambda name: self._cost(name, candidates[name], beside))
                self.hidden[chosen] = Why.COMPLEMENT
                return True
        return False

    def _cost(self, name, cell, beside):
        # Inside before margins, zeros only to save a grand total; and a cell that closes a rectangle of hidden ones
        # before one that opens a new row.
        crossing = sum(
            any(other != name and self._value(other) is None for other, _ in relation.terms)
            for relation in self.by_cell.get(name, ())
        )
        far = not any(name == other for relation in beside for other, _ in relation.terms)
        level = -1 if not cell.sensitive else max(cell.level, 1.5) if cell.value == 0 else cell.level
        return (level, far, -crossing, abs(cell.value), name)

    def _around(self, unsafe):
        names = next((names for names, _ in self._groups() if unsafe in names), [unsafe])
        relations = {id(r): r for name in names for r in self.by_cell.get(name, ())}
        return list(relations.values())

    def _hide_all_around(self, unsafe):
        """The last resort: every number of every table that hangs together with `unsafe`, zeros included."""
        seen, queue, more = set(), [unsafe], False
        while queue:
            name = queue.pop()
            for relation in self.by_cell.get(name, ()):
                for other, _ in relation.terms:
                    if other in seen:
                        continue
                    seen.add(other)
                    queue.append(other)
                    cell = self.cells.get(other)
                    if not cell or not cell.threshold or cell.value is None:
                        continue
                    if other not in self.hidden and other not in self.known:
                        self.hidden[other], more = Why.COMPLEMENT, True
        return more

    def _give_back(self):
        """Print again what the audit shows to be harmless: the largest first, then whole rows and columns."""
        groups = [{n} for n, why in self.hidden.items() if why is Why.COMPLEMENT]
        groups += [{n for n, _ in r.terms if self.hidden.get(n) is Why.COMPLEMENT} for r in self.own]
        for names in sorted(groups, key=self._gain, reverse=True):
            before = dict(self.hidden)
            for name in names:
                self.hidden.pop(name, None)
            if len(self.hidden) < len(before) and self._unsafe() is not None:
                self.hidden = before

    def _gain(self, names):
        cells = [self.cells[name] for name in names]
        return (
            len(cells) == 1,
            sum(cell.level for cell in cells if cell.sensitive),
            sum(abs(cell.value) for cell in cells),
            sorted(names),
        )
