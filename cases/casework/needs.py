"""The needs assessment: eight parts of life from 1 (great need) to 4 (manages alone), compared with the time before."""

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.scope import City, Custom, Rule, Scope, ScopedQuerySet, ViaParent

from .. import access
from ..choices import Domain
from .models import Case

GREAT_NEED = 1


def _scope(path):
    return Scope(
        view=Rule("case.view", ViaParent(path, "full"), Custom(access.consented("shares_needs", path))),
        add=Rule("case.change", City()),
        change=Rule("case.change", ViaParent(path, "change")),
        deny=[access.without("case.view"), access.denied(f"{path}__person")],
    )


class NeedsAssessment(AuditedModel):
    """How somebody stands on one day, in all domains."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="assessments", verbose_name="Fall")
    held_on = models.DateField("Stand", default=timezone.localdate)

    social_data = True
    scope = _scope("case")
    objects = ScopedQuerySet.as_manager()
    history_children = ("scores",)

    class Meta:
        verbose_name = "Bedarfsanalyse"
        verbose_name_plural = "Bedarfsanalysen"
        ordering = ["case", "-held_on", "-created_at"]
        indexes = [models.Index(fields=["case", "-held_on"], name="cases_needs_case")]

    def __str__(self):
        return f"Bedarfsanalyse vom {self.held_on:%d.%m.%Y}"

    def get_absolute_url(self):
        return self.case.get_absolute_url()

    @classmethod
    def record(cls, case, *, by, scores, on=None):
        """`scores`: Domain → 1…4, for each domain that was talked about."""
        with transaction.atomic(), acting_as(by):
            assessment = cls(case=case, held_on=on or timezone.localdate())
            assessment.save(reason="Bedarfsanalyse")
            for domain in Domain:
                if scores.get(domain):
                    AssessmentScore(assessment=assessment, domain=domain, score=scores[domain]).save()
            return assessment


class AssessmentScore(AuditedModel):
    """One domain of one assessment."""

    class Score(models.IntegerChoices):
        GREAT_NEED = 1, "1 große Not"
        NEEDS_HELP = 2, "2 mit Hilfe"
        STABLE = 3, "3 stabil"
        ALONE = 4, "4 allein"

    assessment = models.ForeignKey(
        NeedsAssessment, models.PROTECT, related_name="scores", verbose_name="Bedarfsanalyse"
    )
    domain = models.CharField("Lebensbereich", max_length=10, choices=Domain)
    score = models.PositiveSmallIntegerField("Wert", choices=Score)

    social_data = True
    scope = _scope("assessment__case")
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Wert der Bedarfsanalyse"
        verbose_name_plural = "Werte der Bedarfsanalyse"
        ordering = ["assessment", "domain"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "domain"], name="cases_score_once"),
            models.CheckConstraint(name="score_from_1_to_4", condition=Q(score__range=(1, 4))),
        ]

    def __str__(self):
        return f"{self.get_domain_display()}: {self.score}"
