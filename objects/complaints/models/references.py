"""What a complaint has to do with proceedings and inspections; never shown to more people than these."""

from django.db import models
from django.db.models import Q

from soe.audit.models import AuditedModel
from soe.departments.scope import Custom, Rule, Scope, ScopedQuerySet

from .complaint import Complaint


def _readable(user, departments):
    """Both ends are readable: the complaint, and the proceeding or inspection."""
    from objects.models import Inspection, Proceeding

    proceedings = Proceeding.objects.restrict(user, "view").order_by().values("pk")
    inspections = Inspection.objects.restrict(user, "view").order_by().values("pk")
    complaints = Complaint.objects.restrict(user, "view").order_by().values("pk")
    return Q(complaint__in=complaints) & (Q(proceeding__in=proceedings) | Q(inspection__in=inspections))


def _own(user, departments):
    rows = Complaint.objects.restrict(user, "link").order_by().values("pk")
    return _readable(user, departments) & Q(complaint__in=rows)


class ComplaintReference(AuditedModel):
    """A complaint led to a proceeding or inspection, or came out of it."""

    class Kind(models.TextChoices):
        CAUSE = "cause", "Anlass"
        RESULT = "result", "Ergebnis"

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="references", verbose_name="Beschwerde"
    )
    proceeding = models.ForeignKey(
        "objects.Proceeding",
        models.PROTECT,
        null=True,
        related_name="complaint_references",
        verbose_name="Verfahren",
    )
    inspection = models.ForeignKey(
        "objects.Inspection",
        models.PROTECT,
        null=True,
        related_name="complaint_references",
        verbose_name="Kontrolle",
    )
    kind = models.CharField("Bedeutung", max_length=8, choices=Kind, default=Kind.CAUSE)

    scope = Scope(
        view=Rule("complaint.view", Custom(_readable)), change=Rule("complaint.route", Custom(_own))
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Verknüpfung mit einem Vorgang"
        verbose_name_plural = "Verknüpfungen mit Vorgängen"
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="objects_reference_to_one",
                condition=Q(proceeding=None, inspection__isnull=False)
                | Q(proceeding__isnull=False, inspection=None),
            ),
            models.UniqueConstraint(fields=["complaint", "proceeding"], name="objects_reference_proceeding"),
            models.UniqueConstraint(fields=["complaint", "inspection"], name="objects_reference_inspection"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.complaint}"

    @property
    def other(self):
        return self.proceeding or self.inspection
