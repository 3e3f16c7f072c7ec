"""Bulk runs of more rows than fit into one request: handed over to a job that works in portions.

A portion is one transaction with its rows' states: a killed worker leaves no row half done and none is done twice.
Rights are asked before each portion and again for each of its rows. Cancelling keeps what is done; it can be undone.
"""

from soe.departments.scope import may

from ..jobs import JobFailed, job
from ..jobs import start as start_job
from ..jobs.models import Job
from . import running
from .models import BulkRow, BulkRun

S, R = BulkRun.State, BulkRow.State


def too_many(run, state=R.CHOSEN) -> bool:
    return run.rows.filter(state=state).count() > running.LIMIT


def key_of(run, *, undo=False):
    return f"bulk:{run.pk}:{'undo' if undo else 'do'}"


def job_of(run, *, undo=False) -> Job | None:
    return Job.objects.filter(key=key_of(run, undo=undo)).first()


def hand_over(run, user, label, *, undo=False) -> Job:
    """Start the job once; a second click finds the same. Call under the lock of the run."""
    if not undo:
        run.state = S.RUNNING
        run.save()
    title = f"{label} zurücknehmen" if undo else label
    return start_job(
        user,
        "bulk",
        title=f"Sammelbearbeitung: {title}",
        params={"run": str(run.pk), "undo": undo},
        key=key_of(run, undo=undo),
    )


def may_go_on(user, params) -> bool:
    run = BulkRun.objects.filter(pk=params.get("run"), user=user).first()
    action = running.action_of(run) if run else None
    if action is None:
        return False
    model = running.list_view(run).queryset.model
    return all(may(user, model, right) for right in ("view", action.action))


@job("bulk", title="Sammelbearbeitung", permission=may_go_on)
def carry_out(job_run, run, undo=False):
    bulk = BulkRun.objects.get(pk=run)
    view, action, user = running.list_view(bulk), running.action_of(bulk), job_run.user
    if undo:
        _each(job_run, bulk, R.DONE, lambda part: running.undo_part(part, action, view, user))
        good, bad = running.finish_undo(bulk)
        words = f"{good} zurückgenommen" + (f", {bad} unverändert gelassen" if bad else "")
    else:
        if bulk.state != S.RUNNING:
            raise JobFailed("Diese Sammelbearbeitung ist schon beendet.")
        form = running.form_of(bulk, action, view, user)
        if not form.is_valid():
            raise JobFailed("Die Angaben gelten nicht mehr. Bitte beginnen Sie neu.")
        data = form.cleaned_data
        _each(job_run, bulk, R.CHOSEN, lambda part: running.do_part(part, action, view, user, data))
        good, bad = running.finish(bulk)
        words = f"{good} ausgeführt" + (f", {bad} abgelehnt" if bad else "")
    job_run.summary(f"{words}.", url=bulk.get_absolute_url())


def _each(job_run, bulk, state, work):
    left = bulk.rows.filter(state=state).count()
    total = bulk.rows.count() if state == R.CHOSEN else max(job_run.shown[1], left)
    while part := running.waiting(bulk, state):
        left -= len(part)
        with job_run.step(done=total - left, total=total):
            work(part)
