"""What was done at once, and what households need."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import NoReverseMatch, reverse

from soe.audit.states import Stateful
from soe.departments.models import Department
from soe.departments.scope import City, Custom, Rule, Scope, ScopedQuerySet

from .. import rules
from .findings import SectionRow
from .kinds import HelpKind, MeasureKind
from .participation import InspectionSection


class ImmediateMeasure(SectionRow):
    """Something done on the day or directly after it; typed and countable. Unknown numbers stay empty."""

    section = models.ForeignKey(
        InspectionSection,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="immediate_measures",
        verbose_name="Abschnitt",
    )
    kind = models.CharField("Art", max_length=18, choices=MeasureKind)
    count = models.PositiveIntegerField(
        "Anzahl",
        default=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="leer: nicht bekannt",
    )
    amount = models.DecimalField(
        "Betrag in Euro",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    stated_as = models.CharField(
        "Angabe im Wortlaut",
        max_length=120,
        blank=True,
        help_text="zum Beispiel „mehrere“ oder „vierstellig“",
    )
    ground = models.CharField("Grund", max_length=200, blank=True)
    condition = models.CharField("gilt bis, unter welcher Bedingung", max_length=200, blank=True)
    recipient = models.CharField("abgegeben an, ausgeführt durch", max_length=200, blank=True)
    due_on = models.DateField("Frist", null=True, blank=True)
    text = models.TextField("Beschreibung", blank=True, max_length=2000)

    scope = Scope(
        view=Rule("inspection.view", Custom(rules.readable)),
        add=Rule("inspection.record", City()),
        change=Rule("inspection.record", Custom(rules.in_own_open_section)),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Sofortmaßnahme"
        verbose_name_plural = "Sofortmaßnahmen"
        ordering = ["day", "kind", "id"]
        indexes = [models.Index(fields=["kind", "day"], name="objects_immediate_kind")]
        constraints = [
            models.CheckConstraint(
                name="objects_immediate_amount_kind",
                condition=Q(amount__isnull=True) | Q(kind="amount_collected"),
                violation_error_message="Einen Betrag gibt es nur bei „Betrag eingezogen“.",
            ),
            models.CheckConstraint(
                name="objects_immediate_counted", condition=Q(count__isnull=True) | Q(count__gte=1)
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.count}" if self.count else self.get_kind_display()


class HelpNeedQuerySet(ScopedQuerySet):
    def waiting(self):
        return self.filter(state="open")


class HelpNeed(Stateful, SectionRow):
    """Households that need help, as a number: the bridge to counselling without a name."""

    class State(models.TextChoices):
        OPEN = "open", "offen"
        TAKEN = "taken", "übernommen"
        WITHDRAWN = "withdrawn", "zurückgenommen"

    TRANSITIONS = {
        State.OPEN: {State.TAKEN, State.WITHDRAWN},
        State.TAKEN: {State.OPEN},
        State.WITHDRAWN: set(),
    }

    section = models.ForeignKey(
        InspectionSection,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="help_needs",
        verbose_name="Abschnitt",
    )
    kind = models.CharField("Bedarf", max_length=12, choices=HelpKind)
    households = models.PositiveSmallIntegerField("Haushalte", default=1, validators=[MinValueValidator(1)])
    languages = models.CharField("Sprachen", max_length=120, blank=True)
    urgent = models.BooleanField("eilt", default=False)
    note = models.TextField("Hinweis", blank=True, max_length=1000)
    offered_to = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="offered_help_needs",
        verbose_name="vorgesehen für",
    )
    state = models.CharField("Stand", max_length=10, choices=State, default=State.OPEN, editable=False)
    taken_by = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="taken_help_needs",
        verbose_name="übernommen von",
        editable=False,
    )
    taken_on = models.DateField("übernommen am", null=True, editable=False)

    scope = Scope(
        view=Rule("helpneed.view", City()),
        add=Rule("inspection.record", City()),
        change=Rule("inspection.record", Custom(rules.in_own_open_section)),
        take=Rule("helpneed.take", City()),
    )
    objects = HelpNeedQuerySet.as_manager()

    class Meta:
        verbose_name = "Hilfebedarf"
        verbose_name_plural = "Hilfebedarfe"
        ordering = ["-day__date", "kind", "id"]
        indexes = [models.Index(fields=["state", "kind"], name="objects_helpneed_state")]
        constraints = [
            models.CheckConstraint(name="objects_helpneed_households", condition=Q(households__gte=1)),
            models.CheckConstraint(
                name="objects_helpneed_taken",
                condition=(Q(state="taken") & Q(taken_by__isnull=False) & Q(taken_on__isnull=False))
                | (~Q(state="taken") & Q(taken_by__isnull=True) & Q(taken_on__isnull=True)),
            ),
        ]

    def __str__(self):
        households = "1 Haushalt" if self.households == 1 else f"{self.households} Haushalte"
        return f"{self.get_kind_display()}, {households}"

    def get_absolute_url(self):
        try:
            return reverse("cases:help_need", args=[self.pk])
        except NoReverseMatch:  # without the counselling app the need is read on its inspection day
            return reverse("objects:inspection_day", args=[self.day_id])

    def take_over(self, *, by, department, on):
        """An offer takes care of it. Use objects.services.take_over_help_need, which checks the right."""
        with self.transition(self.State.TAKEN, by=by, reason=f"übernommen von {department}"):
            self.taken_by, self.taken_on = department, on

    def give_back(self, *, by, reason):
        if not reason:
            raise ValidationError("Bitte begründen Sie die Rückgabe.", code="reason")
        with self.transition(self.State.OPEN, by=by, reason=reason):
            self.taken_by = self.taken_on = None

    def withdraw(self, *, by, reason):
        if not reason:
            raise ValidationError("Bitte begründen Sie, warum der Bedarf entfällt.", code="reason")
        with self.transition(self.State.WITHDRAWN, by=by, reason=reason):
            pass
