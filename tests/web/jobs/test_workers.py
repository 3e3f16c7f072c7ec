"""Real worker processes, killed at the worst moments: every effect happens once."""

import signal
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from soe.departments.models import Department
from soe.web.jobs import kinds, mails, start
from soe.web.jobs.models import DueCommand, Job, OutgoingMail, WorkerBeat
from tests.factories.core import member

from .probe import apps as probe
from .workers import workers  # noqa: F401

ONCE = ("worker", "--once", "--interval", "0.1")


@pytest.fixture
def waiting(workers, monkeypatch):  # noqa: F811
    monkeypatch.setattr(kinds, "registered", dict(kinds.registered))
    kinds.job("probe", title="Probe", permission="register.view")(probe.steps)
    kinds.job("probe_slow", title="Probe", permission="register.view")(probe.slow)
    return start(member("register.view"), "probe")


def test_workers_killed_at_any_moment_leave_nothing_undone_and_nothing_twice(workers, waiting):  # noqa: F811
    assert waiting.state == "queued"
    moments = "inside 2,after 3,before the end"
    workers.share()
    for _ in moments.split(","):
        assert workers.run(*ONCE, kill=moments) == -signal.SIGKILL
        time.sleep(0.5)  # the lease of the dead one ends
    assert workers.run(*ONCE, kill=moments) == 0
    workers.fetch()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.done, waiting.attempt) == ("done", 6, 4)
    assert waiting.result_ready
    made = Department.objects.filter(code__startswith="probe-")
    assert made.count() == 6
    assert all(department.history.count() == 1 for department in made)
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {"FAILED", "SUCCESSFUL"}


def test_sigterm_pauses_the_job_and_the_next_worker_goes_on(workers, waiting):  # noqa: F811
    slow = start(waiting.user, "probe_slow")
    Job.objects.filter(pk=waiting.pk).delete()
    workers.share()
    process = workers.start("worker", "--interval", "0.1")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        time.sleep(0.3)
        workers.fetch()
        if Job.objects.get(pk=slow.pk).done > 3:
            break
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    assert process.returncode == 0
    workers.fetch()
    slow.refresh_from_db()
    assert (slow.state, slow.lease_until) == ("queued", None)
    assert 3 < slow.done < 200
    assert not WorkerBeat.objects.filter(stopped_at=None).exists()


def test_two_workers_share_the_work_and_start_what_is_due_once(workers, waiting):  # noqa: F811
    person = waiting.user
    DueCommand.objects.create(name="tidy", next_at=timezone.now() - timedelta(days=3))
    for number in range(5):
        mails.queue(f"probe:{number}", "n@example.org", "Probe", "Text")
        mails.queue(f"probe:{number}", "n@example.org", "Probe", "Text")
    workers.share()
    pair = [workers.start(*ONCE), workers.start(*ONCE)]
    for process in pair:
        process.communicate(timeout=60)
    workers.fetch()
    assert Job.objects.filter(kind="schedule:tidy").count() == 1
    assert Job.objects.filter(kind="schedule:tidy", state="done").exists()
    assert Job.objects.get(user=person).attempt == 1
    assert OutgoingMail.objects.exclude(sent_at=None).count() == 5
    files = list((workers.folder / "mail").glob("*"))
    sent = sum(file.read_text().count("Subject: Probe") for file in files)
    assert sent == 5
