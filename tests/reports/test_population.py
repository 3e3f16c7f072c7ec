from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from reports import cube as cubes
from reports.models import QuarterlyReport
from reports.population.importing import HEADER, Unreadable, import_figures
from reports.population.models import Category, Nationality, PopulationFigure, Subject
from tests.factories.core import somebody
from tests.factories.reports import Q3, PopulationFigureFactory, city_of_the_mock_up, released

pytestmark = pytest.mark.django_db
LIST = "/berichte/bevoelkerung/"
HEAD = ";".join(HEADER)
GOOD = "30.09.2026;Bulgarien;Wanne;Bestand;;612;;;Melderegister"


def file(*lines, encoding="utf-8"):
    return "\r\n".join([HEAD, *lines]).encode(encoding)


def imported(content, **kwargs):
    with somebody():
        return import_figures(content, **kwargs)


# --- what the model refuses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": Subject.AGE, "category": ""},
        {"subject": Subject.AGE, "category": Category.BIRTHS},
        {"subject": Subject.STOCK, "category": Category.AGE_0},
        {"count": None},
        {"count": -1},
        {"share": Decimal(101)},
        {"approximate": True, "quote": ""},
        {"nationality": Nationality.ALL, "subject": Subject.AGE, "category": Category.AGE_0},
    ],
)
def test_the_database_refuses_impossible_figures(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        PopulationFigureFactory(**wrong)


def test_only_a_change_of_nationality_may_be_negative():
    PopulationFigureFactory(subject=Subject.MOVEMENT, category=Category.NATIONALITY, count=-9)
    with pytest.raises(IntegrityError), transaction.atomic():
        PopulationFigureFactory(subject=Subject.MOVEMENT, category=Category.DEPARTURES, count=-9)


def test_one_figure_once_per_source_but_several_per_day():
    PopulationFigureFactory()
    PopulationFigureFactory(source="Vorlage 2023/1062")
    with pytest.raises(IntegrityError), transaction.atomic():
        PopulationFigureFactory()


def test_no_field_names_a_person_or_an_origin():
    names = {field.name for field in PopulationFigure._meta.get_fields()}
    assert not names & {"name", "person", "ethnicity", "origin", "birth_date"}


# --- reading a file --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_all_common_spellings_are_read(encoding, delimiter):
    content = file(GOOD).decode().replace(";", delimiter).encode(encoding)
    outcome = imported(content)
    assert (outcome.rows, outcome.new, outcome.rejected) == (1, 1, [])
    figure = PopulationFigure.objects.get()
    assert (figure.count, figure.district, figure.nationality) == (612, "wanne", "bg")


def test_german_numbers_and_shares():
    imported(file("30.09.2026;Bulgarien und Rumänien;;Bestand;;3.148;2,1;;Melderegister"))
    figure = PopulationFigure.objects.get()
    assert (figure.count, figure.share) == (3148, Decimal("2.10"))


def test_reading_the_same_file_again_changes_nothing():
    imported(file(GOOD))
    version = PopulationFigure.objects.get().version
    outcome = imported(file(GOOD))
    assert (outcome.new, outcome.changed, outcome.unchanged) == (0, 0, 1)
    assert PopulationFigure.objects.get().version == version


def test_a_changed_number_is_changed_with_history():
    imported(file(GOOD))
    outcome = imported(file(GOOD.replace("612", "613")))
    assert outcome.changed == 1
    figure = PopulationFigure.objects.get()
    assert [row.count for row in figure.history.order_by("history_id")] == [612, 613]


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        (GOOD.replace("30.09.2026", "31.09.2026"), "Stand", "kein Datum"),
        (GOOD.replace("Bulgarien", "Utopia"), "Staatsangehörigkeit", "nicht bekannt"),
        (GOOD.replace("Wanne", "Bochum"), "Stadtbezirk", "nicht bekannt"),
        (GOOD.replace("Bestand;", "Altersgruppe;"), "Klasse", "unter 18"),
        (GOOD.replace("612", "3.14"), "Anzahl", "keine ganze Zahl"),
        (GOOD.replace("612", "viele"), "Anzahl", "keine ganze Zahl"),
        (GOOD.replace("612", "-3"), "", "nicht negativ"),
        (GOOD.replace("612", ""), "", "Anzahl oder einen Anteil"),
        (GOOD.replace("612;", "612;150"), "Anteil", "kein Anteil"),
        (GOOD.replace("Melderegister", ""), "Quelle", "Quelle"),
    ],
)
def test_a_wrong_row_is_named_with_column_and_reason(line, column, reason):
    outcome = imported(file(line, GOOD))
    (rejected,) = outcome.rejected
    assert (rejected.line, rejected.column) == (2, column)
    assert reason in rejected.reason
    assert not outcome.taken
    assert not PopulationFigure.objects.exists()


def test_all_or_nothing_unless_the_good_rows_are_wanted():
    outcome = imported(file(GOOD, GOOD.replace("612", "x").replace("Wanne", "Eickel")), only_good_rows=True)
    assert (outcome.rows, outcome.imported, len(outcome.rejected)) == (2, 1, 1)
    assert PopulationFigure.objects.count() == 1


def test_rejected_rows_can_be_repaired_and_read_in_again():
    outcome = imported(file(GOOD.replace("612", "x")))
    repaired = outcome.rejected_csv().replace(";x;", ";612;")
    assert imported(repaired.encode()).new == 1


def test_a_number_given_twice_in_one_file_is_refused():
    assert "schon in Zeile 2" in imported(file(GOOD, GOOD)).rejected[0].reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "leer"),
        (b"PK\x03\x04\0\0", "keine CSV-Datei"),
        (b"a;b;c\r\n1;2;3", "fehlt „Stand“"),
        (b'Stand;"offen\r\n', "Anführungszeichen"),
        (b"x" * (2 * 1024 * 1024 + 1), "größer als 2 MB"),
    ],
)
def test_an_unreadable_file_gets_a_clear_sentence(content, reason):
    with pytest.raises(Unreadable, match=reason):
        imported(content)


# --- pages -----------------------------------------------------------------------------------------------------------


def test_population_figures_are_for_those_who_manage_them(as_member):
    figure = PopulationFigureFactory()
    addresses = ["", "neu/", "einlesen/", "einlesen/vorlage.csv", f"{figure.pk}/", f"{figure.pk}/aendern/"]
    client, _ = as_member("report.view", "report.prepare")
    assert {client.get(LIST + address).status_code for address in addresses} == {403}
    client, _ = as_member("population.manage")
    assert {client.get(LIST + address).status_code for address in addresses} == {200}


def test_the_list_costs_the_same_for_two_and_twenty_rows(as_member, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, _ = as_member("population.manage")
    counts = []
    for rows in (2, 18):
        for number in range(rows):
            PopulationFigureFactory(as_of=date(2020 + rows, 1 + number % 12, 1 + number // 12))
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LIST).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


def test_the_list_filters_sorts_and_exports(as_member):
    city_of_the_mock_up()
    client, _ = as_member("population.manage")
    html = client.get(f"{LIST}?merkmal=age&bezirk=wanne&sortierung=-shown").content.decode()
    assert "4 Bevölkerungszahlen" in html
    assert html.index("798") < html.index("521")
    export = b"".join(client.get(f"{LIST}?merkmal=age&export=csv").streaming_content).decode()
    assert export.count("\r\n") == 17


def test_a_figure_is_entered_and_changed_by_hand(as_member):
    client, _ = as_member("population.manage")
    data = {
        "as_of": "2026-09-30", "source": "Melderegister", "nationality": "bg", "district": "", "subject": "stock",
        "category": "", "count": "1729",
    }  # fmt: skip
    answer = client.post(f"{LIST}neu/", data)
    figure = PopulationFigure.objects.get()
    assert answer.url == f"{LIST}{figure.pk}/"
    again = client.post(f"{LIST}neu/", data)
    assert "schon eingetragen" in again.content.decode()
    client.post(f"{LIST}{figure.pk}/aendern/", data | {"count": "1730", "version": figure.version})
    figure.refresh_from_db()
    assert figure.count == 1730


def test_a_wrong_class_is_explained_and_the_input_kept(as_member):
    client, _ = as_member("population.manage")
    answer = client.post(
        f"{LIST}neu/",
        {
            "as_of": "30.09.2026", "source": "Melderegister", "nationality": "bg", "subject": "stock",
            "category": "births", "count": "17",
        },
    )  # fmt: skip
    html = answer.content.decode()
    assert "Diese Klasse gehört nicht zu diesem Merkmal" in html
    assert 'value="17"' in html


def test_a_file_is_read_in_on_the_page(as_member):
    client, _ = as_member("population.manage")
    bad = SimpleUploadedFile("zahlen.csv", file(GOOD, GOOD.replace("612", "x").replace("Wanne", "Eickel")))
    html = client.post(f"{LIST}einlesen/", {"file": bad}).content.decode()
    assert "Nichts eingelesen" in html
    assert "keine ganze Zahl" in html
    good = SimpleUploadedFile("zahlen.csv", file(GOOD))
    answer = client.post(f"{LIST}einlesen/", {"file": good}, follow=True)
    assert "1 Zeilen eingelesen: 1 neu" in answer.content.decode()
    binary = SimpleUploadedFile("bild.csv", b"\x89PNG\0\0")
    assert "keine CSV-Datei" in client.post(f"{LIST}einlesen/", {"file": binary}).content.decode()
    assert "Bitte wählen Sie eine Datei" in client.post(f"{LIST}einlesen/", {}).content.decode()


def test_the_rejected_rows_come_as_a_file_without_formulas(as_member):
    client, _ = as_member("population.manage")
    answer = client.post(f"{LIST}einlesen/abgelehnt.csv", {"rows": "=1+1;-9;Grund\r\n"})
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content.decode("utf-8-sig") == "'=1+1;-9;Grund\r\n"
    assert client.get(f"{LIST}einlesen/abgelehnt.csv").status_code == 405


def test_the_template_can_be_read_in_as_it_is(as_member):
    client, _ = as_member("population.manage")
    assert imported(client.get(f"{LIST}einlesen/vorlage.csv").content).new == 3


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def _population_only(monkeypatch):
    monkeypatch.setattr(cubes, "SOURCES", ())


@pytest.mark.usefixtures("_population_only")
def test_build_report_creates_repeats_and_counts(capsys):
    city_of_the_mock_up()
    call_command("build_report", "2026-Q3")
    assert "angelegt. 3 Kennzahlen, 2 Tabellen" in capsys.readouterr().out
    call_command("build_report", "3/2026")
    out = capsys.readouterr().out
    assert "unverändert" in out
    assert "fehlt   9 Texte fehlen" in out
    assert QuarterlyReport.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "reason"), [("gestern", "kein Quartal"), ("2026-Q7", "kein Quartal"), ("2093-Q1", "noch nicht")]
)
def test_build_report_refuses_bad_quarters_in_german(text, reason):
    with pytest.raises(CommandError, match=reason):
        call_command("build_report", text)
    assert not QuarterlyReport.objects.exists()


@pytest.mark.usefixtures("_population_only")
def test_build_report_leaves_a_released_report_alone(capsys):
    from datetime import UTC, datetime

    city_of_the_mock_up()
    report = released(Q3, at=datetime(2026, 11, 12, tzinfo=UTC))
    before = report.history.count()
    call_command("build_report", "2026-Q3")
    assert "ist freigegeben. Nichts geändert." in capsys.readouterr().out
    assert report.history.count() == before
