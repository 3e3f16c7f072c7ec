"""What an outsider can work out: the exact smallest and largest value of a hidden number, given all published ones.

An integer program, solved exactly: a simplex with integer arithmetic (no rounding), and branching where a corner of the
polytope is not a whole number. Small systems only: the hidden cells of one report that hang together.
"""

from collections import deque
from dataclasses import dataclass

MAX_NODES = 400
# Signed numbers (the rest of a balance) have no lower bound an outsider would know.
FREE = -1_000_000


class Infeasible(Exception):
    """No whole numbers fit: the published figures contradict each other."""


class TooHard(Exception):
    """Not solved within the limit. The caller must treat the number as not protected."""


@dataclass(frozen=True)
class Equation:
    """Sum of coefficient × hidden number = total."""

    terms: tuple[tuple[str, int], ...]
    total: int


def interval(equations, lower: dict[str, int], name: str) -> tuple[int, int | None]:
    """Exact (smallest, largest) whole value of `name`; largest is None when nothing bounds it."""
    return System(equations, lower).interval(name)


def components(equations, names):
    """Names that hang together through equations: each group can be looked at alone."""
    neighbours = {name: [] for name in names}
    for number, equation in enumerate(equations):
        for name, _ in equation.terms:
            neighbours[name].append(number)
    left, groups = set(names), []
    while left:
        start = min(left)
        queue, group, seen = deque([start]), {start}, set()
        while queue:
            for number in neighbours[queue.popleft()]:
                if number in seen:
                    continue
                seen.add(number)
                for name, _ in equations[number].terms:
                    if name not in group:
                        group.add(name)
                        queue.append(name)
        left -= group
        groups.append((sorted(group), [equations[number] for number in sorted(seen)]))
    return groups


class System:
    """x ≥ lower, A x = b; x is shifted to y = x − lower ≥ 0. Goes on from the last corner."""

    def __init__(self, equations, lower):
        self.names = sorted({name for equation in equations for name, _ in equation.terms})
        self.index = {name: column for column, name in enumerate(self.names)}
        self.lower = lower
        self.start = None
        self.rows = []
        for equation in equations:
            row = [0] * len(self.names)
            for name, coefficient in equation.terms:
                row[self.index[name]] += coefficient
            total = equation.total - sum(row[self.index[n]] * lower[n] for n in self.names)
            self.rows.append((row, total))

    def is_feasible(self):
        """Whether any values fit (whole or not); the start of every question."""
        try:
            self._solve((), None, 1)
        except Infeasible:
            return False
        return True

    def interval(self, name):
        """Exact (smallest, largest); raises Infeasible, TooHard."""
        return self._extreme(name, -1), self._extreme(name, +1)

    def _extreme(self, name, direction):
        """Largest (+1) or smallest (−1) whole value of `name`; None when unbounded."""
        if name not in self.index:
            return self.lower[name] if direction < 0 else None
        column, best = self.index[name], None
        for branch, solution in self._walk((), column, direction):
            if solution is None:
                # A rational polytope that is unbounded and has a whole point is unbounded in whole numbers too.
                if any(_fraction(*found) is None for _, found in self._walk(branch, None, 1)):
                    return None
                continue
            values, denominator = solution
            if _fraction(values, denominator) is None:
                reached = values[column] * direction // denominator
                best = reached if best is None else max(best, reached)
        if best is None:
            raise Infeasible(name)
        return best * direction + self.lower[name]

    def _walk(self, branch, column, direction):
        """Branch and bound: yields (branch, solution) and goes deeper where a corner is not whole."""
        queue, nodes, best = [branch], 0, None
        while queue:
            nodes += 1
            if nodes > MAX_NODES:
                raise TooHard(str(column))
            branch = queue.pop()
            try:
                solution = self._solve(branch, column, direction)
            except Infeasible:
                continue
            if solution is not None:
                values, denominator = solution
                if column is not None and best is not None:
                    if values[column] * direction <= best * denominator:
                        continue
                fractional = _fraction(values, denominator)
                if fractional is not None:
                    floor = values[fractional] // denominator
                    queue.append((*branch, (fractional, 1, floor)))
                    queue.append((*branch, (fractional, -1, -floor - 1)))
                elif column is not None:
                    best = values[column] * direction // denominator  # better than the one before, see above
            yield branch, solution

    def _solve(self, branch, column, direction):
        """Maximise direction·y[column] inside the branch. (numerators, denominator); None: unbounded."""
        if branch:
            simplex = self._simplex(branch)
        else:
            self.start = simplex = self.start or self._simplex(())
        if column is not None and not simplex.maximise(column, direction):
            return None
        return simplex.values()[: len(self.names)], simplex.denominator

    def _simplex(self, branch):
        width = len(self.names)
        table = [[*row, *([0] * len(branch)), total] for row, total in self.rows]
        for number, (where, sign, bound) in enumerate(branch):
            row = [0] * (width + len(branch)) + [bound]
            row[where], row[width + number] = sign, 1
            table.append(row)
        return _Simplex(table, width + len(branch))


def _fraction(values, denominator):
    """Column of the first number that is not whole."""
    return next((j for j, value in enumerate(values) if value % denominator), None)


class _Simplex:
    """Integer-preserving tableau (Edmonds): all entries share one denominator, Bland's rule, two phases."""

    def __init__(self, table, columns):
        self.columns = columns
        self.denominator = 1
        self.table = [row if row[-1] >= 0 else [-value for value in row] for row in table]
        self.basis = [columns + number for number in range(len(self.table))]  # artificial numbers first
        cost = [sum(row[j] for row in self.table) for j in range(columns + 1)]
        if not self._run(cost):
            raise Infeasible
        if self.cost[-1] != 0:
            raise Infeasible
        self._drop_artificial()

    def maximise(self, column, direction):
        cost = [0] * (self.columns + 1)
        cost[column] = direction * self.denominator
        for number, basic in enumerate(self.basis):
            if basic == column:
                cost = [c - direction * value for c, value in zip(cost, self.table[number], strict=True)]
                cost[column] = 0
        return self._run(cost)

    def values(self):
        values = [0] * self.columns
        for number, basic in enumerate(self.basis):
            if basic < self.columns:
                values[basic] = self.table[number][-1]
        return values

    def _run(self, cost):
        """Raise the objective until no cost is positive; False when it is unbounded."""
        self.cost = cost
        while True:
            enter = next((j for j in range(self.columns) if self.cost[j] > 0), None)
            if enter is None:
                return True
            leave = None
            for number, row in enumerate(self.table):
                if row[enter] > 0:
                    if leave is None:
                        leave = number
                        continue
                    other = self.table[leave]
                    left, right = row[-1] * other[enter], other[-1] * row[enter]
                    if left < right or (left == right and self.basis[number] < self.basis[leave]):
                        leave = number
            if leave is None:
                return False
            self._pivot(leave, enter)

    def _pivot(self, leave, enter):
        pivot_row = self.table[leave]
        pivot = pivot_row[enter]
        for number, row in enumerate(self.table):
            if number != leave:
                self.table[number] = self._combine(row, pivot_row, pivot, enter)
        self.cost = self._combine(self.cost, pivot_row, pivot, enter)
        self.denominator = pivot
        self.basis[leave] = enter

    def _combine(self, row, pivot_row, pivot, enter):
        factor, denominator = row[enter], self.denominator
        if factor == 0:
            if pivot == denominator:
                return row
            return [value * pivot // denominator for value in row]
        return [(a * pivot - factor * b) // denominator for a, b in zip(row, pivot_row, strict=True)]

    def _drop_artificial(self):
        for number in range(len(self.table) - 1, -1, -1):
            if self.basis[number] < self.columns:
                continue
            row = self.table[number]
            enter = next((j for j in range(self.columns) if row[j]), None)
            if enter is None:  # an equation that says nothing new
                del self.table[number], self.basis[number]
                continue
            if row[enter] < 0:
                self.table[number] = [-value for value in row]
            self._pivot(number, enter)
