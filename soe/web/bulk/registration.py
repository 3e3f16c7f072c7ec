"""Old bulk runs go by themselves, every night."""

from datetime import time

from ..jobs import schedule
from . import handing  # noqa: F401  (registers the kind of job)


def register():
    schedule.add("bulk", "Alte Arbeitslisten der Sammelbearbeitung entfernen", tidy, at=time(3, 25))


def tidy(run):
    from .models import BulkRow, BulkRun

    old = BulkRun._base_manager.filter(pk__in=BulkRun.objects.expired().order_by().values("pk"))
    BulkRow.objects.filter(run__in=old).delete()
    for row in old:
        row.delete()
