"""A property changes hands, what that asks of the departments, and what the law says about the successor."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from objects.register.models.properties import PartOfProperty
from soe.audit.models import AuditedModel
from soe.audit.states import Stateful
from soe.departments.scope import City, Everyone, OwnDepartment, Rule, Scope, ScopedQuerySet, ViaParent


class OwnerChange(PartOfProperty, AuditedModel):
    """A property changed hands: whose rights ended, whose began, when, by which source."""

    class Kind(models.TextChoices):
        SALE = "sale", "Verkauf"
        INHERITANCE = "inheritance", "Erbfall"
        AUCTION = "auction", "Zwangsversteigerung"
        GIFT = "gift", "Schenkung, Übertragung"
        OTHER = "other", "anderer Grund"

    property = models.ForeignKey(
        "objects.Property", models.PROTECT, related_name="owner_changes", verbose_name="Objekt"
    )
    kind = models.CharField("Art", max_length=12, choices=Kind, default=Kind.SALE)
    on = models.DateField("Wechsel am")
    source = models.CharField("Quelle", max_length=120, help_text="zum Beispiel Grundbuch vom 03.02.2026")
    note = models.CharField("Bemerkung", max_length=300, blank=True)

    scope = Scope(
        view=Rule("owner.view", City()),
        add=Rule("register.change", ViaParent("property", "change")),
        change=Rule("register.change", ViaParent("property", "change")),
    )
    history_children = ("ended", "begun")
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Eigentümerwechsel"
        verbose_name_plural = "Eigentümerwechsel"
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["property", "-on"], name="objects_ownerchange_property")]

    def __str__(self):
        return f"Eigentümerwechsel {self.property.number} am {self.on:%d.%m.%Y}"

    def get_absolute_url(self):
        return reverse("objects:owner_change", args=[self.pk])


class ReaddressingQuerySet(ScopedQuerySet):
    def waiting(self):
        return self.filter(state=Readdressing.State.ASKED)


class Readdressing(Stateful, AuditedModel):
    """One measure or order item of a department that the change of owner touches. The department decides itself."""

    class State(models.TextChoices):
        ASKED = "asked", "noch zu entscheiden"
        MOVED = "moved", "richtet sich jetzt an den neuen Eigentümer"
        SUCCESSION = "succession", "gilt gegen den Rechtsnachfolger"
        NEW_ORDER = "new_order", "neue Verfügung an den neuen Eigentümer nötig"
        KEPT = "kept", "bleibt beim bisherigen Eigentümer"
        SETTLED = "settled", "hat sich erledigt"

    # An order that was served is never re-addressed: either the law carries it over, or a new one is needed.
    FOR_MEASURES = (State.MOVED, State.KEPT, State.SETTLED)
    FOR_ITEMS = (State.SUCCESSION, State.NEW_ORDER, State.KEPT, State.SETTLED)
    ANSWERS = {State.MOVED, State.SUCCESSION, State.NEW_ORDER, State.KEPT, State.SETTLED}
    # An answer may be corrected, never taken back to "asked".
    TRANSITIONS = {
        State.ASKED: ANSWERS,
        State.MOVED: ANSWERS,
        State.SUCCESSION: ANSWERS - {State.SUCCESSION},
        State.NEW_ORDER: ANSWERS - {State.NEW_ORDER},
        State.KEPT: ANSWERS - {State.KEPT},
        State.SETTLED: ANSWERS - {State.SETTLED},
    }

    change = models.ForeignKey(
        OwnerChange, models.PROTECT, related_name="readdressings", verbose_name="Eigentümerwechsel"
    )
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, related_name="+", verbose_name="entscheidet"
    )
    measure = models.ForeignKey(
        "objects.Measure",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="readdressings",
        verbose_name="Maßnahme",
    )
    item = models.ForeignKey(
        "objects.OrderItem",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="readdressings",
        verbose_name="Punkt der Verfügung",
    )
    addressee = models.ForeignKey(
        "objects.Party",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="richtet sich an",
        editable=False,
    )
    state = models.CharField("Stand", max_length=10, choices=State, default=State.ASKED, editable=False)
    decided_on = models.DateField("entschieden am", null=True, editable=False)
    note = models.CharField("Begründung", max_length=1000, blank=True, editable=False)

    # Only the department itself: that another one acts here at all may be internal.
    scope = Scope(
        view=Rule("proceeding.change", OwnDepartment(), OwnDepartment(permission="measure.change")),
        change=Rule("proceeding.change", OwnDepartment(), OwnDepartment(permission="measure.change")),
    )
    field_permissions = {"addressee": "owner.view"}
    objects = ReaddressingQuerySet.as_manager()

    class Meta:
        verbose_name = "Prüfung nach Eigentümerwechsel"
        verbose_name_plural = "Prüfungen nach Eigentümerwechsel"
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["department", "state"], name="objects_readdressing_dept")]
        constraints = [
            models.CheckConstraint(
                name="objects_readdressing_of_one",
                condition=Q(measure=None, item__isnull=False) | Q(measure__isnull=False, item=None),
            ),
            models.CheckConstraint(
                name="objects_readdressing_decided",
                condition=Q(state="asked", decided_on=None)
                | (~Q(state="asked") & Q(decided_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="objects_readdressing_orders_stay",
                condition=Q(item=None) | ~Q(state="moved"),
                violation_error_message="Eine zugestellte Verfügung wird nicht einfach umadressiert.",
            ),
        ]

    def __str__(self):
        return f"{self.subject}: {self.get_state_display()}"

    def get_absolute_url(self):
        return reverse("objects:owner_change", args=[self.change_id])

    @property
    def subject(self):
        return self.measure or self.item

    @property
    def answers(self):
        return self.FOR_MEASURES if self.measure_id else self.FOR_ITEMS

    def decide(self, *, by, state, note, addressee=None):
        """The department says what the change means for its own record."""
        state = self.State(state)
        if state not in self.answers:
            raise ValidationError(
                {
                    "state": "Eine zugestellte Verfügung wird nicht umadressiert. Bitte wählen Sie eine andere Antwort."
                }
            )
        if state == self.State.MOVED and addressee is None:
            raise ValidationError({"addressee": "Bitte wählen Sie, an wen sich die Maßnahme jetzt richtet."})
        with self.transition(state, by=by, reason=note):
            self.decided_on, self.note = timezone.localdate(), note
            self.addressee = addressee if state == self.State.MOVED else None


class SuccessionRule(AuditedModel):
    """What a law says about the successor in title, valid for a time. A hint for the decision, never the decision."""

    class Effect(models.TextChoices):
        BINDING = "binding", "gilt auch gegen den Rechtsnachfolger"
        PERSONAL = "personal", "bindet nur die Person, an die sie gerichtet ist"
        CHECK = "check", "im Einzelfall zu prüfen"

    law = models.CharField(
        "Gesetz", max_length=60, blank=True, help_text="leer: wenn sonst keine Regel passt"
    )
    paragraph = models.CharField("Paragraf", max_length=40, blank=True)
    effect = models.CharField("Wirkung", max_length=10, choices=Effect)
    hint = models.CharField("Hinweis", max_length=400)
    valid_from = models.DateField("gilt ab")
    valid_until = models.DateField("gilt bis", null=True, blank=True)
    checked_on = models.DateField("zuletzt geprüft am", null=True, blank=True)

    scope = Scope(
        view=Rule(None, Everyone()),
        add=Rule("register.steer", City()),
        change=Rule("register.steer", City()),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Regel zur Rechtsnachfolge"
        verbose_name_plural = "Regeln zur Rechtsnachfolge"
        ordering = ["law", "paragraph", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["law", "paragraph", "valid_from"], name="objects_succession_once"
            ),
            models.CheckConstraint(
                name="objects_succession_order",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                violation_error_message="Das Ende liegt vor dem Beginn.",
            ),
        ]

    def __str__(self):
        return f"{self.paragraph} {self.law}".strip() or "allgemein"

    def get_absolute_url(self):
        return reverse("objects:succession_rules")
