"""What the register puts on the start page: for a department, and for who steers all of it; the same cost for many."""

from datetime import timedelta

import pytest
from django.utils import timezone

from objects.register.inbox import overlooked
from soe.web.registry import inbox
from tests.factories.complaints import ComplaintFactory
from tests.factories.core import DepartmentFactory, member
from tests.factories.proceedings import MeasureFactory, RequestFactory
from tests.factories.register import GoalFactory, ParticipationFactory, PropertyFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
CLERK = (
    "register.view", "register.change", "complaint.view", "complaint.route", "proceeding.view", "proceeding.change",
    "measure.change",
)  # fmt: skip


def work_for(here):
    """One of each item the start page promises."""
    led = PropertyFactory(lead_department=here)
    ComplaintFactory(department=here)
    ParticipationFactory(department=here)
    MeasureFactory(property=led, department=here, due_on=TODAY + timedelta(days=2))
    GoalFactory(property=led, department=here, next_review=TODAY + timedelta(days=3))
    RequestFactory(asked_department=here, proceeding__department=here)
    PropertyFactory(lead_department=here)


def test_a_department_finds_complaints_offers_deadlines_reviews_requests_and_what_stands_still():
    here = DepartmentFactory()
    user = member(*CLERK, department=here)
    work_for(here)
    titles = " | ".join(task.title for task in inbox.tasks(user, TODAY))
    for words in ("Neue Beschwerde", "Beteiligung entscheiden", "Ziel überprüfen", "bittet um Auskunft",
                  "Ohne nächsten Schritt"):  # fmt: skip
        assert words in titles
    assert any(task.due == TODAY + timedelta(days=2) for task in inbox.tasks(user, TODAY))
    stranger = member(*CLERK)
    assert [task.title for task in inbox.tasks(stranger, TODAY)] == []


def test_who_steers_sees_what_stands_still_elsewhere_in_two_lines():
    PropertyFactory()
    GoalFactory(overdue=True)
    office = member("register.view", "register.steer")
    titles = [task.title for task in overlooked(office, TODAY)]
    assert titles == ["1 Objekt im Kataster ohne nächsten Schritt", "1 Ziel mit überfälliger Überprüfung"]
    assert list(overlooked(member(*CLERK), TODAY)) == []


def test_the_list_begins_with_what_nobody_plans_anything_for(client):
    late = GoalFactory(overdue=True).property
    still = PropertyFactory()
    client.force_login(member("register.view"))
    page = client.get("/objekte/").content.decode()
    assert page.index(still.title) < page.index(late.title)
