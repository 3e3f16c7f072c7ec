"""What the jobs hang into the shared pages, and their own housekeeping."""

from datetime import time

from soe.accounts import mails as account_mails

from ..files import storing
from ..notices.kinds import kinds
from ..registry import navigation
from . import exports, schedule, services  # noqa: F401  (registers the kind of job)

DONE, FAILED = "Ihr Auftrag ist fertig", "Ihr Auftrag ist nicht gelungen"


def register():
    kinds.add("job", "Auftrag im Hintergrund beendet", titles=(DONE, FAILED), channel="bell")
    services.listeners.append(notice)
    account_mails.outlet = _account_mail
    storing.add_owner(_results)
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


def _account_mail(key, recipient, subject, text, html):
    from .mails import queue

    queue(key, recipient, subject, text, html, secret=True)


def _results(names):
    from .models import Job

    return Job.objects.filter(result__in=names).values_list("result", flat=True)


def _tidy(run):
    services.tidy()
