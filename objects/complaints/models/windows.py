"""How far back an earlier report counts: rows the coordination office changes, defaults until it does."""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from soe.audit.models import AuditedModel
from soe.departments.scope import City, Rule, Scope, ScopedQuerySet


class HintWindow(AuditedModel):
    """One period for the hints while a complaint is recorded."""

    class Kind(models.TextChoices):
        SAME = "same", "offene Meldung gleicher Art gilt als dieselbe Sache"
        EARLIER = "earlier", "frühere Meldungen zur Anschrift und Nachbarschaft werden gezeigt"

    DAYS = {Kind.SAME: 60, Kind.EARLIER: 365}

    kind = models.CharField("wofür", max_length=8, choices=Kind, unique=True)
    days = models.PositiveSmallIntegerField(
        "Tage", validators=[MinValueValidator(1), MaxValueValidator(3650)]
    )

    scope = Scope(
        view=Rule("complaint.view", City()),
        add=Rule("register.steer", City()),
        change=Rule("register.steer", City()),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Zeitraum für Hinweise"
        verbose_name_plural = "Zeiträume für Hinweise"
        ordering = ["-kind"]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.days} Tage"

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("objects:window_update", args=[self.pk])


def windows() -> dict[str, timedelta]:
    """{kind: how far back}, one query."""
    days = HintWindow.DAYS | dict(HintWindow.objects.values_list("kind", "days"))
    return {str(kind): timedelta(days=number) for kind, number in days.items()}
