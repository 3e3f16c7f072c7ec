"""Outlines of the city districts for the map: from the city's open data, or drawn round the official addresses."""

from django.db import models

from soe.audit.models import AuditedModel
from soe.departments.scope import City, Rule, Scope, ScopedQuerySet


class DistrictOutline(AuditedModel):
    """The boundary of a city district as a GeoJSON geometry in WGS84."""

    name = models.CharField("Stadtbezirk", max_length=60, unique=True)
    geometry = models.JSONField("Umriss")
    source = models.CharField("Quelle", max_length=200)

    scope = Scope(view=Rule("register.view", City()))
    objects = ScopedQuerySet.as_manager()
    history_excluded = ("geometry",)  # large, and the source says where it came from

    class Meta:
        verbose_name = "Umriss eines Stadtbezirks"
        verbose_name_plural = "Umrisse der Stadtbezirke"
        ordering = ["name"]

    def __str__(self):
        return self.name
