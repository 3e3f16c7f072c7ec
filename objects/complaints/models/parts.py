"""What hangs on a complaint: its categories, who reported, who is involved, which properties it is about."""

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.scope import City, OwnDepartment, Rule, Scope, ScopedQuerySet, ViaParent

from .complaint import DEPARTMENT, Complaint, ComplaintCategory


class ComplaintTopic(AuditedModel):
    """One category of one complaint."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="topics", verbose_name="Beschwerde")
    category = models.ForeignKey(ComplaintCategory, models.PROTECT, related_name="topics", verbose_name="Art")

    scope = Scope(
        view=Rule("complaint.view", City()),
        change=Rule("complaint.route", OwnDepartment("complaint__department")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Art einer Beschwerde"
        verbose_name_plural = "Arten einer Beschwerde"
        ordering = ["category__position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "category"], name="objects_topic_once"),
        ]

    def __str__(self):
        return str(self.category)


class ComplaintReporter(AuditedModel):
    """Who reported. A row of its own, so that lists, exports, search and history of complaints cannot carry it."""

    complaint = models.OneToOneField(
        Complaint, models.PROTECT, related_name="reporter", verbose_name="Beschwerde"
    )
    name = models.CharField("Name", max_length=120, blank=True)
    contact = models.CharField("Telefon oder E-Mail", max_length=200, blank=True)

    # Only the responsible department; a forwarded complaint takes its reporter along once it is accepted.
    scope = Scope(
        view=Rule("complaint.reporter", OwnDepartment("complaint__department")),
        change=Rule("complaint.reporter", OwnDepartment("complaint__department")),
    )
    field_permissions = {"name": "complaint.reporter", "contact": "complaint.reporter"}
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "meldende Person"
        verbose_name_plural = "meldende Personen"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="reporter_is_not_empty",
                condition=~Q(name="") | ~Q(contact=""),
                violation_error_message="Bitte geben Sie einen Namen oder einen Kontakt an.",
            ),
        ]

    def __str__(self):
        return "meldende Person"


class ComplaintInvolvement(AuditedModel):
    """A department that is told about a complaint because it may have to act as well."""

    complaint = models.ForeignKey(
        Complaint, models.PROTECT, related_name="involvements", verbose_name="Beschwerde"
    )
    department = models.ForeignKey(
        DEPARTMENT, models.PROTECT, related_name="complaint_involvements", verbose_name="Fachbereich"
    )
    noted_on = models.DateField("zur Kenntnis genommen am", null=True, blank=True)

    scope = Scope(
        view=Rule("complaint.view", City()),
        change=Rule("complaint.route", OwnDepartment("department")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "beteiligter Fachbereich einer Beschwerde"
        verbose_name_plural = "beteiligte Fachbereiche einer Beschwerde"
        ordering = ["department__position", "id"]
        indexes = [models.Index(fields=["department", "noted_on"], name="objects_involved_dept")]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "department"], name="objects_involved_once"),
        ]

    def __str__(self):
        return f"{self.complaint}: {self.department}"

    def take_note(self, *, by, on=None):
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.noted_on is None:
                self.noted_on = on or timezone.localdate()
                self.save(reason="Zur Kenntnis genommen")


class ComplaintLink(AuditedModel):
    """What a complaint has to do with a property: cause of an action, a hint, or its result."""

    class Kind(models.TextChoices):
        CAUSE = "cause", "Anlass"
        HINT = "hint", "Hinweis"
        RESULT = "result", "Ergebnis"

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="links", verbose_name="Beschwerde")
    property = models.ForeignKey(
        "objects.Property", models.PROTECT, related_name="complaint_links", verbose_name="Objekt"
    )
    kind = models.CharField("Bedeutung", max_length=8, choices=Kind, default=Kind.CAUSE)

    scope = Scope(
        view=Rule("complaint.view", ViaParent("complaint", "view")),
        change=Rule("complaint.route", OwnDepartment("complaint__department")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Verknüpfung mit einem Objekt"
        verbose_name_plural = "Verknüpfungen mit Objekten"
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "property"], name="objects_complaint_link_once"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.complaint} – {self.property}"

    @transaction.atomic
    def save(self, **kwargs):
        from objects.priority.once import rescore_soon

        super().save(**kwargs)
        rescore_soon([self.property_id])

    @transaction.atomic
    def delete(self, **kwargs):
        from objects.priority.once import rescore_soon

        house = self.property_id
        result = super().delete(**kwargs)
        rescore_soon([house])
        return result
