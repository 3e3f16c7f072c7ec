"""What a department found, and what it notes. Each row has its own visibility."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.audit.states import Stateful
from soe.departments.models import Department, Visibility
from soe.departments.scope import City, Custom, Rule, Scope, ScopedQuerySet

from .. import rules
from .days import Inspection, InspectionDay
from .kinds import Category, Severity
from .participation import InspectionSection
from .visits import DwellingVisit


class SectionRow(AuditedModel):
    """What stands in a department's section. On days known from the press section and department may be unknown."""

    day = models.ForeignKey(
        InspectionDay, models.PROTECT, related_name="%(class)ss", verbose_name="Einsatztag"
    )
    section = models.ForeignKey(
        InspectionSection, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Abschnitt"
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Fachbereich"
    )
    inspection = models.ForeignKey(
        Inspection, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name="Objekt"
    )
    visit = models.ForeignKey(
        DwellingVisit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name="Wohneinheit",
    )
    visibility = models.CharField(
        "Sichtbarkeit", max_length=14, choices=Visibility, default=Visibility.INTERNAL
    )

    class Meta:
        abstract = True

    def belong_to(self, section):
        """Put this new row into `section`, with that department's usual visibility."""
        self.section, self.day_id, self.department = section, section.day_id, section.department
        self.visibility = section.department.default_visibility
        return self

    def get_absolute_url(self):
        if self.section_id:
            return reverse("objects:inspection_section", args=[self.section_id])
        return reverse("objects:inspection_day", args=[self.day_id])


class FindingQuerySet(ScopedQuerySet):
    def defects(self):
        return self.exclude(severity=Severity.OK)

    def open(self):
        """Defects nobody has resolved or carried on."""
        return self.defects().filter(state="open")

    def of_property(self, prop):
        return self.filter(inspection__property=prop)


class Finding(Stateful, SectionRow):
    """One answer of a department: in order, defect or danger; suspected or confirmed; carried to the follow-up."""

    class Certainty(models.TextChoices):
        SUSPECTED = "suspected", "vermutet"
        CONFIRMED = "confirmed", "bestätigt"

    class Level(models.TextChoices):
        DWELLING = "dwelling", "Wohneinheit"
        HOUSE = "house", "Haus"
        OUTSIDE = "outside", "Außenbereich"

    class State(models.TextChoices):
        OPEN = "open", "offen"
        RESOLVED = "resolved", "behoben"
        CARRIED = "carried", "in der Nachkontrolle fortgeführt"
        WITHDRAWN = "withdrawn", "zurückgenommen"

    TRANSITIONS = {
        State.OPEN: {State.RESOLVED, State.CARRIED, State.WITHDRAWN},
        State.RESOLVED: {State.OPEN},
        State.CARRIED: set(),
        State.WITHDRAWN: {State.OPEN},
    }

    section = models.ForeignKey(
        InspectionSection,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name="Abschnitt",
    )
    item = models.ForeignKey(
        "objects.ChecklistItem",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name="Prüfpunkt",
    )
    category = models.CharField("Art", max_length=14, choices=Category)
    severity = models.CharField("Bewertung", max_length=6, choices=Severity)
    certainty = models.CharField("Gewissheit", max_length=9, choices=Certainty, default=Certainty.CONFIRMED)
    level = models.CharField("Ebene", max_length=8, choices=Level, default=Level.HOUSE)
    count = models.PositiveSmallIntegerField(
        "Anzahl der Mängel", default=1, null=True, blank=True, help_text="leer: nicht gezählt"
    )
    affected = models.PositiveSmallIntegerField("betroffene Häuser oder Wohneinheiten", null=True, blank=True)
    place = models.CharField("Stelle", max_length=120, blank=True, help_text="zum Beispiel Bad, Außenwand")
    text = models.TextField("Beschreibung", blank=True, max_length=2000)
    due_on = models.DateField("Frist", null=True, blank=True)
    state = models.CharField("Stand", max_length=10, choices=State, default=State.OPEN, editable=False)
    resolved_on = models.DateField("behoben am", null=True, editable=False)
    carried_from = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="carried_to",
        verbose_name="fortgeführt aus",
        editable=False,
    )
    measure = models.ForeignKey(
        "objects.Measure",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name="Maßnahme",
        editable=False,
    )

    scope = Scope(
        view=Rule("inspection.view", Custom(rules.readable)),
        add=Rule("inspection.record", City()),
        change=Rule("inspection.record", Custom(rules.in_own_open_section)),
        follow=Rule("inspection.record", Custom(rules.own_open_findings)),
    )
    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "Feststellung"
        verbose_name_plural = "Feststellungen"
        ordering = ["day", "inspection__position", "category", "id"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="objects_finding_due"),
            models.Index(fields=["department", "state"], name="objects_finding_dept"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["section", "visit", "item"],
                condition=Q(item__isnull=False, visit__isnull=False),
                name="objects_finding_once_per_item",
            ),
            models.CheckConstraint(
                name="objects_finding_ok_not_counted", condition=~Q(severity="ok") | ~Q(state="carried")
            ),
            models.CheckConstraint(
                name="objects_finding_resolved_dated",
                condition=~Q(state="resolved") | Q(resolved_on__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.get_category_display()}: {self.get_severity_display()}"

    def save(self, **kwargs):
        """Only what everyone in the register may read moves the points of a property."""
        from objects.priority.once import rescore_soon

        moves = self.inspection_id is not None and (self.is_defect or not self._state.adding)
        with transaction.atomic():
            super().save(**kwargs)
            if moves:
                rescore_soon([self.inspection.property_id])

    @property
    def is_defect(self):
        return self.severity != Severity.OK

    @property
    def where(self):
        return ", ".join(part for part in (str(self.visit) if self.visit_id else "", self.place) if part)

    def resolve(self, *, by, on=None, reason=""):
        with self.transition(self.State.RESOLVED, by=by, reason=reason):
            self.resolved_on = on or timezone.localdate()

    def withdraw(self, *, by, reason):
        if not reason:
            raise ValidationError("Bitte begründen Sie, warum die Feststellung entfällt.", code="reason")
        with self.transition(self.State.WITHDRAWN, by=by, reason=reason):
            pass

    def rerate(self, *, section, inspection, severity, by, on=None, text="", visit=None):
        """Rate an open finding again at a follow-up: a new row there, this one ends as resolved or carried on."""
        on = on or timezone.localdate()
        with transaction.atomic(), acting_as(by):
            target = self.State.RESOLVED if severity == Severity.OK else self.State.CARRIED
            with self.transition(target, by=by, reason=f"Nachkontrolle {section.day}"):
                if inspection.property_id is None or inspection.property_id != self.inspection.property_id:
                    raise ValidationError(
                        "Die Nachkontrolle gehört zu einem anderen Objekt.", code="other_house"
                    )
                if target == self.State.RESOLVED:
                    self.resolved_on = on
            again = Finding(
                inspection=inspection,
                visit=visit,
                item=self.item if visit is None else None,
                category=self.category,
                severity=severity,
                certainty=self.Certainty.CONFIRMED,
                level=self.level,
                count=self.count,
                place=self.place,
                text=text or self.text,
                due_on=self.due_on,
                carried_from=self,
                measure=self.measure,
            ).belong_to(section)
            again.visibility = self.visibility
            again.save()
        return again


class InspectionNote(SectionRow):
    """What a department writes down about its section or one dwelling; internal unless it says otherwise."""

    section = models.ForeignKey(
        InspectionSection,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notes",
        verbose_name="Abschnitt",
    )
    text = models.TextField("Notiz", max_length=4000)

    scope = Scope(
        view=Rule("inspection.view", Custom(rules.readable)),
        add=Rule("inspection.record", City()),
        change=Rule("inspection.record", Custom(rules.in_own_open_section)),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Notiz zur Kontrolle"
        verbose_name_plural = "Notizen zur Kontrolle"
        ordering = ["day", "created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["section", "visit"],
                condition=Q(visit__isnull=False),
                name="objects_inspnote_once_per_visit",
            ),
        ]

    def __str__(self):
        return self.text[:60]
