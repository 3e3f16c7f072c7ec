"""Section 5 of the quarterly report: counted by dates, so that an old quarter never changes with today's states."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from objects.complaints.selectors import NO_CATEGORY, NO_DISTRICT, quarter_figures
from soe.web.figures import Figure, Quarter
from tests.factories.complaints import CategoryFactory, ComplaintFactory, TopicFactory
from tests.factories.core import member
from tests.factories.register import AddressFactory

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")


def at(year, month, day, hour=12, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


def closed(received_at, day, **values):
    return ComplaintFactory(
        received_at=received_at, state="closed", closed_on=day, outcome="remedied", **values
    )


def figures(quarter="2026-Q2"):
    return {row.key: row for row in quarter_figures(Quarter.parse(quarter))}


def values(quarter="2026-Q2"):
    return {key: row.value for key, row in figures(quarter).items() if isinstance(row, Figure)}


def test_flow_runs_from_the_first_day_to_the_first_moment_of_the_next_quarter():
    for moment in (
        at(2026, 3, 31, 23, 59),
        at(2026, 4, 1, 0, 0),
        at(2026, 6, 30, 23, 59),
        at(2026, 7, 1, 0, 0),
    ):
        ComplaintFactory(received_at=moment)
    assert values()["complaints.received"] == 2


def test_the_stock_is_counted_at_the_end_of_the_quarter():
    closed(at(2026, 4, 2), date(2026, 6, 30))
    closed(at(2026, 4, 2), date(2026, 7, 1))  # still open on 30 June
    ComplaintFactory(received_at=at(2026, 4, 2), state="answered", answered_on=date(2026, 6, 30))
    ComplaintFactory(received_at=at(2026, 6, 30))
    ComplaintFactory(received_at=at(2026, 7, 1))
    found = values()
    assert found["complaints.open"] == 2
    assert found["complaints.closed"] == 1


def test_a_complaint_closed_later_does_not_change_an_earlier_quarter():
    complaint = ComplaintFactory(received_at=at(2026, 4, 2))
    before = values()
    complaint.close(by=member(), outcome="remedied", on=date(2026, 11, 1))
    assert values() == before


def test_old_ones_are_open_for_more_than_90_days():
    ComplaintFactory(received_at=at(2026, 4, 1))  # 91 days before the end of 30 June
    ComplaintFactory(received_at=at(2026, 4, 3))
    ComplaintFactory(received_at=at(2025, 4, 3))
    assert values()["complaints.old"] == 2


def test_the_cohort_is_the_quarter_before_and_counts_30_days():
    closed(at(2026, 3, 1), date(2026, 3, 31))  # day 30
    closed(at(2026, 3, 1), date(2026, 4, 1))  # day 31
    closed(at(2026, 3, 1), date(2026, 5, 1), answered_on=date(2026, 3, 4))  # answered first
    ComplaintFactory(received_at=at(2026, 3, 1))
    closed(at(2026, 4, 1), date(2026, 4, 2))  # another cohort
    row = figures()["complaints.quick"]
    assert row.part_of == (2, 4)
    assert row.value == 50


def test_without_a_cohort_the_share_is_unknown_and_not_zero():
    assert values("2020-Q1")["complaints.quick"] is None


def test_districts_add_up_and_unofficial_places_stand_apart():
    for district in ("Wanne", "Wanne", "Eickel"):
        ComplaintFactory(received_at=at(2026, 5, 1), address=AddressFactory(district=district))
    ComplaintFactory(received_at=at(2026, 5, 1), unofficial=True)
    table = figures()["complaints.by_district"]
    assert table.rows == [
        ("Eickel", [1, 0, 1]),
        ("Wanne", [2, 0, 2]),
        (NO_DISTRICT, [1, 0, 1]),
        ("gesamt", [4, 0, 4]),
    ]
    assert table.additive_rows


def test_a_complaint_with_two_categories_counts_in_both_and_there_is_no_sum():
    complaint = ComplaintFactory(received_at=at(2026, 5, 1))
    first, second = CategoryFactory(name="Müll"), CategoryFactory(name="Ratten, Schädlinge")
    TopicFactory(complaint=complaint, category=first)
    TopicFactory(complaint=complaint, category=second)
    ComplaintFactory(received_at=at(2026, 5, 1))
    table = figures()["complaints.by_category"]
    assert table.rows == [
        ("Müll", [1, 0, 1]),
        ("Ratten, Schädlinge", [1, 0, 1]),
        (NO_CATEGORY, [1, 0, 1]),
    ]
    assert not table.additive_rows


def test_every_figure_says_what_it_counts_and_where_it_comes_from():
    for row in figures().values():
        assert row.definition
        assert row.source == "Beschwerden in SOE"
