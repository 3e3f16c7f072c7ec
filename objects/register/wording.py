"""How addresses of a property are said in one line."""

import re
from itertools import pairwise

_LINE = re.compile(r"^(?P<street>.*\D)\s+(?P<number>\d+\s?[a-z]?)$")


def title_of(lines):
    """["Lampenstubenweg 14", "Lampenstubenweg 14a"] → "Lampenstubenweg 14 und 14a"; streets apart by commas."""
    streets: dict[str, list[str]] = {}
    for line in lines:
        found = _LINE.match(line)
        street, number = (found["street"], found["number"]) if found else (line, "")
        numbers = streets.setdefault(street, [])
        if number and number not in numbers:
            numbers.append(number)
    return ", ".join(f"{street} {_series(numbers)}".strip() for street, numbers in streets.items())[:250]


def _series(numbers):
    plain = [int(number) for number in numbers if number.isdigit()]
    if len(plain) == len(numbers) > 2 and plain == sorted(plain):
        steps = {later - earlier for earlier, later in pairwise(plain)}
        if steps in ({1}, {2}):
            return f"{plain[0]} bis {plain[-1]}"
    if len(numbers) > 1:
        return f"{', '.join(numbers[:-1])} und {numbers[-1]}"
    return numbers[0] if numbers else ""


def tags(house, *, short=False):
    """Problem areas as tags: confirmed, suspected, then what is resolved and did not come back."""
    newest = {}
    for area in house.problem_areas.all():
        if area.kind not in newest or newest[area.kind].resolved_on or not area.resolved_on:
            newest[area.kind] = area
    order = {"confirmed": 0, "suspected": 1, "resolved": 2}
    rows = sorted(newest.values(), key=lambda area: (order[area.state], area.suspected_on))
    return [{"label": area.short if short else area.get_kind_display(), "state": area.state} for area in rows]


def chips(house, *, declined=False):
    """(department, sign) of everyone who acts: lead, taking part, asked, done; `declined`: also who said no."""
    order = {"in": 0, "asked": 1, "done": 2, "no": 3}
    rows: dict = {}
    for part in house.participations.all():
        if part.department_id == house.lead_department_id or (part.sign == "no" and not declined):
            continue
        known = rows.get(part.department_id)
        if known is None or order[part.sign] <= order[known.sign]:
            rows[part.department_id] = part
    parts = sorted(rows.values(), key=lambda part: (order[part.sign], part.offered_on))
    return [(house.lead_department, "lead"), *((part.department, part.sign) for part in parts)]
