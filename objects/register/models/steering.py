"""What is wrong with a property, how bad it is, and what is to become of it."""

import builtins

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.errors import IllegalTransition
from soe.audit.models import AuditedModel
from soe.departments.scope import City, Rule, Scope, ScopedQuerySet, ViaParent

from .properties import VIEW, PartOfProperty, Property, part_scope
from .scales import Level, Room, Stage
from .summary import SummarisedModel


class ProblemAreaQuerySet(ScopedQuerySet):
    def open(self):
        return self.filter(resolved_on=None)

    def open_at(self, day):
        """Reported and not resolved at the end of `day`."""
        return self.filter(Q(resolved_on=None) | Q(resolved_on__gt=day), suspected_on__lte=day)


class ProblemArea(PartOfProperty, AuditedModel):
    """One kind of problem at a property: suspected, confirmed, resolved. A relapse is a new row."""

    class Kind(models.TextChoices):
        BUILDING = "building", "bauordnungsrechtlich"
        ENVIRONMENT = "environment", "umweltrechtlich"
        HOUSING = "housing", "wohnungsaufsichtsrechtlich"
        SOCIAL = "social", "soziale Problemlage"
        DECLINE = "decline", "drohende negative Entwicklung"

    SHORT = {
        Kind.BUILDING: "Bau",
        Kind.ENVIRONMENT: "Umwelt",
        Kind.HOUSING: "Wohnen",
        Kind.SOCIAL: "Sozial",
        Kind.DECLINE: "Entwicklung",
    }

    class State(models.TextChoices):
        SUSPECTED = "suspected", "Verdacht"
        CONFIRMED = "confirmed", "bestätigt"
        RESOLVED = "resolved", "erledigt"

    class Outcome(models.TextChoices):
        FIXED = "fixed", "behoben"
        UNFOUNDED = "unfounded", "nicht bestätigt"
        ELSEWHERE = "elsewhere", "anderweitig erledigt"

    TRANSITIONS = {
        State.SUSPECTED: {State.CONFIRMED, State.RESOLVED},
        State.CONFIRMED: {State.RESOLVED},
        State.RESOLVED: set(),
    }

    property = models.ForeignKey(
        Property, models.PROTECT, related_name="problem_areas", verbose_name="Objekt"
    )
    kind = models.CharField("Problemlage", max_length=12, choices=Kind)
    state = models.CharField("Stand", max_length=10, choices=State, default=State.SUSPECTED, editable=False)
    severity = models.PositiveSmallIntegerField("Schwere", choices=Level, default=Level.MEDIUM)
    text = models.CharField("Beobachtung", max_length=500, blank=True)
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, related_name="+", verbose_name="gemeldet von"
    )
    suspected_on = models.DateField("gemeldet am", default=timezone.localdate)
    confirmed_on = models.DateField("bestätigt am", null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        "departments.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="bestätigt von",
        editable=False,
    )
    resolved_on = models.DateField("erledigt am", null=True, blank=True, editable=False)
    outcome = models.CharField("Ergebnis", max_length=10, choices=Outcome, blank=True, editable=False)
    resolution = models.CharField("Begründung", max_length=500, blank=True, editable=False)

    scope = part_scope()
    objects = ProblemAreaQuerySet.as_manager()

    class Meta:
        verbose_name = "Problemlage"
        verbose_name_plural = "Problemlagen"
        ordering = ["property", "suspected_on", "created_at"]
        indexes = [
            models.Index(fields=["kind", "state"], name="objects_problem_kind"),
            models.Index(fields=["suspected_on", "resolved_on"], name="objects_problem_dates"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["property", "kind"],
                condition=Q(resolved_on=None),
                name="objects_problem_open_once",
                violation_error_message="Diese Problemlage ist bei dem Objekt schon gemeldet.",
            ),
            models.CheckConstraint(
                name="objects_problem_state_dates",
                condition=Q(state="suspected", confirmed_on=None, resolved_on=None)
                | Q(state="confirmed", confirmed_on__isnull=False, resolved_on=None)
                | (Q(state="resolved", resolved_on__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="objects_problem_order",
                condition=(Q(confirmed_on=None) | Q(confirmed_on__gte=F("suspected_on")))
                & (Q(resolved_on=None) | Q(resolved_on__gte=F("suspected_on"))),
                violation_error_message="Das Datum liegt vor der Meldung.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.get_state_display()})"

    @transaction.atomic
    def save(self, **kwargs):
        from objects.priority.once import rescore_soon

        super().save(**kwargs)
        rescore_soon([self.property_id])

    @builtins.property
    def short(self):
        return self.SHORT[self.kind]

    def _to(self, target, on):
        self.lock()
        if target not in self.TRANSITIONS[self.state]:
            raise IllegalTransition(self.get_state_display(), self.State(target).label)
        if on < max(self.suspected_on, self.confirmed_on or self.suspected_on):
            raise ValidationError("Das Datum liegt vor dem letzten Stand der Problemlage.")
        self.state = target

    @transaction.atomic
    def confirm(self, *, by, department, reason, on=None, severity=None):
        """A suspicion turned out true."""
        on = on or timezone.localdate()
        with acting_as(by):
            self._to(self.State.CONFIRMED, on)
            self.confirmed_on, self.confirmed_by = on, department
            self.severity = severity or self.severity
            self.save(reason=reason)

    @transaction.atomic
    def resolve(self, *, by, outcome, reason, on=None):
        """Fixed, or never true."""
        on = on or timezone.localdate()
        with acting_as(by):
            self._to(self.State.RESOLVED, on)
            self.resolved_on, self.outcome, self.resolution = on, outcome, reason
            self.save(reason=reason)


class Assessment(PartOfProperty, SummarisedModel):
    """The traffic light on a day: problem pressure × room for action, with reasons. Never changed, only followed."""

    property = models.ForeignKey(Property, models.PROTECT, related_name="assessments", verbose_name="Objekt")
    pressure = models.PositiveSmallIntegerField("Problemdruck", choices=Level)
    pressure_reason = models.CharField("Begründung zum Problemdruck", max_length=500)
    room = models.PositiveSmallIntegerField("Handlungsspielraum", choices=Room)
    room_reason = models.CharField("Begründung zum Handlungsspielraum", max_length=500)
    on = models.DateField("bewertet am", default=timezone.localdate)
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, related_name="+", verbose_name="bewertet von"
    )

    scope = Scope(view=VIEW, add=Rule("register.view", ViaParent("property", "steer")))
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Ampel"
        verbose_name_plural = "Ampeln"
        ordering = ["property", "-on", "-created_at"]
        indexes = [models.Index(fields=["property", "-on", "-created_at"], name="objects_assessment_latest")]
        constraints = [
            models.CheckConstraint(
                name="objects_assessment_range",
                condition=Q(pressure__gte=1, pressure__lte=3, room__gte=1, room__lte=3),
            ),
            models.CheckConstraint(
                name="objects_assessment_reasons", condition=~Q(pressure_reason="") & ~Q(room_reason="")
            ),
        ]

    def __str__(self):
        return f"Druck {self.get_pressure_display()}, Spielraum {self.get_room_display()}"


class GoalQuerySet(ScopedQuerySet):
    def current(self):
        return self.filter(ended_on=None)

    def review_due(self, day):
        return self.filter(ended_on=None, next_review__lte=day)


class Goal(PartOfProperty, SummarisedModel):
    """What is to become of a property: aim, stage, lever, blocker, next review. One current goal per property."""

    class Outcome(models.TextChoices):
        REACHED = "reached", "erreicht"
        REPLACED = "replaced", "durch neues Ziel ersetzt"
        DROPPED = "dropped", "aufgegeben"
        RETIRED = "retired", "Objekt abgeschlossen"

    property = models.ForeignKey(Property, models.PROTECT, related_name="goals", verbose_name="Objekt")
    aim = models.CharField("Ziel", max_length=250)
    stage = models.PositiveSmallIntegerField("Stufe", choices=Stage, default=Stage.DETECT)
    lever = models.CharField("Hebel", max_length=200, blank=True, help_text="was das Ziel erreichbar macht")
    blocker = models.CharField("Hindernis", max_length=200, blank=True, help_text="was im Weg steht")
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, related_name="+", verbose_name="verantwortlich"
    )
    set_on = models.DateField("festgelegt am", default=timezone.localdate)
    next_review = models.DateField("Überprüfung am")
    ended_on = models.DateField("beendet am", null=True, blank=True, editable=False)
    outcome = models.CharField("Ergebnis", max_length=10, choices=Outcome, blank=True, editable=False)

    scope = Scope(
        view=VIEW,
        add=Rule("register.view", ViaParent("property", "steer")),
        change=Rule("register.view", ViaParent("property", "steer")),
    )
    objects = GoalQuerySet.as_manager()
    history_children = ("stages",)

    class Meta:
        verbose_name = "Ziel"
        verbose_name_plural = "Ziele"
        ordering = ["property", "-set_on", "-created_at"]
        indexes = [models.Index(fields=["ended_on", "next_review"], name="objects_goal_review")]
        constraints = [
            models.UniqueConstraint(
                fields=["property"], condition=Q(ended_on=None), name="objects_goal_one_current"
            ),
            models.CheckConstraint(
                name="objects_goal_ended_with_outcome",
                condition=Q(ended_on=None, outcome="") | (Q(ended_on__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="objects_goal_order", condition=Q(ended_on=None) | Q(ended_on__gte=F("set_on"))
            ),
            models.CheckConstraint(name="objects_goal_stage", condition=Q(stage__gte=1, stage__lte=6)),
        ]

    def __str__(self):
        return self.aim

    @transaction.atomic
    def save(self, **kwargs):
        adding = self._state.adding
        super().save(**kwargs)
        if adding:
            GoalStage(goal=self, stage=self.stage, reached_on=self.set_on).save()

    @transaction.atomic
    def review(self, *, by, stage, next_review, reason, on=None, lever=None, blocker=None):
        """Look at the goal again: the stage it stands at, and when to look next."""
        on = on or timezone.localdate()
        with acting_as(by):
            self._open()
            last = self.stages.order_by("-reached_on", "-created_at").first()
            if on < last.reached_on:
                raise ValidationError("Das Datum liegt vor der letzten Stufe.")
            if next_review <= on:
                raise ValidationError("Die nächste Überprüfung muss nach dieser liegen.")
            if stage != self.stage:
                GoalStage(goal=self, stage=stage, reached_on=on, reason=reason[:500]).save(reason=reason)
            self.stage, self.next_review = stage, next_review
            self.lever = self.lever if lever is None else lever
            self.blocker = self.blocker if blocker is None else blocker
            self.save(reason=reason)

    @transaction.atomic
    def reschedule(self, *, by, next_review, reason, back=False):
        """Look at it on another day, without a new judgement. `back`: a day that stood there before may be past."""
        with acting_as(by):
            self._open()
            if next_review <= timezone.localdate() and not back:
                raise ValidationError("Die nächste Überprüfung muss in der Zukunft liegen.")
            self.next_review = next_review
            self.save(reason=reason)

    @transaction.atomic
    def end(self, *, by, outcome, reason, on=None):
        on = on or timezone.localdate()
        with acting_as(by):
            self._open()
            self.ended_on, self.outcome = max(on, self.set_on), outcome
            self.save(reason=reason)

    def _open(self):
        self.lock()
        if self.ended_on is not None:
            raise IllegalTransition("beendet", "ändern")


class GoalStage(AuditedModel):
    """When a goal reached a stage: what the report counts at a quarter's end."""

    goal = models.ForeignKey(Goal, models.PROTECT, related_name="stages", verbose_name="Ziel")
    stage = models.PositiveSmallIntegerField("Stufe", choices=Stage)
    reached_on = models.DateField("erreicht am")
    reason = models.CharField("Begründung", max_length=500, blank=True)

    scope = Scope(view=Rule("register.view", City()))
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Stufe eines Ziels"
        verbose_name_plural = "Stufen eines Ziels"
        ordering = ["goal", "reached_on", "created_at"]
        indexes = [models.Index(fields=["goal", "reached_on"], name="objects_goalstage_dates")]

    def __str__(self):
        return f"Stufe {self.stage}: {self.get_stage_display()}"
