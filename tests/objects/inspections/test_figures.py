"""Section 4 of the quarterly report comes from the inspections themselves, as aggregates."""

from datetime import date
from decimal import Decimal

import pytest

from objects.inspections.defaults import set_up_inspections
from objects.inspections.published import enter
from objects.inspections.selectors import quarter_figures
from soe.web.figures import Figure, FigureTable, Protect, Quarter, Section
from tests.factories.core import DepartmentFactory
from tests.factories.inspections import (
    FindingFactory,
    HelpNeedFactory,
    ImmediateMeasureFactory,
    InspectionDayFactory,
    InspectionFactory,
    SectionFactory,
    VisitFactory,
)

Q4 = Quarter(2026, 4)


@pytest.fixture
def figures(acting):
    """One day in the quarter (two dwellings entered of three), one planned, one cancelled, one of another quarter."""
    set_up_inspections()
    enter(by=acting, lead=DepartmentFactory())
    section = SectionFactory(day=InspectionDayFactory(closed=True))
    house = InspectionFactory(day=section.day)
    visit = VisitFactory(
        inspection=house, registered=4, met=6, unregistered=2, gone=0, children=1, area=Decimal(52)
    )
    VisitFactory(inspection=house, registered=3, met=1, area=Decimal(60))
    VisitFactory(inspection=house, access="nobody", registered=2)
    FindingFactory(section=section, inspection=house, visit=visit)
    FindingFactory(section=section, inspection=house, visit=visit, category="smoke_alarm", severity="danger")
    FindingFactory(section=section, inspection=house, severity="ok", category="pests")
    FindingFactory(section=section, inspection=house, state="withdrawn", category="waste")
    ImmediateMeasureFactory(section=section, inspection=house, kind="deregistered", count=7)
    HelpNeedFactory(section=section, inspection=house)
    for state in ("planned", "cancelled"):
        VisitFactory(inspection=InspectionFactory(day=InspectionDayFactory(state=state)), registered=99)
    InspectionDayFactory(date=date(2026, 9, 30), closed=True)
    return quarter_figures(Q4)


def test_each_figure_of_the_quarter(figures):
    values = {f.key.removeprefix("inspections."): f.value for f in figures if isinstance(f, Figure)}
    assert values == {
        "days": 1,
        "houses": 1,
        "departments": 1,
        "dwellings": 3,
        "entered": 2,
        "access_rate": 67,
        "defect_rate": 50,
        "registered": 9,
        "met": 7,
        "unregistered": 2,
        "gone": 0,
        "deregistered": 7,
        "children": 1,
        "crowded": 1,
        "late_sections": 1,
        "help_needs": 1,
    }


def test_figures_of_persons_are_protected_and_shares_come_with_their_counts(figures):
    by_key = {f.key: f for f in figures if isinstance(f, Figure)}
    for name in ("registered", "met", "unregistered", "gone", "deregistered", "children"):
        assert by_key[f"inspections.{name}"].protect == Protect.PERSONS
    assert by_key["inspections.access_rate"].part_of == (2, 3)
    assert by_key["inspections.defect_rate"].part_of == (1, 2)
    assert all(f.section == Section.INSPECTIONS and f.definition and f.source for f in figures)


def test_tables_of_the_quarter(figures):
    tables = {t.key: t for t in figures if isinstance(t, FigureTable)}
    assert tables["inspections.findings"].rows == [
        ("Feuchte, Schimmel", [1]),
        ("Rauchwarnmelder", [1]),
        ("Summe", [2]),
    ]
    assert tables["inspections.measures"].rows == [("von Amts wegen abgemeldet", [7, None])]
    balance = dict(tables["inspections.balance"].rows)
    # 2014 and 2025 (71 deregistered), the day of September, and this quarter's.
    assert balance["Einsatztage"] == [4]
    assert balance["Von Amts wegen abgemeldet"] == [78]
    assert balance["Geprüfte gemeldete Personen"] == [9]


def test_a_quarter_without_inspections_has_no_invented_zero(acting):
    values = {f.key: f.value for f in quarter_figures(Quarter(2030, 1)) if isinstance(f, Figure)}
    assert values["inspections.days"] == 0
    assert values["inspections.registered"] is None
    assert values["inspections.access_rate"] is None
    assert values["inspections.crowded"] is None


def test_the_figures_cost_a_fixed_number_of_queries(acting, django_assert_max_num_queries):
    for number in (1, 2, 3):
        house = InspectionFactory(day=InspectionDayFactory(date=date(2026, 10, number), closed=True))
        VisitFactory(inspection=house, met=2, area=30)
    with django_assert_max_num_queries(25):
        quarter_figures(Q4)
