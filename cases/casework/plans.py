"""The help plan: one shared perspective, goals, steps with an owner and a date. Signed versions stay as they were."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.models import Department
from soe.departments.scope import City, Custom, Rule, Scope, ScopedQuerySet, ViaParent

from .. import access
from ..choices import Domain
from .models import Case


def _scope(path):
    return Scope(
        view=Rule("case.view", ViaParent(path, "full"), Custom(access.consented("shares_plan", path))),
        add=Rule("case.change", City()),
        change=Rule("case.change", ViaParent(path, "change")),
        deny=[access.without("case.view"), access.denied(f"{path}__person")],
    )


class HelpPlan(AuditedModel):
    """One version of the plan. A draft until the person signs it; the next change begins a new version."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="plans", verbose_name="Fall")
    number = models.PositiveSmallIntegerField("Fassung")
    perspective = models.CharField(
        "Gemeinsame Perspektive",
        max_length=400,
        blank=True,
        help_text="ein Satz in den Worten der Person: wie es in einem Jahr sein soll",
    )
    signed_on = models.DateField("unterschrieben am", null=True, editable=False)

    social_data = True
    scope = _scope("case")
    objects = ScopedQuerySet.as_manager()
    history_children = ("goals",)

    class Meta:
        verbose_name = "Hilfeplan"
        verbose_name_plural = "Hilfepläne"
        ordering = ["case", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="cases_plan_number"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(signed_on=None), name="cases_one_draft_plan"
            ),
        ]

    def __str__(self):
        return f"Hilfeplan, Fassung {self.number}"

    def get_absolute_url(self):
        return self.case.get_absolute_url()

    @property
    def is_draft(self):
        return self.signed_on is None

    def sign(self, *, by, on=None):
        """The person has signed: this version is no longer rewritten, only its progress is noted."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.signed_on:
                raise ValidationError("Diese Fassung ist schon unterschrieben.")
            if not self.goals.exists():
                raise ValidationError(
                    "Ein Hilfeplan ohne Ziel lässt sich nicht unterschreiben. Bitte ein Ziel anlegen."
                )
            self.signed_on = on or timezone.localdate()
            self.save(reason="unterschrieben")

    @classmethod
    @transaction.atomic
    def draft_for(cls, case, *, by, reason="neue Fassung"):
        """The version of `case` that may be rewritten: its draft, or a copy of the newest signed one."""
        with acting_as(by):
            case.lock()
            newest = cls.objects.filter(case=case).order_by("-number").first()
            if newest is not None and newest.is_draft:
                return newest
            plan = cls(
                case=case,
                number=newest.number + 1 if newest else 1,
                perspective=newest.perspective if newest else "",
            )
            plan.save(reason=reason)
            for goal in newest.goals.prefetch_related("steps") if newest else ():
                goal.copy_to(plan, reason=reason)
            return plan


class PlanGoal(AuditedModel):
    """What shall be reached. Everybody's steps lead to the same goal."""

    class Outcome(models.TextChoices):
        OPEN = "open", "offen"
        ACHIEVED = "achieved", "erreicht"
        PARTLY = "partly", "teilweise erreicht"
        MISSED = "missed", "nicht erreicht"

    plan = models.ForeignKey(HelpPlan, models.PROTECT, related_name="goals", verbose_name="Hilfeplan")
    position = models.PositiveSmallIntegerField("Nummer", default=1)
    domain = models.CharField("Lebensbereich", max_length=10, choices=Domain)
    title = models.CharField("Ziel", max_length=200, help_text="zum Beispiel: Beide Kinder gehen zur Schule")
    due = models.DateField("bis", null=True, blank=True)
    outcome = models.CharField(
        "Ergebnis", max_length=8, choices=Outcome, default=Outcome.OPEN, editable=False
    )

    social_data = True
    scope = _scope("plan__case")
    objects = ScopedQuerySet.as_manager()
    history_children = ("steps",)

    class Meta:
        verbose_name = "Ziel"
        verbose_name_plural = "Ziele"
        ordering = ["plan", "position"]
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="cases_goal_position")]

    def __str__(self):
        return f"{self.position}. {self.title}"

    def get_absolute_url(self):
        return self.plan.get_absolute_url()

    def copy_to(self, plan, *, reason):
        steps = list(self.steps.all())
        goal = PlanGoal(
            plan=plan,
            position=self.position,
            domain=self.domain,
            title=self.title,
            due=self.due,
            outcome=self.outcome,
        )
        goal.save(reason=reason)
        for step in steps:
            values = {name: getattr(step, name) for name in PlanStep.COPIED}
            PlanStep(goal=goal, **values).save(reason=reason)
        return goal

    def rate(self, *, by, outcome):
        with transaction.atomic(), acting_as(by):
            self.lock()
            self.outcome = outcome
            self.save(reason="Ergebnis festgehalten")


class PlanStepQuerySet(ScopedQuerySet):
    def newest(self):
        """Steps of the newest version of each plan; older versions are history."""
        newer = HelpPlan.objects.filter(
            case=models.OuterRef("goal__plan__case"), number__gt=models.OuterRef("goal__plan__number")
        )
        return self.filter(~models.Exists(newer))

    def due_until(self, day):
        return self.filter(done_on=None, due__lte=day)


class PlanStep(AuditedModel):
    """Who does what until when. A step may get stuck; then it says on what."""

    COPIED = ("position", "title", "department", "who", "due", "original_due", "done_on", "stuck")

    goal = models.ForeignKey(PlanGoal, models.PROTECT, related_name="steps", verbose_name="Ziel")
    position = models.PositiveSmallIntegerField("Nummer", default=1)
    title = models.CharField("Schritt", max_length=200)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Wer"
    )
    who = models.CharField(
        "genauer", max_length=100, blank=True, help_text="zum Beispiel: die Person selbst, mit Mutter"
    )
    due = models.DateField("bis")
    original_due = models.DateField("zuerst vereinbart bis", editable=False)
    done_on = models.DateField("erledigt am", null=True, editable=False)
    stuck = models.CharField("steckt fest", max_length=200, blank=True)

    social_data = True
    scope = _scope("goal__plan__case")
    objects = PlanStepQuerySet.as_manager()

    class Meta:
        verbose_name = "Schritt"
        verbose_name_plural = "Schritte"
        ordering = ["goal", "position"]
        indexes = [models.Index(fields=["done_on", "due"], name="cases_step_due")]
        constraints = [models.UniqueConstraint(fields=["goal", "position"], name="cases_step_position")]

    def __str__(self):
        return self.title

    def save(self, **kwargs):
        self.original_due = self.original_due or self.due
        super().save(**kwargs)

    def get_absolute_url(self):
        return self.goal.get_absolute_url()

    @property
    def owner(self):
        return ", ".join(part for part in (str(self.department or ""), self.who) if part) or "offen"

    def complete(self, *, by, on=None):
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.done_on:
                raise ValidationError("Dieser Schritt ist schon erledigt.")
            self.done_on, self.stuck = on or timezone.localdate(), ""
            self.save(reason="erledigt")

    def get_stuck(self, *, by, on_what):
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.done_on:
                raise ValidationError("Dieser Schritt ist schon erledigt.")
            self.stuck = on_what
            self.save(reason="steckt fest")
