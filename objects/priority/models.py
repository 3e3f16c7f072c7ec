"""What gives a property points, and how many it had when. Rules are dated rows, points are derived."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.models import AuditedModel
from soe.departments.scope import City, Rule, Scope, ScopedQuerySet

from .inputs import Input

READ = Rule("register.view", City())
STEER = Rule("register.steer", City())
MOST = 100  # nobody has more points than this


class ScoreRuleQuerySet(ScopedQuerySet):
    def valid_on(self, day):
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)


class ScoreRule(AuditedModel):
    """So many points for something that everyone in the register may know of a property, from a day on."""

    input = models.CharField("wofür", max_length=24, choices=Input)
    at_least = models.PositiveSmallIntegerField(
        "ab",
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text="Ab dieser Anzahl gibt es die Punkte.",
    )
    points = models.PositiveSmallIntegerField(
        "Punkte", validators=[MinValueValidator(1), MaxValueValidator(MOST)]
    )
    each = models.BooleanField("für jede einzelne", default=False, help_text="sonst einmal")
    at_most = models.PositiveSmallIntegerField(
        "höchstens",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST)],
        help_text="nur bei „für jede einzelne“; leer: ohne Grenze",
    )
    valid_from = models.DateField("gilt ab", default=timezone.localdate)
    valid_until = models.DateField("gilt bis", null=True, blank=True)

    scope = Scope(view=READ, add=STEER, change=STEER)
    objects = ScoreRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "Punkteregel"
        verbose_name_plural = "Punkteregeln"
        ordering = ["input", "at_least", "-valid_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["input", "at_least", "valid_from"],
                name="objects_score_rule_once",
                violation_error_message="Für diesen Tag gibt es schon eine solche Regel.",
            ),
            models.CheckConstraint(
                name="objects_score_rule_dates",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                violation_error_message="Das Ende liegt vor dem Anfang.",
            ),
            models.CheckConstraint(
                name="objects_score_rule_limits",
                condition=Q(points__gte=1, points__lte=MOST, at_least__gte=1),
            ),
            models.CheckConstraint(
                name="objects_score_rule_at_most",
                condition=Q(at_most=None) | Q(each=True, at_most__gte=F("points")),
                violation_error_message="Eine Obergrenze gehört zu „für jede einzelne“ und liegt nicht unter den "
                "Punkten.",
            ),
        ]

    def __str__(self):
        return f"{self.get_input_display()}: {self.points_words}"

    def get_absolute_url(self):
        return reverse("objects:score_rule_update", args=[self.pk])

    @property
    def points_words(self):
        points = "1 Punkt" if self.points == 1 else f"{self.points} Punkte"
        start = f"ab {self.at_least}: " if self.at_least > 1 else ""
        limit = f", höchstens {self.at_most}" if self.at_most else ""
        return f"{start}{points}{' je Stück' if self.each else ''}{limit}"

    def earned(self, number) -> int:
        """Points for a property where the input stands at `number`."""
        if number < self.at_least:
            return 0
        points = self.points * number if self.each else self.points
        return min(points, self.at_most or MOST)


class ScoreMark(models.Model):
    """The points of a property from a day until its next mark, with their reasons as they were."""

    not_audited_because = "derived from audited rows by objects.priority.scoring; holds nothing of its own"

    property = models.ForeignKey("objects.Property", models.CASCADE, related_name="score_marks")
    on = models.DateField("am")
    score = models.PositiveSmallIntegerField("Punkte")
    parts = models.JSONField("Gründe", default=list)

    class Meta:
        verbose_name = "Punktestand"
        verbose_name_plural = "Punktestände"
        ordering = ["property", "on"]
        constraints = [models.UniqueConstraint(fields=["property", "on"], name="objects_score_mark_once")]

    def __str__(self):
        return f"{self.score} Punkte seit {self.on:%d.%m.%Y}"
