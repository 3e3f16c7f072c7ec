"""What moved from one property to another: merging duplicates, splitting a house number off."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from soe.audit.models import AuditedModel
from soe.departments.scope import Custom, Rule, Scope, ScopedQuerySet

from .properties import VIEW, Property


def _steers_both(user, departments):
    """Merges between two properties which the reader may both steer."""
    allowed = Property.objects.restrict(user, "steer").order_by().values("pk")
    return Q(source__in=allowed, target__in=allowed)


class PropertyTransfer(AuditedModel):
    """One merge or split; its items say what moved, so that a merge can be undone exactly."""

    class Kind(models.TextChoices):
        MERGE = "merge", "Zusammenführung"
        SPLIT = "split", "Teilung"

    kind = models.CharField("Art", max_length=6, choices=Kind, editable=False)
    source = models.ForeignKey(
        Property, models.PROTECT, related_name="transfers_out", verbose_name="von", editable=False
    )
    target = models.ForeignKey(
        Property, models.PROTECT, related_name="transfers_in", verbose_name="nach", editable=False
    )
    on = models.DateField("am", default=timezone.localdate, editable=False)
    reason = models.CharField("Begründung", max_length=500, editable=False)
    undone_on = models.DateField("rückgängig gemacht am", null=True, editable=False)
    undone_reason = models.CharField("Grund der Rücknahme", max_length=500, blank=True, editable=False)

    scope = Scope(view=VIEW, steer=Rule("register.view", Custom(_steers_both)))
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Zusammenführung oder Teilung"
        verbose_name_plural = "Zusammenführungen und Teilungen"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="objects_transfer_two_properties", condition=~Q(source=models.F("target"))
            ),
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(kind="merge", undone_on=None),
                name="objects_merged_once",
                violation_error_message="Das Objekt ist schon zusammengeführt.",
            ),
            models.CheckConstraint(
                name="objects_transfer_undone_merge", condition=Q(undone_on=None) | Q(kind="merge")
            ),
        ]

    def __str__(self):
        verb = "aufgegangen in" if self.kind == self.Kind.MERGE else "abgeteilt:"
        return f"{self.source.number} {verb} {self.target.number}"

    def get_absolute_url(self):
        return self.target.get_absolute_url()


class TransferItem(models.Model):
    """One row that a transfer touched: what stood there before, and its version right after."""

    not_audited_because = "the list belonging to one audited transfer: written once with it, never changed"

    class Action(models.TextChoices):
        MOVED = "moved", "umgezogen"
        CHANGED = "changed", "geändert"
        CREATED = "created", "angelegt"

    transfer = models.ForeignKey(PropertyTransfer, models.PROTECT, related_name="items")
    action = models.CharField(max_length=8, choices=Action)
    model = models.CharField(max_length=80)
    row_id = models.UUIDField()
    before = models.JSONField(default=dict)
    version = models.PositiveIntegerField()

    class Meta:
        verbose_name = "Bestandteil einer Zusammenführung"
        verbose_name_plural = "Bestandteile von Zusammenführungen"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["transfer", "model", "row_id"], name="objects_transfer_item_once")
        ]

    def __str__(self):
        return f"{self.model} {self.row_id}"
