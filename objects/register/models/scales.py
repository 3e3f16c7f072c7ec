"""The scales of the register: problem pressure, room for action, stages of a goal."""

from django.db import models


class Level(models.IntegerChoices):
    LOW = 1, "gering"
    MEDIUM = 2, "mittel"
    HIGH = 3, "hoch"


class Room(models.IntegerChoices):
    SMALL = 1, "gering"
    LIMITED = 2, "begrenzt"
    GOOD = 3, "gut"


class Stage(models.IntegerChoices):
    """The six stages of the NRW model projects."""

    DETECT = 1, "erkennen"
    EVALUATE = 2, "bewerten"
    CLARIFY = 3, "klären"
    DEMAND = 4, "Eigentümer fordern oder fördern"
    CHANGE = 5, "Wechsel herbeiführen"
    REUSE = 6, "Nachnutzung"
