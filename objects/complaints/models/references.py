"""What a complaint has to do with proceedings and inspections; never shown to more people than these."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from soe.audit.context import acting_as
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


class ReferenceQuerySet(ScopedQuerySet):
    def current(self):
        return self.filter(ended_on=None)


class ComplaintReference(AuditedModel):
    """A complaint led to a proceeding or inspection, or came out of it.

    A wrong one ends and stays as a row: whoever reads both ends sees in the history that and why it was taken off.
    """

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
    ended_on = models.DateField("gelöst am", null=True, editable=False)
    ended_because = models.CharField("gelöst, weil", max_length=500, blank=True, editable=False)

    scope = Scope(
        view=Rule("complaint.view", Custom(_readable)), change=Rule("complaint.route", Custom(_own))
    )
    objects = ReferenceQuerySet.as_manager()

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
            models.CheckConstraint(
                name="objects_reference_ended_with_reason",
                condition=Q(ended_on=None, ended_because="")
                | (Q(ended_on__isnull=False) & ~Q(ended_because="")),
            ),
            models.UniqueConstraint(fields=["complaint", "proceeding"], name="objects_reference_proceeding"),
            models.UniqueConstraint(fields=["complaint", "inspection"], name="objects_reference_inspection"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.complaint}"

    def get_absolute_url(self):
        return self.complaint.get_absolute_url()

    @property
    def other(self):
        return self.proceeding or self.inspection

    def end(self, *, by, reason):
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.ended_on is not None:
                raise ValidationError("Diese Verknüpfung ist schon gelöst.")
            self.ended_on, self.ended_because = timezone.localdate(), reason[:500]
            self.save(reason=reason)
