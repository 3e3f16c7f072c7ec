"""What the jobs hang into the shared pages, and their own housekeeping."""

from datetime import time

from ..notices.kinds import kinds
from ..registry import navigation
from . import exports, schedule, services  # noqa: F401  (registers the kind of job)

DONE, FAILED = "Ihr Auftrag ist fertig", "Ihr Auftrag ist nicht gelungen"


def register():
    kinds.add("job", "Auftrag im Hintergrund beendet", titles=(DONE, FAILED), channel="bell")
    services.listeners.append(notice)
    schedule.add("tidy", "Abgelaufene Ergebnisse und alte Aufträge entfernen", _tidy, at=time(3, 10))
    navigation.add(
        group="Verwaltung",
        label="Aufträge",
        url_name="web:jobs_all",
        icon="clock",
        order=80,
        permission="system.manage",
    )


def notice(job):
    """The bell of the starter; who cancelled it herself knows."""
    from ..notices.services import notify

    if job.state != "cancelled":
        title = DONE if job.state == "done" else FAILED
        notify([job.user], "job", title=title, url=job.get_absolute_url(), key=f"job:{job.pk}:{job.attempt}")


def _tidy(run):
    services.tidy()
