"""A job runs once, for somebody who may, and says how it ended."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from soe.departments.models import Department
from soe.web.jobs import JobFailed, job, kinds, services, start
from soe.web.jobs.models import BARREN_LIMIT, Job
from soe.web.jobs.run import Run, claim
from tests.factories.core import DepartmentFactory, member
from tests.web.forms import fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind(monkeypatch):
    """kind(function, permission=…): a kind of job for this test only."""
    monkeypatch.setattr(kinds, "registered", dict(kinds.registered))

    def register(function, **options):
        job("probe", title="Probe", **({"permission": "register.view"} | options))(function)

    return register


@pytest.fixture
def held(monkeypatch):
    """Jobs stay in the queue, as with a worker that is not there."""
    monkeypatch.setattr(services, "ring", lambda job: None)


def test_a_job_runs_in_the_name_of_its_starter_and_gives_a_file(kind):
    person = member("register.view")

    def work(run, word):
        run.progress(1, 2)
        run.result_file("liste.csv", iter([b"a;", word.encode()]))
        run.summary("Zwei Zeilen geschrieben.")

    kind(work)
    done = start(person, "probe", params={"word": "b"})
    assert (done.state, done.summary, done.total) == ("done", "Zwei Zeilen geschrieben.", 2)
    assert done.result_ready


def test_only_the_starter_fetches_the_result(kind, client):
    person, other = member("register.view"), member("register.view", "system.manage")
    kind(lambda run: run.result_file("liste.csv", b"inhalt"))
    done = start(person, "probe")
    address = reverse("web:job_result", args=[done.pk])
    client.force_login(other)
    assert client.get(address).status_code == 404
    assert client.get(done.get_absolute_url()).status_code == 404
    client.force_login(person)
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == b"inhalt"
    assert answer["Content-Disposition"] == 'attachment; filename="liste.csv"'


def test_a_result_is_refused_when_the_right_has_ended_and_when_it_has_expired(kind, client):
    person = member("register.view")
    kind(lambda run: run.result_file("liste.csv", b"inhalt"))
    done = start(person, "probe")
    client.force_login(person)
    address = reverse("web:job_result", args=[done.pk])
    Job.objects.filter(pk=done.pk).update(result_until=timezone.now() - timedelta(minutes=1))
    assert client.get(address).status_code == 410
    services.tidy()
    done.refresh_from_db()
    assert (done.result, done.result_gone) == ("", True)
    kind(lambda run: run.result_file("liste.csv", b"inhalt"))
    again = start(person, "probe")
    member("address.view", user=person)  # some membership stays
    _withdraw(person, "register.view")
    assert client.get(reverse("web:job_result", args=[again.pk])).status_code == 403


def _withdraw(person, code):
    from tests.factories.core import somebody

    with somebody():
        for membership in person.memberships.filter(role__grants__permission=code):
            membership.end(reason="Test")


def test_a_job_is_refused_when_the_rights_end_before_or_while_it_runs(kind, held):
    person, steps = member("register.view"), []

    def work(run):
        steps.append("begun")
        _withdraw(person, "register.view")
        run.result_file("geheim.csv", b"x")
        steps.append("never")

    kind(work)
    waiting = start(person, "probe")
    services.execute(waiting.pk)
    waiting.refresh_from_db()
    assert steps == ["begun"]
    assert (waiting.state, waiting.result) == ("failed", "")
    assert "Rechte" in waiting.error
    with pytest.raises(PermissionDenied):
        start(person, "probe")
    assert services.retry(waiting)
    services.execute(waiting.pk)
    assert steps == ["begun"]


def test_negative_control_without_the_check_the_withdrawn_right_would_not_be_noticed(kind, held, monkeypatch):
    person = member("register.view")

    def work(run):
        _withdraw(person, "register.view")
        run.result_file("geheim.csv", b"x")

    kind(work)
    waiting = start(person, "probe")
    monkeypatch.setattr(Run, "check_rights", lambda self: None)
    services.execute(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == "done"


def test_cancelling_ends_a_waiting_job_at_once_and_a_running_one_at_its_next_step(kind, held, client):
    person, seen = member("register.view"), []

    def work(run):
        for number in range(3):
            with run.step(done=number + 1, total=3):
                seen.append(number)
            if number == 0:
                client.force_login(person)
                address = reverse("web:job_cancel", args=[run.pk])
                assert client.post(address, fields(client.get(address))).status_code == 302

    kind(work)
    first = start(person, "probe")
    services.execute(first.pk)
    first.refresh_from_db()
    assert (first.state, first.done, seen) == ("cancelled", 1, [0])
    second = start(person, "probe")
    services.cancel(second)
    services.execute(second.pk)
    second.refresh_from_db()
    assert (second.state, seen) == ("cancelled", [0])


def test_the_same_key_gives_the_same_job(kind):
    person, runs = member("register.view"), []
    kind(lambda run: runs.append(1))
    jobs = {start(person, "probe", key="einmal").pk for _ in range(5)}
    assert (len(jobs), runs) == (1, [1])


def test_a_step_and_its_checkpoint_happen_together_and_a_repetition_goes_on_there(kind, held):
    person = member("register.view")

    def work(run):
        for number in range(run.checkpoint.get("next", 0), 4):
            with run.step(next=number + 1, done=number + 1, total=4):
                DepartmentFactory(code=f"schritt-{number}")
                if number == 2 and run.attempt == 1:
                    raise RuntimeError("Strom weg, mit Namen Müller")

    kind(work)
    waiting = start(person, "probe")
    services.execute(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.checkpoint) == ("failed", {"next": 2})
    assert "Müller" not in waiting.error
    assert services.retry(waiting)
    assert not services.retry(waiting)
    services.execute(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == "done"
    assert Department.objects.filter(code__startswith="schritt-").count() == 4
    # The history names the starter.
    history = Department.objects.get(code="schritt-3").history.get()
    assert history.history_user_id == person.pk


def test_a_stuck_job_is_taken_over_and_the_old_attempt_cannot_commit(kind, held):
    person = member("register.view")
    kind(lambda run: None)
    waiting = start(person, "probe")
    dead = Run(claim(waiting.pk, "tot"), kinds.kind_of("probe"))
    assert claim(waiting.pk, "zweiter") is None  # the lease still holds
    with pytest.raises(kinds.Superseded), dead.step(next=1):
        DepartmentFactory(code="doppelt")
        Job.objects.filter(pk=waiting.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        assert claim(waiting.pk, "zweiter").attempt == 2
    assert not Department.objects.filter(code="doppelt").exists()
    waiting.refresh_from_db()
    assert waiting.worker in ("zweiter", "tot")


def test_negative_control_without_the_token_the_old_attempt_would_commit(kind, held, monkeypatch):
    kind(lambda run: None)
    waiting = start(member("register.view"), "probe")
    dead = Run(claim(waiting.pk, "tot"), kinds.kind_of("probe"))
    monkeypatch.setattr(Run, "_write", lambda self, **values: None)
    with dead.step(next=1):
        DepartmentFactory(code="doppelt")
        Job.objects.filter(pk=waiting.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        claim(waiting.pk, "zweiter")
    assert Department.objects.filter(code="doppelt").exists()


def test_a_job_that_never_gets_anywhere_is_given_up(kind, held):
    person = member("register.view")
    kind(lambda run: None)
    waiting = start(person, "probe")
    Job.objects.filter(pk=waiting.pk).update(barren=BARREN_LIMIT)
    services.execute(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, "ohne Fortschritt" in waiting.error) == ("failed", True)


def test_a_failure_says_why_in_german_and_can_be_repeated_by_an_administrator(kind, client):
    person, admin = member("register.view"), member("system.manage")

    def work(run):
        if run.attempt == 1:
            raise JobFailed("Die Quelle antwortet nicht. Bitte versuchen Sie es später.")

    kind(work)
    failed = start(person, "probe")
    client.force_login(admin)
    page = client.get(reverse("web:jobs_all"), {"stand": "failed"}).content.decode()
    assert "Die Quelle antwortet nicht" in page
    assert str(person) in page
    assert "Es läuft kein Arbeiter" in page
    address = reverse("web:job_retry", args=[failed.pk])
    data = fields(client.get(address))
    assert client.post(address, data).status_code == 302
    failed.refresh_from_db()
    assert failed.state == "done"


def test_the_page_shows_progress_and_somebody_else_cannot_cancel(kind, held, client):
    person = member("register.view")
    kind(lambda run: None)
    waiting = start(person, "probe")
    Job.objects.filter(pk=waiting.pk).update(state="running", done=25, total=100, lease_until=timezone.now())
    client.force_login(person)
    page = client.get(waiting.get_absolute_url()).content.decode()
    assert "25 von 100 erledigt" in page
    assert client.get(reverse("web:jobs")).status_code == 200
    client.force_login(member("register.view"))
    assert client.post(reverse("web:job_cancel", args=[waiting.pk])).status_code == 404
    assert client.post(reverse("web:job_stop", args=[waiting.pk])).status_code == 403
