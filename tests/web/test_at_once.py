"""The same form ten times at once, two people on one record, two answers to one question: over whole requests.

On PostgreSQL with the full number of rounds; on SQLite, where writers queue, with few (beside the browser tests,
which have a database in a file).
"""

from functools import partial
from threading import Barrier
from unittest.mock import patch

import pytest
from django.core import mail
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from objects.models import Participation
from reports.forms import ReleaseForm
from reports.services import build_report
from soe.audit import bulk
from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.audit.numbers import next_number
from soe.departments.models import Department
from soe.web.models import SubmittedForm
from soe.web.tokens import new_token
from soe.web.views import ActionView, ScopedUpdateView
from soe.web.views.edit import FormPage
from steering.models import Meeting, Minutes
from tests.factories.core import DepartmentFactory, member
from tests.factories.register import ParticipationFactory
from tests.factories.reports import Q3, city_of_the_mock_up, finish_texts
from tests.factories.steering import MeetingFactory, bring
from tests.threads import at_once, need_a_file

from .forms import fields

pages = pytest.mark.urls("tests.web.pages")
threads = pytest.mark.django_db(transaction=True)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


# --- one form, ten times ---------------------------------------------------------------------------------------------


def ten_times():
    need_a_file()
    person = member("admin.departments")
    clients = [signed_in(person) for _ in range(10)]
    url = reverse("t:announce")
    data = fields(clients[0].get(url)) | {"code": "zehn", "name": "Z", "short_name": "Z", "kind": "unit"}
    answers = at_once(*(lambda c=c: c.post(url, data).status_code for c in clients))
    assert set(answers) <= {302, 409}, answers
    assert 302 in answers
    assert Department.objects.get(code="zehn").history.count() == 1
    assert SubmittedForm.objects.count() == 1
    assert len(mail.outbox) == 1


@pages
@threads
@pytest.mark.postgresql
def test_the_same_post_ten_times_makes_one_row_one_history_entry_one_mail():
    ten_times()


@pages
@threads
@pytest.mark.browser
def test_the_same_post_ten_times_on_sqlite():
    ten_times()


# --- two people, one record ------------------------------------------------------------------------------------------


def two_people(rounds):
    """How often both were told that they saved; the loser must keep her words on a conflict page."""
    need_a_file()
    department = DepartmentFactory(name="Anfang", kind="unit")
    people = [signed_in(member("admin.departments")) for _ in range(2)]
    url = reverse("t:change", args=[department.pk])
    data, barrier, answers = fields(people[0].get(url)), Barrier(2), ([], [])

    def save(place):
        for number in range(rounds):
            version = Department.objects.values_list("version", flat=True).get(pk=department.pk)
            words = data | {"form_token": new_token(), "version": version, "name": f"R{number} P{place}"}
            barrier.wait(timeout=60)  # both have read the same version
            answers[place].append(people[place].post(url, words))
            barrier.wait(timeout=60)

    # The test client would copy the context of every template; nobody looks at it here.
    with patch("django.test.client.store_rendered_templates", lambda *args, **kwargs: None):
        assert at_once(partial(save, 0), partial(save, 1)) == [None, None]
    saved, silent = set(department.history.values_list("name", flat=True)), 0
    for number, pair in enumerate(zip(*answers, strict=True)):
        statuses = [answer.status_code for answer in pair]
        if statuses == [302, 302]:
            silent += 1
            continue
        assert sorted(statuses) == [302, 409], statuses
        loser = statuses.index(409)
        assert fields(pair[loser])["name"] == [f"R{number} P{loser}"]
        assert f"R{number} P{1 - loser}" in saved
        assert f"R{number} P{loser}" not in saved
    assert len(saved) == 1 + rounds + silent
    return silent


@pages
@threads
@pytest.mark.postgresql
def test_two_people_saving_the_same_record_200_times_overwrite_nothing():
    assert two_people(200) == 0


@pages
@threads
@pytest.mark.browser
def test_two_people_saving_the_same_record_on_sqlite():
    assert two_people(10) == 0


@pages
@threads
@pytest.mark.postgresql
def test_negative_control_without_the_version_one_overwrites_the_other(monkeypatch):
    monkeypatch.setattr(ScopedUpdateView, "form_valid", FormPage.form_valid)
    monkeypatch.setattr(AuditedModel, "_do_update", Model._do_update)
    assert two_people(5) > 0


# --- two answers to one question -------------------------------------------------------------------------------------


def two_answers():
    clerks = member("register.view", "register.change")
    part = ParticipationFactory(department=clerks.departments[0])
    names = ("participation_accept", "participation_decline")
    steps = []
    for name in names:
        client = signed_in(clerks)
        url = reverse(f"objects:{name}", args=[part.pk])
        data = fields(client.get(url)) | {"reason": "Wir kümmern uns darum."}
        steps.append(lambda c=client, u=url, d=data: c.post(u, d).status_code)
    answers = at_once(*steps)
    part.refresh_from_db()
    return answers, part


@threads
@pytest.mark.postgresql
def test_accept_and_decline_at_once_one_counts_and_the_other_sees_it():
    answers, part = two_answers()
    assert answers.count(302) == 1, answers
    assert part.state in ("accepted", "declined")
    assert part.history.count() == 2


@threads
@pytest.mark.postgresql
def test_minutes_approved_twice_at_once_are_locked_once():
    meeting = bring(MeetingFactory(), Meeting.State.DRAFT)
    url, before = reverse("steering:meeting_approve", args=[meeting.pk]), meeting.history.count()
    steps = []
    for _ in range(2):
        client = signed_in(member("steering.view", "steering.manage"))
        words = fields(client.get(url)) | {"sure": "on"}
        steps.append(lambda c=client, d=words: c.post(url, d).status_code)
    answers = at_once(*steps)
    assert answers.count(302) == 1, answers
    assert set(answers) <= {200, 302, 404, 409}
    assert meeting.history.count() == before + 1
    assert Minutes.objects.filter(meeting=meeting).exclude(sha256="").count() == 1


@threads
@pytest.mark.postgresql
def test_a_report_released_and_returned_at_once_is_one_of_both():
    city_of_the_mock_up()
    preparer = member("report.prepare", "report.view")
    report = build_report(Q3, by=preparer).report
    finish_texts(report)
    report.present(by=preparer)
    steps = []
    for name in ("release", "return"):
        client = signed_in(member("report.release", "report.view"))
        url = reverse(f"reports:{name}", args=[report.code])
        words = fields(client.get(url)) | {"reason": "Bitte Abschnitt 2 ergänzen.", "sure": "on"}
        words |= {field: "on" for field in ReleaseForm.base_fields if field not in words}
        steps.append(lambda c=client, u=url, d=words: c.post(u, d).status_code)
    answers = at_once(*steps)
    assert answers.count(302) == 1, answers
    assert set(answers) <= {200, 302, 404, 409}


# --- numbers and locks -----------------------------------------------------------------------------------------------


@threads
@pytest.mark.postgresql
def test_two_hundred_numbers_drawn_at_once_are_all_different():
    def draw():
        found = []
        for _ in range(25):
            with transaction.atomic():
                found.append(next_number("probe"))
        return found

    drawn = [number for numbers in at_once(*[draw] * 8) for number in numbers]
    assert sorted(drawn) == list(range(1, 201))


@threads
@pytest.mark.postgresql
def test_bulk_edits_in_opposite_order_do_not_lock_each_other_out():
    person = member("admin.departments")
    rows = [DepartmentFactory(kind="unit") for _ in range(40)]

    def edit(order, word):
        for _ in range(15):
            with acting_as(person), transaction.atomic():
                fresh = list(Department.objects.filter(pk__in=[row.pk for row in rows]).order_by(order))
                for row in fresh:
                    row.competences = word
                bulk.update(fresh, ["competences"], reason="Probe", batch_size=4)

    assert at_once(lambda: edit("pk", "vorwärts"), lambda: edit("-pk", "rückwärts")) == [None, None]


def test_a_step_is_refused_when_the_page_is_older_than_the_record(client, db):
    clerk = member("register.view", "register.change")
    client.force_login(clerk)
    part = ParticipationFactory(department=clerk.departments[0])
    url = reverse("objects:participation_accept", args=[part.pk])
    data = fields(client.get(url)) | {"reason": "Wir übernehmen."}
    with acting_as(member("register.view")):
        other = Participation.objects.get(pk=part.pk)
        other.question = "Geht es auch um den Keller?"
        other.save(reason="Frage ergänzt")
    answer = client.post(url, data)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Geht es auch um den Keller?" in html
    assert "Frage ergänzt" in html
    part.refresh_from_db()
    assert part.state == "offered"
    again = fields(answer)
    assert client.post(url, again | {"reason": data["reason"]}).status_code == 302


def test_the_version_of_a_step_cannot_be_left_out(client, db):
    clerk = member("register.view", "register.change")
    client.force_login(clerk)
    part = ParticipationFactory(department=clerk.departments[0])
    url = reverse("objects:participation_accept", args=[part.pk])
    data = fields(client.get(url)) | {"reason": "Wir übernehmen."}
    del data["seen"]
    answer = client.post(url, data, bare=True)
    assert answer.status_code == 200
    assert "prüfen Sie den jetzigen Stand" in answer.content.decode()
    part.refresh_from_db()
    assert part.state == "offered"


def test_negative_control_without_the_mark_an_old_page_would_act(client, db, monkeypatch):
    monkeypatch.setattr(ActionView, "seen_rows", lambda self: None)
    clerk = member("register.view", "register.change")
    client.force_login(clerk)
    part = ParticipationFactory(department=clerk.departments[0])
    url = reverse("objects:participation_accept", args=[part.pk])
    data = fields(client.get(url)) | {"reason": "Wir übernehmen."}
    assert "seen" not in data
    answer = client.post(url, data, bare=True)
    assert answer.status_code == 302
