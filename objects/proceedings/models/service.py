"""Service of an order: to whom, how, and from which day it counts. The fictions of the law are dated rows."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.scope import City, Everyone, OwnDepartment, Rule, Scope, ScopedQuerySet, ViaParent

from ..deadlines import next_working_day
from .legal import DatedLaw, LegalBasisQuerySet


class ServiceKind(models.TextChoices):
    DEED = "deed", "Postzustellungsurkunde (PZU)"
    RECEIPT = "receipt", "Einschreiben mit Rückschein"
    REGISTERED = "registered", "Einschreiben durch Übergabe"
    HANDED = "handed", "Aushändigung gegen Empfangsbekenntnis"
    PUBLIC = "public", "öffentliche Zustellung"


class ServiceRule(DatedLaw, AuditedModel):
    """From which day one kind of service counts, valid for a time."""

    class CountedFrom(models.TextChoices):
        RECEIVED = "received", "dem Tag der Übergabe"
        POSTED = "posted", "der Aufgabe zur Post"
        PUBLISHED = "published", "der Bekanntmachung"

    kind = models.CharField("Art der Zustellung", max_length=10, choices=ServiceKind)
    law = models.CharField("Gesetz", max_length=60, default="LZG NRW")
    paragraph = models.CharField("Paragraf", max_length=40)
    counted_from = models.CharField("gerechnet ab", max_length=9, choices=CountedFrom)
    days = models.PositiveSmallIntegerField("Tage", default=0)
    proof_decides = models.BooleanField(
        "Nachweis geht vor", default=False, help_text="der nachgewiesene Tag gilt, auch wenn er früher liegt"
    )
    to_working_day = models.BooleanField(
        "auf den nächsten Werktag",
        default=False,
        help_text="im Zweifel der spätere Tag: So rechnet die Stadt sicher",
    )
    valid_from = models.DateField("gilt ab")
    valid_until = models.DateField("gilt bis", null=True, blank=True)
    checked_on = models.DateField("zuletzt geprüft am", null=True, blank=True)

    scope = Scope(
        view=Rule(None, Everyone()),
        add=Rule("register.steer", City()),
        change=Rule("register.steer", City()),
    )
    objects = LegalBasisQuerySet.as_manager()

    class Meta:
        verbose_name = "Regel der Zustellung"
        verbose_name_plural = "Regeln der Zustellung"
        ordering = ["kind", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "valid_from"], name="objects_service_rule_once"),
            models.CheckConstraint(
                name="service_rule_ends_after_start",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                violation_error_message="Das Ende liegt vor dem Anfang.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.paragraph} {self.law}"

    def get_absolute_url(self):
        return reverse("objects:service_rule", args=[self.pk])

    @property
    def words(self):
        if self.counted_from == self.CountedFrom.RECEIVED:
            return "am Tag der Übergabe"
        text = f"{self.days} Tage nach {self.get_counted_from_display()}"
        return f"{text}, sonst am nachgewiesenen Tag" if self.proof_decides else text

    def takes_effect(self, *, sent_on, received_on):
        """The day from which the service counts, None while it is not known."""
        if self.counted_from == self.CountedFrom.RECEIVED or (self.proof_decides and received_on):
            return received_on
        if sent_on is None:
            return None
        day = sent_on + timedelta(days=self.days)
        if self.to_working_day:
            day = next_working_day(day)
        return max(day, received_on) if received_on else day


class OrderService(AuditedModel):
    """One attempt to serve an order on one addressee; an order to several has several."""

    class Role(models.TextChoices):
        OWNER = "owner", "Eigentum"
        RESIDENT = "resident", "Bewohner"
        OTHER = "other", "andere Beteiligte"

    order = models.ForeignKey(
        "objects.Order", models.PROTECT, related_name="services", verbose_name="Verfügung", editable=False
    )
    role = models.CharField("an", max_length=8, choices=Role, default=Role.OWNER)
    party = models.ForeignKey(
        "objects.Party",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Adressat",
    )
    recipient = models.CharField(
        "Adressat in Worten",
        max_length=160,
        blank=True,
        help_text="zum Beispiel „alle Bewohner, 2. OG links“",
    )
    kind = models.CharField("Art", max_length=10, choices=ServiceKind)
    sent_on = models.DateField(
        "zur Post oder bekannt gemacht am", null=True, blank=True, help_text="steht als Vermerk in der Akte"
    )
    received_on = models.DateField(
        "übergeben am", null=True, blank=True, help_text="laut Urkunde, Rückschein oder Empfangsbekenntnis"
    )
    failed_on = models.DateField("gescheitert am", null=True, blank=True, editable=False)
    effective_on = models.DateField("zugestellt am", null=True, editable=False)
    rule = models.ForeignKey(
        ServiceRule, models.PROTECT, related_name="+", verbose_name="nach", editable=False
    )
    note = models.CharField("Bemerkung", max_length=300, blank=True)

    field_permissions = {"party": "owner.view", "recipient": "owner.view"}
    scope = Scope(
        view=Rule("proceeding.view", ViaParent("order__proceeding", "view")),
        change=Rule("proceeding.change", OwnDepartment("order__proceeding__department")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Zustellung"
        verbose_name_plural = "Zustellungen"
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="service_to_somebody",
                condition=Q(party__isnull=False) | ~Q(recipient=""),
                violation_error_message="Bitte geben Sie an, an wen zugestellt wird.",
            ),
            models.CheckConstraint(
                name="service_failed_has_no_effect", condition=Q(failed_on=None) | Q(effective_on=None)
            ),
        ]

    def __str__(self):
        return f"Zustellung, {self.get_kind_display()}, {self.get_role_display()}"

    def get_absolute_url(self):
        return self.order.get_absolute_url()

    @property
    def whom(self):
        return str(self.party) if self.party_id else self.recipient

    @property
    def is_waiting(self):
        return self.effective_on is None and self.failed_on is None

    def clean(self):
        today = timezone.localdate()
        for name in ("sent_on", "received_on"):
            day = getattr(self, name)
            if day and day > today:
                raise ValidationError({name: "Das Datum liegt in der Zukunft."})
            if day and day < self.order.issued_on:
                raise ValidationError({name: "Das Datum liegt vor dem Erlass der Verfügung."})
        if self.sent_on and self.received_on and self.received_on < self.sent_on:
            raise ValidationError({"received_on": "Die Übergabe liegt vor der Aufgabe zur Post."})
        if not self.sent_on and not self.received_on:
            raise ValidationError({"sent_on": "Bitte geben Sie mindestens ein Datum an."})

    def record(self, *, by, reason="Zustellung"):
        """Write it with the rule of its day, and let the order know from when it counts."""
        from ..defaults import ensure_service_rules

        with transaction.atomic(), acting_as(by):
            self.order.lock()
            day = self.sent_on or self.received_on
            if not ServiceRule.objects.exists():
                ensure_service_rules()
            self.rule = (
                ServiceRule.objects.valid_on(day).filter(kind=self.kind).order_by("-valid_from").first()
            )
            if self.rule is None:
                raise ValidationError(
                    {"kind": f"Für {self.get_kind_display()} gibt es am {day:%d.%m.%Y} keine Regel."}
                )
            self.effective_on = self.rule.takes_effect(sent_on=self.sent_on, received_on=self.received_on)
            self.full_clean(exclude=["order", "party", "rule"])
            self.save(reason=reason)
            self.order.note_service(reason=reason)

    def prove(self, *, by, on, reason="Nachweis der Zustellung"):
        """The deed or return receipt came back and names the day."""
        with transaction.atomic(), acting_as(by):
            self.order.lock()
            self.lock()
            if self.failed_on or self.received_on:
                raise ValidationError("Für diese Zustellung ist schon ein Ergebnis vermerkt.")
            self.received_on = on
            self.effective_on = self.rule.takes_effect(sent_on=self.sent_on, received_on=on)
            try:
                self.full_clean(exclude=["order", "party", "rule"])
            except ValidationError as error:
                raise ValidationError({"on": error.messages}) from error
            self.save(reason=reason)
            self.order.note_service(reason=reason)

    def fail(self, *, by, on, reason):
        """It came back or was never received: it counts for nothing."""
        with transaction.atomic(), acting_as(by):
            self.order.lock()
            self.lock()
            if self.failed_on:
                raise ValidationError("Diese Zustellung ist schon als gescheitert vermerkt.")
            if on > timezone.localdate() or on < self.order.issued_on:
                raise ValidationError({"on": "Der Tag liegt vor dem Erlass oder in der Zukunft."})
            self.failed_on, self.effective_on = on, None
            self.save(reason=reason)
            self.order.note_service(reason=reason)
