"""Is there enough living space? Checked against the threshold that was law on that day (data, not constants)."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .models import DwellingVisit, OccupancyThreshold


@dataclass(frozen=True)
class Occupancy:
    """The result of one check. `law` and `valid_from` say which rule it stands on."""

    persons: int
    area: Decimal | None
    per_person: Decimal | None
    required: Decimal | None
    required_each: Decimal
    too_small: bool
    room_too_small: bool
    law: str
    valid_from: date

    @property
    def flagged(self):
        return self.too_small or self.room_too_small


def check(visit: DwellingVisit, on: date, threshold: OccupancyThreshold | None = None) -> Occupancy | None:
    """None while persons, area or the law of that day are unknown. Pass `threshold` when checking many visits."""
    threshold = threshold or OccupancyThreshold.objects.valid_on(on)
    persons = visit.persons
    if threshold is None:
        return None
    room_too_small = bool(
        threshold.one_room
        and visit.unit == DwellingVisit.Unit.DWELLING
        and visit.largest_room is not None
        and visit.largest_room < threshold.one_room
    )
    if not persons or not visit.area:
        if not room_too_small:
            return None
        return Occupancy(
            persons or 0,
            visit.area,
            None,
            None,
            threshold.per_person,
            False,
            True,
            threshold.law,
            threshold.valid_from,
        )
    required = threshold.needed(visit.unit, persons, visit.small_children or 0)
    each = (visit.area / persons).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Occupancy(
        persons,
        visit.area,
        each,
        required,
        threshold.needed(visit.unit, 1),
        visit.area < required,
        room_too_small,
        threshold.law,
        threshold.valid_from,
    )
