"""Enforcement as a ladder with a gate: a step is refused until its legal preconditions are documented."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.scope import OwnDepartment, Rule, Scope, ScopedQuerySet, ViaParent


class StepKind(models.TextChoices):
    """The rungs, lowest first."""

    HEARING = "hearing", "Anhörung"
    ORDER = "order", "Ordnungsverfügung"
    THREAT = "threat", "Androhung"
    PENALTY = "penalty", "Festsetzung Zwangsgeld"
    SUBSTITUTE = "substitute", "Ersatzvornahme"
    FORCE = "force", "unmittelbarer Zwang"


ITEM_KINDS = (StepKind.THREAT, StepKind.PENALTY, StepKind.SUBSTITUTE, StepKind.FORCE)


class OrderItemCheck(AuditedModel):
    """A documented look whether an item was fulfilled; after the deadline it proves that the deadline was missed."""

    item = models.ForeignKey("objects.OrderItem", models.PROTECT, related_name="checks", verbose_name="Punkt")
    checked_on = models.DateField("geprüft am")
    fulfilled = models.BooleanField("erfüllt")
    note = models.CharField("Feststellung", max_length=500)

    scope = Scope(
        view=Rule("proceeding.view", ViaParent("item__order__proceeding", "view")),
        change=Rule("proceeding.change", OwnDepartment("item__order__proceeding__department")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Nachkontrolle eines Punkts"
        verbose_name_plural = "Nachkontrollen eines Punkts"
        ordering = ["checked_on", "id"]
        indexes = [models.Index(fields=["item", "checked_on"], name="objects_check_item")]

    def __str__(self):
        return (
            f"{self.item}: {'erfüllt' if self.fulfilled else 'nicht erfüllt'} am {self.checked_on:%d.%m.%Y}"
        )


class EnforcementStep(AuditedModel):
    """One rung: drafted first, carried out when nothing is missing. A hearing has no item, all others have one."""

    class State(models.TextChoices):
        DRAFT = "draft", "Entwurf"
        DONE = "done", "erfolgt"

    proceeding = models.ForeignKey(
        "objects.Proceeding", models.PROTECT, related_name="steps", verbose_name="Verfahren"
    )
    item = models.ForeignKey(
        "objects.OrderItem",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="steps",
        verbose_name="Punkt",
    )
    kind = models.CharField("Schritt", max_length=10, choices=StepKind)
    state = models.CharField("Stand", max_length=5, choices=State, default=State.DRAFT, editable=False)
    done_on = models.DateField("erfolgt am", null=True, blank=True, editable=False)
    means = models.CharField(
        "angedroht wird",
        max_length=10,
        choices=[
            (kind.value, kind.label) for kind in (StepKind.PENALTY, StepKind.SUBSTITUTE, StepKind.FORCE)
        ],
        blank=True,
    )
    amount = models.DecimalField("Betrag in €", max_digits=10, decimal_places=2, null=True, blank=True)
    actual_cost = models.DecimalField(
        "tatsächliche Kosten in €", max_digits=10, decimal_places=2, null=True, blank=True, editable=False
    )
    payment_due = models.DateField("Zahlungsfrist bis", null=True, blank=True)
    answer_until = models.DateField("Stellungnahme bis", null=True, blank=True)
    answered_on = models.DateField("Stellungnahme eingegangen am", null=True, blank=True)
    no_penalty_because = models.CharField(
        "Zwangsgeld verspricht keinen Erfolg, weil",
        max_length=300,
        blank=True,
        help_text="nur wenn kein Zwangsgeld festgesetzt wurde (§ 58 VwVG NRW)",
    )
    note = models.CharField("Bemerkung", max_length=500, blank=True)

    scope = Scope(
        view=Rule("proceeding.view", ViaParent("proceeding", "view")),
        change=Rule("proceeding.change", OwnDepartment("proceeding__department")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Vollstreckungsschritt"
        verbose_name_plural = "Vollstreckungsschritte"
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["proceeding", "kind"], name="objects_step_proceeding"),
            models.Index(fields=["item", "kind"], name="objects_step_item"),
        ]
        constraints = [
            models.CheckConstraint(
                name="step_hearing_of_proceeding_else_item",
                condition=Q(kind="hearing", item=None)
                | (Q(kind__in=["threat", "penalty", "substitute", "force"]) & Q(item__isnull=False)),
            ),
            models.CheckConstraint(
                name="step_done_on_a_day",
                condition=Q(state="draft", done_on=None) | Q(state="done", done_on__isnull=False),
            ),
            # The database's own word on the gate: no penalty is set without amount and payment deadline.
            models.CheckConstraint(
                name="step_penalty_has_amount_and_deadline",
                condition=~Q(kind="penalty", state="done")
                | (Q(amount__isnull=False) & Q(payment_due__isnull=False)),
            ),
            models.CheckConstraint(name="step_amount_positive", condition=Q(amount=None) | Q(amount__gt=0)),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}{f', {self.item}' if self.item_id else ''}"

    def get_absolute_url(self):
        return f"{self.proceeding.get_absolute_url()}#leiter"

    @property
    def is_done(self):
        return self.state == self.State.DONE

    def carry_out(self, *, by, on, reason=""):
        """Take the step, unless the gate finds something missing."""
        from ..gate import missing_preconditions

        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.is_done:
                raise ValidationError(
                    f"{self.get_kind_display()} ist schon am {self.done_on:%d.%m.%Y} erfolgt."
                )
            if on > timezone.localdate():
                raise ValidationError({"on": "Das Datum liegt in der Zukunft."})
            self.proceeding.lock()
            self.proceeding.check_open()
            if self.item_id:
                self.item.lock()
            missing = missing_preconditions(self.item or self.proceeding, self, on=on)
            if missing:
                raise StepRefused(self, missing)
            self.state, self.done_on = self.State.DONE, on
            self.save(reason=reason or f"{self.get_kind_display()} vom {on:%d.%m.%Y}")
            if self.kind == StepKind.THREAT:
                self._note_threat(on)
            if self.kind == StepKind.PENALTY:
                self.item.threat_used_on = on
                self.item.save(reason=f"Zwangsgeld vom {on:%d.%m.%Y}")
                self._claim(by, "penalty", self.amount, on, self.payment_due)
            if self.kind in (StepKind.SUBSTITUTE, StepKind.FORCE):
                self.item.mark_enforced(by=by, on=on, reason=f"{self.get_kind_display()} vom {on:%d.%m.%Y}")

    def record_cost(self, *, by, amount, on, due_on):
        """What the substitute really cost; the bill goes to whom the order was addressed."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if not self.is_done or self.kind != StepKind.SUBSTITUTE:
                raise ValidationError("Kosten gibt es erst nach der Ersatzvornahme.")
            if self.actual_cost is not None:
                raise ValidationError("Die tatsächlichen Kosten sind schon vermerkt.")
            if on < self.done_on or on > timezone.localdate():
                raise ValidationError({"on": "Der Tag liegt vor der Ersatzvornahme oder in der Zukunft."})
            self.actual_cost = amount
            self.save(reason="Abrechnung der Ersatzvornahme")
            return self._claim(by, "substitute", amount, on, due_on)

    @property
    def overrun(self):
        """By how much the real cost exceeds what was threatened; None while unknown or within."""
        threatened = self.item.substitute_cost if self.item_id else None
        if self.actual_cost is None or not threatened or self.actual_cost <= threatened:
            return None
        return self.actual_cost - threatened

    def _claim(self, by, kind, amount, on, due_on):
        from .claims import Claim

        claim = Claim(
            proceeding=self.proceeding,
            item=self.item,
            step=self,
            party=self.item.order.addressee,
            kind=kind,
            amount=amount,
            claimed_on=on,
            due_on=due_on,
        )
        return claim.raise_(by=by, reason=str(self))

    def _note_threat(self, on):
        if self.means == StepKind.PENALTY:
            self.item.threatened_amount, self.item.threat_used_on = self.amount, None
        elif self.means == StepKind.SUBSTITUTE:
            self.item.substitute_cost = self.amount
        else:
            self.item.force_threatened = True
        self.item.save(reason=f"Androhung vom {on:%d.%m.%Y}")


class StepRefused(ValidationError):
    """The gate is shut; the message names every missing precondition."""

    def __init__(self, step, missing):
        self.step, self.missing = step, missing
        listed = " ".join(f"{number}. {entry.text}" for number, entry in enumerate(missing, 1))
        super().__init__(f"{step.get_kind_display()} ist noch nicht möglich. Es fehlt: {listed}", code="gate")
