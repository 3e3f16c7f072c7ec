"""Shares of owners: fractions, added up for every day."""

from datetime import date
from fractions import Fraction

from objects.register.models import Ownership


def excess(rows, role=Ownership.Role.OWNER):
    """The first day on which the shares of a property add up to more than the whole; None when they never do."""
    rows = [row for row in rows if row.role == role and row.numerator]
    days = sorted({row.since or date.min for row in rows})
    for day in days:
        held = [r for r in rows if (r.since or date.min) <= day and (r.until is None or r.until > day)]
        total = sum((Fraction(r.numerator, r.denominator) for r in held), Fraction(0))
        if total > 1:
            return day, total
    return None
