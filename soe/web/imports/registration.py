from datetime import time

from ..jobs import schedule
from . import process


def register():
    schedule.add("imports_erase", "Eingelesene Dateien nach 30 Tagen löschen", _erase, at=time(3, 20))


def _erase(run):
    process.erase_old()
