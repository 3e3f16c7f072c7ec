import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from reports import cube as cubes
from reports.freeze import Altered, canonical, checksum, is_intact, load
from reports.frozen import Cube
from reports.models import QuarterlyReport, ReportRevision
from reports.population.models import PopulationFigure, Subject
from reports.readiness import blocking, findings
from reports.services import build_report
from soe.audit.context import acting_as
from soe.audit.errors import AuditedWriteRefused, IllegalTransition
from tests.factories.core import member
from tests.factories.reports import (
    Q3,
    PopulationFigureFactory,
    city_of_the_mock_up,
    finish_texts,
    released,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 12, 5, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _population_only(monkeypatch):
    monkeypatch.setattr(cubes, "SOURCES", ())


@pytest.fixture
def preparer():
    return member("report.prepare", "report.view")


@pytest.fixture
def releaser():
    return member("report.release", "report.view")


def test_canonical_json_has_one_text_for_one_content():
    assert canonical({"b": [1, None], "a": "ü"}) == '{"a":"ü","b":[1,null]}'
    assert canonical({"a": 1, "b": 2}) == canonical({"b": 2, "a": 1})
    with pytest.raises(TypeError):
        canonical({"a": 1.5})


def test_release_freezes_the_presented_draft(preparer, releaser):
    city_of_the_mock_up()
    report = released(at=AT, preparer=preparer, releaser=releaser)
    revision = report.latest_revision()
    cube = json.loads(revision.cube)
    assert report.state == QuarterlyReport.State.RELEASED
    assert revision.revision == 1
    assert revision.sha256 == checksum(revision.cube)
    assert cube["revision"]["released_by"] == str(releaser)
    assert Cube(cube).figure("population.stock") == {"value": 3148}
    assert "Menschen aus Rumänien und Bulgarien: 3.148." in cube["sections"][1]["text"]


def test_freezing_the_same_data_gives_the_same_bytes(preparer, releaser):
    city_of_the_mock_up()
    report = build_report(Q3, by=preparer, at=AT).report
    first = canonical(report.draft)
    draft, _ = cubes.build(Q3, now=AT)
    assert canonical(draft) == first
    assert canonical(json.loads(first)) == first


def test_verify_detects_a_change(preparer, releaser):
    city_of_the_mock_up()
    revision = released(at=AT).latest_revision()
    assert is_intact(revision)
    revision.cube = revision.cube.replace("3148", "3149")
    assert not is_intact(revision)
    with pytest.raises(Altered):
        load(revision)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports_reportrevision SET cube = '{}'",
        "UPDATE reports_reportrevision SET sha256 = 'x'",
        "DELETE FROM reports_reportrevision",
    ],
)
def test_a_raw_write_to_a_released_report_is_refused(statement):
    city_of_the_mock_up()
    released(at=AT)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert is_intact(ReportRevision.objects.get())


def test_a_released_report_is_not_changed_through_the_models_either():
    city_of_the_mock_up()
    revision = released(at=AT).latest_revision()
    revision.reason = "anders"
    with pytest.raises(DatabaseError), transaction.atomic():
        revision.save()
    with pytest.raises(AuditedWriteRefused):
        ReportRevision.objects.update(reason="anders")


def test_four_eyes_nobody_releases_what_she_presented():
    city_of_the_mock_up()
    both = member("report.prepare", "report.release", "report.view")
    report = build_report(Q3, by=both, at=AT).report
    finish_texts(report)
    report.present(by=both, at=AT)
    with pytest.raises(ValidationError, match="selbst vorgelegt"):
        report.release(by=both, at=AT)
    report.refresh_from_db()
    assert report.state == QuarterlyReport.State.PRESENTED
    assert not ReportRevision.objects.exists()


def test_nothing_is_presented_while_texts_are_missing(preparer):
    city_of_the_mock_up()
    report = build_report(Q3, by=preparer, at=AT).report
    with pytest.raises(ValidationError, match="9 Texte fehlen"):
        report.present(by=preparer, at=AT)


def test_nothing_is_presented_before_the_quarter_is_over(preparer):
    city_of_the_mock_up()
    report = build_report(Q3, by=preparer, at=datetime(2026, 9, 20, tzinfo=UTC)).report
    finish_texts(report)
    assert blocking(report) == [
        "Die Zahlen sind vor dem Ende des Quartals berechnet. Bitte nach dem 30.09.2026 neu berechnen."
    ]


def test_unknown_names_in_a_text_stop_the_release(preparer):
    city_of_the_mock_up()
    report = build_report(Q3, by=preparer, at=AT).report
    finish_texts(report)
    with acting_as(preparer):
        report.texts.get(section="2").write("{population.stok} Menschen.", finished=True)
    assert blocking(report) == ["Abschnitt 2: unbekannte Zahl {population.stok}"]


def test_numbers_written_by_hand_are_pointed_out_but_do_not_stop(preparer):
    city_of_the_mock_up()
    report = build_report(Q3, by=preparer, at=AT).report
    finish_texts(report)
    with acting_as(preparer):
        report.texts.get(section="4").write("Im 3. Quartal 2026 fanden 22 Kontrollen statt.", finished=True)
    assert blocking(report) == []
    assert any("Von Hand geschriebene Zahlen in Abschnitt 4" in f.text for f in findings(report))


def test_a_presented_report_is_not_computed_again(preparer):
    city_of_the_mock_up()
    report = build_report(Q3, by=preparer, at=AT).report
    finish_texts(report)
    report.present(by=preparer, at=AT)
    PopulationFigureFactory(subject=Subject.AGE, category="age-0", nationality="bg", count=77)
    with pytest.raises(ValidationError, match="zur Freigabe vorgelegt"):
        report.store_draft(by=preparer, draft={}, notes={}, at=AT)


def test_a_returned_report_is_in_preparation_again(preparer, releaser):
    city_of_the_mock_up()
    report = build_report(Q3, by=preparer, at=AT).report
    finish_texts(report)
    report.present(by=preparer, at=AT)
    report.return_to_preparation(by=releaser, reason="Abschnitt 5 ist unklar")
    assert report.state == QuarterlyReport.State.PREPARATION
    assert report.history.first().history_change_reason == "Abschnitt 5 ist unklar"
    with pytest.raises(IllegalTransition):
        report.return_to_preparation(by=releaser, reason="noch einmal")


def test_texts_of_a_presented_report_stand(preparer):
    city_of_the_mock_up()
    report = build_report(Q3, by=preparer, at=AT).report
    finish_texts(report)
    report.present(by=preparer, at=AT)
    with pytest.raises(ValidationError), acting_as(preparer):
        report.texts.get(section="4").write("anders", finished=True)


def correct_stock(by, **counts):
    with acting_as(by):
        for district, count in counts.items():
            figure = PopulationFigure.objects.get(subject=Subject.STOCK, district=district)
            figure.count = count
            figure.save(reason="Berichtigung des Melderegisters")


def test_revision_two_marks_what_changed_and_keeps_the_first(preparer, releaser):
    city_of_the_mock_up()
    report = released(at=AT, preparer=preparer, releaser=releaser)
    first = report.latest_revision()
    report.correct(by=preparer, reason="Nachmeldungen aus Wanne")
    correct_stock(preparer, wanne=1540)
    build_report(Q3, by=preparer, at=AT)
    report.refresh_from_db()
    finish_texts(report)
    report.present(by=preparer, at=AT)
    second = report.release(by=releaser, at=AT)
    assert (second.revision, second.reason) == (2, "Nachmeldungen aus Wanne")
    cube = Cube.of(second)
    row = cube.tables["population.district"]["table_rows"][0]["cells"]
    assert row[0] == {"value": 1540, "mark": "r"}
    assert "mark" not in row[1]
    assert row[4] == {"value": 3158, "mark": "r"}
    assert cube.figure("population.stock") == {"value": 3158, "mark": "r"}
    assert ReportRevision.objects.get(pk=first.pk).cube == first.cube


def test_revision_two_never_prints_what_revision_one_hid(preparer, releaser):
    """A corrected neighbour must not open the cells that were protected before."""
    city_of_the_mock_up()
    report = released(at=AT, preparer=preparer, releaser=releaser)
    hidden = {
        (r, c)
        for r, row in enumerate(Cube.of(report.latest_revision()).tables["population.age"]["table_rows"])
        for c, cell in enumerate(row["cells"])
        if cell.get("hidden")
    }
    report.correct(by=preparer, reason="Sodingen nachgemeldet")
    with acting_as(preparer):
        figure = PopulationFigure.objects.get(subject=Subject.AGE, category="age-65", district="sodingen")
        figure.count = 30
        figure.save()
    cube, _ = cubes.build(Q3, now=AT)
    again = Cube(cube).tables["population.age"]["table_rows"]
    assert all(again[r]["cells"][c].get("hidden") for r, c in hidden)


def test_comparisons_read_frozen_reports_and_not_the_register(preparer, releaser):
    from datetime import date

    PopulationFigureFactory(as_of=date(2026, 6, 30), count=3176)
    released(Q3.previous(), at=datetime(2026, 8, 1, tzinfo=UTC))
    with acting_as(preparer):
        june = PopulationFigure.objects.get()
        june.count = 9999
        june.save(reason="später geändert")
    PopulationFigureFactory(as_of=date(2026, 9, 30), count=3148)
    cube, _ = cubes.build(Q3, now=AT)
    figure = Cube(cube).figures["population.stock"]
    assert figure["before"] == {"value": 3176}
    assert figure["change"] == {"delta": -28, "percent": "-0.9"}
    assert figure["line"] == [None] * 6 + [3176, 3148]


def test_a_hidden_number_of_the_quarter_before_is_not_opened_by_the_balance(preparer):
    """B_(t−1) was hidden; the balance would give it away, so it keeps more to itself."""
    from datetime import date

    PopulationFigureFactory(as_of=date(2026, 6, 30), count=4)
    released(Q3.previous(), at=datetime(2026, 8, 1, tzinfo=UTC))
    PopulationFigureFactory(as_of=date(2026, 9, 30), count=60)
    for name, count in {
        "births": 10, "arrivals": 60, "departures": 14, "deaths": 0, "nationality": 0, "deregistered": 0,
    }.items():  # fmt: skip
        PopulationFigureFactory(subject=Subject.MOVEMENT, category=name, count=count)
    cube, notes = cubes.build(Q3, now=AT)
    cells = [row["cells"][0] for row in Cube(cube).tables["population.balance"]["table_rows"]]
    assert cells[0] == {"hidden": True}
    assert sum("hidden" in cell for cell in cells) > 1
    assert Cube(cube).figures["population.stock"]["before"] == {"hidden": True}
    assert Cube(cube).figures["population.stock"]["change"] is None
    assert notes["unprotectable"] == []


def test_building_twice_changes_nothing(preparer):
    city_of_the_mock_up()
    first = build_report(Q3, by=preparer, at=AT)
    second = build_report(Q3, by=preparer, at=datetime(2026, 11, 13, tzinfo=UTC))
    assert (first.created, first.changed) == (True, True)
    assert (second.created, second.changed) == (False, False)
    assert QuarterlyReport.objects.get().computed_at == AT


def test_the_history_of_a_report_holds_no_numbers(preparer):
    city_of_the_mock_up()
    report = build_report(Q3, by=preparer, at=AT).report
    row = report.history.first()
    assert not hasattr(row, "draft")
    assert not hasattr(row, "notes")


def test_nothing_in_a_frozen_cube_is_a_float():
    city_of_the_mock_up()
    PopulationFigureFactory(nationality="all", district="wanne", count=1)
    cube = released(at=AT).latest_revision().cube
    json.loads(cube, parse_float=lambda text: pytest.fail(text))
    assert Decimal(Cube(json.loads(cube)).figure("population.share")["value"]) == Decimal("2.0")
