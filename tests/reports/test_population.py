from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from reports import cube as cubes
from reports.models import QuarterlyReport
from reports.population.importing import EXAMPLE
from reports.population.models import Category, Nationality, PopulationFigure, Subject
from reports.population.spec import PopulationImport
from tests.factories.reports import Q3, PopulationFigureFactory, city_of_the_mock_up, released

pytestmark = pytest.mark.django_db
LIST = "/berichte/bevoelkerung/"


def parsed(**cells):
    """(values, errors) of one row of a file, as the import page reads it."""
    spec = PopulationImport()
    return spec.parse(EXAMPLE | cells, spec.columns)


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


# --- reading a row ---------------------------------------------------------------------------------------------------


def test_german_numbers_and_shares():
    row = {
        "Staatsangehörigkeit": "Bulgarien und Rumänien",
        "Stadtbezirk": "",
        "Anzahl": "3.148",
        "Anteil": "2,1",
    }
    figure = parsed(**row)[0]["figure"]
    assert (figure.count, figure.share, figure.district) == (3148, Decimal("2.10"), "")


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"Stand": "31.09.2026"}, "Stand", "kein Datum"),
        ({"Staatsangehörigkeit": "Utopia"}, "Staatsangehörigkeit", "nicht bekannt"),
        ({"Stadtbezirk": "Bochum"}, "Stadtbezirk", "nicht bekannt"),
        ({"Merkmal": "Altersgruppe"}, "Klasse", "unter 18"),
        ({"Anzahl": "3.14"}, "Anzahl", "keine ganze Zahl"),
        ({"Anzahl": "viele"}, "Anzahl", "keine ganze Zahl"),
        ({"Anzahl": "-3"}, "", "nicht negativ"),
        ({"Anzahl": ""}, "", "Anzahl oder einen Anteil"),
        ({"Anteil": "150"}, "Anteil", "kein Anteil"),
        ({"Quelle": ""}, "Quelle", "fehlt"),
        ({"Quelle": "x" * 121}, "Quelle", "Quelle"),
    ],
)
def test_a_wrong_row_is_named_with_column_and_reason(cells, column, reason):
    ((found, text),) = parsed(**cells)[1]
    assert found == column
    assert reason in text


# --- pages -----------------------------------------------------------------------------------------------------------


def test_population_figures_are_for_those_who_manage_them(as_member):
    figure = PopulationFigureFactory()
    addresses = ["", "neu/", f"{figure.pk}/", f"{figure.pk}/aendern/"]
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


def test_files_are_read_in_on_the_general_page_and_the_old_address_leads_there(as_member):
    client, _ = as_member("population.manage")
    page = client.get(f"{LIST}einlesen/", follow=True)
    assert page.redirect_chain == [("/import/bevoelkerung/", 301)]
    assert "Bevölkerungszahlen einlesen" in page.content.decode()
    assert 'href="/import/bevoelkerung/"' in client.get(LIST).content.decode()


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
