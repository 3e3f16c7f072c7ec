from datetime import time

from ..files import storing
from ..jobs import schedule
from . import process


def register():
    storing.add_owner(_files)
    schedule.add("imports_erase", "Eingelesene Dateien nach 30 Tagen löschen", _erase, at=time(3, 20))


def _files(names):
    from .models import Import

    return Import.objects.filter(stored__in=names).values_list("stored", flat=True)


def _erase(run):
    process.erase_old()
