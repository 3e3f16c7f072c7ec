"""The empty table an app offers: header, a row that explains, nothing to delete before sending it back."""

from .. import export
from .reading import HELP


def pattern(columns, kind, title):
    """A CSV or XLSX response with the columns and one row of help, which the reader passes over."""
    header = [column.label for column in columns]
    row = [_help(column, first=place == 0) for place, column in enumerate(columns)]
    write = export.csv_response if kind == "csv" else export.xlsx_response
    return write(header, [row], f"Vorlage {title}", **({} if kind == "csv" else {"title": title}))


def _help(column, first):
    offered = getattr(column.parse, "offered", None)
    parts = [
        "Pflicht" if column.required else "freiwillig",
        column.help,
        f"eins von: {', '.join(offered)}" if offered and len(offered) <= 12 and not column.help else "",
        f"Beispiel: {column.example}" if column.example else "",
    ]
    text = ". ".join(part.rstrip(".") for part in parts if part)
    return f"{HELP} Diese Zeile bleibt unbeachtet. {text}" if first else text
