"""From figures and tables to single numbers with names, and to the sums a reader can check."""

from dataclasses import dataclass, field
from itertools import product

from django.conf import settings

from soe.web.figures import Figure, FigureTable, Protect

from .disclosure import Cell, Relation

THRESHOLDS = {Protect.PERSONS: 5, Protect.OBJECTS: 3, Protect.NONE: 0}


def threshold(protect) -> int:
    """Below how many persons or objects a number is hidden; settings may only raise it."""
    return {
        Protect.PERSONS: max(3, getattr(settings, "SOE_REPORT_MIN_PERSONS", THRESHOLDS[Protect.PERSONS])),
        Protect.OBJECTS: max(2, getattr(settings, "SOE_REPORT_MIN_OBJECTS", THRESHOLDS[Protect.OBJECTS])),
        Protect.NONE: 0,
    }[Protect(protect)]


def countable(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


@dataclass
class Numbers:
    """All numbers of one report by name. One number has one name, wherever it stands."""

    quarter: str
    cells: dict[str, Cell] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    names: dict[str, list[list[str]]] = field(default_factory=dict)  # table key → name of each cell
    problems: list[str] = field(default_factory=list)
    sums: dict[str, list[Relation]] = field(default_factory=dict)  # table key → its sums
    checked_sums: int = 0
    margins: dict = field(default_factory=dict)

    def add_all(self, parts):
        """Tables whose numbers have agreed names first, so that the others find them."""
        tables = [part for part in parts if isinstance(part, FigureTable)]
        for table in sorted(tables, key=lambda table: not table.shares):
            self._table(table)
        for part in parts:
            if isinstance(part, Figure):
                self._figure(part)
        for table in tables:
            self._added_up(table, [part for part in parts if isinstance(part, Figure)])

    def _figure(self, figure):
        if not countable(figure.value) or figure.unit == "%":
            return
        limit = threshold(figure.protect)
        cell = Cell(figure.value, limit, level=3, signed=figure.value < 0)
        name = self._full(figure.key)
        if limit and figure.value:
            # The total of a table of the same section with the same number is the same number to a reader.
            name = self.margins.get((figure.section, figure.protect, "grand", figure.value), name)
        self._put(name, cell, figure.label)
        self.names[figure.key] = [[name]]

    def _full(self, name):
        """Names with a date mean one number for ever; the others a number of this quarter."""
        return name if ":" in name else f"{self.quarter}/{name}"

    def _table(self, table):
        limit = threshold(table.protect)
        height, width = len(table.rows), len(table.columns)
        for label, values in table.rows:
            if len(values) != width:
                self.problems.append(
                    f"Tabelle „{table.title}“, Zeile „{label}“: {len(values)} Werte für {width} Spalten"
                )
                return
        names = [[f"{self.quarter}/{table.key}/{r}/{c}" for c in range(width)] for r in range(height)]
        for r, (label, values) in enumerate(table.rows):
            for c, value in enumerate(values):
                if value is not None and not countable(value):
                    continue
                total_row = table.additive_rows and r == height - 1
                total_column = table.additive_columns and c == width - 1
                names[r][c] = self._name(table, r, c, value, names[r][c], total_row, total_column)
                cell = Cell(
                    value,
                    limit,
                    level=total_row + total_column + (r == 0 and bool(table.signs)),
                    signed=r in table.signed_rows,
                    sensitive=r not in table.neutral_rows,
                )
                self._put(names[r][c], cell, f"{table.title}, {label}, {table.columns[c]}")
        self.names[table.key] = names
        if limit:
            self._sums(table, names)

    def _name(self, table, r, c, value, own, total_row, total_column):
        """The agreed name of a shared number; otherwise totals with one label and one value are one number."""
        shared = table.shares.get((r, c))
        if shared:
            own = self._full(shared)
        if not value or not threshold(table.protect) or not (total_row or total_column):
            return own
        if total_row and (total_column or len(table.columns) == 1):
            label = "grand"
        elif total_row:
            label = f"column:{table.columns[c]}"
        else:
            label = f"row:{table.rows[r][0]}"
        found = self.margins.setdefault((table.section, table.protect, label, value), own)
        return own if shared else found

    def _put(self, name, cell, where):
        known = self.cells.get(name)
        if known is None or (known.value is None and cell.value is not None):
            self.cells[name] = cell
        elif cell.value is not None and known.value != cell.value:
            self.problems.append(f"Dieselbe Zahl hat zwei Werte: {where}")
        elif known.threshold < cell.threshold or known.level < cell.level:
            self.cells[name] = Cell(
                known.value,
                max(known.threshold, cell.threshold),
                max(known.level, cell.level),
                known.signed or cell.signed,
                known.sensitive and cell.sensitive,
            )

    def _sums(self, table, names):
        lines = []
        if table.additive_rows and len(names) > 1:
            last = len(names) - 1
            for c, title in enumerate(table.columns):
                terms = [(names[r][c], table.signs.get(r, 1)) for r in range(last)]
                lines.append((f"Spalte „{title}“", [*terms, (names[last][c], -1)]))
        if table.additive_columns and len(table.columns) > 1:
            for r, (title, _) in enumerate(table.rows):
                terms = [(name, 1) for name in names[r][:-1]]
                lines.append((f"Zeile „{title}“", [*terms, (names[r][-1], -1)]))
        lines += self._implied(table, names)
        for where, terms in lines:
            merged = {}
            for name, coefficient in terms:
                merged[name] = merged.get(name, 0) + coefficient
            merged = {name: coefficient for name, coefficient in merged.items() if coefficient}
            if any(name not in self.cells for name in merged):
                self.problems.append(f"Tabelle „{table.title}“, {where}: keine ganze Zahl")
                continue
            values = [(self.cells[name].value, coefficient) for name, coefficient in merged.items()]
            if None not in (value for value, _ in values):
                self.checked_sums += 1
                if sum(value * coefficient for value, coefficient in values) != 0:
                    self.problems.append(f"Tabelle „{table.title}“, {where}: die Summe stimmt nicht")
                    continue
            relation = Relation(tuple(sorted(merged.items())))
            self.relations.append(relation)
            self.sums.setdefault(table.key, []).append(relation)

    def _implied(self, table, names):
        """Columns like „am Anfang, neu, abgeschlossen, am Ende“: the last follows from the others in every row."""
        width = len(table.columns)
        if table.additive_columns or not 3 <= width <= 7 or len(table.rows) < 2:
            return []
        rows = [values for _, values in table.rows]
        if any(not countable(value) for values in rows for value in values) or not any(v[-1] for v in rows):
            return []
        for minus in sorted(product((1, -1), repeat=width - 2), key=lambda signs: (signs.count(-1), signs)):
            signs = (1, *minus)
            if all(
                sum(s * v for s, v in zip(signs, values[:-1], strict=True)) == values[-1] for values in rows
            ):
                return [
                    (f"Zeile „{label}“", [*zip(row[:-1], signs, strict=True), (row[-1], -1)])
                    for (label, _), row in zip(table.rows, names, strict=True)
                ]
        return []

    def _added_up(self, table, figures):
        """A figure that rows of a balance add up to ("Aufnahmen" = new + taken up again): readers see that.

        Where the equality is a mere coincidence it still holds, and taking it in can only protect more.
        """
        names = self.names.get(table.key)
        if not table.signs or not threshold(table.protect) or names is None:
            return
        height = len(table.rows) - table.additive_rows
        for figure in figures:
            same = figure.section == table.section and figure.protect == table.protect
            if not same or figure.key not in self.names:
                continue
            own = self.names[figure.key][0][0]
            for column in range(len(table.columns)):
                for first in range(height):
                    total, terms = 0, []
                    for row in range(first, height):
                        cell = self.cells.get(names[row][column])
                        if cell is None or cell.value is None:
                            break
                        total += cell.value
                        terms.append(names[row][column])
                        if len(terms) > 1 and total == figure.value and self._worth_it(terms, own):
                            self.relations.append(Relation((*((name, 1) for name in terms), (own, -1))))

    def _worth_it(self, terms, own):
        return own not in terms and len(set(terms)) == len(terms) and any(self.cells[n].small for n in terms)
