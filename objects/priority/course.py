"""Points and traffic light of a property over time, as rows of a table that is its own chart."""

from bisect import bisect_right

from .models import ScoreMark

SHOWN = 12


def course(house, lights) -> list[dict]:
    """Newest first: each day on which points or light changed, with what held at its end. `lights`: newest first."""
    marks = list(ScoreMark.objects.filter(property=house).order_by("-on")[:SHOWN])[::-1]
    assessed = sorted(lights, key=lambda row: (row.on, row.created_at))
    days = sorted({row.on for row in marks} | {row.on for row in assessed})[-SHOWN:]
    mark_days, light_days = [row.on for row in marks], [row.on for row in assessed]
    rows = []
    for day in days:
        mark = _last(marks, mark_days, day)
        rows.append(
            {
                "on": day,
                "score": mark and mark.score,
                "first": mark and mark.parts[0]["text"] if mark and mark.parts else "",
                "light": _last(assessed, light_days, day),
            }
        )
    return rows[::-1]


def _last(rows, days, day):
    place = bisect_right(days, day)
    return rows[place - 1] if place else None
