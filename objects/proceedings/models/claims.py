"""Money: fees, penalties and costs as claims, paid in parts, deferred or waived with a reason."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.scope import OwnDepartment, Rule, Scope, ScopedQuerySet, ViaParent
from soe.web.text import euro

NOTHING = Decimal(0)


def euros(label, **kwargs):
    return models.DecimalField(label, max_digits=11, decimal_places=2, **kwargs)


@dataclass(frozen=True)
class Balance:
    """What several claims come to; `due` is the part of `open` whose day of payment has passed."""

    claimed: Decimal = NOTHING
    due: Decimal = NOTHING
    paid: Decimal = NOTHING
    waived: Decimal = NOTHING
    open: Decimal = NOTHING


class ClaimQuerySet(ScopedQuerySet):
    def open(self):
        return self.filter(open_amount__gt=0)

    def overdue(self, today):
        return self.open().filter(pay_by__lt=today)

    def open_sum(self):
        return self.order_by().aggregate(total=Sum("open_amount"))["total"] or NOTHING

    def balance(self, today) -> Balance:
        """All sums in one query."""
        late = Q(pay_by__lt=today)
        found = self.order_by().aggregate(
            claimed=Sum("amount"),
            due=Sum("open_amount", filter=late),
            paid=Sum("paid"),
            waived=Sum("waived"),
            open=Sum("open_amount"),
        )
        return Balance(**{name: amount or NOTHING for name, amount in found.items()})


class Claim(AuditedModel):
    """What somebody owes the city in a proceeding. `open_amount` is kept with every payment, under the row lock."""

    class Kind(models.TextChoices):
        FEE = "fee", "Gebühr"
        PENALTY = "penalty", "Zwangsgeld"
        SUBSTITUTE = "substitute", "Kosten der Ersatzvornahme"
        COSTS = "costs", "Auslagen"

    proceeding = models.ForeignKey(
        "objects.Proceeding", models.PROTECT, related_name="claims", verbose_name="Verfahren", editable=False
    )
    item = models.ForeignKey(
        "objects.OrderItem",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name="Punkt der Verfügung",
    )
    step = models.OneToOneField(
        "objects.EnforcementStep",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claim",
        verbose_name="Vollstreckungsschritt",
        editable=False,
    )
    party = models.ForeignKey(
        "objects.Party", models.PROTECT, null=True, blank=True, related_name="claims", verbose_name="schuldet"
    )
    kind = models.CharField("Art", max_length=10, choices=Kind)
    amount = euros("Betrag in €")
    claimed_on = models.DateField("Bescheid vom")
    due_on = models.DateField("zahlbar bis")
    reference = models.CharField("Kassenzeichen", max_length=40, blank=True)
    deferred_until = models.DateField("gestundet bis", null=True, blank=True, editable=False)
    waived = euros("erlassen oder niedergeschlagen in €", default=0, editable=False)
    paid = euros("bezahlt in €", default=0, editable=False)
    open_amount = euros("offen in €", editable=False)
    pay_by = models.DateField("fällig", editable=False)

    field_permissions = {"party": "owner.view"}
    scope = Scope(
        view=Rule("proceeding.view", ViaParent("proceeding", "view")),
        change=Rule("proceeding.change", OwnDepartment("proceeding__department")),
    )
    history_children = ("payments",)
    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = "Forderung"
        verbose_name_plural = "Forderungen"
        ordering = ["pay_by", "id"]
        indexes = [
            models.Index(fields=["pay_by", "id"], name="objects_claim_due"),
            models.Index(fields=["open_amount", "id"], name="objects_claim_open"),
            models.Index(fields=["party", "open_amount"], name="objects_claim_party"),
        ]
        constraints = [
            models.CheckConstraint(
                name="claim_amounts",
                condition=Q(amount__gt=0, waived__gte=0, paid__gte=0, open_amount__gte=0),
                violation_error_message="Der Betrag muss größer als null sein.",
            ),
            models.CheckConstraint(
                name="claim_adds_up", condition=Q(amount=F("waived") + F("paid") + F("open_amount"))
            ),
            models.CheckConstraint(
                name="claim_due_after_notice",
                condition=Q(due_on__gte=F("claimed_on")),
                violation_error_message="Die Zahlungsfrist liegt vor dem Bescheid.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {euro(self.amount)}"

    def get_absolute_url(self):
        return reverse("objects:claim_detail", args=[self.pk])

    def save(self, **kwargs):
        self.open_amount = Decimal(self.amount) - Decimal(self.waived) - Decimal(self.paid)
        self.pay_by = max(filter(None, (self.due_on, self.deferred_until)))
        super().save(**kwargs)

    @property
    def is_open(self):
        return self.open_amount > 0

    @property
    def status(self):
        if self.is_open:
            if self.deferred_until and self.deferred_until >= timezone.localdate():
                return "gestundet"
            return "teilweise bezahlt" if self.paid else "offen"
        return (
            "bezahlt" if not self.waived else "erlassen" if not self.paid else "teils bezahlt, teils erlassen"
        )

    def clean(self):
        if self.claimed_on and self.claimed_on > timezone.localdate():
            raise ValidationError({"claimed_on": "Das Datum liegt in der Zukunft."})
        if self.item_id and self.item.order.proceeding_id != self.proceeding_id:
            raise ValidationError({"item": "Der Punkt gehört zu einem anderen Verfahren."})

    def raise_(self, *, by, reason="Forderung"):
        with transaction.atomic(), acting_as(by):
            self.full_clean(exclude=["proceeding", "item", "step", "party", "open_amount", "pay_by"])
            self.save(reason=reason)
        return self

    def pay(self, *, by, amount, on, note=""):
        """One payment, in full or in part; never more than is open."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if on > timezone.localdate() or on < self.claimed_on:
                raise ValidationError({"on": "Der Tag liegt vor dem Bescheid oder in der Zukunft."})
            if not 0 < amount <= self.open_amount:
                raise ValidationError({"amount": f"Offen sind noch {euro(self.open_amount)}."})
            payment = Payment(claim=self, amount=amount, paid_on=on, note=note)
            payment.save()
            self.settle(reason=f"Zahlung vom {on:%d.%m.%Y}")
        return payment

    def settle(self, *, reason):
        """Take over what the payments say; the row is locked."""
        self.paid = self.payments.filter(reversed_on=None).aggregate(t=Coalesce(Sum("amount"), NOTHING))["t"]
        self.save(reason=reason)

    def defer(self, *, by, until, reason):
        """Deferral (Stundung): payable later, nothing is given up."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if not self.is_open:
                raise ValidationError("Hier ist nichts mehr offen.")
            if until <= self.pay_by:
                raise ValidationError({"until": f"Der Tag muss nach dem {self.pay_by:%d.%m.%Y} liegen."})
            self.deferred_until = until
            self.save(reason=reason)

    def take_back_deferral(self, *, by, until, reason):
        """The last deferral was a mistake: the one before it (or none) holds again."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.deferred_until is None or (until and until >= self.deferred_until):
                raise ValidationError("Hier ist keine Stundung zurückzunehmen.")
            self.deferred_until = until
            self.save(reason=reason)

    def waive(self, *, by, amount, reason):
        """Waiver (Erlass, Niederschlagung) of all or a part that is open."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if not 0 < amount <= self.open_amount:
                raise ValidationError({"amount": f"Offen sind noch {euro(self.open_amount)}."})
            self.waived += amount
            self.save(reason=reason)


class Payment(AuditedModel):
    """Money that came in; a mistake is reversed, not deleted."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="payments", verbose_name="Forderung")
    amount = euros("Betrag in €")
    paid_on = models.DateField("eingegangen am")
    note = models.CharField("Bemerkung", max_length=200, blank=True)
    reversed_on = models.DateField("zurückgebucht am", null=True, blank=True, editable=False)

    scope = Scope(
        view=Rule("proceeding.view", ViaParent("claim__proceeding", "view")),
        change=Rule("proceeding.change", OwnDepartment("claim__proceeding__department")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Zahlung"
        verbose_name_plural = "Zahlungen"
        ordering = ["paid_on", "id"]
        constraints = [models.CheckConstraint(name="payment_positive", condition=Q(amount__gt=0))]

    def __str__(self):
        return f"Zahlung vom {self.paid_on:%d.%m.%Y}: {euro(self.amount)}"

    def get_absolute_url(self):
        return self.claim.get_absolute_url()

    def reverse(self, *, by, on, reason):
        with transaction.atomic(), acting_as(by):
            self.claim.lock()
            self.lock()
            if self.reversed_on:
                raise ValidationError("Diese Zahlung ist schon zurückgebucht.")
            if on > timezone.localdate() or on < self.paid_on:
                raise ValidationError({"on": "Der Tag liegt vor der Zahlung oder in der Zukunft."})
            self.reversed_on = on
            self.save(reason=reason)
            self.claim.settle(reason=reason)
