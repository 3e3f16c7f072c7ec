"""Orders and their numbered items. An order is not one row: courts suspend single items (VG Köln 16 L 1776/22)."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from objects.register.summaries import refresh
from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.audit.states import Stateful
from soe.departments.scope import OwnDepartment, Rule, Scope, ScopedQuerySet, ViaParent

from ..deadlines import lawsuit_deadline, next_working_day


class Order(AuditedModel):
    """A written order of a proceeding: when it was issued and served, whether it can be enforced."""

    proceeding = models.ForeignKey(
        "objects.Proceeding", models.PROTECT, related_name="orders", verbose_name="Verfahren"
    )
    title = models.CharField("Bezeichnung", max_length=160, default="Ordnungsverfügung")
    addressee = models.ForeignKey(
        "objects.Party",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
        verbose_name="gerichtet an",
    )
    issued_on = models.DateField("erlassen am")
    served_on = models.DateField("zugestellt am", null=True, blank=True)
    immediately_enforceable = models.BooleanField(
        "sofort vollziehbar", default=False, help_text="§ 80 Abs. 2 Satz 1 Nr. 4 VwGO, schriftlich begründet"
    )
    final_on = models.DateField("bestandskräftig seit", null=True, blank=True)
    no_hearing_because = models.CharField(
        "Anhörung entbehrlich, weil",
        max_length=300,
        blank=True,
        help_text="nur wenn nicht angehört wurde, zum Beispiel Gefahr im Verzug (§ 28 Abs. 2 VwVfG NRW)",
    )

    scope = Scope(
        view=Rule("proceeding.view", ViaParent("proceeding", "view")),
        change=Rule("proceeding.change", OwnDepartment("proceeding__department")),
    )
    history_children = ("items", "services", "lawsuits")
    field_permissions = {"addressee": "owner.view"}
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Verfügung"
        verbose_name_plural = "Verfügungen"
        ordering = ["issued_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="order_served_after_issue",
                condition=Q(served_on=None) | Q(served_on__gte=F("issued_on")),
                violation_error_message="Die Zustellung liegt vor dem Erlass.",
            ),
            models.CheckConstraint(
                name="order_final_after_service",
                condition=Q(final_on=None) | (Q(served_on__isnull=False) & Q(final_on__gt=F("served_on"))),
                violation_error_message="Bestandskraft gibt es erst nach der Zustellung.",
            ),
        ]

    def __str__(self):
        return f"{self.title} vom {self.issued_on:%d.%m.%Y}"

    def get_absolute_url(self):
        return f"{self.proceeding.get_absolute_url()}#verfuegung-{self.pk}"

    def is_enforceable(self, on):
        """Final by then, or immediately enforceable and served by then."""
        served = self.served_on is not None and self.served_on <= on
        return served and (
            self.immediately_enforceable or (self.final_on is not None and self.final_on <= on)
        )

    @property
    def lawsuit_until(self):
        return lawsuit_deadline(self.served_on) if self.served_on else None

    def note_service(self, *, reason):
        """Served when the last addressee has it: the day follows from the services, it is written nowhere else.

        Called by OrderService under the lock of this row.
        """
        days = list(self.services.filter(failed_on=None).values_list("effective_on", flat=True))
        served_on = max(days) if days and all(days) else None
        if self.final_on and (served_on is None or served_on >= self.final_on):
            raise ValidationError(
                f"Die Verfügung ist seit dem {self.final_on:%d.%m.%Y} als bestandskräftig vermerkt. "
                "Eine spätere Zustellung passt nicht dazu."
            )
        if served_on != self.served_on:
            self.served_on = served_on
            self.save(reason=reason)

    def served_roles(self, on):
        """Who has it by `on`: the roles of those it was served on."""
        return {row.role for row in self.services.all() if row.effective_on and row.effective_on <= on}

    def become_final(self, *, by, on, reason="Bestandskraft"):
        """Document that nobody sued in time. Not before the month is over."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.served_on is None:
                raise ValidationError("Bitte vermerken Sie zuerst die Zustellung.")
            if on <= self.lawsuit_until:
                raise ValidationError(
                    {
                        "on": f"Die Klagefrist läuft bis {self.lawsuit_until:%d.%m.%Y}. "
                        "Bestandskräftig wird die Verfügung frühestens am Tag danach."
                    }
                )
            _not_in_future(on)
            sued = {row.item_id for row in pending_lawsuits(self)}
            if sued and not self.items.exclude(pk__in=sued).exists():
                raise ValidationError(
                    "Gegen alle Punkte ist eine Klage anhängig. Bestandskraft gibt es noch nicht."
                )
            self.final_on = on
            self.save(reason=reason)


class OrderItemQuerySet(ScopedQuerySet):
    def open(self):
        return self.filter(state=OrderItem.State.OPEN)

    def running(self):
        """Open, not suspended by a court, and in a proceeding that runs."""
        return self.open().filter(suspended_on=None, order__proceeding__closed_on=None)

    def overdue(self, today):
        return self.running().filter(due_on__lt=today)


class OrderItem(Stateful, AuditedModel):
    """One numbered demand of an order, with its own deadline, threat, state and suspension."""

    class State(models.TextChoices):
        OPEN = "open", "offen"
        FULFILLED = "fulfilled", "erfüllt"
        ENFORCED = "enforced", "durchgesetzt"
        ANNULLED = "annulled", "aufgehoben"

    TRANSITIONS = {
        State.OPEN: {State.FULFILLED, State.ENFORCED, State.ANNULLED},
        State.FULFILLED: {State.OPEN, State.ANNULLED},
        State.ENFORCED: {State.OPEN, State.ANNULLED},
        State.ANNULLED: {State.OPEN},
    }

    order = models.ForeignKey(Order, models.PROTECT, related_name="items", verbose_name="Verfügung")
    number = models.PositiveSmallIntegerField("Punkt")
    text = models.TextField("Anordnung", max_length=2000)
    legal_basis = models.ForeignKey(
        "objects.LegalBasis",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
        verbose_name="Rechtsgrundlage",
    )
    deadline = models.DateField("Frist bis", null=True, blank=True)
    due_on = models.DateField("Frist endet", null=True, editable=False)
    fee = models.DecimalField("Gebühr in €", max_digits=9, decimal_places=2, null=True, blank=True)
    threatened_amount = models.DecimalField(
        "angedrohtes Zwangsgeld in €", max_digits=9, decimal_places=2, null=True, blank=True
    )
    substitute_cost = models.DecimalField(
        "angedrohte Ersatzvornahme, Kosten in €", max_digits=10, decimal_places=2, null=True, blank=True
    )
    threat_used_on = models.DateField("Androhung verbraucht am", null=True, editable=False)
    force_threatened = models.BooleanField("unmittelbarer Zwang angedroht", default=False)
    state = models.CharField("Stand", max_length=10, choices=State, default=State.OPEN, editable=False)
    settled_on = models.DateField("erledigt am", null=True, editable=False)
    suspended_on = models.DateField("ausgesetzt am", null=True, editable=False)
    suspended_by = models.CharField("ausgesetzt durch", max_length=120, blank=True, editable=False)
    suspension_reference = models.CharField(
        "Aktenzeichen des Gerichts", max_length=60, blank=True, editable=False
    )

    scope = Scope(
        view=Rule("proceeding.view", ViaParent("order__proceeding", "view")),
        change=Rule("proceeding.change", OwnDepartment("order__proceeding__department")),
    )
    history_children = ("checks", "steps", "claims")
    objects = OrderItemQuerySet.as_manager()

    class Meta:
        verbose_name = "Punkt einer Verfügung"
        verbose_name_plural = "Punkte einer Verfügung"
        ordering = ["order", "number"]
        indexes = [models.Index(fields=["state", "due_on"], name="objects_item_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "number"],
                name="objects_item_number_once",
                violation_error_message="Diese Nummer gibt es in der Verfügung schon.",
            ),
            models.CheckConstraint(name="item_numbered_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="item_amounts_positive",
                condition=(Q(fee=None) | Q(fee__gte=0))
                & (Q(threatened_amount=None) | Q(threatened_amount__gt=0))
                & (Q(substitute_cost=None) | Q(substitute_cost__gt=0)),
                violation_error_message="Beträge müssen größer als null sein.",
            ),
            models.CheckConstraint(
                name="item_settled_on_a_day",
                condition=Q(state="open", settled_on=None) | (~Q(state="open") & Q(settled_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="item_suspended_by_a_court",
                condition=Q(suspended_on=None, suspended_by="", suspension_reference="")
                | (Q(suspended_on__isnull=False) & ~Q(suspended_by="") & ~Q(suspension_reference="")),
            ),
        ]

    def __str__(self):
        return f"Punkt {self.number}"

    def save(self, **kwargs):
        self.due_on = next_working_day(self.deadline) if self.deadline else None
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "due_on"}
        with transaction.atomic():
            super().save(**kwargs)
            refresh([self.order.proceeding.property_id])

    def get_absolute_url(self):
        return f"{self.order.proceeding.get_absolute_url()}#punkt-{self.pk}"

    @property
    def is_suspended(self):
        return self.suspended_on is not None

    def fulfil(self, *, by, on, reason="Anordnung erfüllt"):
        with self.transition(self.State.FULFILLED, by=by, reason=reason):
            _not_in_future(on)
            self.settled_on = on

    def mark_enforced(self, *, by, on, reason="durchgesetzt"):
        with self.transition(self.State.ENFORCED, by=by, reason=reason):
            _not_in_future(on)
            self.settled_on = on

    def annul(self, *, by, on, reason):
        """Taken back by the department or annulled by a court; nothing of it can be enforced."""
        with self.transition(self.State.ANNULLED, by=by, reason=reason):
            _not_in_future(on)
            self.settled_on = on
            self.suspended_on, self.suspended_by, self.suspension_reference = None, "", ""

    def reopen(self, *, by, reason):
        with self.transition(self.State.OPEN, by=by, reason=reason):
            self.settled_on = None

    def suspend(self, *, by, court, reference, on, reason=""):
        """A court restores the suspensive effect for this item only; the others go on."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.is_suspended:
                raise ValidationError(f"Punkt {self.number} ist schon ausgesetzt.")
            _not_in_future(on)
            self.suspended_on, self.suspended_by, self.suspension_reference = on, court, reference
            self.save(reason=reason or f"ausgesetzt durch {court}, {reference}")

    def lift_suspension(self, *, by, reason):
        with transaction.atomic(), acting_as(by):
            self.lock()
            if not self.is_suspended:
                raise ValidationError(f"Punkt {self.number} ist nicht ausgesetzt.")
            self.suspended_on, self.suspended_by, self.suspension_reference = None, "", ""
            self.save(reason=reason)

    def extend(self, *, by, deadline, reason):
        """A new deadline; the old one stays in the history."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.deadline and deadline <= self.deadline:
                raise ValidationError({"deadline": "Die neue Frist muss nach der bisherigen liegen."})
            self.deadline = deadline
            self.save(reason=reason)

    def take_back_extension(self, *, by, deadline, reason):
        """The last extension was a mistake: the deadline before it holds again."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.deadline is None or deadline >= self.deadline:
                raise ValidationError({"deadline": "Hier ist keine Verlängerung zurückzunehmen."})
            self.deadline = deadline
            self.save(reason=reason)


def pending_lawsuits(order):
    """Items under a lawsuit against the order that is not decided, each with its lawsuit."""
    from .lawsuits import Lawsuit, LawsuitItem

    return LawsuitItem.objects.filter(
        lawsuit__order=order, lawsuit__against=Lawsuit.Against.ORDER, lawsuit__state=Lawsuit.State.PENDING
    ).select_related("lawsuit")


def _not_in_future(on, field="on"):
    if on > timezone.localdate():
        raise ValidationError({field: "Das Datum liegt in der Zukunft."})
