from decimal import Decimal

from reports import formulas


def test_share_is_part_of_the_same_register_on_the_same_day():
    assert formulas.share(3200, 156_000) == Decimal("2.1")


def test_no_share_on_a_base_below_thirty():
    assert formulas.share(1, 29) is None
    assert formulas.share(1, 30) == Decimal("3.3")


def test_change_and_its_percentage():
    assert formulas.change(3148, 3176) == -28
    assert formulas.change_percent(3148, 3176) == Decimal("-0.9")
    assert formulas.change_percent(3, 12) is None
    assert formulas.change(None, 3) is None


def test_fluctuation_is_moves_by_mean_stock():
    assert formulas.fluctuation(300, 340, 3148, 3176) == Decimal("20.2")
    assert formulas.fluctuation(300, None, 3148, 3176) is None


def test_balance_prints_what_no_movement_explains():
    balance = formulas.Balance(
        before=3176,
        births=11,
        arrivals=120,
        departures=98,
        deaths=6,
        nationality=-4,
        deregistered=40,
        now=3148,
    )
    assert balance.explained == 3159
    assert balance.rest == -11
    assert balance.explained + balance.rest == balance.now


def test_open_cases_follow_from_those_before():
    assert formulas.open_cases(before=40, new=12, reopened=2, done=9) == 45


def test_three_years_and_longer():
    assert formulas.at_least_three_years(700, 1050, 3182) == Decimal("55.0")
    assert formulas.at_least_three_years(None, 5, 100) is None
