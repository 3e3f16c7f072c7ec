"""Where the system itself has no answer: noted from a stuck step, without person or case, counted for the steering."""

from django.db import models
from django.utils import timezone

from soe.audit.models import AuditedModel
from soe.departments.models import Department
from soe.departments.scope import City, OwnDepartment, Rule, Scope, ScopedQuerySet

from ..choices import Domain


class SystemGap(AuditedModel):
    """Something that is missing for many. It never says for whom: no link to a person, a case or a step."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="gemeldet von")
    domain = models.CharField("Lebensbereich", max_length=10, choices=Domain)
    text = models.CharField(
        "Was fehlt", max_length=200, help_text="zum Beispiel: Übersetzungen ohne Vorkasse"
    )
    noted_on = models.DateField("gemeldet am", default=timezone.localdate)

    scope = Scope(
        view=Rule("case.view", OwnDepartment("department")),
        add=Rule("case.change", City()),
        change=Rule("case.change", OwnDepartment("department")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Systemlücke"
        verbose_name_plural = "Systemlücken"
        ordering = ["-noted_on", "-id"]
        indexes = [
            models.Index(fields=["-noted_on", "-id"], name="cases_gap_noted"),
            models.Index(fields=["domain", "noted_on"], name="cases_gap_domain"),
        ]

    def __str__(self):
        return f"{self.get_domain_display()}: {self.text}"
