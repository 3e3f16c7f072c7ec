"""Which department gets a complaint: ordered rules; a broken one switches itself off and says so."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.scope import City, Rule, Scope, ScopedQuerySet

from .complaint import DEPARTMENT, ComplaintCategory


class RoutingRuleQuerySet(ScopedQuerySet):
    def active(self):
        return self.filter(active=True)


class RoutingRule(AuditedModel):
    """Which department leads and which take part, by category and district. The first that fits decides."""

    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)
    category = models.ForeignKey(
        ComplaintCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rules",
        verbose_name="Art der Beschwerde",
        help_text="leer: jede Art",
    )
    district = models.CharField("Stadtbezirk", max_length=60, blank=True, help_text="leer: ganze Stadt")
    lead = models.ForeignKey(
        DEPARTMENT, models.PROTECT, related_name="leading_rules", verbose_name="federführend"
    )
    participants = models.ManyToManyField(
        DEPARTMENT, through="RoutingRuleParticipant", related_name="joining_rules", verbose_name="beteiligt"
    )
    invites = models.BooleanField(
        "bittet am Objekt um Beteiligung",
        default=False,
        help_text="Steht das Haus im Kataster, werden federführender und beteiligte Fachbereiche dort angefragt.",
    )
    active = models.BooleanField("gilt", default=True, editable=False)
    broken_because = models.CharField("abgeschaltet, weil", max_length=200, blank=True, editable=False)

    scope = Scope(
        view=Rule("complaint.view", City()),
        add=Rule("register.steer", City()),
        change=Rule("register.steer", City()),
    )
    history_children = ("joining",)
    objects = RoutingRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "Verteilregel"
        verbose_name_plural = "Verteilregeln"
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                name="routing_broken_is_off", condition=Q(broken_because="") | Q(active=False)
            ),
        ]

    def __str__(self):
        return f"{self.category or 'jede Art'}, {self.district or 'ganze Stadt'} → {self.lead}"

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("objects:routing_update", args=[self.pk])

    def fits(self, categories, district):
        return (self.category_id is None or self.category_id in categories) and (
            not self.district or self.district == district
        )

    def fault(self, on=None):
        """Why this rule cannot work any more, in one sentence; empty when it works."""
        on = on or timezone.localdate()
        if self.lead.closed_on and self.lead.closed_on <= on:
            return f"{self.lead} gibt es seit dem {self.lead.closed_on:%d.%m.%Y} nicht mehr."
        if self.category_id and not self.category.active:
            return f"Die Art „{self.category}“ wird nicht mehr angeboten."
        return ""

    def switch_off(self, *, reason):
        """A broken rule switches itself off and says why, instead of sending complaints nowhere."""
        with transaction.atomic():
            self.lock()
            if not self.active:  # somebody else was faster
                return False
            self.active, self.broken_because = False, reason[:200]
            self.save(reason=f"Regel hat sich abgeschaltet: {reason}")
            return True

    def switch_on(self, *, by):
        with transaction.atomic(), acting_as(by):
            self.lock()
            if fault := self.fault():
                raise ValidationError(f"Die Regel kann so nicht gelten: {fault}")
            self.active, self.broken_because = True, ""
            self.save(reason="Regel eingeschaltet")


class RoutingRuleParticipant(AuditedModel):
    """A department that a rule involves besides the leading one."""

    rule = models.ForeignKey(RoutingRule, models.PROTECT, related_name="joining", verbose_name="Regel")
    department = models.ForeignKey(
        DEPARTMENT, models.PROTECT, related_name="joining_rows", verbose_name="beteiligt"
    )

    scope = Scope(view=Rule("complaint.view", City()), change=Rule("register.steer", City()))
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Beteiligung einer Verteilregel"
        verbose_name_plural = "Beteiligungen der Verteilregeln"
        ordering = ["department__position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "department"], name="objects_rule_joining_once"),
        ]

    def __str__(self):
        return f"{self.rule_id}: {self.department}"
