"""A district report as it was frozen: both versions as canonical JSON with their checksums. Never changes."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from uuid_utils.compat import uuid7

from soe.departments.scope import City, Rule, Scope, ScopedQuerySet


class DistrictReport(models.Model):
    """Numbers of all city districts on one day. `public`: protected cells; `internal`: exact, with the properties."""

    append_only = True
    social_data = False
    field_permissions: dict[str, str] = {}
    not_audited_because = "append-only by trigger; who made it when stands in the row itself"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    since = models.DateField("seit")
    as_of = models.DateField("Stichtag")
    revision = models.PositiveSmallIntegerField("Revision", default=1)
    reason = models.CharField("Grund der Berichtigung", max_length=300, blank=True)
    made_at = models.DateTimeField("erstellt am", default=timezone.now)
    made_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name="erstellt von"
    )
    public = models.TextField("öffentliche Fassung")
    public_sha256 = models.CharField("Prüfsumme der öffentlichen Fassung", max_length=64)
    internal = models.TextField("nichtöffentliche Fassung")
    internal_sha256 = models.CharField("Prüfsumme der nichtöffentlichen Fassung", max_length=64)

    scope = Scope(
        view=Rule("report.view", City(), City("report.prepare")),
        add=Rule("report.prepare", City()),
        # The version with addresses: who may read the register, and only on this side of the public.
        internal=Rule("register.view", City()),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Bezirksbericht"
        verbose_name_plural = "Bezirksberichte"
        ordering = ["-as_of", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["as_of", "revision"], name="reports_district_once"),
            models.CheckConstraint(name="reports_district_order", condition=Q(as_of__gt=models.F("since"))),
            models.CheckConstraint(name="reports_district_reason", condition=Q(revision=1) | ~Q(reason="")),
        ]

    def __str__(self):
        revision = f", Revision {self.revision}" if self.revision > 1 else ""
        return f"Bezirksbericht {self.as_of:%d.%m.%Y}{revision}"

    def get_absolute_url(self):
        return reverse("reports:district", args=[self.pk])
