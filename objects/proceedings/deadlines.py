"""Legal deadlines in North Rhine-Westphalia: a last day on a weekend or holiday moves to the next working day
(§ 193 BGB, § 31 VwVfG). The rule is law of its own; holidays come from the `holidays` package."""

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

import holidays

SUBDIVISION = "NW"


@lru_cache(maxsize=60)
def _holidays(year: int):
    return holidays.country_holidays("DE", subdiv=SUBDIVISION, years=year, language="de")


def is_working_day(day: date) -> bool:
    """Monday to Friday and no public holiday in NRW."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def next_working_day(day: date) -> date:
    """`day` itself, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def why_moved(day: date) -> str:
    """ "Karfreitag", "Samstag": why a deadline does not end on `day`; empty on a working day."""
    if is_working_day(day):
        return ""
    if name := _holidays(day.year).get(day):
        return name
    return "Samstag" if day.weekday() == 5 else "Sonntag"


def end_of_days(event: date, days: int) -> date:
    """A period of days: the day of the event does not count (§ 187 Abs. 1 BGB)."""
    return next_working_day(event + timedelta(days=days))


def end_of_weeks(event: date, weeks: int) -> date:
    return end_of_days(event, weeks * 7)


def end_of_months(event: date, months: int) -> date:
    """Ends on the day with the same number; where the month has none, on its last day (§ 188 Abs. 2 and 3 BGB)."""
    index = event.year * 12 + event.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return next_working_day(date(year, month, min(event.day, monthrange(year, month)[1])))


def lawsuit_deadline(served_on: date) -> date:
    """The last day to sue (§ 74 VwGO: one month after service); the day after, an order without a suit is final."""
    return end_of_months(served_on, 1)
