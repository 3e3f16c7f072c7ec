"""A file becomes records: seen before, all answered, each row once, only what the person may."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from objects.models import Party
from soe.web.files.storing import private_storage
from soe.web.imports import process
from soe.web.imports.command import CommandRun
from soe.web.imports.models import Import, ImportRow
from soe.web.imports.spec import Column, ImportSpec, registered
from soe.web.jobs import services
from soe.web.jobs.models import Job
from tests.factories.core import DepartmentFactory, member, somebody
from tests.web.forms import fields

pytestmark = pytest.mark.django_db
RIGHTS = ("register.change", "owner.view", "owner.personal")
HEAD = "Name;Art;Ort;Geburtsdatum"
GOOD = f"{HEAD}\nMuster GmbH;Unternehmen;Herne;\nBlau, Ute;Person;Bochum;31.12.1970\n"
MIXED = f"{GOOD}Rot, Uwe;Person;Herne;31.02.1980\nMuster GmbH;Unternehmen;Herne;\n;Person;;\n"


@pytest.fixture
def clerk(as_member):
    return as_member(*RIGHTS)


def send(client, text, name="liste.csv"):
    address = reverse("web:import_upload", args=["eigentuemer"])
    data = fields(client.get(address))
    content = text if isinstance(text, bytes) else text.encode()
    answer = client.post(address, data | {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    return Import.objects.first(), answer["Location"]


def take(client, record, mode="good"):
    page = client.get(record.get_absolute_url())
    answer = client.post(reverse("web:import_take", args=[record.pk]), fields(page) | {"mode": mode})
    record.refresh_from_db()
    return answer


def counts(record):
    record.refresh_from_db()
    return record.rows, record.new, record.changed, record.unchanged, record.rejected


def test_the_preview_says_what_happens_to_each_row_and_writes_nothing(clerk):
    client, _ = clerk
    with somebody():
        Party(name="Muster GmbH", kind="company", city="Essen").save()
    record, address = send(client, MIXED)
    page = client.get(address).content.decode()
    assert counts(record) == (5, 1, 1, 0, 3)
    assert "Ort: <del>Essen</del> → <ins>Herne</ins>" in page
    assert "„31.02.1980“ ist kein Datum" in page
    assert "Dasselbe steht schon in Zeile 2" in page
    assert "Die Angabe fehlt" in page
    assert Party.objects.count() == 1
    assert "Rot, Uwe" not in client.get(address, {"zeilen": "new"}).content.decode()


def test_good_rows_are_taken_and_every_row_is_answered(clerk):
    client, person = clerk
    record, _ = send(client, MIXED)
    assert take(client, record).status_code == 302
    assert record.state == "done"
    assert record.rows == record.imported + record.rejected == 5
    party = Party.objects.get(name="Blau, Ute")
    assert party.history.get().history_user_id == person.pk
    assert {row.history_change_reason for row in record.history.all()} >= {
        "Datei hochgeladen",
        "Datei übernommen",
    }
    again, _ = send(client, GOOD)
    assert counts(again) == (2, 0, 0, 2, 0)


def test_all_or_nothing_takes_nothing_while_a_row_is_bad(clerk):
    client, _ = clerk
    record, _ = send(client, MIXED)
    answer = take(client, record, "all")
    assert answer.status_code == 200
    assert "Es sind Zeilen abgewiesen" in answer.content.decode()
    assert Party.objects.count() == 0


def test_all_or_nothing_takes_everything_back_when_the_last_row_fails(clerk, monkeypatch):
    client, _ = clerk
    record, _ = send(client, GOOD)
    from django.core.exceptions import ValidationError

    from objects.register.importing import PartyImport

    original = PartyImport.write

    def write(self, item, user):
        if "Blau" in item.values["name"]:
            raise ValidationError("Das geht nicht.")
        original(self, item, user)

    monkeypatch.setattr(PartyImport, "write", write)
    take(client, record, "all")
    assert (record.state, Party.objects.count()) == ("refused", 0)
    assert record.lines.get(state="rejected").errors == [["", "Das geht nicht."]]


def test_rejected_rows_come_back_repaired_with_the_reason_column_still_there(clerk):
    client, _ = clerk
    record, _ = send(client, MIXED)
    take(client, record)
    content = client.get(reverse("web:import_rejected", args=[record.pk, "xlsx"]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(content.streaming_content)))
    sheet = book.active
    assert [cell.value for cell in sheet[1]] == ["Grund der Ablehnung", "Zeile im Original", *HEAD.split(";")]
    assert "31.02.1980" in sheet["A2"].value
    sheet["F2"] = "28.02.1980"
    out = io.BytesIO()
    book.save(out)
    repaired, _ = send(client, out.getvalue(), "liste.xlsx")
    assert counts(repaired) == (3, 1, 0, 1, 1)
    take(client, repaired)
    assert Party.objects.filter(name="Rot, Uwe").exists()


def test_a_template_can_be_sent_back_filled_in(clerk):
    client, _ = clerk
    for kind in ("xlsx", "csv"):
        answer = client.get(reverse("web:import_pattern", args=["eigentuemer", kind]))
        content = b"".join(answer.streaming_content)
        if kind == "xlsx":
            book = openpyxl.load_workbook(io.BytesIO(content))
            assert book.active["A2"].value.startswith("» Diese Zeile bleibt unbeachtet")
            book.active["A3"], book.active["B3"] = f"Neu {kind}", "Unternehmen"
            out = io.BytesIO()
            book.save(out)
            content = out.getvalue()
        else:
            content += f"Neu {kind};Unternehmen\r\n".encode()
        record, address = send(client, content, f"vorlage.{kind}")
        assert address == record.get_absolute_url()  # no question about columns
        assert counts(record) == (1, 1, 0, 0, 0)


def test_columns_are_asked_for_when_they_are_not_clear_and_remembered(clerk):
    client, _ = clerk
    text = "Wer;Art;Sitz\nMuster GmbH;Unternehmen;Herne\n"
    record, address = send(client, text)
    assert address == reverse("web:import_mapping", args=[record.pk])
    data = fields(client.get(address))
    assert "wählen Sie aus, in welcher Spalte" in client.post(address, data).content.decode()
    twice = client.post(address, data | {"name": "0", "city": "0"}).content.decode()
    assert "schon „Name“ zugeordnet" in twice
    assert client.post(address, data | {"name": "0", "city": "2"}).status_code == 302
    assert counts(record) == (1, 1, 0, 0, 0)
    again, address = send(client, text)
    assert (again.mapping["name"], again.mapping["city"]) == (0, 2)


def test_a_column_without_the_right_is_neither_offered_nor_taken(as_member):
    client, _ = as_member("register.change", "owner.view")
    record, _ = send(client, GOOD)
    page = client.get(reverse("web:import_mapping", args=[record.pk])).content.decode()
    assert 'name="birth_date"' not in page
    assert 'name="kind"' in page
    record.mapping |= {"birth_date": 3, "city": 2}
    with somebody():
        record.save()
        process.check(record)
    take(client, record)
    assert Party.objects.get(name="Blau, Ute").birth_date is None
    assert Party.objects.get(name="Muster GmbH").city == ""


def test_an_import_belongs_to_one_person_and_needs_its_right(clerk, client):
    _, person = clerk
    record, _ = send(client, GOOD)
    pages = [
        record.get_absolute_url(),
        *(reverse(f"web:import_{step}", args=[record.pk]) for step in ("mapping", "take", "discard")),
        reverse("web:import_rejected", args=[record.pk, "csv"]),
    ]
    client.force_login(member(*RIGHTS))
    assert {client.get(page).status_code for page in pages} == {404}
    client.force_login(member("owner.view"))
    assert client.get(reverse("web:import_upload", args=["eigentuemer"])).status_code == 403
    with somebody():
        for membership in person.memberships.all():
            membership.end(reason="Test")
    member("address.view", user=person)
    client.force_login(person)
    assert {client.get(page).status_code for page in pages} == {403}


def test_rights_that_end_before_the_job_runs_refuse_the_import(clerk, monkeypatch):
    client, person = clerk
    record, _ = send(client, GOOD)
    monkeypatch.setattr(services, "ring", lambda job: None)
    take(client, record)
    with somebody():
        for membership in person.memberships.all():
            membership.end(reason="Test")
    services.execute(Job.objects.get(kind="import").pk)
    assert Job.objects.get(kind="import").state == "failed"
    assert Party.objects.count() == 0


class Things(ImportSpec):
    """Rows without an identity of their own."""

    name, title, permission, keyed, chunk = "dinge", "Dinge", "register.view", False, 2
    columns = (Column("name", "Name", required=True),)
    die_at = None

    def write(self, item, user):
        if item.values["name"] == self.die_at:
            raise KeyboardInterrupt  # as a kill: nothing catches it
        DepartmentFactory(name=item.values["name"])


@pytest.fixture
def things(monkeypatch):
    spec = Things()
    monkeypatch.setitem(registered, "dinge", spec)
    return spec


def _names():
    from soe.departments.models import Department

    return sorted(Department.objects.filter(name__startswith="Ding").values_list("name", flat=True))


def test_rows_without_identity_are_taken_once_whatever_dies_and_whoever_repeats(things):
    """The line of the file is the key: after a death in the middle, and for the same file sent again."""
    person = member("register.view")
    content = "Name\n" + "".join(f"Ding {n}\n" for n in range(1, 8))
    things.die_at = "Ding 6"
    with somebody():
        record = process.upload(things, person, content.encode(), "dinge.csv")
        process.check(record)
        record.mode = Import.Mode.GOOD
        record.save()
        with pytest.raises(KeyboardInterrupt):
            process.take(record, CommandRun(person))
        assert len(_names()) == 4  # two whole chunks; the third went back
        things.die_at = None
        process.take(Import.objects.get(pk=record.pk), CommandRun(person))
        assert _names() == [f"Ding {n}" for n in range(1, 8)]
        second = process.upload(things, person, content.encode(), "noch einmal.csv")
        process.check(second)
        second.refresh_from_db()
        assert (second.new, second.unchanged) == (0, 7)


def test_negative_control_without_the_checkpoint_rows_would_double(things, monkeypatch):
    person = member("register.view")
    monkeypatch.setattr(process, "_taken_lines", lambda spec, record: set())
    content = b"Name\nDing 1\nDing 2\n"
    with somebody():
        for number in range(2):
            record = process.upload(things, person, content, f"{number}.csv")
            process.check(record)
            ImportRow.objects.update(once=False)
            record.refresh_from_db()
            record.mode = "good"
            record.save()
            process.take(record, CommandRun(person))
    assert len(_names()) == 4


def test_a_cell_that_looks_like_a_formula_stays_text_on_the_way_out(clerk):
    client, _ = clerk
    record, _ = send(client, f"{HEAD}\n=1+1;Roboter;@SUM(A1);\n")
    text = b"".join(
        client.get(reverse("web:import_rejected", args=[record.pk, "csv"])).streaming_content
    ).decode()
    assert ";'=1+1;Roboter;'@SUM(A1);" in text
    answer = client.get(reverse("web:import_rejected", args=[record.pk, "xlsx"]))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert (sheet["C2"].value, sheet["C2"].data_type) == ("=1+1", "s")


def test_contents_go_after_thirty_days_and_who_did_what_stays(clerk):
    client, _ = clerk
    record, _ = send(client, MIXED)
    stored = record.stored
    process.erase_old(timezone.now() + timedelta(days=29))
    assert private_storage().exists(stored)
    process.erase_old(timezone.now() + timedelta(days=31))
    record.refresh_from_db()
    assert not private_storage().exists(stored)
    assert (record.rows, record.sha256 != "", record.lines.first().cells) == (5, True, [])
    assert "gelöscht" in client.get(record.get_absolute_url()).content.decode()


def test_a_file_may_be_discarded(clerk):
    client, _ = clerk
    record, _ = send(client, GOOD)
    address = reverse("web:import_discard", args=[record.pk])
    assert client.post(address, fields(client.get(address))).status_code == 302
    record.refresh_from_db()
    assert (record.state, record.stored) == ("discarded", "")


def test_population_figures_come_through_the_same_page(as_member):
    from reports.population.models import PopulationFigure

    _, person = as_member("population.manage")
    text = "Stand;Staatsangehörigkeit;Merkmal;Klasse;Anzahl;Quelle\n30.09.2026;Bulgarien;Bestand;;{};Amt\n30.09.2026;Mars;Bestand;;1;Amt\n"
    for number, expected in (("612", (2, 1, 0, 0, 1)), ("700", (2, 0, 1, 0, 1)), ("700", (2, 0, 0, 1, 1))):
        with somebody():
            record = process.upload(
                registered["bevoelkerung"], person, text.format(number).encode(), "zahlen.csv"
            )
            process.check(record)
            assert counts(record) == expected
            record.mode = "good"
            record.save()
            process.take(record, CommandRun(person))
    assert PopulationFigure.objects.get().count == 700


def test_a_foreign_file_is_refused_with_a_sentence(clerk):
    client, _ = clerk
    address = reverse("web:import_upload", args=["eigentuemer"])
    for content in (b"", b"\x00\x01", b"PK\x03\x04"):
        answer = client.post(
            address, fields(client.get(address)) | {"file": SimpleUploadedFile("x.csv", content)}
        )
        assert answer.status_code == 200
        assert "soe-errors" in answer.content.decode()
