"""Deadlines of answers are rows; when one is missed, first the handler hears of it, then those above."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from objects.models import Escalation, EscalationLevel, Participation, ReplyPeriod
from objects.register.services import participate
from objects.replies import services
from objects.replies.services import reply_by, send
from soe.web.notices import reminders
from soe.web.notices.models import Notice
from tests.factories.complaints import CategoryFactory, ComplaintFactory
from tests.factories.core import DepartmentFactory, member, somebody
from tests.factories.register import PropertyFactory
from tests.factories.replies import LevelFactory, PeriodFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 27)
SEES = ("complaint.view", "register.view", "proceeding.view")


def told(person):
    return list(Notice.objects.shown_to(person).order_by("at").values_list("title", flat=True))


@pytest.fixture
def office():
    """A division above a department with a handler, a colleague, a head, and the coordination office elsewhere."""
    division = DepartmentFactory(short_name="Dez III")
    here = DepartmentFactory(parent=division, short_name="Wohnungsaufsicht")
    return {
        "here": here,
        "handler": member("complaint.route", "register.change", *SEES, department=here),
        "colleague": member("complaint.route", *SEES, department=here),
        "head": member("reply.supervise", *SEES, department=division),
        "coordination": member("register.steer", *SEES),
        "onlooker": member(*SEES, department=here),
    }


def due(days, **more):
    return ComplaintFactory(
        wants_answer=True,
        received_at=timezone.now() - timedelta(days=400),
        answer_due=TODAY + timedelta(days=days),
        **more,
    )


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 12, 11), 14, date(2026, 12, 28)),  # 25.12. is a holiday, then the weekend
        (date(2026, 5, 21), 14, date(2026, 6, 5)),  # Fronleichnam, a holiday in NRW
        (date(2026, 11, 2), 14, date(2026, 11, 16)),
    ],
)
def test_a_period_ends_on_a_working_day_in_nrw(start, days, end):
    PeriodFactory(days=days)
    assert reply_by("complaint", start) == end


def test_the_shortest_period_of_the_categories_counts_and_only_while_it_is_valid():
    heating, waste = CategoryFactory(), CategoryFactory()
    PeriodFactory(days=14)
    PeriodFactory(category=heating, days=3, valid_from=date(2026, 1, 1), valid_until=date(2026, 6, 30))
    PeriodFactory(days=28, valid_from=date(2026, 7, 1))
    march, july = date(2026, 3, 2), date(2026, 7, 6)
    assert reply_by("complaint", march, {heating.pk, waste.pk}) == date(2026, 3, 5)
    assert reply_by("complaint", march, {waste.pk}) == date(2026, 3, 16)
    assert reply_by("complaint", july, {heating.pk}) == date(2026, 8, 3)


def test_first_the_handler_then_the_head_then_the_coordination_office(office):
    complaint = due(2, department=office["here"], handler=office["handler"])
    for offset, audience in ((-3, "acting"), (1, "acting"), (3, "head"), (7, "coordination")):
        LevelFactory(offset=offset, audience=audience)
    number, day = complaint.number, "29.11.2026"
    assert send(TODAY) == 1
    assert told(office["handler"]) == [f"Antwort zu Beschwerde {number} ist am {day} fällig"]
    assert not told(office["head"])
    assert send(TODAY + timedelta(days=3)) == 1
    assert told(office["handler"])[-1] == f"Antwort zu Beschwerde {number} war am {day} fällig"
    assert send(TODAY + timedelta(days=5)) == 1
    above = [f"Wohnungsaufsicht: Antwort zu Beschwerde {number} fehlt seit {day}"]
    assert told(office["head"]) == above
    assert not told(office["coordination"])
    assert send(TODAY + timedelta(days=9)) == 1
    assert told(office["coordination"]) == above
    assert not told(office["colleague"])
    assert not told(office["onlooker"])
    assert list(complaint.escalations.values_list("level__offset", "told")) == [
        (-3, 1),
        (1, 1),
        (3, 1),
        (7, 1),
    ]


def test_without_a_handler_who_still_works_there_the_whole_department_hears_of_it(office):
    left = member(
        "complaint.route", *SEES, department=office["here"], valid_until=timezone.localdate() - timedelta(1)
    )
    due(-1, department=office["here"], handler=left)
    LevelFactory(offset=1)
    send(TODAY)
    assert told(office["handler"])
    assert told(office["colleague"])
    assert not told(left)


def test_each_level_is_reached_once_and_an_answer_or_a_new_date_stops_it(office, monkeypatch):
    complaint = due(-5, department=office["here"])
    LevelFactory(offset=1)
    assert (send(TODAY), send(TODAY)) == (1, 0)
    with somebody():
        complaint.answer_due = TODAY - timedelta(days=2)
        complaint.save()
    assert (send(TODAY), send(TODAY)) == (1, 0)  # the new date counts anew
    due(-5, department=office["here"], state="answered", answered_on=TODAY)
    assert send(TODAY) == 0
    # Negative control: without looking at what was told, the database refuses the second one.
    monkeypatch.setattr(services, "_open", lambda source, level, first, last: source.rows(first, last))
    with pytest.raises(IntegrityError):
        send(TODAY)


def test_a_late_first_run_tells_the_same_people_once(office):
    due(-10, department=office["here"])
    LevelFactory(offset=-3)
    LevelFactory(offset=1)
    assert send(TODAY) == 1
    assert Escalation.objects.get().level.offset == 1


def test_a_killed_run_leaves_neither_notice_nor_mark(office, monkeypatch):
    due(-2, department=office["here"])
    LevelFactory(offset=1)

    def killed(self, **kwargs):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(Escalation, "save", killed)
        with pytest.raises(RuntimeError):
            send(TODAY)
    assert not Notice.objects.exists()
    assert send(TODAY) == 1
    assert told(office["colleague"])


def test_an_unanswered_offer_to_take_part_is_reminded_and_escalated(office):
    PeriodFactory(subject="participation", days=7)
    LevelFactory(subject="participation", offset=1)
    LevelFactory(subject="participation", offset=1, audience="head")
    house = PropertyFactory()
    row = participate(
        house, office["here"], by=office["coordination"], on=date(2026, 11, 9), question="Kanari?"
    )
    assert row.answer_due == date(2026, 11, 16)
    assert send(TODAY) == 2
    assert told(office["handler"]) == [
        f"Bitte um Beteiligung an {house.number} war bis 16.11.2026 zu beantworten"
    ]
    assert told(office["head"]) == [
        f"Wohnungsaufsicht: Antwort zur Beteiligung an {house.number} fehlt seit 16.11.2026"
    ]
    other = participate(PropertyFactory(), office["here"], by=office["coordination"], on=date(2026, 11, 9))
    other.accept(by=office["handler"])
    assert send(TODAY) == 0
    assert Participation.objects.waiting().count() == 1


def test_a_forwarded_complaint_nobody_accepts_is_reminded_and_escalated(office):
    for offset, audience in ((1, "acting"), (3, "head")):
        LevelFactory(subject="forward", offset=offset, audience=audience)
    LevelFactory(subject="complaint", offset=1, audience="acting")
    sender = member("complaint.route", *SEES)
    row = due(90, department=sender.departments[0])
    row.forward(by=sender, to=office["here"], reason="dort zuständig", on=date(2026, 11, 16))
    assert row.forward_due == date(2026, 11, 23)  # five days, the last one a Saturday
    assert send(date(2026, 11, 24)) == 1
    assert send(date(2026, 11, 24)) == 0
    late = f"Weitergeleitete Beschwerde {row.number} war bis 23.11.2026 anzunehmen"
    assert late in told(office["handler"])
    assert send(date(2026, 11, 26)) == 1
    assert told(office["head"]) == [
        f"Wohnungsaufsicht: Annahme der Beschwerde {row.number} fehlt seit 23.11.2026"
    ]
    row.take_over(by=office["handler"])
    assert row.forward_due is None
    assert send(date(2026, 11, 30)) == 0
    # The same day for both deadlines: a reminder of the one is no reminder of the other.
    row.set_answer_due(by=office["handler"], due=date(2026, 11, 23), reason="früher")
    assert send(date(2026, 11, 24)) == 1


def test_the_coordination_office_never_hears_of_requests_for_information():
    with somebody(), pytest.raises(ValidationError):
        EscalationLevel(subject="request", offset=5, audience="coordination").full_clean()
    with pytest.raises(IntegrityError):
        LevelFactory(subject="request", offset=5, audience="coordination")


def test_the_morning_reminders_reach_the_levels(office):
    due(-1, department=office["here"])
    assert reminders.send(TODAY) == 1  # by the levels a city starts with
    assert EscalationLevel.objects.filter(subject="complaint").count() == 4


def test_a_category_belongs_to_complaints_only():
    with somebody(), pytest.raises(ValidationError):
        ReplyPeriod(subject="request", days=5, category=CategoryFactory()).full_clean()
