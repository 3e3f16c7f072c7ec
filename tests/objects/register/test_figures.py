"""Section 3 of the quarterly report: a quarter in the past gives the same figures whatever happens later."""

from datetime import date

import pytest

from objects.selectors import quarter_figures
from soe.web.figures import Quarter
from tests.factories.core import member, somebody
from tests.factories.register import AssessmentFactory, GoalFactory, ProblemAreaFactory, PropertyFactory

pytestmark = pytest.mark.django_db
Q3 = Quarter(2026, 3)


def figures():
    return {part.key: part for part in quarter_figures(Q3)}


def house(district="Wanne", registered_on=date(2026, 2, 1), **kwargs):
    return PropertyFactory(address=None, district=district, registered_on=registered_on, **kwargs)


@pytest.fixture
def clerk():
    return member("register.view", "register.change", "register.steer")


def test_stock_and_flow_come_from_dates(clerk):
    house()
    house(registered_on=date(2026, 8, 1))
    house(registered_on=date(2026, 10, 1))  # after the quarter
    gone = house()
    gone.retire(by=clerk, outcome="solved", reason="behoben", on=date(2026, 9, 30))
    later = house()
    later.retire(by=clerk, outcome="demolished", reason="abgerissen", on=date(2026, 10, 2))
    found = figures()
    assert found["register.stock"].value == 3
    assert found["register.entries"].value == 1
    assert found["register.exits"].value == 1
    assert [row[1][0] for row in found["register.balance"].rows] == [3, 1, 0, 1, 3]


def test_later_steps_do_not_change_a_past_quarter(clerk):
    row = house()
    goal = GoalFactory(property=row, stage=2, set_on=date(2026, 3, 1), next_review=date(2026, 12, 1))
    AssessmentFactory(property=row, pressure=3, room=1, on=date(2026, 4, 1))
    area = ProblemAreaFactory(property=row, kind="housing", suspected_on=date(2026, 4, 2))
    before = figures()
    goal.review(by=clerk, stage=5, next_review=date(2027, 3, 1), reason="Ankauf", on=date(2026, 11, 1))
    area.confirm(by=clerk, department=row.lead_department, reason="gesehen", on=date(2026, 11, 2))
    AssessmentFactory(property=row, pressure=1, room=3, on=date(2026, 11, 3))
    row.retire(by=clerk, outcome="reused", reason="verkauft", on=date(2026, 11, 4))
    assert figures() == before
    assert before["register.stages"].rows[0] == ("Wanne", [0, 1, 0, 0, 0, 0, 0, 1])
    assert dict(before["register.problems"].rows)["wohnungsaufsichtsrechtlich"] == [1, 0, 1]
    assert dict(before["register.lights"].rows)["hoch"] == [1, 0, 0, 0, 1]


def test_tables_add_up(clerk):
    for district in ("Wanne", "Wanne", "Eickel", ""):
        house(district)
    table = figures()["register.stages"]
    *rows, (label, sums) = table.rows
    assert label == "insgesamt"
    assert sums == [sum(values[place] for _, values in rows) for place in range(8)]
    assert sums[-1] == 4


def test_reopening_counts_as_an_entry(clerk):
    row = house()
    row.retire(by=clerk, outcome="solved", reason="behoben", on=date(2026, 5, 1))
    with somebody():
        row.reopen(by=clerk, reason="wieder Mängel", on=date(2026, 8, 1))
    rows = dict(figures()["register.balance"].rows)
    assert rows["wieder aufgenommen"] == [1]
    assert rows["Bestand am Ende des Vorquartals"] == [0]
    assert rows["Bestand am Stichtag"] == [1]
