"""Closed lists that several subjects share."""

from django.db import models


class Language(models.TextChoices):
    GERMAN = "de", "Deutsch"
    ROMANIAN = "ro", "Rumänisch"
    BULGARIAN = "bg", "Bulgarisch"
    TURKISH = "tr", "Türkisch"
    OTHER = "other", "andere"


class Domain(models.TextChoices):
    """The eight parts of life that needs and goals are sorted by."""

    HOUSING = "housing", "Wohnen"
    HEALTH = "health", "Gesundheit"
    SCHOOL = "school", "Schule und Kita"
    WORK = "work", "Arbeit"
    LANGUAGE = "language", "Sprache"
    INCOME = "income", "Einkommen"
    PAPERS = "papers", "Behörden und Papiere"
    FAMILY = "family", "Familie und Netz"
