"""What a list shows of a property without asking ten tables: derived, never typed, rebuilt at any time."""

from datetime import date

from django.db import models, transaction

from soe.audit.models import AuditedModel
from soe.departments.scope import ScopedQuerySet

from .scales import Level, Room, Stage

# What nobody plans anything for surfaces first, what has left the register last; on both engines, from one index.
UNPLANNED = date.min
NEVER = date.max


class PropertySummary(models.Model):
    """The current traffic light, goal stage and next step of a property, in columns that lists sort and filter by."""

    not_audited_because = (
        "derived from audited rows by objects.register.summaries.refresh(); holds nothing of its own"
    )

    property = models.OneToOneField(
        "objects.Property", models.CASCADE, primary_key=True, related_name="summary", db_constraint=True
    )
    standing = models.BooleanField(
        default=True
    )  # in the register today; the usual list is cut and sorted by one index
    title = models.CharField(max_length=250, default="")
    pressure = models.PositiveSmallIntegerField(null=True, choices=Level)
    room = models.PositiveSmallIntegerField(null=True, choices=Room)
    assessed_on = models.DateField(null=True)
    # 0 without an assessment; most pressing first is then one descending index.
    light = models.PositiveSmallIntegerField(default=0)
    stage = models.PositiveSmallIntegerField(null=True, choices=Stage)
    aim = models.CharField(max_length=250, blank=True)
    next_title = models.CharField(max_length=250, blank=True)
    next_on = models.DateField(null=True)
    next_sort = models.DateField(default=UNPLANNED)
    next_url = models.CharField(max_length=250, blank=True)
    next_department = models.ForeignKey(
        "departments.Department", models.PROTECT, null=True, related_name="+", db_constraint=True
    )

    # Kept by objects.priority.scoring, with the reason of each point; refresh() leaves them alone.
    score = models.PositiveSmallIntegerField(default=0)
    score_parts = models.JSONField(default=list)

    class Meta:
        verbose_name = "Kurzfassung eines Objekts"
        verbose_name_plural = "Kurzfassungen der Objekte"
        indexes = [
            models.Index(fields=["standing", "title", "property"], name="objects_summary_title"),
            models.Index(fields=["standing", "next_sort", "property"], name="objects_summary_next"),
            models.Index(fields=["standing", "light", "property"], name="objects_summary_light"),
            models.Index(fields=["standing", "stage", "property"], name="objects_summary_stage"),
            models.Index(fields=["standing", "score", "property"], name="objects_summary_score"),
            models.Index(fields=["standing", "next_on"], name="objects_summary_next_on"),
        ]

    def __str__(self):
        return self.next_title or "ohne nächsten Schritt"


class SummarisedModel(AuditedModel):
    """A record (with `property`) whose change may move the traffic light, stage or next step of its property."""

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, **kwargs):
        from ..summaries import refresh

        with transaction.atomic():
            super().save(**kwargs)
            if self.property_id:
                refresh([self.property_id])
