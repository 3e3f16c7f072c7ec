"""The report as „Arbeitsfassung“ for Word: to be worked on, never read back."""

import io
from datetime import datetime

from . import LEGEND, lines_of


def render(view, *, checksum="", draft=False) -> bytes:
    from docx import Document

    document = Document()
    _language(document)
    released = view.cube.get("revision", {}).get("released_at")
    stamp = datetime.fromisoformat(released or view.cube["computed_at"]).replace(tzinfo=None)
    core = document.core_properties
    core.title, core.language, core.author = f"Quartalsbericht {view.label}", "de-DE", view.cube["city"]
    core.created = core.modified = stamp
    core.comments = ""
    _header(document, draft)

    document.add_heading(f"Quartalsbericht, {view.label}", 0)
    document.add_paragraph(
        "Entwurf, nicht freigegeben. Die Zahlen können sich noch ändern."
        if draft
        else "Arbeitsfassung zum Weiterschreiben. Verbindlich ist die PDF-Datei mit derselben Prüfsumme."
    )
    facts = [f"Stichtag {view.as_of}", f"Datenstand {view.computed_at}"]
    if not draft:
        facts.append(f"Revision {view.cube['revision']['number']}, freigegeben am {view.released_at}")
    document.add_paragraph(" · ".join(facts))
    if view.cube.get("revision", {}).get("reason"):
        document.add_paragraph(f"Berichtigung: {view.cube['revision']['reason']}")
    if checksum:
        document.add_paragraph(f"Prüfsumme (SHA-256): {checksum}")

    for section in view.sections:
        document.add_heading(f"{section.number} {section.title}", 1)
        if section.key_sentence:
            document.add_paragraph().add_run(section.key_sentence).bold = True
        for block in section.rest.split("\n\n"):
            if block.strip():
                document.add_paragraph(block.strip())
        figures = view.headlines if section.number == "1" else section.figures
        for figure in figures:
            _figure(document, figure)
        for table in (*section.tables, *section.rows):
            _table(document, table)
    _methods(document, view)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _language(document):
    """German for spelling and screen readers; python-docx starts with an English template."""
    from docx.oxml.ns import qn

    for element in document.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), "de-DE")


def _header(document, draft):
    text = "ENTWURF – nicht freigegeben" if draft else "Arbeitsfassung"
    document.sections[0].header.paragraphs[0].text = text


def _figure(document, figure):
    paragraph = document.add_paragraph(style="List Bullet")
    paragraph.add_run(f"{figure.label}: ").bold = True
    paragraph.add_run(f"{figure.cell.words}{' r' if figure.cell.mark else ''}")
    if figure.change:
        paragraph.add_run(f", {figure.change} {figure.change_unit}")
    if figure.stand:
        paragraph.add_run(f" (Stand {figure.stand})")


def _table(document, table):
    from docx.oxml import OxmlElement

    header, rows = lines_of(table)
    if not any(row[-1] for row in rows):  # no revisions: without the column for them
        header, rows = header[:-1], [row[:-1] for row in rows]
    document.add_paragraph(f"Tabelle {table.number}: {table.caption}", style="Caption")
    grid = document.add_table(rows=1, cols=len(header), style="Table Grid")
    for cell, text in zip(grid.rows[0].cells, header, strict=True):
        cell.text = ""
        cell.paragraphs[0].add_run(text).bold = True
    repeat = grid.rows[0]._tr.get_or_add_trPr()
    repeat.append(OxmlElement("w:tblHeader"))
    for row in rows:
        for cell, value in zip(grid.add_row().cells, row, strict=True):
            cell.text = _words(value)
    document.add_paragraph(f"Quelle: {table.source}")


def _words(value):
    from soe.web.text import number

    if value == "•":
        return "• (geschützt)"
    return value if isinstance(value, str) else number(value)


def _methods(document, view):
    document.add_heading("10 Methodik", 1)
    for definition in view.cube["definitions"]:
        paragraph = document.add_paragraph(style="List Bullet")
        paragraph.add_run(f"{definition['label']}: ").bold = True
        paragraph.add_run(f"{definition['definition']} Quelle: {definition['source']}")
    for sign, meaning in LEGEND:
        document.add_paragraph(f"{sign}  {meaning}")
