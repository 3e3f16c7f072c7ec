"""What counselling hands to the quarterly report."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from cases import services
from cases.selectors import case_movement, contacts_table, persons_advised, quarter_figures
from soe.web.figures import Figure, FigureTable, Protect, Quarter, TextRows
from tests.factories.cases import (
    CaseFactory,
    ContactFactory,
    FundingPeriodFactory,
    OfferFactory,
    PersonFactory,
    TopicFactory,
)
from tests.factories.core import UserFactory

Q3, Q4 = Quarter(2025, 3), Quarter(2025, 4)


def at(*moment):
    return datetime(*moment, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def offer(caritas):
    return OfferFactory(carrier=caritas, prefix="CAR", places=10, starts_on=date(2023, 1, 1))


@pytest.fixture
def lead(db):
    return UserFactory()


def old_person(offer):
    return PersonFactory(own_department=offer.carrier, signed_on=date(2024, 1, 1))


def open_case(offer, lead, on, **kwargs):
    return CaseFactory(offer=offer, lead=lead, on=on, person=old_person(offer), **kwargs)


def test_open_cases_are_open_before_plus_new_plus_reopened_minus_closed(offer, lead):
    first = open_case(offer, lead, date(2025, 2, 1))
    second = open_case(offer, lead, date(2025, 6, 30))
    open_case(offer, lead, date(2025, 7, 1))
    third = open_case(offer, lead, date(2025, 9, 30))
    first.close(by=lead, close_reason="goals", outcome="improved", on=date(2025, 7, 1))
    first.reopen(by=lead, reason="neue Kündigung", on=date(2025, 9, 1))
    second.close(by=lead, close_reason="moved", outcome="unknown", on=date(2025, 9, 30))
    third.close(by=lead, close_reason="no_need", outcome="unchanged", on=date(2025, 10, 1))
    found = case_movement(Q3)
    assert found == {"before": 2, "new": 2, "reopened": 1, "closed": 2, "after": 3}
    for quarter in (Q3.previous(), Q3, Q4):
        now = case_movement(quarter)
        assert now["after"] == now["before"] + now["new"] + now["reopened"] - now["closed"]
        assert now["before"] == case_movement(quarter.previous())["after"]


def test_contacts_are_counted_by_offer_and_topic_from_midnight_to_midnight(offer):
    housing, post = TopicFactory(name="Wohnen", position=1), TopicFactory(name="Post", position=2)
    ContactFactory(offer=offer, topic=housing, at=at(2025, 6, 30, 23, 59))
    ContactFactory(offer=offer, topic=housing, at=at(2025, 7, 1, 0, 0))
    ContactFactory(offer=offer, topic=post, at=at(2025, 9, 30, 23, 59))
    ContactFactory(offer=offer, topic=post, at=at(2025, 10, 1, 0, 0))
    table = contacts_table(Q3)
    assert table.rows == [(offer.name, [1, 1, 2]), ("insgesamt", [1, 1, 2])]
    assert table.protect is Protect.PERSONS
    assert table.additive_rows
    assert table.additive_columns


def test_a_person_with_contacts_and_a_case_is_advised_once(offer, lead):
    case = open_case(offer, lead, date(2025, 7, 2))
    ContactFactory(offer=offer, person=case.person, case=case, at=at(2025, 7, 3))
    ContactFactory(offer=offer, person=case.person, at=at(2025, 8, 3))
    ContactFactory(offer=offer, at=at(2025, 8, 3))
    assert persons_advised(Q3) == 1


def test_every_figure_has_a_definition_a_source_and_protects_persons(offer, lead, planb):
    FundingPeriodFactory(offer=offer, starts_on=date(2024, 1, 1), ends_on=date(2026, 9, 30))
    case = open_case(offer, lead, date(2025, 7, 2))
    referral = services.refer(
        case, by=lead, to=planb, purpose="Wohnen", reason="…", on=date(2025, 7, 10), until=date(2026, 7, 9)
    )
    referral.accept(by=lead, on=date(2025, 7, 20))
    referral.arrive(by=lead, on=date(2025, 8, 1))
    figures = {figure.key: figure for figure in quarter_figures(Q3)}
    assert figures["offers.arrivals"].value == 1
    assert figures["offers.referrals_sent"].value == 1
    assert figures["offers.cases_open"].value == 1
    assert figures["offers.places"].rows == [(offer.name, [10, 1])]
    assert figures["offers.movement"].rows[-1] == ("insgesamt", [0, 1, 0, 0, 1])
    for figure in figures.values():
        assert figure.source
        if isinstance(figure, Figure | FigureTable):
            assert figure.definition
            expected = Protect.PERSONS if figure.key.startswith("offers.") else Protect.NONE
            assert figure.protect is expected, figure.key


def test_funding_that_ends_within_twelve_months_is_named(offer):
    FundingPeriodFactory(
        offer=offer, programme="EhAP Plus", starts_on=date(2024, 1, 1), ends_on=date(2026, 9, 30)
    )
    FundingPeriodFactory(offer=offer, programme="Land", starts_on=date(2024, 1, 1), ends_on=date(2026, 10, 1))
    FundingPeriodFactory(
        offer=offer, programme="vorbei", starts_on=date(2022, 1, 1), ends_on=date(2025, 9, 29)
    )
    rows = next(figure for figure in quarter_figures(Q3) if isinstance(figure, TextRows))
    assert [row[2] for row in rows.rows] == ["EhAP Plus"]


def test_a_quarter_costs_a_fixed_number_of_queries(offer, lead, django_assert_max_num_queries):
    for _ in range(3):
        open_case(offer, lead, date(2025, 7, 2))
    with django_assert_max_num_queries(16):
        quarter_figures(Q3)
