"""The order of the rules, their trial run, and what a broken one does."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from objects.complaints.routing import check_rules
from objects.complaints.selectors import earlier_at
from objects.models import ComplaintCategory, HintWindow, RoutingRule
from soe.web.notices.models import Notice
from tests.factories.complaints import CategoryFactory, ComplaintFactory, RuleFactory
from tests.factories.core import DepartmentFactory, member

pytestmark = pytest.mark.django_db
OFFICE = ("complaint.view", "complaint.route", "register.view", "register.steer", "address.view")


def order():
    return list(RoutingRule.objects.order_by("position", "id"))


def test_rules_change_places_and_only_for_those_who_steer(client):
    first, second, third = (RuleFactory(position=number) for number in (10, 10, 30))
    client.force_login(member("complaint.view", "complaint.route"))
    assert client.post(reverse("objects:routing_up", args=[third.pk])).status_code == 403
    client.force_login(member(*OFFICE))
    client.post(reverse("objects:routing_up", args=[third.pk]))
    assert order()[1] == third
    client.post(reverse("objects:routing_up", args=[order()[0].pk]))  # the first stays the first
    client.post(reverse("objects:routing_down", args=[order()[0].pk]))
    assert order()[0] == third
    assert {first, second} == set(order()[1:])
    assert [row.position for row in order()] == [10, 20, 30]


def test_a_trial_names_every_rule_and_writes_nothing(client):
    gone = DepartmentFactory(closed_on=date(2026, 1, 31), short_name="Amt 99")
    waste = CategoryFactory()
    broken = RuleFactory(position=1, category=waste, lead=gone)
    leads, joins = RuleFactory(position=2, category=waste), RuleFactory(position=3)
    RuleFactory(position=4, category=CategoryFactory())
    client.force_login(member(*OFFICE))
    page = client.get(
        reverse("objects:routing_trial"), {"probe": "1", "categories": waste.pk}
    ).content.decode()
    for words in ("würde sich abschalten: Amt 99", "passt zuerst", "passt auch", "passt nicht"):
        assert words in page
    assert page.index(str(leads)) < page.index(str(joins))
    broken.refresh_from_db()
    assert broken.active


def test_a_rule_that_breaks_overnight_is_switched_off_and_the_coordination_office_is_told():
    office = member(*OFFICE)
    clerk = member("complaint.view", "complaint.route")
    gone = DepartmentFactory(closed_on=date(2026, 1, 31), short_name="Amt 99")
    rule = RuleFactory(lead=gone)
    healthy = RuleFactory()
    assert (check_rules(timezone.localdate()), check_rules(timezone.localdate())) == (1, 0)
    rule.refresh_from_db()
    healthy.refresh_from_db()
    assert (rule.active, healthy.active) == (False, True)
    assert [n.title for n in Notice.objects.shown_to(office)] == [
        "Verteilregel für Amt 99 hat sich abgeschaltet"
    ]
    assert not Notice.objects.shown_to(clerk).exists()


def test_kinds_are_kept_by_those_who_steer(client):
    client.force_login(member(*OFFICE))
    client.post(
        reverse("objects:category_create"), {"name": "Schrottfahrzeuge", "position": 5, "active": "on"}
    )
    row = ComplaintCategory.objects.get()
    assert row.code == "schrottfahrzeuge"
    client.force_login(member("complaint.view", "complaint.route"))
    assert client.get(reverse("objects:category_list")).status_code == 403


@pytest.mark.parametrize("name", ["period", "level"])
def test_periods_and_levels_are_read_by_all_and_changed_by_those_who_steer(client, name):
    client.force_login(member("complaint.view"))
    assert client.get(reverse(f"objects:{name}_list")).status_code == 200
    assert client.get(reverse(f"objects:{name}_create")).status_code == 403
    client.force_login(member(*OFFICE))
    values = {
        "period": {"subject": "complaint", "days": "10", "valid_from": "2026-12-01"},
        "level": {"subject": "complaint", "offset": "-5", "audience": "head", "active": "on"},
    }[name]
    assert client.post(reverse(f"objects:{name}_create"), values)["Location"] == reverse(
        f"objects:{name}_list"
    )


def test_how_far_back_hints_look_is_a_setting_of_the_coordination_office(client):
    now, here = timezone.now(), ComplaintFactory(received_at=timezone.now() - timedelta(days=80))
    reader = member(*OFFICE)

    def earlier():
        return [row.pk for row in earlier_at(here.address, user=reader, now=now)]

    assert earlier() == [here.pk]
    client.force_login(reader)
    page = client.get(reverse("objects:window_list")).content.decode()
    assert "60 Tage" in page
    client.post(reverse("objects:window_create"), {"kind": "earlier", "days": "30"})
    assert earlier() == []
    row = HintWindow.objects.get()
    client.post(reverse("objects:window_update", args=[row.pk]), {"days": "90", "version": row.version})
    assert earlier() == [here.pk]
    client.force_login(member("complaint.view", "complaint.route"))
    assert client.get(reverse("objects:window_update", args=[row.pk])).status_code == 403
