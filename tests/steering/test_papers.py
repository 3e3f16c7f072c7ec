import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from soe.departments.services import set_up_city
from steering.allris import NotAPaper, parse
from steering.models import CouncilPaper, FinanceRow
from steering.papers import DOUBLE_STRATEGY, FINAL_REPORT, PAPERS, RHEINE, STRATEGY, decode, load_papers
from tests.factories.core import somebody
from tests.factories.steering import CommitteeFactory, PaperFactory, system

SOURCES = settings.BASE_DIR.parent / "shared" / "sources"

HERNE = """Ratsinformationssystem

Vorlage - 2023/1062  

Betreff: Umsetzung der Strategie "Zuwanderung aus Südosteuropa"
Status:öffentlichVorlage-Art:Berichtsvorlage
Verfasser:Stegmann, Tim, Tel. 1234
Federführend:FB 31 - Schule und Weiterbildung Bearbeiter/-in: Muster, Erika
Beratungsfolge:
Schulausschuss Anhörung
16.11.2023 
des Schulausschusses zur Kenntnis genommen   
Rat der Stadt
15.12.2023 
des Rates der Stadt vertagt
22.02.2024
des Rates der Stadt ungeändert beschlossen
Integrationsrat Vorberatung

Sachverhalt
Anlage/n

Beschlussvorschlag:

Der Rat stimmt zu.

ALLRIS® Office Integration 3.9.2

Sachverhalt:

Erster Absatz.



Zweiter Absatz.

Der Oberbürgermeister
in Vertretung
"""


def test_parser_reads_head_stations_and_parts():
    data = parse(HERNE)
    assert (data.reference, data.paper_type, data.public) == ("2023/1062", "Berichtsvorlage", True)
    assert data.lead == "FB 31 - Schule und Weiterbildung"
    assert data.originator_person == "Stegmann, Tim"
    assert (data.resolution, data.text) == ("Der Rat stimmt zu.", "Erster Absatz.\n\nZweiter Absatz.")
    assert [(s.organization_name, s.role, s.date, s.result) for s in data.consultations] == [
        ("Schulausschuss", "hearing", date(2023, 11, 16), "noted"),
        ("Rat der Stadt", "", date(2023, 12, 15), "postponed"),
        ("Rat der Stadt", "", date(2024, 2, 22), "unchanged"),
        ("Integrationsrat", "preparation", None, ""),
    ]


def test_parser_says_what_is_missing():
    with pytest.raises(NotAPaper, match="Nummer"):
        parse("Betreff: irgendwas")
    with pytest.raises(NotAPaper, match="Betreff"):
        parse("Vorlage - 2023/1062")
    assert parse("Vorlage - 2023/1\nBetreff: kurz").consultations == ()


def test_nonpublic_paper_stays_nonpublic():
    assert (
        parse("Vorlage - 1/24\nBetreff: x\nStatus:nichtöffentlichVorlage-Art:Beschlussvorlage").public
        is False
    )


@given(st.text(max_size=400))
def test_no_text_breaks_the_parser(text):
    data = parse(f"Vorlage - 2023/1\nBetreff: x\nBeratungsfolge:\n{text}")
    assert data.reference == "2023/1"


def test_uploaded_bytes_in_any_usual_encoding():
    assert decode("Zuwanderung für".encode("cp1252")) == "Zuwanderung für"
    assert decode("\ufeffVorlage".encode()) == "Vorlage"


SOURCE_OF = [
    ("herne-vorlage-2023-1062.txt", STRATEGY),
    ("herne-vorlage-2022-0072.txt", DOUBLE_STRATEGY),
    ("herne-vorlage-2019-0793.txt", FINAL_REPORT),
    ("rheine-vorlage-199-17.txt", RHEINE),
]


@pytest.mark.skipif(
    not SOURCES.is_dir(), reason="die veröffentlichten Vorlagen liegen nicht neben dem Projekt"
)
@pytest.mark.parametrize(("name", "expected"), SOURCE_OF)
def test_published_papers_are_read_as_they_are_kept(name, expected):
    data = parse(decode((SOURCES / name).read_bytes()), body=expected.body)
    assert replace(data, text="") == replace(expected, text="")
    assert data.text


def test_strategy_paper_was_heard_ten_times_and_noted_ten_times():
    assert len(STRATEGY.consultations) == 10
    assert {(s.role, s.result) for s in STRATEGY.consultations} == {("hearing", "noted")}
    days = [s.date for s in STRATEGY.consultations]
    assert (days[0], days[-1]) == (date(2023, 11, 7), date(2024, 2, 1))
    assert days == sorted(days)


@pytest.mark.django_db
def test_loader_enters_each_paper_once():
    with somebody():
        set_up_city()
    council = CommitteeFactory(code="RAT", name="Rat der Stadt", kind="council")
    assert load_papers(by=system()) == len(PAPERS) == 4
    assert load_papers(by=system()) == 0
    paper = CouncilPaper.objects.get(reference="2023/1062")
    assert (paper.consultations.count(), paper.under_direction_of.code) == (10, "schule")
    older = CouncilPaper.objects.get(reference="2022/0072")
    assert older.under_direction_of.code == "dezernat3"
    assert older.consultations.get().organization == council


@pytest.mark.django_db
def test_finance_table_keeps_printed_and_computed_and_warns():
    load_papers(by=system())
    paper = CouncilPaper.objects.get(reference="199/17")
    row = FinanceRow.objects.get(paper=paper, period="2018")
    assert (row.own_share_printed, row.own_share) == (Decimal("14417.46"), Decimal("14417.45"))
    assert row.difference == Decimal("0.01")
    notes = paper.finance_warnings()
    assert len(notes) == 2
    assert "14.417,46 €, gerechnet 14.417,45 €" in notes[0]
    assert "28.581,14 €, gedruckt ist 28.581,13 €" in notes[1]


@pytest.mark.django_db
def test_correct_finance_table_is_quiet():
    paper = PaperFactory()
    with somebody():
        FinanceRow(paper=paper, position=1, period="2018", income=1, expense=3, own_share_printed=2).save()
        FinanceRow(paper=paper, position=2, period="2019", income=1, expense=3).save()
    assert paper.finance_warnings() == []


@pytest.mark.django_db
def test_command_reads_files_and_repeats_safely(tmp_path):
    file = tmp_path / "vorlage.txt"
    file.write_text(HERNE)
    for expected in ("1 neu, 0 schon da", "0 neu, 1 schon da"):
        out = io.StringIO()
        call_command("import_council_paper", str(file), stdout=out)
        assert expected in out.getvalue()
    assert CouncilPaper.objects.get().consultations.count() == 4


@pytest.mark.django_db
def test_command_answers_bad_input_in_german(tmp_path):
    with pytest.raises(CommandError, match="nicht lesbar"):
        call_command("import_council_paper", str(tmp_path / "fehlt.txt"))
    (tmp_path / "x.txt").write_bytes(b"\xff\x00nichts")
    with pytest.raises(CommandError, match="Nummer"):
        call_command("import_council_paper", str(Path(tmp_path / "x.txt")))
