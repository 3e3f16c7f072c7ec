"""The law behind proceedings, orders and enforcement: dated rows, never constants in code."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.scope import City, Everyone, Rule, Scope, ScopedQuerySet


class LegalBasisQuerySet(ScopedQuerySet):
    def valid_on(self, day):
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)

    def for_orders(self):
        return self.filter(use=LegalBasis.Use.ORDER)

    def for_requests(self, day=None):
        return self.filter(use=LegalBasis.Use.REQUEST).valid_on(day or timezone.localdate())


class DatedLaw:
    """What a row of law can do: be looked at again, and be followed by a new version from a day on."""

    def confirm(self, *, by, on, reason="geprüft"):
        """Somebody compared it with the law of that day."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if on > timezone.localdate():
                raise ValidationError({"on": "Das Datum liegt in der Zukunft."})
            if self.checked_on is None or on > self.checked_on:
                self.checked_on = on
                self.save(reason=reason)

    def take_back_check(self, *, by, on, reason):
        """Nobody compared it after all: the day before (or none) stands again."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.checked_on != on:
                self.checked_on = on
                self.save(reason=reason)

    def renew(self, *, by, valid_from, reason, **changes):
        """The law changed: this row ends the day before, a new one follows. What was decided stays with the old."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if valid_from <= self.valid_from or (self.valid_until and valid_from > self.valid_until):
                raise ValidationError(
                    {"valid_from": "Die neue Fassung muss in der Zeit dieser Fassung beginnen."}
                )
            values = {
                field.attname: getattr(self, field.attname)
                for field in self._meta.concrete_fields
                if field.editable and not field.primary_key
            }
            values |= changes | {"valid_from": valid_from, "checked_on": timezone.localdate()}
            following = type(self)(**values)
            self.valid_until = valid_from - timedelta(days=1)
            self.save(reason=reason)
            following.full_clean()
            following.save(reason=reason)
        return following


class LegalBasis(DatedLaw, AuditedModel):
    """One paragraph, valid for a time."""

    class Use(models.TextChoices):
        ORDER = "order", "Anordnung"
        ENFORCEMENT = "enforcement", "Vollstreckung"
        FINE = "fine", "Bußgeld"
        REQUEST = "request", "Auskunft zwischen Stellen"

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

    def get_absolute_url(self):
        return reverse("objects:legal_basis", args=[self.pk])

    @property
    def name(self):
        return str(self)

    @property
    def words(self):
        return f"{self.paragraph} {self.law}: {self.title}"

    def is_valid(self, day=None):
        day = day or timezone.localdate()
        return self.valid_from <= day and (self.valid_until is None or self.valid_until >= day)
