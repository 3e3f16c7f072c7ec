from datetime import date

import pytest

from objects.proceedings.deadlines import (
    end_of_days,
    end_of_months,
    end_of_weeks,
    is_working_day,
    lawsuit_deadline,
    next_working_day,
    why_moved,
)


@pytest.mark.parametrize(
    ("day", "moved"),
    [
        (date(2026, 10, 16), date(2026, 10, 16)),  # Friday
        (date(2026, 10, 17), date(2026, 10, 19)),  # Saturday
        (date(2026, 11, 1), date(2026, 11, 2)),  # Allerheiligen, a Sunday in NRW
        (date(2027, 11, 1), date(2027, 11, 2)),  # Allerheiligen, a Monday: a holiday in NRW
        (date(2026, 6, 4), date(2026, 6, 5)),  # Fronleichnam: a holiday in NRW
        (date(2026, 12, 24), date(2026, 12, 24)),  # Heiligabend is a working day
        (date(2026, 12, 25), date(2026, 12, 28)),  # Friday holiday, Saturday holiday, Sunday
        (date(2026, 4, 3), date(2026, 4, 7)),  # Karfreitag to Ostermontag
        (date(2026, 10, 31), date(2026, 11, 2)),  # Reformationstag is none in NRW, but a Saturday
        (date(2028, 10, 31), date(2028, 10, 31)),
    ],
)
def test_a_last_day_on_a_weekend_or_nrw_holiday_moves_to_the_next_working_day(day, moved):
    assert next_working_day(day) == moved
    assert is_working_day(moved)


def test_the_day_of_the_event_does_not_count():
    assert end_of_days(date(2026, 9, 3), 14) == date(2026, 9, 17)
    assert end_of_weeks(date(2026, 9, 3), 2) == date(2026, 9, 17)


@pytest.mark.parametrize(
    ("served", "until"),
    [
        (date(2026, 9, 3), date(2026, 10, 5)),  # 03.10. is a holiday and a Saturday
        (date(2026, 1, 31), date(2026, 3, 2)),  # February has no 31st: 28.02. is a Saturday
        (date(2028, 1, 31), date(2028, 2, 29)),
    ],
)
def test_a_month_ends_on_the_same_number_or_on_its_last_day(served, until):
    assert lawsuit_deadline(served) == end_of_months(served, 1) == until


def test_why_a_deadline_moved_is_said_in_words():
    assert why_moved(date(2026, 6, 4)) == "Fronleichnam"
    assert why_moved(date(2026, 10, 17)) == "Samstag"
    assert why_moved(date(2026, 10, 16)) == ""
