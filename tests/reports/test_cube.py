from datetime import date
from decimal import Decimal

import pytest

from reports import cube as cubes
from reports.frozen import Cube
from reports.papers import FIGURES_2023_1062, enter_stated_figures
from reports.population.models import Category, Nationality, PopulationFigure, Subject
from reports.population.selectors import quarter_figures
from soe.web.figures import Figure, FigureTable, Protect, Quarter, Section, TextRows
from tests.factories.reports import Q3, PopulationFigureFactory, city_of_the_mock_up, enter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _population_only(monkeypatch):
    """These tests hand their figures in; what the other apps deliver is tested with them."""
    monkeypatch.setattr(cubes, "SOURCES", ())


def built(parts=None, quarter=Q3):
    cube, notes = cubes.build(quarter, parts=parts)
    return Cube(cube), notes


def table(values, *, key="register.stage", protect=Protect.OBJECTS, columns=("Anzahl",), **kwargs):
    defaults = {"additive_rows": True, "definition": "d", "source": "Kataster", "section": Section.REGISTER}
    return FigureTable(
        key=key, title="Objekte", row_title="Stufe", columns=list(columns), rows=values, protect=protect,
        **(defaults | kwargs),
    )  # fmt: skip


def figure(key, value, **kwargs):
    defaults = {"section": Section.REGISTER, "label": key, "definition": "d", "source": "Kataster"}
    return Figure(key=key, value=value, **(defaults | kwargs))


def test_the_age_table_of_the_mock_up_hides_the_three_people_of_sodingen():
    city_of_the_mock_up()
    cube, notes = built()
    row = {r["label"]: r["cells"] for r in cube.tables["population.age"]["table_rows"]}
    assert row["65 und älter"][3] == {"hidden": True}
    assert row["65 und älter"][4] == {"value": 36}
    assert row["Summe"][-1] == {"value": 3148}
    assert sum("hidden" in cell for cells in row.values() for cell in cells) >= 4
    assert notes["unprotectable"] == []


def test_no_small_number_is_anywhere_in_the_cube():
    city_of_the_mock_up()
    cube, _ = built([*quarter_figures(Q3), table([("klein", [2]), ("groß", [40]), ("Summe", [42])])])

    def values(data):
        if isinstance(data, dict):
            if "value" in data:
                yield data["value"]
            for key, value in data.items():
                if key not in ("thresholds", "disclosure"):
                    yield from values(value)
        elif isinstance(data, list):
            for value in data:
                yield from values(value)

    numbers = [v for v in values(cube.data) if isinstance(v, int)]
    assert 3148 in numbers
    assert not {1, 2} & set(numbers)
    assert not any(0 < v < 5 for v in numbers)


def test_objects_have_their_own_threshold():
    cube, _ = built([figure("a", 2, protect=Protect.OBJECTS), figure("b", 3, protect=Protect.OBJECTS)])
    assert cube.figure("a") == {"hidden": True}
    assert cube.figure("b") == {"value": 3}


def test_decisions_and_euros_are_not_hidden():
    cube, _ = built([figure("a", 1), figure("euro", Decimal("1200.50"), unit="€")])
    assert cube.figure("a") == {"value": 1}
    assert cube.figure("euro") == {"value": "1200.50"}


def test_not_recorded_is_never_zero():
    cube, _ = built([figure("a", None, protect=Protect.OBJECTS)])
    assert cube.figure("a") == {"value": None}


def test_a_share_is_hidden_with_the_count_behind_it():
    shares = [
        figure("small", Decimal("3.0"), unit="%", protect=Protect.PERSONS, part_of=(3, 100)),
        figure("rest", Decimal("97.0"), unit="%", protect=Protect.PERSONS, part_of=(97, 100)),
        figure("fine", Decimal("40.0"), unit="%", protect=Protect.PERSONS, part_of=(40, 100)),
    ]
    cube, _ = built(shares)
    assert [cube.figure(k).get("hidden", False) for k in ("small", "rest", "fine")] == [True, True, False]


def test_a_total_hidden_in_one_table_is_not_printed_by_a_figure():
    """The same number under another key: 2 objects in the table, 2 as a figure."""
    parts = [
        table([("a", [1]), ("b", [1]), ("Summe", [2])]),
        figure("register.stock", 2, protect=Protect.OBJECTS, headline=True),
    ]
    cube, _ = built(parts)
    assert cube.figure("register.stock") == {"hidden": True}


def test_two_tables_with_the_same_total_are_audited_together():
    """By stage one small cell and its complement; the other table must not print what the first one hides."""
    stages = table([("erkennen", [2]), ("klären", [9]), ("Summe", [11])])
    kinds = table([("Bau", [4]), ("Umwelt", [7]), ("Summe", [11])], key="register.kind")
    cube, notes = built([stages, kinds])
    first = [row["cells"][0] for row in cube.tables["register.stage"]["table_rows"]]
    second = [row["cells"][0] for row in cube.tables["register.kind"]["table_rows"]]
    assert first[0] == first[1] == {"hidden": True}
    assert first[2] == second[2]
    assert notes["unprotectable"] == []


def test_a_figure_that_rows_add_up_to_does_not_open_them():
    """New and taken up again are 2 and 1; the figure "Aufnahmen: 3" beside the table would leave one pair each."""
    rows = [("vorher", [40]), ("neu", [2]), ("wieder", [1]), ("weg", [9]), ("nachher", [34])]
    cube, _ = built(
        [
            table(rows, key="register.balance", signs={3: -1}),
            figure("register.entries", 3, protect=Protect.OBJECTS),
        ]
    )
    assert cube.figure("register.entries") == {"hidden": True}


def test_a_balance_across_columns_is_understood():
    """7 at the start, 8 new, 1 closed, 14 at the end: the closed case is not to be computed in any row."""
    columns = ["am Anfang", "neu", "abgeschlossen", "am Ende"]
    rows = [("a", [20, 9, 1, 28]), ("b", [30, 8, 6, 32]), ("zusammen", [50, 17, 7, 60])]
    cube, notes = built([table(rows, columns=columns, protect=Protect.PERSONS)])
    hidden = [
        [bool(c.get("hidden")) for c in row["cells"]] for row in cube.tables["register.stage"]["table_rows"]
    ]
    assert hidden[0][2]
    assert sum(hidden[0]) > 1
    assert sum(row[2] for row in hidden) > 1
    assert notes["unprotectable"] == []


def test_why_a_cell_is_hidden_is_told_only_to_those_who_prepare():
    cube, notes = built([table([("a", [2]), ("b", [40]), ("c", [30]), ("Summe", [72])])])
    assert notes["why"]["register.stage|0|0"] == "small"
    assert set(notes["why"].values()) == {"small", "complement"}
    text = str(cube.data)
    assert "small" not in text
    assert "complement" not in text
    assert cube.data["disclosure"]["hidden"] == 2
    assert all("zwischen" in cell["range"] for cell in cube.data["disclosure"]["cells"])


def test_a_wrong_sum_is_named():
    _, notes = built([table([("a", [20]), ("b", [40]), ("Summe", [61])])])
    assert "die Summe stimmt nicht" in notes["problems"][0]


def test_a_number_with_two_values_is_named():
    parts = [
        table([("a", [20]), ("Summe", [20])], shares={(1, 0): "register.stock"}),
        figure("register.stock", 21, protect=Protect.OBJECTS),
    ]
    assert built(parts)[1]["problems"] == ["Dieselbe Zahl hat zwei Werte: register.stock"]


def test_text_rows_and_links_are_kept():
    rows = TextRows(
        key="decisions.open", section=Section.DECISIONS, title="Beschlüsse", columns=["Nummer", "Stand"],
        rows=[["LK-2026/03-TOP4", "offen"]], source="Gremien", links={0: "/beschluesse/x/"},
    )  # fmt: skip
    cube, _ = built([rows])
    assert cube.texts["decisions.open"]["table_rows"] == [
        {"values": ["LK-2026/03-TOP4", "offen"], "drilldown": "/beschluesse/x/"}
    ]


def test_the_figures_of_paper_2023_1062_stand_with_their_words(acting):
    assert enter_stated_figures() == 7
    assert enter_stated_figures() == 0
    stock = PopulationFigure.objects.filter(subject=Subject.STOCK).order_by("as_of")
    assert [f.quote for f in stock] == ["annähernd 4.000", "ca. 3.400", "knapp 3.200"]
    assert all(f.approximate for f in PopulationFigure.objects.all())
    cube, _ = built(quarter=Quarter(2023, 2))
    assert cube.figure("population.stock") == {"value": 3200, "text": "knapp 3.200"}
    rows = [row["values"] for row in cube.texts["population.stated"]["table_rows"]]
    assert ["Bestand", "knapp 3.200", "2 %", "30.06.2023", "Vorlage 2023/1062"] in rows
    assert [
        "Anteil drei Jahre und länger in Herne",
        "rund 55 Prozent",
        "55 %",
        "31.12.2022",
        "Vorlage 2023/1062",
    ] in rows
    assert len(FIGURES_2023_1062) == 7


def test_an_earlier_quarter_does_not_know_later_figures(acting):
    enter_stated_figures()
    cube, _ = built(quarter=Quarter(2023, 1))
    assert cube.figure("population.stock")["text"] == "ca. 3.400"
    assert cube.figures["population.stock"]["as_of"] == "2023-01-31"


def movements(as_of, **counts):
    for name, count in counts.items():
        PopulationFigureFactory(
            as_of=as_of, subject=Subject.MOVEMENT, category=getattr(Category, name.upper()), count=count
        )


def test_the_balance_prints_its_rest():
    """T4: 3.176 + 11 + 120 − 98 − 6 − 9 − 40 + Rest = 3.148."""
    PopulationFigureFactory(as_of=date(2026, 6, 30), count=3176)
    PopulationFigureFactory(as_of=date(2026, 9, 30), count=3148)
    movements(
        date(2026, 9, 30), births=11, arrivals=120, departures=98, deaths=6, nationality=-9, deregistered=40
    )
    cube, notes = built()
    column = [row["cells"][0]["value"] for row in cube.tables["population.balance"]["table_rows"]]
    assert column == [3176, 11, 120, 98, 6, -9, 40, -6, 3148]
    assert notes["problems"] == []


def test_without_all_movements_there_is_no_balance():
    PopulationFigureFactory(as_of=date(2026, 6, 30), count=3176)
    PopulationFigureFactory(as_of=date(2026, 9, 30), count=3148)
    movements(date(2026, 9, 30), births=11)
    assert "population.balance" not in built()[0].tables


def test_a_small_movement_is_hidden_together_with_the_rest():
    PopulationFigureFactory(as_of=date(2026, 6, 30), count=3176)
    PopulationFigureFactory(as_of=date(2026, 9, 30), count=3148)
    movements(
        date(2026, 9, 30), births=11, arrivals=120, departures=98, deaths=3, nationality=-9, deregistered=40
    )
    cube, _ = built()
    cells = [row["cells"][0] for row in cube.tables["population.balance"]["table_rows"]]
    assert cells[4] == cells[7] == {"hidden": True}


def test_sums_are_built_from_their_parts_and_a_wrong_total_is_named():
    enter(date(2026, 9, 30), Subject.STOCK, (100, 50, 60, 40))
    PopulationFigureFactory(count=251)
    cube, notes = built()
    assert cube.figure("population.stock") == {"value": 250}
    assert "eingetragen 251, Summe der Teile 250" in notes["contradictions"][0]


def test_both_nationalities_together_are_the_sum_of_each():
    enter(date(2026, 9, 30), Subject.STOCK, (100, 50, 60, 40), nationality=Nationality.BULGARIAN)
    enter(date(2026, 9, 30), Subject.STOCK, (200, 70, 80, 60), nationality=Nationality.ROMANIAN)
    cube, _ = built()
    rows = cube.tables["population.district"]["table_rows"]
    assert [c["value"] for c in rows[2]["cells"]] == [300, 120, 140, 100, 660]


def test_an_app_without_figures_contributes_none(monkeypatch):
    monkeypatch.setattr(cubes, "SOURCES", ("objects.nothing_here", "nowhere.selectors"))
    assert isinstance(cubes.collect(Q3), list)
