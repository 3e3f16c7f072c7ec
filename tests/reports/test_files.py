import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from hashlib import sha256

import openpyxl
import pikepdf
import pytest

from reports import cube as cubes
from reports.rendering import pdf as pdf_rendering
from soe.web.figures import Figure, FigureTable, Protect, Section, TextRows
from tests.factories.core import member
from tests.factories.reports import Q3, city_of_the_mock_up, released

AT = datetime(2026, 11, 12, 5, 0, tzinfo=UTC)
R = "/berichte/2026-Q3/revision/1/"
# A number nobody else has: 4 persons hidden in a table that would print "4".
CANARY_TABLE = FigureTable(
    key="offers.contacts", section=Section.OFFERS, title="Kontakte nach Thema", row_title="Thema",
    columns=["Männer", "Frauen", "zusammen"],
    rows=[("Wohnen", [4, 70, 74]), ("Arbeit", [80, 90, 170]), ("Summe", [84, 160, 244])],
    definition="d", source="Angebote", protect=Protect.PERSONS, additive_rows=True, additive_columns=True,
)  # fmt: skip
CANARY = Figure(
    key="offers.small", section=Section.OFFERS, label="Kleine Zahl", value=4, definition="d", source="Angebote",
    protect=Protect.PERSONS, headline=True,
)  # fmt: skip
ROWS = TextRows(
    key="decisions.open", section=Section.DECISIONS, title="Beschlüsse", columns=["Nummer", "Stand"],
    rows=[["=cmd|' /C calc'!A0", "offen"]], source="Gremien",
)  # fmt: skip


@pytest.fixture
def reader(db, client, monkeypatch):
    real = cubes.collect
    monkeypatch.setattr(cubes, "SOURCES", ())
    monkeypatch.setattr(cubes, "collect", lambda quarter: [*real(quarter), CANARY, CANARY_TABLE, ROWS])
    city_of_the_mock_up()
    released(Q3, at=AT)
    client.force_login(member("report.view"))
    return client


def text_of_pdf(content):
    import shutil
    import subprocess
    import tempfile

    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext fehlt")
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(content)
        file.flush()
        return subprocess.run(
            [tool, "-layout", file.name, "-"], capture_output=True, text=True, check=True
        ).stdout


def test_the_pdf_is_tagged_german_and_names_its_checksum(reader):
    answer = reader.get(f"{R}bericht.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    with pikepdf.open(io.BytesIO(answer.content)) as document:
        root = document.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang) == "de"
        assert root.ViewerPreferences.DisplayDocTitle
        assert "/StructTreeRoot" in root
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
        tags = _tags(root.StructTreeRoot)
        assert {"/Table", "/TH", "/TD", "/Caption", "/H1", "/H2"} <= tags
    checksum = sha256(reader.get(f"{R}bericht.json").content).hexdigest()
    text = text_of_pdf(answer.content)
    assert checksum[:16] in text
    assert "Seite 2 von" in text
    assert "Entwurf" not in text


def _tags(node, found=None):
    found = set() if found is None else found
    if isinstance(node, pikepdf.Dictionary):
        if "/S" in node and "/P" in node:
            found.add(str(node.S))
        if "/K" in node:
            _tags(node.K, found)
    elif isinstance(node, pikepdf.Array):
        for child in node:
            _tags(child, found)
    return found


def test_the_json_download_has_the_bytes_of_the_checksum(reader):
    from reports.models import ReportRevision

    content = reader.get(f"{R}bericht.json").content
    assert sha256(content).hexdigest() == ReportRevision.objects.get().sha256


def test_the_workbook_has_one_sheet_per_table_and_no_merged_cells(reader):
    book = openpyxl.load_workbook(io.BytesIO(reader.get(f"{R}bericht.xlsx").content))
    assert not any(sheet.merged_cells.ranges for sheet in book)
    assert "Definitionen" in book.sheetnames
    sheet = next(sheet for sheet in book if "Kontakte nach Thema" in sheet.title)
    rows = list(sheet.values)
    assert rows[0] == ("Thema", "Männer", "Frauen", "zusammen", "Hinweis")
    assert rows[1][1] == "•"
    assert rows[3][3] == 244
    beschluesse = next(sheet for sheet in book if "Beschlüsse" in sheet.title)
    assert beschluesse["A2"].data_type == "s"


def test_a_table_as_csv(reader):
    answer = reader.get(f"{R}tabelle/offers.contacts.csv")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert lines[0] == ["Thema", "Männer", "Frauen", "zusammen", "Hinweis"]
    assert lines[1][1] == "•"
    assert lines[3][3] == "244"
    formula = reader.get(f"{R}tabelle/decisions.open.csv").content.decode("utf-8-sig")
    assert "\n'=cmd" in formula.replace("\r\n", "\n")
    assert reader.get(f"{R}tabelle/gibt.es.nicht.csv").status_code == 404


def test_the_word_file_is_a_german_working_copy(reader):
    content = reader.get(f"{R}bericht.docx").content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        document = archive.read("word/document.xml").decode()
        styles = archive.read("word/styles.xml").decode()
    assert "Arbeitsfassung zum Weiterschreiben" in document
    assert "w:tblHeader" in document
    assert 'w:val="de-DE"' in styles
    assert 'w:val="en-US"' not in styles


def test_no_small_number_is_in_any_file(reader):
    """The canary: 4 contacts, and 74 − 70 or 84 − 80, must not be in anything that leaves the house."""
    frozen = reader.get(f"{R}bericht.json").content.decode()
    cube = json.loads(frozen)
    table = next(t for s in cube["sections"] for t in s["tables"] if t["key"] == "offers.contacts")
    cells = [[c.get("value", "•") for c in row["cells"]] for row in table["table_rows"]]
    assert cells[0][0] == "•"
    assert cells[0].count("•") >= 2
    figure = next(f for s in cube["sections"] for f in s["figures"] if f["key"] == "offers.small")
    assert figure["cell"] == {"hidden": True}
    assert figure["line"][-1] is None

    assert "Kleine Zahl: eine geschützte Zahl." in text_of_docx(reader)
    book = openpyxl.load_workbook(io.BytesIO(reader.get(f"{R}bericht.xlsx").content))
    for sheet in book:
        if sheet.title != "Bericht":  # holds the number of the revision
            counts = [v for row in sheet.values for v in row if isinstance(v, int)]
            assert not {1, 2, 3, 4} & set(counts), sheet.title
    lines = reader.get(f"{R}tabelle/offers.contacts.csv").content.decode("utf-8-sig")
    assert not re.search(r"(^|;)4(;|\r?$)", lines, re.MULTILINE)
    text = text_of_pdf(reader.get(f"{R}bericht.pdf").content)
    row = next(line for line in text.splitlines() if line.strip().startswith("Wohnen"))
    assert row.split()[1] == "•"
    page = reader.get("/berichte/2026-Q3/").content.decode()
    assert not re.search(r'is-num[^>]*">4<', page)


def text_of_docx(reader):
    with zipfile.ZipFile(io.BytesIO(reader.get(f"{R}bericht.docx").content)) as archive:
        return re.sub(r"<[^>]+>", "", archive.read("word/document.xml").decode())


def test_files_of_a_released_report_need_no_live_data(reader):
    """Numbers are erased or changed in the registers; the files stay byte by byte what they were."""
    from reports.population.models import PopulationFigure
    from soe.audit.context import acting_as

    before = {kind: reader.get(f"{R}bericht.{kind}").content for kind in ("json", "xlsx")}
    with acting_as(member("population.manage")):
        for figure in PopulationFigure.objects.all():
            figure.delete(reason="gelöscht")
    assert {kind: reader.get(f"{R}bericht.{kind}").content for kind in before} == before


@pytest.mark.parametrize(
    "name", ["bericht.pdf", "bericht.xlsx", "bericht.docx", "bericht.json", "tabelle/offers.contacts.csv"]
)
def test_files_need_the_right_to_see_reports(reader, name):
    reader.force_login(member("register.view"))
    assert reader.get(R + name).status_code == 403
    reader.force_login(member("report.view"))
    assert reader.get(f"/berichte/2026-Q2/revision/1/{name}").status_code == 404


def test_without_pango_the_page_says_so_in_german(reader, monkeypatch):
    def missing(*args, **kwargs):
        raise pdf_rendering.PdfNotPossible

    monkeypatch.setattr(pdf_rendering, "render", missing)
    answer = reader.get(f"{R}bericht.pdf")
    assert answer.status_code == 503
    assert "fehlt die Bibliothek Pango" in answer.content.decode()


def test_an_altered_report_is_not_handed_out(reader):
    """Whoever gets around the trigger is found: the checksum no longer fits."""
    from django.db import connection

    from reports.models import ReportRevision
    from soe.audit.triggers import gate

    with gate("Test"), connection.cursor() as cursor:
        cursor.execute("UPDATE reports_reportrevision SET cube = replace(cube, '3148', '3149')")
    assert "3149" in ReportRevision.objects.get().cube
    answer = reader.get(f"{R}bericht.pdf")
    assert answer.status_code == 409
    assert "Prüfsumme" in answer.content.decode()
    assert reader.get("/berichte/2026-Q3/").status_code == 409
