"""Lawsuits against an order or its enforcement, item by item, with the urgent application (§ 80 Abs. 5 VwGO)."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.audit.states import Stateful
from soe.departments.scope import OwnDepartment, Rule, Scope, ScopedQuerySet, ViaParent

VIEW = Rule("proceeding.view", ViaParent("order__proceeding", "view"))
CHANGE = Rule("proceeding.change", OwnDepartment("order__proceeding__department"))


class LawsuitQuerySet(ScopedQuerySet):
    def pending(self):
        return self.filter(state=Lawsuit.State.PENDING)


class Lawsuit(Stateful, AuditedModel):
    """One lawsuit. In NRW there is no objection before it (§ 110 JustG)."""

    class Against(models.TextChoices):
        ORDER = "order", "die Verfügung (aufschiebend, wenn nicht sofort vollziehbar)"
        ENFORCEMENT = "enforcement", "eine Vollstreckungsmaßnahme (nicht aufschiebend, § 112 JustG NRW)"

    class State(models.TextChoices):
        PENDING = "pending", "anhängig"
        ENDED = "ended", "beendet"

    class Outcome(models.TextChoices):
        DISMISSED = "dismissed", "Klage abgewiesen"
        UPHELD = "upheld", "Klage stattgegeben"
        PARTLY = "partly", "teilweise stattgegeben"
        WITHDRAWN = "withdrawn", "Klage zurückgenommen"
        SETTLED = "settled", "Vergleich oder erledigt erklärt"

    class Urgent(models.TextChoices):
        GRANTED = "granted", "stattgegeben"
        PARTLY = "partly", "teilweise stattgegeben"
        REFUSED = "refused", "abgelehnt"

    TRANSITIONS = {State.PENDING: {State.ENDED}, State.ENDED: {State.PENDING}}

    order = models.ForeignKey(
        "objects.Order", models.PROTECT, related_name="lawsuits", verbose_name="Verfügung", editable=False
    )
    against = models.CharField("richtet sich gegen", max_length=11, choices=Against, default=Against.ORDER)
    plaintiff = models.ForeignKey(
        "objects.Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="klagt"
    )
    court = models.CharField("Gericht", max_length=120, default="VG Gelsenkirchen")
    file_number = models.CharField("Aktenzeichen des Gerichts", max_length=60)
    filed_on = models.DateField("erhoben am")
    urgent_file_number = models.CharField(
        "Aktenzeichen des Eilverfahrens", max_length=60, blank=True, help_text="Antrag nach § 80 Abs. 5 VwGO"
    )
    urgent_filed_on = models.DateField("Eilantrag gestellt am", null=True, blank=True)
    urgent_outcome = models.CharField(
        "Beschluss im Eilverfahren", max_length=8, choices=Urgent, blank=True, editable=False
    )
    urgent_decided_on = models.DateField("Beschluss vom", null=True, blank=True, editable=False)
    state = models.CharField("Stand", max_length=8, choices=State, default=State.PENDING, editable=False)
    outcome = models.CharField("Ausgang", max_length=9, choices=Outcome, blank=True, editable=False)
    ended_on = models.DateField("beendet am", null=True, blank=True, editable=False)
    note = models.CharField("Bemerkung", max_length=500, blank=True)

    field_permissions = {"plaintiff": "owner.view"}
    scope = Scope(view=VIEW, change=CHANGE)
    history_children = ("items",)
    objects = LawsuitQuerySet.as_manager()

    class Meta:
        verbose_name = "Klage"
        verbose_name_plural = "Klagen"
        ordering = ["filed_on", "id"]
        indexes = [models.Index(fields=["state", "filed_on"], name="objects_lawsuit_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "court", "file_number"],
                name="objects_lawsuit_once",
                violation_error_message="Diese Klage ist schon erfasst.",
            ),
            models.CheckConstraint(
                name="lawsuit_ended_with_outcome",
                condition=Q(state="pending", outcome="", ended_on=None)
                | (Q(state="ended", ended_on__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="lawsuit_urgent_complete",
                condition=Q(urgent_filed_on=None, urgent_file_number="")
                | (Q(urgent_filed_on__isnull=False) & ~Q(urgent_file_number="")),
                violation_error_message="Zum Eilantrag gehören Tag und Aktenzeichen.",
            ),
            models.CheckConstraint(
                name="lawsuit_urgent_decided_after_filing",
                condition=Q(urgent_decided_on=None) | Q(urgent_decided_on__gte=F("urgent_filed_on")),
            ),
        ]

    def __str__(self):
        return f"{self.court}, {self.file_number}"

    def get_absolute_url(self):
        return f"{self.order.proceeding.get_absolute_url()}#klagen"

    @property
    def is_pending(self):
        return self.state == self.State.PENDING

    @property
    def awaits_urgent_decision(self):
        return self.is_pending and self.urgent_filed_on is not None and not self.urgent_outcome

    @property
    def is_late(self):
        until = self.order.lawsuit_until
        return self.against == self.Against.ORDER and until is not None and self.filed_on > until

    def clean(self):
        for name in ("filed_on", "urgent_filed_on"):
            day = getattr(self, name)
            if day and day > timezone.localdate():
                raise ValidationError({name: "Das Datum liegt in der Zukunft."})
            if day and day < self.order.issued_on:
                raise ValidationError({name: "Das Datum liegt vor dem Erlass der Verfügung."})

    def file(self, *, by, items, reason="Klage erhoben"):
        """Write it down with the items it is about."""
        items = list(items)
        if not items or any(item.order_id != self.order_id for item in items):
            raise ValidationError({"items": "Bitte wählen Sie die Punkte, gegen die sich die Klage richtet."})
        with transaction.atomic(), acting_as(by):
            self.order.lock()
            self.full_clean(exclude=["order", "plaintiff"])
            self.save(reason=reason)
            for item in items:
                LawsuitItem(lawsuit=self, item=item).save(reason=reason)

    def decide_urgent(self, *, by, on, outcome, items=()):
        """The court's decision on the urgent application: the named items are suspended, the others go on."""
        items = list(items)
        with transaction.atomic(), acting_as(by):
            self.lock()
            if not self.awaits_urgent_decision:
                raise ValidationError("Hier ist kein Eilantrag offen.")
            self._check_day(on, self.urgent_filed_on)
            mine = set(self.items.values_list("item_id", flat=True))
            if any(item.pk not in mine for item in items):
                raise ValidationError({"items": "Dieser Punkt gehört nicht zu der Klage."})
            if bool(items) != (outcome != self.Urgent.REFUSED):
                raise ValidationError(
                    {"items": "Bitte wählen Sie die ausgesetzten Punkte; bei einer Ablehnung keinen."}
                )
            if outcome == self.Urgent.GRANTED and len(items) != len(mine):
                raise ValidationError(
                    {"items": "„stattgegeben“ heißt: alle Punkte der Klage. Sonst bitte „teilweise“."}
                )
            self.urgent_outcome, self.urgent_decided_on = outcome, on
            self.save(reason=f"Beschluss im Eilverfahren: {self.Urgent(outcome).label}")
            for item in items:
                item.lock()
                if not item.is_suspended:
                    item.suspend(by=by, court=self.court, reference=self.urgent_file_number, on=on)

    def end(self, *, by, on, outcome, items=(), reason=""):
        """The end of the lawsuit: named items are annulled, the rest stands and may be enforced again."""
        items = {item.pk: item for item in items}
        with self.transition(self.State.ENDED, by=by, reason=reason or self.Outcome(outcome).label):
            self._check_day(on, self.filed_on)
            rows = list(self.items.select_related("item__order__proceeding"))
            if set(items) - {row.item_id for row in rows}:
                raise ValidationError({"items": "Dieser Punkt gehört nicht zu der Klage."})
            loses = outcome in (self.Outcome.UPHELD, self.Outcome.PARTLY)
            if self.against == self.Against.ENFORCEMENT and items:
                raise ValidationError({"items": "Diese Klage hebt keinen Punkt der Verfügung auf."})
            if self.against == self.Against.ORDER and loses != bool(items):
                raise ValidationError(
                    {"items": "Bitte wählen Sie die Punkte, die das Gericht aufgehoben hat."}
                )
            if (
                outcome == self.Outcome.UPHELD
                and self.against == self.Against.ORDER
                and len(items) != len(rows)
            ):
                raise ValidationError(
                    {"items": "„stattgegeben“ heißt: alle Punkte der Klage. Sonst bitte „teilweise“."}
                )
            self.outcome, self.ended_on = outcome, on
            for row in rows:
                row.annulled = row.item_id in items
                row.save(reason=str(self))
                row.item.lock()
                if row.annulled:
                    row.item.annul(by=by, on=on, reason=f"aufgehoben durch {self}")
                elif row.item.suspension_reference in (self.urgent_file_number, self.file_number):
                    if row.item.is_suspended and row.item.suspended_by == self.court:
                        row.item.lift_suspension(by=by, reason=f"{self}: {self.Outcome(outcome).label}")

    def resume(self, *, by, reason):
        """An appeal was allowed or the end was entered by mistake. Annulled items are opened by hand."""
        with self.transition(self.State.PENDING, by=by, reason=reason):
            self.outcome, self.ended_on = "", None

    def _check_day(self, on, first):
        if on > timezone.localdate():
            raise ValidationError({"on": "Das Datum liegt in der Zukunft."})
        if on < first:
            raise ValidationError({"on": f"Das Datum liegt vor dem {first:%d.%m.%Y}."})


class LawsuitItem(AuditedModel):
    """One item a lawsuit is about, and whether the court annulled it."""

    lawsuit = models.ForeignKey(Lawsuit, models.PROTECT, related_name="items", verbose_name="Klage")
    item = models.ForeignKey(
        "objects.OrderItem", models.PROTECT, related_name="lawsuits", verbose_name="Punkt"
    )
    annulled = models.BooleanField("aufgehoben", default=False)

    scope = Scope(
        view=Rule("proceeding.view", ViaParent("lawsuit__order__proceeding", "view")),
        change=Rule("proceeding.change", OwnDepartment("lawsuit__order__proceeding__department")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Punkt einer Klage"
        verbose_name_plural = "Punkte einer Klage"
        ordering = ["item__number", "id"]
        constraints = [models.UniqueConstraint(fields=["lawsuit", "item"], name="objects_lawsuit_item_once")]

    def __str__(self):
        return f"{self.item}{' (aufgehoben)' if self.annulled else ''}"
