"""Declaring a dwelling unfit (§ 9 WohnStG NRW): replacement housing for the residents comes first. Counts, no names."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.scope import OwnDepartment, Rule, Scope, ScopedQuerySet, ViaParent


class RehousingQuerySet(ScopedQuerySet):
    def without_offer(self, on):
        """Households that had no replacement housing by `on`."""
        return self.filter(Q(offered_on=None) | Q(offered_on__gt=on))


class Rehousing(AuditedModel):
    """One household that would have to leave, and the replacement housing it was offered."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", "angenommen"
        REFUSED = "refused", "abgelehnt"
        OWN = "own", "selbst etwas gefunden"

    proceeding = models.ForeignKey(
        "objects.Proceeding",
        models.PROTECT,
        related_name="rehousings",
        verbose_name="Verfahren",
        editable=False,
    )
    place = models.CharField(
        "Wohnung", max_length=80, help_text="zum Beispiel „2. OG links“, bitte ohne Namen"
    )
    persons = models.PositiveSmallIntegerField("Personen")
    offered_on = models.DateField("Ersatzwohnraum verfügbar seit", null=True, blank=True)
    offer = models.CharField(
        "Welcher Ersatzwohnraum?", max_length=160, blank=True, help_text="zum Beispiel „3 Zimmer der HGW“"
    )
    answer = models.CharField("Antwort", max_length=8, choices=Answer, blank=True)
    moved_on = models.DateField("ausgezogen am", null=True, blank=True)

    scope = Scope(
        view=Rule("proceeding.view", ViaParent("proceeding", "view")),
        change=Rule("proceeding.change", OwnDepartment("proceeding__department")),
    )
    objects = RehousingQuerySet.as_manager()

    class Meta:
        verbose_name = "Ersatzwohnraum"
        verbose_name_plural = "Ersatzwohnraum"
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="rehousing_offer_named",
                condition=Q(offered_on=None) | ~Q(offer=""),
                violation_error_message="Bitte geben Sie an, welcher Ersatzwohnraum verfügbar ist.",
            ),
            models.CheckConstraint(name="rehousing_of_somebody", condition=Q(persons__gte=1)),
        ]

    def __str__(self):
        return f"Haushalt {self.place}"

    def get_absolute_url(self):
        return f"{self.proceeding.get_absolute_url()}#ersatzwohnraum"

    def clean(self):
        for name in ("offered_on", "moved_on"):
            if (day := getattr(self, name)) and day > timezone.localdate():
                raise ValidationError({name: "Das Datum liegt in der Zukunft."})
        if self.answer and not self.offered_on:
            raise ValidationError({"answer": "Ohne Angebot gibt es keine Antwort."})

    def record(self, *, by, reason=""):
        with transaction.atomic(), acting_as(by):
            self.proceeding.lock()
            self.proceeding.check_open()
            self.full_clean(exclude=["proceeding"])
            self.save(reason=reason)
