"""Data the inspections stand on: checklists, thresholds with their validity, totals the press stated."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from soe.audit.models import AuditedModel
from soe.departments.models import Department
from soe.departments.scope import City, Rule, Scope, ScopedQuerySet, ViaParent

from .days import InspectionDay
from .findings import Finding
from .kinds import Category, CountKind


class ThresholdQuerySet(ScopedQuerySet):
    def valid_on(self, day):
        """The one threshold in force that day, or None."""
        return (
            self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)
            .order_by("-valid_from")
            .first()
        )


class OccupancyThreshold(AuditedModel):
    """The living space the law asks for per person, valid for a time. Law changes are new rows."""

    law = models.CharField("Rechtsgrundlage", max_length=80)
    valid_from = models.DateField("gilt ab")
    valid_until = models.DateField("gilt bis", null=True, blank=True)
    per_person = models.DecimalField("m² je Person", max_digits=4, decimal_places=1)
    per_child = models.DecimalField(
        "m² je kleines Kind",
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        help_text="leer: wie alle",
    )
    child_below = models.PositiveSmallIntegerField("kleines Kind bis unter (Jahre)", null=True, blank=True)
    room_shared = models.DecimalField(
        "einzelner Raum mit Nebenräumen, m² je Person", max_digits=4, decimal_places=1
    )
    room_alone = models.DecimalField(
        "einzelner Raum ohne Nebenräume, m² je Person", max_digits=4, decimal_places=1
    )
    one_room = models.DecimalField(
        "ein Wohnraum mindestens, m²", max_digits=4, decimal_places=1, null=True, blank=True
    )

    checked_on = models.DateField("zuletzt geprüft am", null=True, blank=True)

    scope = Scope(
        view=Rule("inspection.view", City()),
        add=Rule("register.steer", City()),
        change=Rule("register.steer", City()),
    )
    objects = ThresholdQuerySet.as_manager()

    class Meta:
        verbose_name = "Mindestwohnfläche"
        verbose_name_plural = "Mindestwohnflächen"
        ordering = ["-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["valid_from"],
                name="objects_threshold_from_once",
                violation_error_message="Für diesen Tag gibt es schon eine Fassung.",
            ),
            models.CheckConstraint(
                name="objects_threshold_period",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                violation_error_message="Das Ende liegt vor dem Anfang.",
            ),
        ]

    def __str__(self):
        return f"{self.law}, ab {self.valid_from:%d.%m.%Y}"

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("objects:threshold_update", args=[self.pk])

    def needed(self, unit, persons, small_children=0):
        """The m² this law asks for `persons` in a dwelling or a single room."""
        each = {"room_shared": self.room_shared, "room_alone": self.room_alone}.get(unit, self.per_person)
        if unit != "dwelling" or self.per_child is None:
            return each * persons
        small = min(small_children, persons)
        return each * (persons - small) + self.per_child * small


class ChecklistItem(AuditedModel):
    """One point a department checks. Retired, not deleted: old findings keep their point."""

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="checklist_items", verbose_name="Fachbereich"
    )
    code = models.SlugField("Kürzel", max_length=40)
    label = models.CharField("Prüfpunkt", max_length=120)
    legal_basis = models.CharField("Rechtsgrundlage", max_length=80, blank=True)
    category = models.CharField("Art", max_length=14, choices=Category)
    level = models.CharField("Ebene", max_length=8, choices=Finding.Level, default=Finding.Level.DWELLING)
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)
    retired_on = models.DateField("gilt nicht mehr ab", null=True, blank=True)

    scope = Scope(
        view=Rule("inspection.view", City()),
        change=Rule("inspection.plan", City()),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Prüfpunkt"
        verbose_name_plural = "Prüfpunkte"
        ordering = ["department", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["department", "code"], name="objects_checklist_code_once"),
        ]

    def __str__(self):
        return self.label


class StatedTotal(AuditedModel):
    """A total of a day as a publication states it, where dwellings are not known one by one."""

    day = models.ForeignKey(
        InspectionDay, models.PROTECT, related_name="stated_totals", verbose_name="Einsatztag"
    )
    kind = models.CharField("Zahl", max_length=16, choices=CountKind)
    value = models.PositiveIntegerField("Anzahl", null=True, blank=True, help_text="leer: nicht genannt")
    stated_as = models.CharField("Angabe im Wortlaut", max_length=120, blank=True)

    scope = Scope(
        view=Rule("inspection.view", ViaParent("day", "view")),
        change=Rule("inspection.plan", ViaParent("day", "change")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "genannte Summe"
        verbose_name_plural = "genannte Summen"
        ordering = ["day", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["day", "kind"], name="objects_stated_once"),
            models.CheckConstraint(
                name="objects_stated_something", condition=Q(value__isnull=False) | ~Q(stated_as="")
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.value if self.value is not None else self.stated_as}"


class OpeningBalance(AuditedModel):
    """What a city counted before its days are recorded one by one here. The running balance starts from it."""

    city = models.CharField("Stadt", max_length=60)
    since = models.CharField("gezählt seit", max_length=60)
    as_of = models.DateField("Stand")
    days = models.PositiveIntegerField(
        "Einsatztage", null=True, blank=True, validators=[MinValueValidator(0)]
    )
    houses = models.PositiveIntegerField("Häuser", null=True, blank=True)
    registered = models.PositiveIntegerField("geprüfte gemeldete Personen", null=True, blank=True)
    deregistered = models.PositiveIntegerField("von Amts wegen abgemeldet", null=True, blank=True)
    documents = models.PositiveIntegerField("sichergestellte Dokumente", null=True, blank=True)
    source = models.CharField("Quelle", max_length=300)

    scope = Scope(
        view=Rule("register.view", City()),
        change=Rule("inspection.plan", City()),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Anfangsbestand der Kontrollen"
        verbose_name_plural = "Anfangsbestände der Kontrollen"
        ordering = ["city", "-as_of"]
        constraints = [
            models.UniqueConstraint(fields=["city", "as_of"], name="objects_balance_once"),
        ]

    def __str__(self):
        return f"{self.city}, Stand {self.as_of:%d.%m.%Y}"
