"""The worker process: jobs and other tasks, the timetable, the mails, in one loop; and its sign of life beside it."""

import logging
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker as TaskWorker

from . import limits, mails, run, schedule, services
from .models import Job, WorkerBeat

logger = logging.getLogger("soe.worker")


class Worker:
    """`once`: work off what is there, then return (cron, tests)."""

    def __init__(self, *, interval=1.0, once=False):
        self.id = f"{socket.gethostname()[:40]}-{os.getpid()}-{os.urandom(4).hex()}"
        self.interval, self.once = interval, once
        self.ended = threading.Event()
        self.tasks = TaskWorker(
            queue_names=["*"], interval=0, batch=True, backend_name="default", startup_delay=False,
            max_tasks=1, worker_id=self.id, excluded_queue_names=[],
        )  # fmt: skip

    def stop(self, signum, frame):
        """First signal: finish or pause what runs. Second: leave at once; the lease ends by itself."""
        if run.stopping.is_set():
            sys.exit(1)
        run.stopping.set()

    def run(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        WorkerBeat.objects.create(id=self.id, host=socket.gethostname()[:100], pid=os.getpid())
        beat = threading.Thread(target=self._beat, daemon=True, name="beat")
        beat.start()
        try:
            while not run.stopping.is_set():
                busy = self._round()
                if self.once and not busy:
                    break
                if not busy:
                    self._wait()
        finally:
            self.ended.set()
            beat.join(timeout=5)
            with suppress(DatabaseError):
                WorkerBeat.objects.filter(pk=self.id).update(stopped_at=timezone.now())

    def _wait(self):
        until = time.monotonic() + self.interval
        while not run.stopping.is_set() and time.monotonic() < until:
            time.sleep(min(0.2, self.interval))

    def _round(self) -> bool:
        """One task, and what else is due. Returns whether there may be more to do at once."""
        close_old_connections()
        try:
            services.rescue()
            schedule.run_due()
            sent = mails.send_due()
        except DatabaseError as error:
            logger.warning("database not available: %s", type(error).__name__)
            sent = 0
        self.tasks._run_tasks = 0
        try:
            self.tasks.run()
        except DatabaseError as error:
            logger.warning("database not available: %s", type(error).__name__)
            connection.close()
        return bool(self.tasks._run_tasks or sent)

    def _beat(self):
        """In a thread of its own: a long statement must not look like death."""
        while not self.ended.wait(limits.BEAT.total_seconds()):
            try:
                close_old_connections()
                now = timezone.now()
                WorkerBeat.objects.filter(pk=self.id).update(seen_at=now)
                Job.objects.filter(worker=self.id, state=Job.State.RUNNING).update(
                    lease_until=now + limits.LEASE
                )
            except DatabaseError as error:
                logger.warning("no sign of life written: %s", type(error).__name__)
                connection.close()
        connection.close()
