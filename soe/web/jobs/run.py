"""What the function of a job gets in its hand: progress, checks, steps, result."""

import tempfile
import threading
from contextlib import contextmanager
from datetime import timedelta

from django.core.files import File
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from ..files.storing import private_storage
from . import limits
from .kinds import Cancelled, JobFailed, Paused, RightsWithdrawn, Superseded
from .models import RESULT_DAYS, Job

# Set when this process is asked to stop: running jobs pause at their next check.
stopping = threading.Event()
MAX_RESULT_BYTES = 500 * 1024 * 1024


class Run:
    """One attempt at one job."""

    def __init__(self, job, kind):
        self.job, self.kind, self.user = job, kind, job.user
        self.pk, self.attempt = job.pk, job.attempt
        self.checkpoint: dict = dict(job.checkpoint)
        self.shown = (job.done, job.total, job.note)

    # --- may it go on? ---------------------------------------------------------------------------------------------

    def check(self):
        """Raise when the job was cancelled, the starter's rights ended, another worker took over, or we must stop."""
        row = Job.objects.filter(pk=self.pk).values("attempt", "state", "cancel_wanted").first()
        if row is None or row["attempt"] != self.attempt or row["state"] != Job.State.RUNNING:
            raise Superseded
        if row["cancel_wanted"]:
            raise Cancelled
        self.check_rights()
        if stopping.is_set():
            raise Paused

    def check_rights(self):
        # Read anew: the account may have been deactivated since the job began.
        user = type(self.user).objects.get(pk=self.user.pk)
        if not self.kind.allowed(user, self.job.params):
            raise RightsWithdrawn

    # --- progress --------------------------------------------------------------------------------------------------

    def progress(self, done, total=None, note=None):
        """Say how far the work is, and check. Inside a transaction the figures appear with its end."""
        total = self.shown[1] if total is None else total
        note = self.shown[2] if note is None else note[:200]
        if (done, total, note) != self.shown:
            self.shown = (done, total, note)
            if not connection.in_atomic_block:
                self._write(done=done, total=total, note=note)
        self.check()

    def _write(self, **values):
        mine = Job.objects.filter(pk=self.pk, attempt=self.attempt, state=Job.State.RUNNING)
        if not mine.update(lease_until=timezone.now() + limits.LEASE, **values):
            raise Superseded

    # --- work ------------------------------------------------------------------------------------------------------

    @contextmanager
    def step(self, *, done=None, total=None, note=None, **checkpoint):
        """One transaction of work with its checkpoint: both happen or neither.

        `checkpoint`: values merged into `run.checkpoint`; a callable is asked at the end of the step. A step whose
        attempt was superseded meanwhile is rolled back, so no work is ever done twice.
        """
        self.check()
        with transaction.atomic():
            yield self
            merged = self.checkpoint | {
                name: value() if callable(value) else value for name, value in checkpoint.items()
            }
            done = self.shown[0] if done is None else (done() if callable(done) else done)
            self.shown = (
                done,
                self.shown[1] if total is None else total,
                self.shown[2] if note is None else note,
            )
            done, total, note = self.shown
            # The last statement of the step: whoever cancels or takes over waits only for this moment.
            self._write(checkpoint=merged, barren=0, done=done, total=total, note=note)
        self.checkpoint = merged

    def summary(self, text, url=""):
        """One German sentence about the outcome, without personal data, and where it can be seen."""
        self._write(summary=text[:500], url=url)

    # --- result ----------------------------------------------------------------------------------------------------

    def result_file(self, name, content):
        """Keep `content` (bytes, an open file, or an iterator of bytes) as the file the starter may fetch as `name`."""
        path = f"auftraege/{self.pk}-{self.attempt}"
        with tempfile.TemporaryFile(prefix="soe-job-") as file:
            size = 0
            for chunk in _chunks(content):
                size += len(chunk)
                if size > MAX_RESULT_BYTES:
                    raise JobFailed("Das Ergebnis ist zu groß. Bitte schränken Sie die Auswahl ein.")
                file.write(chunk)
            file.seek(0)
            self.check()
            private_storage().delete(path)  # of an earlier call in this attempt
            stored = private_storage().save(path, File(file, name=path))
        self._write(
            result=stored,
            result_name=name[:150],
            result_until=timezone.now() + timedelta(days=RESULT_DAYS),
        )


def _chunks(content):
    if isinstance(content, bytes):
        return [content]
    if hasattr(content, "read"):
        return iter(lambda: content.read(1 << 16), b"")
    return content


def claim(pk, worker="") -> Job | None:
    """Take the job if it waits or its worker is gone; None when somebody else has it."""
    now = timezone.now()
    with transaction.atomic():
        taken = (
            Job.objects.takeable(now)
            .filter(pk=pk)
            .update(
                state=Job.State.RUNNING,
                attempt=F("attempt") + 1,
                barren=F("barren") + 1,
                worker=worker,
                lease_until=now + limits.LEASE,
            )
        )
        if not taken:
            return None
        Job.objects.filter(pk=pk, started_at=None).update(started_at=now)
        return Job.objects.select_related("user").get(pk=pk)
