"""Starting, running, cancelling and repeating jobs."""

import logging
from contextlib import suppress
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from soe.audit.context import acting_as

from ..files.storing import private_storage
from . import limits
from .kinds import Cancelled, JobFailed, Paused, RightsWithdrawn, Stopped, Superseded, kind_of

logger = logging.getLogger("soe.jobs")


def start(user, kind, *, title="", params=None, key=None):
    """Queue a job in the name of `user`; returns it. Commits with the transaction of the caller.

    `params`: ids and plain values, never names of people. `key`: the same key gives the same job, once and for all.
    """
    from .models import Job

    known = kind_of(kind)
    params = dict(params or {})
    if not known.allowed(user, params):
        raise PermissionDenied
    job = Job(user=user, kind=kind, title=(title or known.title)[:200], params=params, key=key)
    try:
        with transaction.atomic():
            job.save(force_insert=True)
            ring(job)
    except IntegrityError:
        if key is None or (earlier := Job.objects.filter(key=key).first()) is None:
            raise
        return earlier
    job.refresh_from_db()
    return job


def ring(job):
    """Put a task for this job into Django's queue."""
    from .models import Job
    from .tasks import run_job

    task = run_job.enqueue(str(job.pk))
    Job.objects.filter(pk=job.pk).update(task_id=str(task.id))


def execute(pk, worker=""):
    """Run one attempt at the job, if it is to be had, and write down how it ended."""
    from .models import BARREN_LIMIT, Job
    from .run import Run, claim

    job = claim(pk, worker)
    if job is None:
        return
    try:
        kind = kind_of(job.kind)
        if job.barren > BARREN_LIMIT:
            raise JobFailed(
                "Der Auftrag ist mehrmals ohne Fortschritt abgerissen. Bitte wenden Sie sich an die Administration."
            )
        run = Run(job, kind)
        run.check()
        with acting_as(job.user, reason=job.title):
            kind.function(run, **job.params)
            # Finished is finished: only rights that ended meanwhile take the result away.
            run.check_rights()
    except Superseded:
        return
    except Cancelled:
        finish(job, Job.State.CANCELLED, note="")
    except Paused:
        release(job)
    except Stopped:
        raise
    except RightsWithdrawn as error:
        finish(job, Job.State.FAILED, error=str(error), forget=True)
    except PermissionDenied:
        finish(job, Job.State.FAILED, error=str(RightsWithdrawn()), forget=True)
    except JobFailed as error:
        finish(job, Job.State.FAILED, error=str(error))
    except ValidationError as error:
        finish(job, Job.State.FAILED, error=" ".join(error.messages))
    except OperationalError:
        # Database busy or gone for a moment: the next round tries again, up to the limit of barren attempts.
        logger.warning("job %s: database not available, tried again", job.pk)
        release(job)
    except Exception as error:
        # Only the class of the error: its text may hold names.
        logger.error("job %s (%s) failed: %s", job.pk, job.kind, type(error).__qualname__)
        finish(job, Job.State.FAILED, error=f"Unerwarteter Fehler ({type(error).__name__}).")
    else:
        done, total, _ = run.shown
        finish(job, Job.State.DONE, note="", done=done, total=total)


def _mine(job):
    from .models import Job

    return Job.objects.filter(pk=job.pk, attempt=job.attempt, state=Job.State.RUNNING)


def finish(job, state, *, forget=False, **values):
    """Write the end of this attempt, unless it is no longer ours."""
    from .models import Job

    kind = _known(job.kind)
    if state != Job.State.FAILED and kind is not None and kind.forgets:
        values["params"] = {name: value for name, value in job.params.items() if name not in kind.forgets}
    if "error" in values:
        values["error"] = values["error"][:500]
    with transaction.atomic():
        ended = _mine(job).update(
            state=state, finished_at=timezone.now(), lease_until=None, cancel_wanted=False, **values
        )
        if not ended:
            return
        job.refresh_from_db()
        if state != Job.State.DONE or forget:
            drop_result(job)
    tell(job)


def release(job):
    """Back into the queue, checkpoint kept; the next worker goes on."""
    from .models import Job

    _mine(job).update(state=Job.State.QUEUED, lease_until=None, worker="", task_id="")


def drop_result(job):
    """Remove the stored file (all attempts) and say so in the row."""
    for attempt in range(1, job.attempt + 1):
        with suppress(OSError):
            private_storage().delete(f"auftraege/{job.pk}-{attempt}")
    if job.result:
        with suppress(OSError):
            private_storage().delete(job.result)
        type(job).objects.filter(pk=job.pk).update(result="")


listeners = []


def tell(job):
    """Tell the starter that the job has ended (notices hang themselves in through `listeners`)."""
    for listener in listeners:
        with suppress(Exception), transaction.atomic():
            listener(job)


def cancel(job):
    """A waiting job ends at once, a running one at its next check. Returns whether there was something to cancel."""
    from .models import Job

    with transaction.atomic():
        waiting = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
        if waiting.update(state=Job.State.CANCELLED, finished_at=timezone.now()):
            return True
        return bool(Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_wanted=True))


def retry(job):
    """Run a failed or cancelled job again, from its last checkpoint. Once: the state is asked in the same statement."""
    from .models import Job

    with transaction.atomic():
        again = Job.objects.filter(pk=job.pk, state__in=(Job.State.FAILED, Job.State.CANCELLED)).update(
            state=Job.State.QUEUED,
            error="",
            finished_at=None,
            cancel_wanted=False,
            barren=0,
            lease_until=None,
        )
        if again:
            ring(job)
        return bool(again)


def rescue(now=None):
    """What a killed worker left: jobs whose bell nobody will ring any more, and tasks marked running for ever.

    Returns the number of jobs put back into the queue.
    """
    from django_tasks_db.models import DBTaskResult

    from .models import Job, WorkerBeat

    now = now or timezone.now()
    rung = 0
    for job in Job.objects.takeable(now):
        waiting = job.task_id and DBTaskResult.objects.filter(pk=job.task_id, status="READY").exists()
        if not waiting:
            with transaction.atomic():
                # Whoever changes the task id first rings; the others see that it has changed.
                if Job.objects.filter(pk=job.pk, task_id=job.task_id).update(task_id="…"):
                    ring(job)
                    rung += 1
    alive = set(
        WorkerBeat.objects.filter(stopped_at=None, seen_at__gt=now - limits.LEASE).values_list(
            "pk", flat=True
        )
    )
    for task in DBTaskResult.objects.filter(status="RUNNING", started_at__lt=now - limits.LEASE):
        if task.worker_ids and task.worker_ids[-1] in alive:
            continue
        if task.task_path.endswith(".jobs.tasks.run_job"):
            # Its job was rung for again above; this task has nothing more to say.
            DBTaskResult.objects.filter(pk=task.pk, status="RUNNING").update(status="FAILED", finished_at=now)
        else:
            DBTaskResult.objects.filter(pk=task.pk, status="RUNNING").update(status="READY")
    return rung


def tidy(now=None):
    """Remove results that have expired and jobs nobody asks for any more."""
    from django_tasks_db.models import DBTaskResult

    from .models import KEEP_DAYS, Job, OutgoingMail, WorkerBeat

    now = now or timezone.now()
    old = now - timedelta(days=KEEP_DAYS)
    for job in Job.objects.exclude(result="").filter(result_until__lt=now):
        drop_result(job)
    for job in Job.objects.filter(finished_at__lt=old):
        drop_result(job)
        job.delete()
    OutgoingMail.objects.filter(created_at__lt=now - timedelta(days=30)).delete()
    WorkerBeat.objects.filter(seen_at__lt=now - timedelta(days=7)).delete()
    DBTaskResult.objects.filter(finished_at__lt=now - timedelta(days=14)).delete()


def _known(name):
    with suppress(JobFailed):
        return kind_of(name)
    return None
