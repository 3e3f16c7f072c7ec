"""What is done regularly: registered once, started once per period by whichever worker comes first.

    from soe.web.jobs import schedule
    schedule.add("seals", "Siegel bilden", build_seals, every=timedelta(hours=1))
    schedule.add("digest", "Tagesmail", send_digest, at=time(6, 30))            # daily, local time
    schedule.add("digest_week", "Wochenmail", send, at=time(6, 30), weekday=0)  # Mondays

`function(run)` runs as a job in the name of the system account, with the same promises as every job: continued after a
crash, each step once. A period that was slept through is made up for once, not as often as it was missed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from . import kinds


@dataclass(frozen=True)
class Entry:
    name: str
    title: str
    every: timedelta | None = None
    at: time | None = None
    weekday: int | None = None

    @property
    def kind(self):
        return f"schedule:{self.name}"

    def after(self, now) -> datetime:
        """The first moment later than `now` at which this is due."""
        if self.every is not None:
            # Full hours stay full hours, whatever the moment of the last run.
            seconds = int(self.every.total_seconds())
            return datetime.fromtimestamp((int(now.timestamp()) // seconds + 1) * seconds, tz=now.tzinfo)
        day = timezone.localtime(now).date()
        for ahead in range(9):
            moment = timezone.make_aware(datetime.combine(day + timedelta(days=ahead), self.at))
            if moment > now and (self.weekday is None or moment.weekday() == self.weekday):
                return moment
        raise AssertionError("a week has every weekday")

    @property
    def rhythm(self):
        if self.every is not None:
            minutes = int(self.every.total_seconds() // 60)
            if minutes % 60:
                return f"alle {minutes} Minuten" if minutes != 1 else "jede Minute"
            return f"alle {minutes // 60} Stunden" if minutes != 60 else "jede Stunde"
        days = ("montags", "dienstags", "mittwochs", "donnerstags", "freitags", "samstags", "sonntags")
        day = "täglich" if self.weekday is None else days[self.weekday]
        return f"{day} um {self.at.hour}.{self.at.minute:02} Uhr"


entries: dict[str, Entry] = {}


def add(name, title, function: Callable, *, every=None, at=None, weekday=None):
    """Register a scheduled command. Exactly one of `every` and `at`."""
    if (every is None) == (at is None):
        raise ValueError("every or at")
    entry = Entry(name, title, every, at, weekday)
    entries[name] = entry
    kinds.registered[entry.kind] = kinds.Kind(entry.kind, title, function, system=True)
    return function


def run_due(now=None) -> list:
    """Start what is due; returns the jobs started by this call."""
    from .models import DueCommand

    now = now or timezone.now()
    known = {row.pk: row for row in DueCommand.objects.all()}
    started = []
    for entry in entries.values():
        row = known.get(entry.name)
        if row is None:
            DueCommand.objects.get_or_create(name=entry.name, defaults={"next_at": entry.after(now)})
        elif row.next_at <= now:
            with transaction.atomic():
                # Whoever moves the date on starts the job; in the same transaction, so a crash loses neither.
                if DueCommand.objects.filter(pk=row.pk, next_at=row.next_at).update(
                    next_at=entry.after(now), last_at=now
                ):
                    started.append(_start(entry, f"{entry.kind}:{row.next_at.isoformat()}"))
    return started


def run_now(name):
    """Start a scheduled command out of turn; the timetable stays. A run that still waits is not doubled."""
    from .models import DueCommand, Job

    entry = entries[name]
    if (open_job := Job.objects.open().filter(kind=entry.kind).first()) is not None:
        return open_job
    with transaction.atomic():
        row, _ = DueCommand.objects.get_or_create(
            name=name, defaults={"next_at": entry.after(timezone.now())}
        )
        row = DueCommand.objects.select_for_update().get(pk=row.pk)
        if (open_job := Job.objects.open().filter(kind=entry.kind).first()) is not None:
            return open_job
        DueCommand.objects.filter(pk=name).update(last_at=timezone.now())
        return _start(entry)


def _start(entry, key=None):
    from django.contrib.auth import get_user_model

    from .models import DueCommand
    from .services import start

    job = start(get_user_model().objects.system(), entry.kind, title=entry.title, key=key)
    DueCommand.objects.filter(pk=entry.name).update(job=job)
    return job
