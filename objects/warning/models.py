"""Early warning: rules as rows, hints that departments enter, and the warnings rules raise. No persons."""

import builtins

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.models import AuditedModel
from soe.audit.states import Stateful
from soe.departments.scope import City, OwnDepartment, Rule, Scope, ScopedQuerySet

DEPARTMENT = "departments.Department"
STEER = Rule("register.steer", City())
ONE_PLACE = Q(property__isnull=False, address=None) | Q(property=None, address__isnull=False)


class DatedQuerySet(ScopedQuerySet):
    def valid_on(self, day):
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)


class WarningRule(AuditedModel):
    """From which number within how many months a house is looked at before it becomes a problem."""

    class Signal(models.TextChoices):
        COMPLAINTS = "complaints", "Beschwerden"
        VACANCY = "vacancy", "Hinweise auf Leerstand"
        OWNER_CHANGES = "owner_changes", "Eigentümerwechsel"
        ARREARS = "arrears", "Hinweise auf Rückstände (Energie, Abgaben)"
        REPEATED = "repeated", "wiederholt festgestellte Mängel"

    class Place(models.TextChoices):
        BOTH = "both", "alle Häuser"
        REGISTERED = "registered", "Objekte im Kataster"
        OTHER = "other", "Anschriften außerhalb des Katasters"

    # What only the coordination office may read must not stand in what everyone reads.
    CONFIDENTIAL = {Signal.ARREARS, Signal.OWNER_CHANGES, Signal.VACANCY}

    name = models.CharField("Name", max_length=80)
    signal = models.CharField("Anzeichen", max_length=16, choices=Signal)
    at_least = models.PositiveSmallIntegerField(
        "ab", default=1, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    months = models.PositiveSmallIntegerField(
        "in wie vielen Monaten", default=12, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    place = models.CharField("wo", max_length=12, choices=Place, default=Place.BOTH)
    confirmed_too = models.BooleanField(
        "auch bei bestätigter Problemlage",
        default=False,
        help_text="Sonst warnt die Regel nur bei Häusern, an denen noch nichts bestätigt ist.",
    )
    valid_from = models.DateField("gilt ab", default=timezone.localdate)
    valid_until = models.DateField("gilt bis", null=True, blank=True)

    scope = Scope(view=Rule("register.view", City()), add=STEER, change=STEER)
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "Regel der Frühwarnung"
        verbose_name_plural = "Regeln der Frühwarnung"
        ordering = ["signal", "at_least", "-valid_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "valid_from"],
                name="objects_warning_rule_once",
                violation_error_message="Eine Regel mit diesem Namen gibt es ab diesem Tag schon.",
            ),
            models.CheckConstraint(
                name="objects_warning_rule_dates",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                violation_error_message="Das Ende liegt vor dem Anfang.",
            ),
            models.CheckConstraint(
                name="objects_warning_rule_limits",
                condition=Q(at_least__gte=1, months__gte=1, months__lte=120),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("objects:warning_rule_update", args=[self.pk])

    @builtins.property
    def words(self):
        return f"{self.get_signal_display()}: ab {self.at_least} in {_months(self.months)}"


class HintQuerySet(ScopedQuerySet):
    def standing(self):
        return self.filter(ended_on=None)


class RiskHint(AuditedModel):
    """What a department knows about a house without opening anything: a kind, a day, no person, no sum."""

    class Kind(models.TextChoices):
        VACANCY = "vacancy", "Leerstand"
        ENERGY = "energy", "Rückstände beim Energieversorger"
        LEVIES = "levies", "Rückstände bei Grundbesitzabgaben"

    property = models.ForeignKey(
        "objects.Property",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="risk_hints",
        verbose_name="Objekt",
    )
    address = models.ForeignKey(
        "objects.Address",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="risk_hints",
        verbose_name="Anschrift",
    )
    kind = models.CharField("Was ist bekannt?", max_length=8, choices=Kind)
    department = models.ForeignKey(
        DEPARTMENT, models.PROTECT, related_name="+", verbose_name="Fachbereich", editable=False
    )
    observed_on = models.DateField("bekannt seit", default=timezone.localdate)
    basis = models.CharField(
        "Grundlage der Weitergabe",
        max_length=160,
        blank=True,
        help_text="Bei Rückständen: die Vorschrift oder Vereinbarung, die den Hinweis erlaubt. "
        "Keine Namen, keine Beträge.",
    )
    ended_on = models.DateField("trifft nicht mehr zu seit", null=True, blank=True, editable=False)

    scope = Scope(
        view=Rule("register.change", OwnDepartment(), City("register.steer")),
        add=Rule("register.change", City()),
        change=Rule("register.change", OwnDepartment()),
    )
    objects = HintQuerySet.as_manager()

    class Meta:
        verbose_name = "Hinweis auf ein Risiko"
        verbose_name_plural = "Hinweise auf Risiken"
        ordering = ["-observed_on", "-id"]
        indexes = [
            models.Index(fields=["-observed_on", "-id"], name="objects_hint_observed"),
            models.Index(fields=["kind", "observed_on"], name="objects_hint_kind"),
        ]
        constraints = [
            models.CheckConstraint(name="objects_hint_one_place", condition=ONE_PLACE),
            models.CheckConstraint(
                name="objects_hint_arrears_with_basis",
                condition=Q(kind="vacancy") | ~Q(basis=""),
                violation_error_message="Bitte nennen Sie, was die Weitergabe von Rückständen erlaubt.",
            ),
            models.CheckConstraint(
                name="objects_hint_order",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("observed_on")),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.where}"

    def get_absolute_url(self):
        return reverse("objects:hint_list")

    def clean(self):
        if self.kind != self.Kind.VACANCY and not self.basis.strip():
            raise ValidationError({"basis": "Bitte nennen Sie, was die Weitergabe von Rückständen erlaubt."})

    @builtins.property
    def where(self):
        return self.property.title if self.property_id else self.address.line


class EarlyWarningQuerySet(ScopedQuerySet):
    def open(self):
        return self.filter(state=EarlyWarning.State.OPEN)


class EarlyWarning(Stateful, AuditedModel):
    """A rule that fired at a house, with the figures of that day; a person takes it over or dismisses it."""

    class State(models.TextChoices):
        OPEN = "open", "offen"
        TAKEN = "taken", "übernommen"
        DISMISSED = "dismissed", "abgelehnt"
        LAPSED = "lapsed", "trifft nicht mehr zu"

    TRANSITIONS = {
        State.OPEN: {State.TAKEN, State.DISMISSED, State.LAPSED},
        State.TAKEN: set(),
        State.DISMISSED: set(),
        State.LAPSED: set(),
    }

    rule = models.ForeignKey(WarningRule, models.PROTECT, related_name="warnings", verbose_name="Regel")
    property = models.ForeignKey(
        "objects.Property", models.PROTECT, null=True, related_name="early_warnings", verbose_name="Objekt"
    )
    address = models.ForeignKey(
        "objects.Address", models.PROTECT, null=True, related_name="early_warnings", verbose_name="Anschrift"
    )
    # The rule as it was: a later version of it changes nothing here.
    number = models.PositiveSmallIntegerField("Anzahl")
    at_least = models.PositiveSmallIntegerField("Schwelle")
    months = models.PositiveSmallIntegerField("Monate")
    fired_on = models.DateField("ausgelöst am", default=timezone.localdate)
    state = models.CharField("Stand", max_length=10, choices=State, default=State.OPEN, editable=False)
    decided_on = models.DateField("entschieden am", null=True, editable=False)
    reason = models.CharField("Begründung", max_length=500, blank=True, editable=False)
    problem_area = models.ForeignKey(
        "objects.ProblemArea",
        models.PROTECT,
        null=True,
        related_name="early_warnings",
        verbose_name="Problemlage",
        editable=False,
    )

    # The figures rest on hints and owners that not everyone may read: only who steers sees them.
    scope = Scope(view=STEER, decide=STEER)
    objects = EarlyWarningQuerySet.as_manager()

    class Meta:
        verbose_name = "Frühwarnung"
        verbose_name_plural = "Frühwarnungen"
        ordering = ["-fired_on", "-id"]
        indexes = [
            models.Index(fields=["state", "-fired_on", "-id"], name="objects_warning_state"),
            models.Index(fields=["-fired_on", "-id"], name="objects_warning_fired"),
            models.Index(fields=["number", "id"], name="objects_warning_number"),
        ]
        constraints = [
            models.CheckConstraint(name="objects_warning_one_place", condition=ONE_PLACE),
            models.UniqueConstraint(
                fields=["rule", "property"], condition=Q(state="open"), name="objects_warning_property_once"
            ),
            models.UniqueConstraint(
                fields=["rule", "address"], condition=Q(state="open"), name="objects_warning_address_once"
            ),
            models.CheckConstraint(
                name="objects_warning_decided_with_reason",
                condition=Q(state="open", decided_on=None, reason="")
                | (~Q(state="open") & Q(decided_on__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="objects_warning_taken_with_problem",
                condition=Q(state="taken", problem_area__isnull=False)
                | (~Q(state="taken") & Q(problem_area=None)),
            ),
        ]

    def __str__(self):
        return f"{self.rule}: {self.where}"

    def get_absolute_url(self):
        return reverse("objects:warning", args=[self.pk])

    @builtins.property
    def where(self):
        return self.property.title if self.property_id else self.address.line

    @builtins.property
    def figures(self):
        """„4 Beschwerden in 6 Monaten, Schwelle 3“"""
        return f"{counted(self.rule.signal, self.number)} in {_months(self.months)}, Schwelle {self.at_least}"

    @builtins.property
    def public_words(self):
        """What may stand in the register, where everyone reads."""
        if self.rule.signal in WarningRule.CONFIDENTIAL:
            return "Anzeichen einer Verschlechterung (Frühwarnung)"
        return f"Frühwarnung: {counted(self.rule.signal, self.number)} in {_months(self.months)}"


COUNTED = {
    "complaints": ("Beschwerde", "Beschwerden"),
    "vacancy": ("Hinweis auf Leerstand", "Hinweise auf Leerstand"),
    "owner_changes": ("Eigentümerwechsel", "Eigentümerwechsel"),
    "arrears": ("Hinweis auf Rückstände", "Hinweise auf Rückstände"),
    "repeated": ("erneut festgestellter Mangel", "erneut festgestellte Mängel"),
}


def counted(signal, number):
    return f"{number} {COUNTED[signal][0 if number == 1 else 1]}"


def _months(number):
    return "1 Monat" if number == 1 else f"{number} Monaten"
