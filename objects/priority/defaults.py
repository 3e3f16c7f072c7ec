"""The points a city starts with. Idempotent: a city that has any rule keeps its own."""

from datetime import date

from .inputs import Input
from .models import ScoreRule

SINCE = date(2020, 1, 1)
# input, from, points, for each, at most
RULES = [
    (Input.PRESSURE_HIGH, 1, 20, False, None),
    (Input.PRESSURE_MEDIUM, 1, 10, False, None),
    (Input.CONFIRMED_HIGH, 1, 12, True, 36),
    (Input.CONFIRMED_MEDIUM, 1, 7, True, 21),
    (Input.CONFIRMED_LOW, 1, 3, True, 9),
    (Input.SUSPECTED, 1, 2, True, 6),
    (Input.DANGERS, 1, 8, True, 16),
    (Input.REPEATED, 1, 3, True, 12),
    (Input.ITEMS_LATE, 1, 4, True, 12),
    (Input.MEASURES_LATE, 1, 2, True, 6),
    (Input.COMPLAINTS, 1, 2, True, 12),
    (Input.OVERCROWDED, 1, 3, True, 9),
    (Input.CHILDREN, 3, 5, False, None),
    (Input.DWELLINGS, 8, 3, False, None),
    (Input.DWELLINGS, 16, 3, False, None),
    (Input.VACANT, 1, 6, False, None),
    (Input.PARTLY_VACANT, 1, 3, False, None),
]


def ensure_score_rules(*, reason="Grundeinrichtung") -> int:
    """Create the usual rules where there are none; returns how many. Needs an actor."""
    if ScoreRule.objects.exists():
        return 0
    for code, at_least, points, each, at_most in RULES:
        ScoreRule(
            input=code, at_least=at_least, points=points, each=each, at_most=at_most, valid_from=SINCE
        ).save(reason=reason)
    return len(RULES)
