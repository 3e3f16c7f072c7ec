"""Early warning: a rule fires with its figures, a person decides, nothing in it names a person or an amount."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from objects.models import EarlyWarning, Property, RiskHint
from objects.warning import signals
from objects.warning.defaults import ensure_warning_rules
from objects.warning.models import WarningRule
from objects.warning.services import dismiss, end_hint, evaluate, take_over
from objects.warning.signals import start_of
from soe.audit.errors import IllegalTransition
from soe.web.notices.models import Notice
from tests.factories.complaints import ComplaintFactory, LinkFactory
from tests.factories.core import DepartmentFactory, member, somebody
from tests.factories.inspections import FindingFactory, InspectionFactory, SectionFactory
from tests.factories.priority import EarlyWarningFactory, RiskHintFactory, WarningRuleFactory
from tests.factories.register import (
    AddressFactory,
    OwnershipFactory,
    ProblemAreaFactory,
    PropertyFactory,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
STEERS = ("register.view", "register.change", "register.steer", "complaint.view")


@pytest.fixture
def office():
    return member(*STEERS)


def complaints(address, number, days=10, **more):
    for _ in range(number):
        ComplaintFactory(address=address, received_at=timezone.now() - timedelta(days=days), **more)


def test_complaints_at_an_address_outside_the_register_raise_one_warning_with_its_figures():
    WarningRuleFactory(at_least=3, months=6)
    address = AddressFactory()
    complaints(address, 3)
    complaints(address, 1, days=300)
    complaints(AddressFactory(), 2)
    assert (evaluate(), evaluate()) == (1, 0)
    row = EarlyWarning.objects.get()
    assert (row.address, row.figures) == (address, "3 Beschwerden in 6 Monaten, Schwelle 3")
    complaints(address, 1)
    assert evaluate() == 0
    row.refresh_from_db()
    assert row.number == 4


def test_complaints_at_the_address_and_by_link_count_once_for_a_property():
    WarningRuleFactory(at_least=2)
    house = PropertyFactory()
    complaint = ComplaintFactory(address=house.addresses.get().address)
    LinkFactory(complaint=complaint, property=house)
    assert evaluate() == 0
    LinkFactory(property=house, complaint__address=None, complaint__place="Hof")
    assert evaluate() == 1
    assert EarlyWarning.objects.get().property == house


def _vacancy(house):
    RiskHintFactory(property=house)


def _arrears(house):
    RiskHintFactory(property=house, kind="levies", basis="§ 31 AO")


def _owners(house):
    OwnershipFactory(property=house, since=TODAY - timedelta(days=30), until=TODAY - timedelta(days=9))
    OwnershipFactory(property=house, since=TODAY - timedelta(days=9))
    OwnershipFactory(property=house, since=TODAY - timedelta(days=9))  # two owners of one day: one change


@pytest.mark.parametrize(
    ("signal", "at_least", "make"),
    [("vacancy", 1, _vacancy), ("arrears", 1, _arrears), ("owner_changes", 2, _owners)],
)
def test_each_sign_fires_at_its_threshold_and_not_below(signal, at_least, make):
    house = PropertyFactory()
    make(house)
    WarningRuleFactory(signal=signal, at_least=at_least + 1)
    assert evaluate() == 0
    WarningRuleFactory(signal=signal, at_least=at_least)
    assert evaluate() == 1
    assert EarlyWarning.objects.get().property == house


def repeated_defects(visibility):
    house = PropertyFactory()
    section = SectionFactory(department=DepartmentFactory(default_visibility=visibility))
    first = InspectionFactory(day=section.day, property=house)
    before = FindingFactory(section=section, inspection=first)
    FindingFactory(section=section, inspection=first, carried_from=before)
    return house


def test_repeated_defects_count_only_when_everybody_may_read_them():
    WarningRuleFactory(signal="repeated", at_least=1, months=120)
    repeated_defects("internal")
    assert evaluate() == 0
    house = repeated_defects("open")
    assert evaluate() == 1
    assert EarlyWarning.objects.get().property == house


def test_a_confirmed_or_declining_house_is_no_early_warning():
    WarningRuleFactory(name="nur früh", signal="vacancy", at_least=1)
    WarningRuleFactory(name="auch spät", signal="vacancy", at_least=1, confirmed_too=True)
    confirmed, declining = (
        PropertyFactory(occupancy_state="vacant"),
        PropertyFactory(occupancy_state="vacant"),
    )
    ProblemAreaFactory(property=confirmed, confirmed=True)
    ProblemAreaFactory(property=declining, kind="decline")
    evaluate()
    assert [(row.rule.name, row.property) for row in EarlyWarning.objects.all()] == [("auch spät", confirmed)]


@pytest.mark.parametrize(
    ("place", "inside", "outside"), [("registered", 1, 0), ("other", 0, 1), ("both", 1, 1)]
)
def test_a_rule_may_look_inside_or_outside_the_register_only(place, inside, outside):
    WarningRuleFactory(signal="vacancy", at_least=1, place=place)
    PropertyFactory(occupancy_state="vacant")
    RiskHintFactory(address=AddressFactory())
    evaluate()
    found = EarlyWarning.objects
    assert (found.exclude(property=None).count(), found.exclude(address=None).count()) == (inside, outside)


def test_a_dismissed_warning_stays_quiet_until_it_gets_worse_or_its_period_is_over(office):
    WarningRuleFactory(at_least=3, months=6)
    address = AddressFactory()
    complaints(address, 3)
    evaluate()
    dismiss(EarlyWarning.objects.get(), by=office, reason="Baustelle nebenan")
    assert evaluate() == 0
    complaints(address, 1)
    assert evaluate() == 1
    assert EarlyWarning.objects.open().get().number == 4


def test_a_warning_that_no_longer_holds_lapses_by_itself(office):
    WarningRuleFactory(signal="vacancy", at_least=1)
    hint = RiskHintFactory(address=AddressFactory())
    evaluate()
    end_hint(hint, by=office, reason="wieder bewohnt")
    evaluate()
    assert EarlyWarning.objects.get().state == "lapsed"


def test_taking_over_an_address_makes_a_property_with_its_complaints(office):
    WarningRuleFactory(at_least=3)
    address, lead = AddressFactory(), DepartmentFactory()
    complaints(address, 3)
    evaluate()
    warning = EarlyWarning.objects.get()
    house = take_over(
        warning,
        by=office,
        department=lead,
        lead_department=lead,
        reason="Ortstermin",
        text=warning.public_words,
    )
    area = house.problem_areas.get()
    assert (area.kind, area.state, area.text) == (
        "decline",
        "suspected",
        "Frühwarnung: 3 Beschwerden in 6 Monaten",
    )
    assert (house.lead_department, house.complaint_links.count()) == (lead, 3)
    warning.refresh_from_db()
    assert (warning.state, warning.problem_area, warning.address) == ("taken", area, address)
    with pytest.raises(IllegalTransition):
        take_over(warning, by=office, department=lead, lead_department=lead, reason="noch einmal", text="x")
    assert Property.objects.count() == 1
    assert evaluate() == 0


def test_taking_over_what_left_the_register_brings_it_back(office):
    house = PropertyFactory()
    house.retire(by=office, outcome="solved", reason="saniert")
    RiskHintFactory(address=house.addresses.get().address)
    WarningRuleFactory(signal="vacancy", at_least=1)
    evaluate()
    warning = EarlyWarning.objects.get()
    take_over(warning, by=office, department=house.lead_department, reason="wieder leer", text="wieder leer")
    house.refresh_from_db()
    assert not house.is_retired
    assert house.problem_areas.get().kind == "decline"


def test_making_a_property_needs_the_right_to(office):
    warning = EarlyWarningFactory(address=AddressFactory())
    with pytest.raises(PermissionDenied):
        take_over(
            warning,
            by=member("register.steer", "register.view"),
            department=DepartmentFactory(),
            lead_department=DepartmentFactory(),
            reason="?",
            text="",
        )
    warning.refresh_from_db()
    assert warning.state == "open"
    assert not Property.objects.exists()


def test_arrears_and_owners_never_reach_what_everybody_reads():
    for signal in WarningRule.Signal:
        warning = EarlyWarningFactory(rule__signal=signal, address=AddressFactory())
        told = warning.public_words
        if signal in ("arrears", "owner_changes"):
            assert "ückständ" not in told
            assert "igentümer" not in told
            assert "4" not in told
    assert "4 Beschwerden" in EarlyWarningFactory(address=AddressFactory()).public_words


def test_the_coordination_office_hears_once_a_night_how_many(office):
    WarningRuleFactory(signal="vacancy", at_least=1)
    RiskHintFactory(address=AddressFactory())
    RiskHintFactory(address=AddressFactory())
    clerk = member("register.view", "register.change")
    evaluate()
    evaluate()
    assert list(Notice.objects.shown_to(office).values_list("title", flat=True)) == ["2 neue Frühwarnungen"]
    assert not Notice.objects.shown_to(clerk).exists()


def test_arrears_need_a_basis_and_one_place():
    with pytest.raises(IntegrityError), transaction.atomic():
        RiskHintFactory(property=PropertyFactory(), kind="energy")
    with pytest.raises(IntegrityError), transaction.atomic():
        RiskHintFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        RiskHintFactory(property=PropertyFactory(), address=AddressFactory())


def test_hints_are_seen_by_their_department_and_who_steers(office):
    here = DepartmentFactory()
    RiskHintFactory(address=AddressFactory(), department=here)
    own = member("register.view", "register.change", department=here)
    other = member("register.view", "register.change")
    assert [RiskHint.objects.restrict(u).count() for u in (own, office, other)] == [1, 1, 0]
    assert [RiskHint.objects.restrict(u, "change").count() for u in (own, office, other)] == [1, 0, 0]


def test_an_ended_hint_is_ended_once(office):
    hint = RiskHintFactory(address=AddressFactory())
    end_hint(hint, by=office, reason="bewohnt")
    with pytest.raises(ValidationError):
        end_hint(hint, by=office, reason="bewohnt")


def test_one_open_warning_per_rule_and_place_in_the_database():
    first = EarlyWarningFactory(address=AddressFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        EarlyWarningFactory(rule=first.rule, address=first.address)


@pytest.mark.parametrize(
    ("day", "months", "start"),
    [
        (date(2026, 11, 27), 6, date(2026, 5, 27)),
        (date(2026, 8, 31), 6, date(2026, 2, 28)),
        (date(2026, 1, 15), 13, date(2024, 12, 15)),
    ],
)
def test_months_are_calendar_months(day, months, start):
    assert start_of(day, months) == start


def test_the_costs_of_a_round_do_not_grow_with_the_houses(django_assert_max_num_queries):
    with somebody():
        ensure_warning_rules()
    evaluate()
    for _ in range(6):
        complaints(AddressFactory(), 2)
        PropertyFactory()
    with django_assert_max_num_queries(40):
        evaluate()
    assert set(signals.COUNT) == set(WarningRule.Signal)
