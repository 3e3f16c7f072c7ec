"""Lines and bars as numbers for SVG attributes: no style attributes (the content policy refuses them), no script."""

from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT, EDGE_X, EDGE_Y = 200, 40, 4, 6


@dataclass(frozen=True)
class Line:
    """Eight quarters in a box of 200 × 40; gaps stay gaps. `dots`: single quarters without a neighbour."""

    parts: list[str]
    dots: list[tuple[str, str]]
    words: str


def _fixed(value, places=1):
    return f"{float(value):.{places}f}"


def line(values) -> Line | None:
    """None when fewer than two quarters are known: a single point is no line."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    low, high = min(known), max(known)
    span = (high - low) or 1
    step = Decimal(WIDTH - 2 * EDGE_X) / (len(values) - 1)
    parts, dots, current = [], [], []
    for position, value in enumerate([*values, None]):
        if value is not None:
            y = HEIGHT - EDGE_Y - (Decimal(value) - low) / span * (HEIGHT - 2 * EDGE_Y)
            current.append((_fixed(EDGE_X + position * step), _fixed(y)))
            continue
        if len(current) == 1:
            dots.append(current[0])
        elif current:
            parts.append(" ".join(f"{x},{y}" for x, y in current))
        current = []
    return Line(parts, dots, f"Verlauf über {len(known)} Quartale")


@dataclass(frozen=True)
class Bar:
    """One bar in percent of the longest; `before`: the mark of the quarter before."""

    width: str
    before: str = ""


def fits_bars(table) -> bool:
    """One column of counts that are not negative, at least two rows: read best as bars."""
    rows = table["table_rows"]
    counted = rows[:-1] if table["total_row"] else rows
    if len(table["columns"]) != 1 or len(counted) < 2:
        return False
    values = [row["cells"][0].get("value") for row in counted]
    numbers = [value for value in values if isinstance(value, int)]
    return len(numbers) >= 2 and all(value >= 0 for value in numbers) and max(numbers) > 0


def add_bars(view):
    """Give each row but the total its bar, in percent of the longest one."""
    counted = [row for row in view.rows if not row.total]
    numbers = [
        cell.value
        for row in counted
        for cell in (row.cells[0], row.before)
        if cell is not None and cell.value is not None
    ]
    longest = max(numbers)
    for row in counted:
        if row.cells[0].value is None:
            continue
        before = row.before.value if row.before is not None else None
        row.bar = Bar(
            width=_fixed(Decimal(row.cells[0].value) * 95 / longest),
            before=_fixed(Decimal(before) * 95 / longest) if before is not None else "",
        )


ROW, LABEL, BARS = 26, 210, 330


def bar_chart(view):
    """The same bars as a figure of its own for paper: positions in points, labels as text."""
    rows = [row for row in view.rows if not row.total]
    return {
        "width": LABEL + BARS + 60,
        "height": ROW * len(rows) + 8,
        "label_x": LABEL - 8,
        "axis_x": LABEL,
        "rows": [
            {
                "label": row.label if len(row.label) < 36 else f"{row.label[:34]}…",
                "text_y": ROW * position + 18,
                "bar_y": ROW * position + 5,
                "width": _fixed(Decimal(row.bar.width) * BARS / 100) if row.bar else "0",
                "value_x": _fixed(LABEL + 6 + (Decimal(row.bar.width) * BARS / 100 if row.bar else 0)),
                "value": row.cells[0].text,
                "hidden": row.cells[0].hidden,
                "before_x": _fixed(LABEL + Decimal(row.bar.before) * BARS / 100)
                if row.bar and row.bar.before
                else "",
                "before_y1": ROW * position + 2,
                "before_y2": ROW * position + 24,
            }
            for position, row in enumerate(rows)
        ],
    }
