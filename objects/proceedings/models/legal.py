"""The law behind proceedings, orders and enforcement: dated rows, never constants in code."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from soe.audit.models import AuditedModel
from soe.departments.scope import City, Everyone, Rule, Scope, ScopedQuerySet


class LegalBasisQuerySet(ScopedQuerySet):
    def valid_on(self, day):
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)

    def for_orders(self):
        return self.filter(use=LegalBasis.Use.ORDER)


class LegalBasis(AuditedModel):
    """One paragraph, valid for a time."""

    class Use(models.TextChoices):
        ORDER = "order", "Anordnung"
        ENFORCEMENT = "enforcement", "Vollstreckung"
        FINE = "fine", "Bußgeld"

    law = models.CharField("Gesetz", max_length=60)
    paragraph = models.CharField("Paragraf", max_length=40)
    title = models.CharField("Gegenstand", max_length=160)
    use = models.CharField("dient für", max_length=12, choices=Use, default=Use.ORDER)
    valid_from = models.DateField("gilt ab")
    valid_until = models.DateField("gilt bis", null=True, blank=True)
    checked_on = models.DateField("zuletzt geprüft am", null=True, blank=True)
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)

    scope = Scope(
        view=Rule(None, Everyone()),
        add=Rule("register.steer", City()),
        change=Rule("register.steer", City()),
    )
    objects = LegalBasisQuerySet.as_manager()

    class Meta:
        verbose_name = "Rechtsgrundlage"
        verbose_name_plural = "Rechtsgrundlagen"
        ordering = ["position", "law", "paragraph"]
        constraints = [
            models.UniqueConstraint(
                fields=["law", "paragraph", "use", "valid_from"], name="objects_legal_basis_once"
            ),
            models.CheckConstraint(
                name="legal_basis_ends_after_start",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
        ]

    def __str__(self):
        return f"{self.paragraph} {self.law}"

    @property
    def words(self):
        return f"{self.paragraph} {self.law}: {self.title}"

    def is_valid(self, day=None):
        day = day or timezone.localdate()
        return self.valid_from <= day and (self.valid_until is None or self.valid_until >= day)
