"""What is due is started once per period; a mail is one row until a mail server has taken it."""

from datetime import datetime, time, timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from soe.accounts import mails as account_mails
from soe.accounts.mails import send_password_reset
from soe.web.jobs import kinds, mails, schedule
from soe.web.jobs.models import DueCommand, Job, OutgoingMail, WorkerBeat
from soe.web.jobs.views import worker_words
from tests.factories.core import UserFactory, member

pytestmark = pytest.mark.django_db
NOON = timezone.make_aware(datetime(2026, 11, 27, 12, 0))  # noqa: DTZ001


@pytest.fixture
def probe(monkeypatch):
    """A timetable with one hourly command; the list notes its runs."""
    monkeypatch.setattr(schedule, "entries", {})
    monkeypatch.setattr(kinds, "registered", dict(kinds.registered))
    runs = []
    schedule.add("probe", "Probe", lambda run: runs.append(run.user.username), every=timedelta(hours=1))
    return runs


def test_a_command_runs_once_per_period_and_makes_up_for_a_long_sleep_once(probe):
    schedule.run_due(NOON)  # the first look only makes the appointment
    assert probe == []
    for _ in range(3):
        schedule.run_due(NOON + timedelta(hours=1, minutes=1))
    assert probe == ["system"]
    schedule.run_due(NOON + timedelta(days=4))
    assert len(probe) == 2
    row = DueCommand.objects.get()
    assert (row.job.state, row.next_at) == ("done", NOON + timedelta(days=4, hours=1))


def test_two_workers_that_look_at_the_same_moment_start_it_once(probe, monkeypatch):
    schedule.run_due(NOON)
    later, original = NOON + timedelta(hours=1, minutes=1), schedule._start

    def slow(entry, key=None):
        monkeypatch.setattr(schedule, "_start", original)
        schedule.run_due(later)  # the other worker, in the middle of ours
        return original(entry, key)

    monkeypatch.setattr(schedule, "_start", slow)
    schedule.run_due(later)
    assert len(probe) == 1


def test_negative_control_without_the_moved_date_and_key_it_would_run_twice(probe, monkeypatch):
    monkeypatch.setattr(schedule.Entry, "after", lambda self, now: NOON)
    original = schedule._start
    monkeypatch.setattr(schedule, "_start", lambda entry, key=None: original(entry))
    for _ in range(3):
        schedule.run_due(NOON)
    assert len(probe) == 2


@pytest.mark.parametrize(
    ("entry", "expected", "words"),
    [
        ({"at": time(6, 30)}, datetime(2026, 11, 28, 6, 30), "täglich um 6.30 Uhr"),  # noqa: DTZ001
        ({"at": time(18, 0)}, datetime(2026, 11, 27, 18, 0), "täglich um 18.00 Uhr"),  # noqa: DTZ001
        ({"at": time(6, 30), "weekday": 0}, datetime(2026, 11, 30, 6, 30), "montags um 6.30 Uhr"),  # noqa: DTZ001
        ({"every": timedelta(hours=1)}, datetime(2026, 11, 27, 13, 0), "jede Stunde"),  # noqa: DTZ001
    ],
)
def test_the_next_date(entry, expected, words):
    made = schedule.Entry("x", "X", **entry)
    assert made.after(NOON) == timezone.make_aware(expected)
    assert made.rhythm == words


def test_an_administrator_sees_the_timetable_and_starts_a_command(probe, as_member):
    client, _ = as_member("system.manage")
    page = client.get(reverse("web:jobs_all")).content.decode()
    assert "jede Stunde" in page
    assert "noch nie" in page
    address = reverse("web:job_run_now", args=["probe"])
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 302
    assert probe == ["system"]
    assert client.get(reverse("web:job_run_now", args=["fremd"])).status_code == 404
    other, _ = as_member("register.view")
    assert other.post(address).status_code == 403


def test_the_command_line_starts_and_lists(probe):
    out = StringIO()
    call_command("run_due", "--list", stdout=out)
    call_command("run_due", "--now", "probe", stdout=out)
    assert "jede Stunde" in out.getvalue()
    assert probe == ["system"]


def test_the_page_says_since_when_no_worker_runs():
    now = timezone.now()
    assert "kein Arbeiter" in worker_words()[1]
    WorkerBeat.objects.create(id="a", host="h", pid=1, seen_at=now - timedelta(minutes=12))
    assert worker_words(now) == (
        False,
        "Kein Arbeiter läuft seit 12 Minuten. Aufträge warten, bis auf dem Server „manage.py worker“ läuft.",
    )
    WorkerBeat.objects.create(id="b", host="h", pid=2, seen_at=now)
    assert worker_words(now)[0]


def test_a_mail_is_queued_once_and_sent_once_and_its_content_is_gone_afterwards():
    assert mails.queue("anlass:1", "n@example.org", "Hinweis\r\nBcc: x@example.org", "Text")
    assert not mails.queue("anlass:1", "n@example.org", "Hinweis", "Text")
    assert (mails.send_due(), mails.send_due()) == (1, 0)
    assert len(mail.outbox) == 1
    assert mail.outbox[0].subject == "Hinweis Bcc: x@example.org"
    row = OutgoingMail.objects.get()
    assert (row.recipient, row.body, row.sent_at is not None) == ("", "", True)


def test_a_mail_that_fails_is_tried_again_later_with_the_same_message_id(monkeypatch):
    from django.core.mail import EmailMessage

    mails.queue("anlass:2", "n@example.org", "Hinweis", "Text")
    original, ids = EmailMessage.send, []

    def send(self, **kwargs):
        ids.append(self.extra_headers["Message-ID"])
        if len(ids) == 1:
            raise ConnectionRefusedError
        return original(self, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", send)
    assert mails.send_due() == 0
    assert mails.send_due() == 0  # not before five minutes have gone
    OutgoingMail.objects.update(next_try=timezone.now())
    assert mails.send_due() == 1
    assert len(set(ids)) == 1


def reset(key):
    """The task, run as often as workers die before they can say that it is done."""
    member("register.view", user=UserFactory(email="n@example.org"))
    for _ in range(3):
        send_password_reset.call("n@example.org", "https://soe.example", key)
    mails.send_due()


def test_a_password_mail_whose_worker_dies_goes_once_and_its_link_is_never_readable_in_the_database(
    monkeypatch,
):
    queued = []
    monkeypatch.setattr(mails, "send_due", lambda: queued.extend(OutgoingMail.objects.all()) or 0)
    reset("anfrage-1")
    monkeypatch.undo()
    assert len(queued) == 1
    assert "kennwort" not in queued[0].body + queued[0].html
    assert mails.send_due() == 1
    assert "/kennwort/neu/" in mail.outbox[0].body
    assert "/kennwort/neu/" in mail.outbox[0].alternatives[0].content


def test_negative_control_without_the_key_each_death_would_send_one_more(monkeypatch):
    plain = account_mails.outlet
    monkeypatch.setattr(
        account_mails, "outlet", lambda key, *rest: plain(f"{key}{OutgoingMail.objects.count()}", *rest)
    )
    reset("anfrage-2")
    assert len(mail.outbox) == 3


def test_old_jobs_do_not_pile_up():
    from soe.web.jobs import services

    person = member("register.view")
    old = timezone.now() - timedelta(days=100)
    Job.objects.create(user=person, kind="x", title="alt", state="done", finished_at=old, created_at=old)
    Job.objects.create(user=person, kind="x", title="neu", state="done", finished_at=timezone.now())
    services.tidy()
    assert list(Job.objects.values_list("title", flat=True)) == ["neu"]
