"""The property: number, addresses, leaving and coming back."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from objects import services
from objects.models import Property, PropertySummary
from objects.selectors import find_property_by_address, neighbour_hints
from soe.audit.context import acting_as
from soe.audit.errors import IllegalTransition
from tests.factories.core import DepartmentFactory, member
from tests.factories.register import AddressFactory, PropertyFactory, StreetFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return member("register.view", "register.change")


def opened(clerk, **kwargs):
    address = kwargs.pop("address", None) or AddressFactory(
        street=StreetFactory(name="Lampenstubenweg"), number=14
    )
    return services.open_property(address, by=clerk, lead_department=clerk.departments[0], **kwargs)


def test_numbers_are_drawn_in_order(clerk):
    first, second = opened(clerk), opened(clerk, address=AddressFactory(number=3))
    assert (first.number, second.number) == ("HER-0001", "HER-0002")


def test_opening_takes_address_problem_areas_and_first_period(clerk):
    house = opened(clerk, problem_areas=["housing", {"kind": "social", "severity": 3}], on=date(2026, 3, 4))
    assert house.title == "Lampenstubenweg 14"
    assert house.district == "Wanne"
    assert house.latitude == 51.54
    assert [(p.kind, p.severity) for p in house.problem_areas.all()] == [("housing", 2), ("social", 3)]
    assert [(p.entered_on, p.left_on) for p in house.periods.all()] == [(date(2026, 3, 4), None)]
    assert house.lead_periods.get().department == house.lead_department
    assert PropertySummary.objects.filter(property=house).exists()


def test_one_house_is_opened_once(clerk):
    house = opened(clerk)
    with pytest.raises(ValidationError, match="HER-0001"):
        services.open_property(house.addresses.get().address, by=clerk, lead_department=house.lead_department)


def test_several_house_numbers_make_one_title(clerk):
    house = opened(clerk)
    street = house.addresses.get().address.street
    for number, suffix in ((14, "a"), (16, "")):
        services.add_address(house, AddressFactory(street=street, number=number, suffix=suffix), by=clerk)
    house.refresh_from_db()
    assert house.title == "Lampenstubenweg 14, 14a und 16"
    assert "|lampenstubenweg14a|" in house.search


def test_an_address_belongs_to_one_property(clerk):
    house = opened(clerk)
    with pytest.raises(ValidationError, match="gehört schon zu einem Objekt"):
        services.add_address(PropertyFactory(), house.addresses.get().address, by=clerk)


def test_a_house_without_official_address_has_a_text(clerk):
    house = services.open_property(
        None,
        by=clerk,
        lead_department=clerk.departments[0],
        text="Garagenhof hinter Kohlenweg",
        district="Eickel",
    )
    assert (house.title, house.district) == ("Garagenhof hinter Kohlenweg", "Eickel")


def test_the_last_address_stays(clerk):
    house = opened(clerk)
    with pytest.raises(ValidationError, match="letzte Anschrift"):
        services.end_address(house.addresses.get(), by=clerk, reason="Zahlendreher")


def test_retiring_needs_a_typed_reason_and_ends_period_and_goal(clerk):
    house = opened(clerk, on=date(2026, 3, 4))
    services.set_goal(
        house, by=clerk, aim="Instandsetzung", department=house.lead_department, next_review=date(2027, 1, 1),
        on=date(2026, 3, 5),
    )  # fmt: skip
    house.retire(by=clerk, outcome="solved", reason="Alle Mängel behoben", on=date(2026, 9, 1))
    assert house.is_retired
    assert house.periods.get().left_on == date(2026, 9, 1)
    assert house.goals.get().outcome == "retired"
    with pytest.raises(IllegalTransition):
        house.retire(by=clerk, outcome="solved", reason="noch einmal")
    with pytest.raises(ValidationError, match="abgeschlossen"):
        services.report_problem(house, by=clerk, department=house.lead_department, kind="housing")


def test_reopening_starts_a_second_period(clerk):
    house = opened(clerk, on=date(2026, 3, 4))
    house.retire(by=clerk, outcome="solved", reason="behoben", on=date(2026, 6, 1))
    house.reopen(by=clerk, reason="Mängel kehren wieder", on=date(2026, 9, 1))
    assert [(p.entered_on, p.left_on) for p in house.periods.all()] == [
        (date(2026, 3, 4), date(2026, 6, 1)),
        (date(2026, 9, 1), None),
    ]
    stood = [day for day in (date(2026, 5, 31), date(2026, 7, 1), date(2026, 9, 1))
             if Property.objects.registered_at(day).exists()]  # fmt: skip
    assert stood == [date(2026, 5, 31), date(2026, 9, 1)]


def test_the_database_refuses_a_retirement_without_reason():
    house = PropertyFactory()
    house.retired_on = date(2026, 1, 1)
    from tests.factories.core import somebody

    with pytest.raises(IntegrityError), transaction.atomic(), somebody():
        house.save()


def test_merging_moves_the_addresses_and_leads_on(clerk):
    keep, double = opened(clerk), opened(clerk, address=AddressFactory(number=99))
    address = double.addresses.get().address
    services.merge_property(double, keep, by=clerk, reason="dasselbe Haus")
    double.refresh_from_db()
    assert double.merged_into == keep
    assert find_property_by_address(address) == keep
    with pytest.raises(ValidationError, match=keep.number):
        double.reopen(by=clerk, reason="doch nicht")


def test_a_new_lead_keeps_the_old_one_as_participant(clerk):
    house = opened(clerk, on=date(2026, 3, 4))
    before, other = house.lead_department, DepartmentFactory()
    services.participate(house, other, by=clerk, accepted=True, on=date(2026, 4, 1))
    house.change_lead(by=clerk, department=other, reason="Baurecht überwiegt", on=date(2026, 5, 1))
    assert house.lead_department == other
    assert [row.department for row in house.participations.active()] == [before]
    assert [(p.since, p.until) for p in house.lead_periods.all()] == [
        (date(2026, 3, 4), date(2026, 5, 1)),
        (date(2026, 5, 1), None),
    ]


def test_neighbours_in_the_register_are_named_same_side_first(clerk):
    street = StreetFactory(name="Kurhausstraße")
    for number in (98, 103, 114, 130):
        opened(clerk, address=AddressFactory(street=street, number=number))
    hints = neighbour_hints(AddressFactory(street=street, number=104), user=clerk)
    assert [address.number for address, _ in hints] == [98, 114, 103]


def test_many_at_once_are_the_same_rows_as_one_by_one(clerk):
    street = StreetFactory(name="Seilscheibenring")
    addresses = [AddressFactory(street=street, number=number) for number in (3, 5, 7)]
    own = clerk.departments[0]
    with acting_as(clerk):
        houses = services.open_properties(
            [
                {
                    "address": a,
                    "lead_department": own,
                    "registered_on": date(2026, 3, 4),
                    "problem_areas": ["housing"],
                }
                for a in addresses
            ],
            reason="Übernahme der alten Liste",
        )
    single = opened(clerk, on=date(2026, 3, 4), problem_areas=["housing"])
    assert [house.number for house in houses] == ["HER-0001", "HER-0002", "HER-0003"]
    assert single.number == "HER-0004"
    bulk = Property.objects.get(serial=2)
    assert bulk.search == "|her0002|2|seilscheibenring5|44649|"
    assert single.search == "|her0004|4|lampenstubenweg14|44649|"
    for house in (bulk, single):
        assert house.periods.count() == house.lead_periods.count() == house.problem_areas.count() == 1
        assert house.summary.next_on is None
        assert house.history.get(history_type="+").actor_name == str(clerk)
    assert find_property_by_address(addresses[1]) == bulk
    bulk.change_lead(by=clerk, department=DepartmentFactory(), reason="Zuständigkeit")


def test_a_lost_race_gives_its_number_back(clerk):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        opened(clerk)
        raise ZeroDivisionError
    assert opened(clerk, address=AddressFactory(number=77)).number == "HER-0001"
