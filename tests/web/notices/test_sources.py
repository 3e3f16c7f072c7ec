"""What happens in the apps reaches the right people, and only them; deadlines are told once."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from objects.complaints.services import record_complaint
from objects.register.services import participate
from soe.web.notices import reminders
from soe.web.notices.models import Notice
from tests.factories.complaints import ComplaintFactory
from tests.factories.core import DepartmentFactory, member
from tests.factories.proceedings import MeasureFactory
from tests.factories.register import PropertyFactory

pytestmark = pytest.mark.django_db


def told(person):
    return list(Notice.objects.shown_to(person).values_list("kind", "title"))


def test_a_complaint_is_told_to_those_who_handle_it_in_its_department():
    here, there = DepartmentFactory(), DepartmentFactory()
    handler = member("complaint.view", "complaint.route", department=here)
    onlooker = member("complaint.view", department=here)
    elsewhere = member("complaint.view", "complaint.route", department=there)
    clerk = member("complaint.record", department=here)
    complaint = record_complaint(
        by=clerk, recorded_in=here, text="Frau Kanari meldet Müll.", place="Hof", department=here
    )
    assert told(handler) == [("complaint_routed", f"Beschwerde {complaint.number} für {here.short_name}")]
    assert not told(onlooker)
    assert not told(elsewhere)
    assert not told(clerk)
    complaint.forward(by=handler, to=there, reason="dort zuständig")
    assert told(elsewhere) == [("complaint_routed", f"Beschwerde {complaint.number} für {there.short_name}")]


def test_what_happened_long_ago_is_no_news():
    here = DepartmentFactory()
    handler = member("complaint.view", "complaint.route", department=here)
    record_complaint(
        by=member("complaint.record"), recorded_in=here, text="Müll", place="Hof", department=here,
        received_at=timezone.now() - timedelta(days=60),
    )  # fmt: skip
    assert not told(handler)


def test_asking_to_take_part_and_the_answer():
    house, asked = PropertyFactory(), DepartmentFactory()
    one = member("register.view", "register.change", department=asked)
    lead = member("register.view", "register.change", department=house.lead_department)
    row = participate(house, asked, by=lead, question="Kanari?")
    assert told(one) == [
        ("participation_asked", f"{asked.short_name} um Beteiligung an {house.number} gebeten")
    ]
    row.accept(by=one)
    assert told(lead) == [("participation_answered", f"{asked.short_name} beteiligt sich an {house.number}")]


def test_a_deadline_is_told_once_before_and_once_after_the_day(monkeypatch):
    today = timezone.localdate()
    measure = MeasureFactory(due_on=today + timedelta(days=3))
    person = member("proceeding.view", "measure.change", department=measure.department)
    assert reminders.send(today) == reminders.send(today) + 1 == 1
    late = today + timedelta(days=4)
    assert (reminders.send(late), reminders.send(late)) == (1, 0)
    titles = [title for _, title in told(person)]
    head, day = f"Maßnahme an {measure.property.number}", f"{measure.due_on:%d.%m.%Y}"
    assert sorted(titles) == [f"{head} ist am {day} fällig", f"{head} war am {day} fällig"]
    # Negative control: without the key every run tells again.
    real = reminders.notify
    monkeypatch.setattr(reminders, "notify", lambda *args, key, **kwargs: real(*args, **kwargs))
    assert (reminders.send(late), reminders.send(late)) == (1, 1)


def test_an_answer_that_is_due(capsys):
    complaint = ComplaintFactory(wants_answer=True, answer_due=timezone.localdate() + timedelta(days=2))
    person = member("complaint.view", "complaint.route", department=complaint.department)
    call_command("send_reminders")
    assert capsys.readouterr().out == "Erinnerungen: 1.\n"
    assert [kind for kind, _ in told(person)] == ["answer_due"]
