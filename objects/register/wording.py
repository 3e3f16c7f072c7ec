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
