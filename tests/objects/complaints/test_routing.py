from datetime import date

import pytest

from objects.complaints.defaults import CATEGORIES, ensure_complaint_defaults
from objects.complaints.routing import propose
from objects.complaints.services import record_complaint
from objects.models import ComplaintCategory, RoutingRule
from soe.departments.services import set_up_city
from tests.factories.complaints import CategoryFactory, RuleFactory, RuleParticipantFactory
from tests.factories.core import DepartmentFactory, member
from tests.factories.register import AddressFactory

pytestmark = pytest.mark.django_db


def test_the_first_rule_that_fits_leads_and_the_others_take_part():
    waste, stairs = CategoryFactory(), CategoryFactory()
    housing = RuleFactory(position=1, category=stairs)
    fire = RuleParticipantFactory(rule=housing)
    environment = RuleFactory(position=2, category=waste)
    route = propose([waste.pk, stairs.pk], "Wanne", fallback=DepartmentFactory())
    assert route.lead == housing.lead
    assert set(route.participants) == {fire.department, environment.lead}


def test_a_rule_for_one_district_does_not_fit_elsewhere():
    rule = RuleFactory(district="Eickel")
    fallback = DepartmentFactory()
    assert propose([], "Wanne", fallback=fallback).lead == fallback
    assert propose([], "Eickel", fallback=fallback).lead == rule.lead


def test_without_a_fitting_rule_the_complaint_stays_where_it_was_taken_down():
    RuleFactory(category=CategoryFactory())
    fallback = DepartmentFactory()
    route = propose([CategoryFactory().pk], "Wanne", fallback=fallback)
    assert (route.lead, route.participants, route.rule) == (fallback, [], None)


def test_a_broken_rule_switches_itself_off_and_says_why():
    gone = DepartmentFactory(closed_on=date(2026, 1, 31), short_name="Amt 99")
    category = CategoryFactory()
    rule = RuleFactory(position=1, category=category, lead=gone)
    healthy = RuleFactory(position=2, category=category)
    person = member("complaint.record")
    complaint = record_complaint(
        by=person,
        recorded_in=person.departments.get(),
        text="Müll im Hof",
        address=AddressFactory(),
        categories=[category],
    )
    rule.refresh_from_db()
    assert complaint.department == healthy.lead
    assert not rule.active
    assert rule.broken_because == "Amt 99 gibt es seit dem 31.01.2026 nicht mehr."
    assert "abgeschaltet" in rule.history.order_by("history_id").last().history_change_reason


def test_looking_at_a_proposal_switches_nothing_off():
    rule = RuleFactory(lead=DepartmentFactory(closed_on=date(2026, 1, 31)))
    route = propose([], "", fallback=DepartmentFactory())
    rule.refresh_from_db()
    assert rule.active
    assert route.broken[0][0] == rule


def test_defaults_are_created_once_and_edits_survive(acting):
    set_up_city()
    assert ensure_complaint_defaults() == (len(CATEGORIES), 7)
    rule = RoutingRule.objects.first()
    rule.district = "Wanne"
    rule.save()
    assert ensure_complaint_defaults() == (0, 0)
    assert RoutingRule.objects.get(pk=rule.pk).district == "Wanne"
    both = ComplaintCategory.objects.filter(code__in=["muell", "brandschutz"])
    route = propose([row.pk for row in both], "Wanne", fallback=DepartmentFactory())
    assert route.lead.code == "wohnungsaufsicht"
    assert {row.code for row in route.participants} == {"bauordnung", "feuerwehr", "umwelt", "ordnung"}
