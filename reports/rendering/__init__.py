"""Files of a report. Each is made from the frozen JSON (or a marked draft) alone, never from live data."""

from ..presentation import RowsView


def lines_of(table):
    """(header, rows) of any table of the report: one header row, numbers as numbers, revisions in a last column."""
    if isinstance(table, RowsView):
        header = [*table.columns, "Hinweis"]
        return header, [[*row["values"], "berichtigt (r)" if row["mark"] else ""] for row in table.rows]
    header = [table.row_title, *table.columns]
    if table.has_before:
        header.append("Vorquartal")
    header.append("Hinweis")
    rows = []
    for row in table.rows:
        cells = [_plain(cell) for cell in row.cells]
        if table.has_before:
            cells.append(_plain(row.before) if row.before is not None else "–")
        revised = [column for column, cell in zip(table.columns, row.cells, strict=True) if cell.mark]
        rows.append([row.label, *cells, f"berichtigt (r): {', '.join(revised)}" if revised else ""])
    return header, rows


def _plain(cell):
    if cell.hidden:
        return "•"
    if cell.missing or cell.value is None:
        return "–"
    return cell.value


LEGEND = [
    ("•", "geschützt: eine kleine Zahl, oder eine Zahl, aus der sich eine kleine errechnen ließe"),
    ("–", "nicht erfasst"),
    ("r", "gegenüber der vorigen Revision berichtigt"),
]
