"""The six published days enter as records and come out as printed."""

from datetime import date

import pytest

from objects.inspections.models import InspectionDay, OpeningBalance
from objects.inspections.published import enter
from objects.inspections.totals import day_totals, running_balance, sum_of
from soe.departments.models import Department
from soe.departments.services import set_up_city

# Day: houses, registered, checked, present but not registered, deregistered ex officio, children not at school.
PRINTED = {
    date(2014, 6, 4): ("Herne", "mehrere", None, None, 36, 38, None),
    date(2021, 11, 23): ("Hagen", 7, 115, 71, None, None, 15),
    date(2022, 3, 15): ("Hagen", 7, 179, 103, 11, 14, 4),
    date(2022, 5, 5): ("Hagen", 3, 173, 73, None, 3, 5),
    date(2023, 6, 13): ("Hagen", 7, 348, 200, None, 15, 7),
    date(2025, 11, 5): ("Herne", 3, None, None, None, 33, None),
}


@pytest.fixture
def entered(acting):
    set_up_city()
    return enter(by=acting, lead=Department.objects.get(code="koordination"))


@pytest.mark.parametrize("day", PRINTED)
def test_totals_of_each_published_day_come_out_as_printed(entered, day):
    city, houses, registered, met, unregistered, deregistered, children = PRINTED[day]
    record = InspectionDay.objects.get(date=day)
    totals = day_totals(record)
    assert record.city == city
    assert (totals.houses if isinstance(houses, int) else totals.stated_as["houses"]) == houses
    assert (totals.registered, totals.met, totals.unregistered) == (registered, met, unregistered)
    assert (totals.deregistered, totals.children) == (deregistered, children)


def test_every_other_published_fact_has_a_countable_place(entered):
    herne_2014, nov_2021, march_2022, may_2022, june_2023, nov_2025 = [day_totals(day) for day in entered]
    assert herne_2014.measured("register_request") == 36
    assert herne_2014.gone == 38
    assert herne_2014.measured("unfit") == 1
    assert {"rehoused", "children_seen", "regular_checks"} <= herne_2014.measures.keys()
    assert herne_2014.measures["rehoused"].uncounted == 1

    assert nov_2021.measured("children_referred") == 15
    assert nov_2021.measured("use_prohibited") == 1
    assert nov_2021.measured("ordered") == 1
    assert nov_2021.measured("owner_asked") == 2
    assert "pests" not in nov_2021.findings, "no pests is an answer, not a defect"
    house_level = entered[1].findings.get(level="house", category="housing")
    assert house_level.count == 8
    assert entered[1].findings.get(level="dwelling", category="housing").affected == 5
    assert entered[1].findings.get(category="building_law").certainty == "suspected"
    assert entered[1].findings.get(category="waste").affected == 2

    assert march_2022.measured("benefits_stopped") == 14
    assert march_2022.benefit_not_met == 5
    assert march_2022.findings["housing"] == 4
    assert march_2022.measured("reinspection") == 1

    assert may_2022.measured("benefits_reviewed") == 3
    assert {
        "smoke_alarm",
        "fire_load",
        "stairs",
        "damp",
        "windows",
        "lift",
        "pests",
    } == may_2022.findings.keys()
    assert entered[3].findings.get(category="pests").severity == "danger"

    assert june_2023.measured("truancy_check") == 7
    assert june_2023.measured("business_checked") == 3
    assert june_2023.measured("sex_work_checked") == 1
    assert june_2023.measured("warrant") == 1
    assert june_2023.measures["meter_gas"].words == june_2023.measures["meter_power"].words == "mehrere"
    assert "papers_examined" in june_2023.measures
    assert entered[4].participations.filter(body="Verbindungsbeamter aus Rumänien", present=True).exists()

    assert nov_2025.measures["amount_collected"].stated_as == ["vierstelliger Betrag"]
    assert entered[5].date_is_report
    assert entered[5].participations.count() == 6
    assert "Leistungsbetrug" in entered[5].reason


def test_running_balance_of_another_city_comes_out_as_printed(entered):
    balance = running_balance("Hagen")
    totals = balance.totals
    assert (balance.since, balance.days, totals.houses) == ("Ende 2015", 88, 784)
    assert (totals.registered, totals.deregistered, totals.documents) == (21_536, 1_591, 895)


def test_the_single_days_add_up_without_the_opening_balance(entered):
    OpeningBalance.objects.get().delete(reason="Probe")
    totals = running_balance("Hagen").totals
    assert (totals.houses, totals.registered, totals.met) == (24, 815, 447)
    assert (totals.unregistered, totals.deregistered, totals.children) == (11, 32, 31)


def test_running_balance_grows_with_the_next_day(entered, acting):
    before = running_balance("Herne", until=date(2025, 11, 4))
    assert (before.days, before.totals.deregistered, before.totals.unregistered) == (1, 38, 36)
    after = running_balance("Herne")
    assert (after.days, after.totals.houses, after.totals.deregistered) == (2, 3, 71)


def test_other_cities_count_in_no_figure_of_our_own(entered):
    own = sum_of(InspectionDay.objects.own().held())
    assert own.registered is None
    assert own.deregistered == 71
    assert [day.number[:2] for day in entered] == ["KT", "RF", "RF", "RF", "RF", "KT"]


def test_entering_twice_adds_nothing(entered, acting):
    assert enter(by=acting, lead=entered[0].lead) == entered
    assert InspectionDay.objects.count() == 6


def test_totals_cost_the_same_for_one_and_for_six_days(entered, django_assert_num_queries):
    from objects.inspections.totals import totals_for

    for days in ([entered[0].pk], [day.pk for day in entered]):
        with django_assert_num_queries(5):
            totals_for(days)
