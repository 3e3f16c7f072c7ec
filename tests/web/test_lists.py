"""Lists: the address says everything, the export is exactly the list, the number of queries does not grow."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from soe.departments.models import Department
from soe.web.export import csv_cell, safe_text
from soe.web.paging import CappedPaginator
from tests.factories.core import DepartmentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.pages")]
URL = "/t/"


def names(response):
    return [row.record.name for row in response.context["table"].rows]


def read_csv(response):
    raw = b"".join(response.streaming_content)
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))


def test_filters_order_and_page_size_stand_in_the_address(as_member):
    client, _ = as_member("register.view")
    for number in range(12):
        DepartmentFactory(name=f"Stelle {number:02}", kind="carrier", position=number)
    response = client.get(URL, {"kind": "carrier", "sortierung": "-position", "je_seite": "10"})
    assert names(response) == [f"Stelle {number:02}" for number in range(11, 1, -1)]
    assert [chip.value for chip in response.context["chips"]] == ["Träger"]
    html = response.content.decode()
    assert 'aria-sort="descending"' in html
    assert "kind=carrier" in html.split('class="soe-pages"')[1]
    second = client.get(URL, {"kind": "carrier", "sortierung": "-position", "je_seite": "10", "seite": "2"})
    assert names(second) == ["Stelle 01", "Stelle 00"]


def test_rows_with_equal_values_keep_a_fixed_order(as_member):
    client, _ = as_member("register.view")
    for _ in range(30):
        DepartmentFactory(kind="carrier", position=5)
    pages = [
        client.get(URL, {"kind": "carrier", "sortierung": "kind", "je_seite": "10", "seite": n})
        for n in (1, 2, 3)
    ]
    seen = [row.record.pk for page in pages for row in page.context["table"].rows]
    assert len(seen) == len(set(seen)) == 30


@pytest.mark.parametrize(
    "query",
    [
        "seite=abc",
        "seite=999999",
        "seite=-1",
        "je_seite=x",
        "sortierung=password",
        "kind=%00",
        "parent=kein-uuid",
        "sortierung=-",
        "kind=gibtsnicht",
        "export=pdf",
    ],
)
def test_broken_addresses_are_answered_in_german_and_never_with_500(as_member, query):
    client, _ = as_member("register.view")
    assert client.get(f"{URL}?{query}").status_code in (200, 404)


def test_a_broken_filter_shows_nothing_instead_of_everything(as_member):
    client, _ = as_member("register.view")
    DepartmentFactory()
    response = client.get(URL, {"kind": "gibtsnicht"})
    assert names(response) == []
    assert "Filter bitte prüfen" in response.content.decode()


def test_a_column_without_its_permission_does_not_exist(as_member):
    client, _ = as_member("register.view")
    DepartmentFactory(competences="geheim")
    assert "geheim" not in client.get(URL).content.decode()
    assert client.get(URL, {"sortierung": "competences"}).status_code == 200
    rows = read_csv(client.get(URL, {"export": "csv"}))
    assert "Zuständigkeiten" not in rows[0]
    assert all("geheim" not in cell for row in rows for cell in row)


def test_an_empty_list_says_what_would_stand_here(as_member):
    client, _ = as_member("register.view")
    html = client.get(URL, {"code": "gibtesnicht"}).content.decode()
    assert "Nichts gefunden" in html
    assert "Alle Filter zurücksetzen" in html


def test_the_number_of_queries_does_not_depend_on_the_number_of_rows(as_member):
    client, _ = as_member("register.view")

    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert client.get(URL, {"je_seite": "100"}).status_code == 200
        return len(caught)

    parent = DepartmentFactory()
    DepartmentFactory.create_batch(2, parent=parent)
    client.get(URL)  # the first page of a session writes it
    few = queries()
    DepartmentFactory.create_batch(18, parent=parent)
    assert queries() == few <= 20


def test_the_csv_export_is_exactly_the_filtered_list(as_member, monkeypatch):
    client, _ = as_member("admin.departments")
    DepartmentFactory(
        name="=2+5", number="-5", kind="carrier", position=7, opened_on=date(2026, 3, 1), competences="a;b\nc"
    )
    DepartmentFactory(name="Andere", kind="unit")
    response = client.get(URL, {"kind": "carrier", "export": "csv"})
    assert response["Content-Disposition"].startswith('attachment; filename="Stellen-')
    header, row = read_csv(response)
    assert header == ["Name", "Art", "Zuständigkeiten", "Reihenfolge", "Eingerichtet am"]
    assert row == ["'=2+5", "Träger", "a;b\nc", "7", "01.03.2026"]
    # Negative control: it is this function that keeps formulas out.
    monkeypatch.setattr("soe.web.export.safe_text", lambda text: text)
    assert read_csv(client.get(URL, {"kind": "carrier", "export": "csv"}))[1][0] == "=2+5"


def test_the_excel_export_keeps_numbers_and_dates_and_holds_no_formula(as_member):
    client, _ = as_member("admin.departments")
    DepartmentFactory(name='=HYPERLINK("http://x")', kind="carrier", position=7, opened_on=date(2026, 3, 1))
    response = client.get(URL, {"kind": "carrier", "export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    cells = next(sheet.iter_rows(min_row=2))
    assert cells[0].data_type == "s"
    assert cells[0].value == '=HYPERLINK("http://x")'
    assert cells[3].value == 7
    assert cells[3].data_type == "n"
    assert cells[4].value.date() == date(2026, 3, 1)


def test_the_export_holds_more_than_the_shown_page(as_member):
    client, _ = as_member("register.view")
    DepartmentFactory.create_batch(30, kind="school")
    rows = read_csv(client.get(URL, {"kind": "school", "je_seite": "10", "seite": "2", "export": "csv"}))
    assert len(rows) == 31


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_text_that_looks_like_a_formula_is_neutralised(start):
    assert safe_text(f"{start}cmd|' /C calc'!A0").startswith("'")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (-5, "-5"),
        (1.5, "1,5"),
        (True, "ja"),
        (None, ""),
        (date(2026, 1, 2), "02.01.2026"),
        ("01099", "01099"),
    ],
)
def test_numbers_stay_numbers_in_german_notation(value, shown):
    assert csv_cell(value) == shown


def test_long_lists_are_counted_up_to_a_limit_and_still_have_later_pages(monkeypatch, acting):
    monkeypatch.setattr("soe.web.paging.LIMIT", 20)
    DepartmentFactory.create_batch(30)
    paginator = CappedPaginator(Department.objects.order_by("pk"), 10)
    assert paginator.capped
    assert paginator.page(3).has_next() is (Department.objects.count() > 30)
    assert len(paginator.page(3).object_list) == 10
    assert None not in paginator.page(2).numbers()
