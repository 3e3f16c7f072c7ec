"""Exports ask for the rights again at every chunk, whether they stream or run as a job (Z08)."""

import csv
import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from objects.models import Party
from soe.departments import asking
from soe.web import export
from soe.web.jobs import exports
from soe.web.jobs.kinds import RightsWithdrawn
from soe.web.jobs.models import Job
from tests.factories.core import somebody

pytestmark = pytest.mark.django_db
LIST = "/eigentuemer/"


@pytest.fixture
def parties(monkeypatch):
    monkeypatch.setattr(export, "CHUNK", 2)
    with somebody():
        for number in range(6):
            Party(name=f"Muster {number}", kind="company").save()


def withdraw(person):
    with somebody():
        for membership in person.memberships.all():
            membership.end(reason="Test")


@pytest.fixture
def withdrawing(monkeypatch):
    """withdrawing(person): her rights end after the first chunk has left, in another process."""

    def arrange(person):
        monkeypatch.setattr(asking, "CONCERNED", frozenset())  # nobody tells this one
        original, chunks = exports.still_visible, []

        def still_visible(view, chunk):
            chunks.append(len(chunk))
            if len(chunks) == 2:
                withdraw(person)
            return original(view, chunk)

        monkeypatch.setattr(exports, "still_visible", still_visible)
        return chunks

    return arrange


def order(client, kind="csv", path=LIST, query=""):
    return client.post(reverse("web:export_job"), {"path": path, "query": query, "kind": kind})


def test_a_long_list_offers_its_export_as_a_job_with_exactly_the_shown_rows(as_member, parties, settings):
    client, _ = as_member("owner.view")
    assert "export=xlsx" in client.get(LIST).content.decode()
    settings.SOE_EXPORT_JOB_ROWS = 5
    page = client.get(LIST).content.decode()
    assert reverse("web:export_job") in page
    assert "export=xlsx" not in page
    for kind in ("csv", "xlsx"):
        answer = order(client, kind, query="sortierung=-name")
        job = Job.objects.first()
        assert answer["Location"] == job.get_absolute_url()
        assert (job.state, job.done, job.total) == ("done", 6, 6), job.error
        assert "query" not in job.params
        content = b"".join(client.get(reverse("web:job_result", args=[job.pk])).streaming_content)
        if kind == "csv":
            names = [row[0] for row in csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")][
                1:
            ]
        else:
            sheet = openpyxl.load_workbook(io.BytesIO(content)).active
            names = [row[0].value for row in sheet.iter_rows(min_row=2)]
        assert names == [f"Muster {number}" for number in range(5, -1, -1)]


def test_rights_withdrawn_while_the_job_runs_refuse_it_and_leave_no_file(as_member, parties, withdrawing):
    client, person = as_member("owner.view")
    chunks = withdrawing(person)
    order(client)
    job = Job.objects.get()
    assert (job.state, job.result, len(chunks)) == ("failed", "", 2)
    assert "Rechte" in job.error


def test_rights_withdrawn_while_an_export_streams_break_it_off(as_member, parties, withdrawing):
    client, person = as_member("owner.view")
    withdrawing(person)
    answer, got = client.get(LIST, {"export": "csv"}), []
    with pytest.raises(RightsWithdrawn):
        got.extend(answer.streaming_content)
    assert len(got) == 3  # the header and the first chunk


def test_rights_withdrawn_while_a_spreadsheet_is_built_give_403(as_member, parties, withdrawing):
    _, person = as_member("owner.view")
    withdrawing(person)
    client = Client()  # the watching one would see the test itself write
    client.force_login(person)
    assert client.get(LIST, {"export": "xlsx"}).status_code == 403


def test_negative_control_without_the_question_everything_would_leave(as_member, parties, monkeypatch):
    client, person = as_member("owner.view")

    def still_visible(view, chunk):
        withdraw(person)
        return chunk

    monkeypatch.setattr(exports, "still_visible", still_visible)
    assert len(list(client.get(LIST, {"export": "csv"}).streaming_content)) == 7


def test_only_lists_the_person_may_open_can_be_exported(as_member, parties):
    client, _ = as_member("owner.view")
    assert order(client, path="/verwaltung/auftraege/").status_code == 403
    for path in ("/konto/", "/gibt-es-nicht/", "//evil.example/", ""):
        assert order(client, path=path).status_code == 404
    assert order(client, kind="exe").status_code == 404
    assert not Job.objects.exists()


FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\0=1+1", "\n=1"]


def test_no_cell_becomes_a_formula_and_numbers_stay_numbers(tmp_path):
    rows = [[cell, -5] for cell in FORMULAS]
    lines = list(export.csv_lines(["Text", "Zahl"], rows))
    for cells in csv.reader(io.StringIO("".join(lines[1:]), newline=""), delimiter=";"):
        assert cells[0].startswith("'")
        assert cells[1] == "-5"
    with export.xlsx_file(["Text", "Zahl"], rows) as file:
        sheet = openpyxl.load_workbook(io.BytesIO(file.read())).active
    for text, number in sheet.iter_rows(min_row=2):
        assert text.data_type == "s"
        assert (number.data_type, number.value) == ("n", -5)
