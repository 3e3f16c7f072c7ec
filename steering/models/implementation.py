"""Carrying a decision out: who takes part, the conditions, the quarterly reports."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.models import Department
from soe.departments.scope import City, OwnDepartment, Rule, Scope, ScopedQuerySet, ViaParent
from soe.web.figures import Quarter

from .base import at_most_three_sentences
from .decisions import Decision


class DecisionParticipation(AuditedModel):
    """A department that takes part in carrying a decision out, besides the responsible one."""

    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="participations", verbose_name="Beschluss"
    )
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="decision_participations", verbose_name="Stelle"
    )

    scope = Scope(
        view=Rule(
            "steering.view", ViaParent("decision", "view"), ViaParent("decision", "view", "steering.report")
        ),
        change=Rule("steering.manage", City()),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Mitwirkung"
        verbose_name_plural = "Mitwirkungen"
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "department"], name="steering_takes_part_once")
        ]

    def __str__(self):
        return f"{self.department} wirkt mit"


class Condition(AuditedModel):
    """A condition (Auflage) of a decision with its own date."""

    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="conditions", verbose_name="Beschluss"
    )
    position = models.PositiveSmallIntegerField("Nummer", editable=False)
    text = models.TextField("Auflage")
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="conditions", verbose_name="zuständig"
    )
    due = models.DateField("Frist", null=True, blank=True)
    original_due = models.DateField("ursprüngliche Frist", null=True, editable=False)
    done_on = models.DateField("erfüllt am", null=True, editable=False)
    note = models.CharField("wie erfüllt", max_length=300, blank=True, editable=False)

    scope = Scope(
        view=Rule(
            "steering.view", ViaParent("decision", "view"), ViaParent("decision", "view", "steering.report")
        ),
        change=Rule("steering.report", OwnDepartment("department"), City("steering.manage")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Auflage"
        verbose_name_plural = "Auflagen"
        ordering = ["decision", "position"]
        indexes = [models.Index(fields=["department", "done_on", "due"], name="steering_condition_due")]
        constraints = [
            models.UniqueConstraint(fields=["decision", "position"], name="steering_condition_number")
        ]

    def __str__(self):
        return f"Auflage {self.position} zu {self.decision.number}"

    def get_absolute_url(self):
        return self.decision.get_absolute_url()

    def save(self, **kwargs):
        if not self._state.adding:
            stored = type(self)._base_manager.values("text", "original_due").get(pk=self.pk)
            if any(getattr(self, name) != value for name, value in stored.items()):
                self.decision.item.meeting.refuse_when_locked()
        super().save(**kwargs)

    def fulfil(self, *, by, note="", on=None):
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.done_on:
                raise ValidationError("Die Auflage ist schon erfüllt.")
            self.done_on, self.note = on or timezone.localdate(), note
            self.save(reason=note)

    @property
    def is_open(self):
        return self.done_on is None


class StatusReport(AuditedModel):
    """The report of the responsible department for one quarter: a colour and at most three sentences."""

    class Colour(models.TextChoices):
        RED = "red", "gefährdet"
        YELLOW = "yellow", "verzögert"
        GREEN = "green", "im Plan"
        GREY = "grey", "ruht"

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="reports", verbose_name="Beschluss")
    quarter = models.CharField("Quartal", max_length=7, editable=False)
    colour = models.CharField("Ampel", max_length=6, choices=Colour)
    text = models.TextField(
        "Stand in höchstens drei Sätzen", max_length=800, validators=[at_most_three_sentences]
    )
    state = models.CharField(
        "gemeldeter Stand", max_length=12, choices=Decision.State, default=Decision.State.IN_PROGRESS
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        related_name="status_reports",
        editable=False,
        verbose_name="berichtet von",
    )
    reported_on = models.DateField("berichtet am", default=timezone.localdate, editable=False)

    scope = Scope(
        view=Rule(
            "steering.view", ViaParent("decision", "view"), ViaParent("decision", "view", "steering.report")
        ),
        change=Rule("steering.report", OwnDepartment("decision__responsible")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Umsetzungsbericht"
        verbose_name_plural = "Umsetzungsberichte"
        ordering = ["-quarter", "id"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "quarter"], name="steering_report_once_per_quarter"),
            models.CheckConstraint(name="steering_report_has_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="steering_report_state", condition=Q(state__in=("in_progress", "done", "infeasible"))
            ),
        ]

    def __str__(self):
        return f"{Quarter.parse(self.quarter)}: {self.get_colour_display()}"

    def get_absolute_url(self):
        return self.decision.get_absolute_url()

    @property
    def quarter_label(self):
        return Quarter.parse(self.quarter).label
