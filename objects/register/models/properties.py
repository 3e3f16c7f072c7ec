"""The property itself: number, addresses, parcels, dwellings, the periods it stood in the register."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.errors import IllegalTransition
from soe.audit.models import AuditedModel
from soe.audit.numbers import next_number
from soe.departments.scope import City, OwnDepartment, Participating, Rule, Scope, ScopedQuerySet, ViaParent
from soe.web.folding import norm

VIEW = Rule("register.view", City())


def number_of(serial):
    """HER-0042"""
    return f"{getattr(settings, 'SOE_PROPERTY_PREFIX', 'HER')}-{serial:04}"


def part_scope(path="property"):
    """Rules of what belongs to a property: everyone in the register sees it, who acts on the property changes it."""
    return Scope(
        view=VIEW,
        add=Rule("register.change", ViaParent(path, "change")),
        change=Rule("register.change", ViaParent(path, "change")),
        steer=Rule("register.view", ViaParent(path, "steer")),
    )


class PartOfProperty:
    """What belongs to a property is shown on its page."""

    def get_absolute_url(self):
        return reverse("objects:property", args=[self.property_id])


class PropertyQuerySet(ScopedQuerySet):
    def active(self):
        """Standing in the register today."""
        return self.filter(retired_on=None)

    def registered_at(self, day):
        """Standing in the register at the end of `day`, by the dated periods."""
        periods = RegisterPeriod.objects.filter(Q(left_on=None) | Q(left_on__gt=day), entered_on__lte=day)
        return self.filter(pk__in=periods.order_by().values("property"))

    def acted_on_by(self, departments):
        """Led by one of `departments`, or with their accepted participation."""
        from ..reach import acted_on

        return self.filter(pk__in=acted_on(departments))

    def led_by(self, departments):
        return self.filter(lead_department__in=departments)

    def overdue(self, today):
        return self.filter(summary__next_on__lt=today)


class Property(AuditedModel):
    """A building or plot in the city's register. Retired or merged, never deleted."""

    class BuildingType(models.TextChoices):
        APARTMENTS = "apartments", "Mehrfamilienhaus"
        HOUSE = "house", "Ein- oder Zweifamilienhaus"
        MIXED = "mixed", "Wohn- und Geschäftshaus"
        COMMERCIAL = "commercial", "Gewerbegebäude"
        INDUSTRIAL = "industrial", "Halle, Werkstatt, Zechengebäude"
        LAND = "land", "unbebautes Grundstück"
        OTHER = "other", "anderes Gebäude"

    class Occupancy(models.TextChoices):
        USED = "used", "genutzt"
        PARTLY = "partly", "teilweise leer"
        VACANT = "vacant", "leerstehend"
        UNKNOWN = "unknown", "nicht bekannt"

    class OwnershipForm(models.TextChoices):
        SOLE = "sole", "Alleineigentum"
        CONDOMINIUM = "condominium", "Wohnungseigentümergemeinschaft (WEG)"
        HEIRS = "heirs", "Erbengemeinschaft"
        COMPANY = "company", "Gesellschaft"
        PUBLIC = "public", "öffentliche Hand"
        LEASEHOLD = "leasehold", "Erbbaurecht"
        OTHER = "other", "andere Form"

    class RetiredReason(models.TextChoices):
        SOLVED = "solved", "Probleme behoben"
        REUSED = "reused", "Nachnutzung erreicht"
        DEMOLISHED = "demolished", "abgerissen"
        UNFOUNDED = "unfounded", "Verdacht nicht bestätigt"
        MISTAKE = "mistake", "irrtümlich angelegt"
        MERGED = "merged", "mit anderem Objekt zusammengeführt"

    serial = models.PositiveIntegerField("laufende Nummer", unique=True, editable=False)
    number = models.CharField("Objektnummer", max_length=20, unique=True, editable=False)
    title = models.CharField("Anschrift", max_length=250, editable=False)
    # Folded addresses, number and PLZ, for the search; "|" keeps neighbours apart.
    search = models.CharField(max_length=900, editable=False, default="")
    district = models.CharField("Stadtbezirk", max_length=60, blank=True)
    lead_department = models.ForeignKey(
        "departments.Department", models.PROTECT, related_name="led_properties", verbose_name="Federführung"
    )
    building_type = models.CharField("Gebäudeart", max_length=12, choices=BuildingType, blank=True)
    former_use = models.CharField("frühere Nutzung", max_length=120, blank=True)
    occupancy_state = models.CharField("Nutzung", max_length=10, choices=Occupancy, default=Occupancy.UNKNOWN)
    ownership_form = models.CharField("Eigentumsform", max_length=12, choices=OwnershipForm, blank=True)
    dwellings_count = models.PositiveSmallIntegerField("Wohneinheiten", null=True, blank=True)
    registered_on = models.DateField("im Kataster seit", default=timezone.localdate)
    retired_on = models.DateField("abgeschlossen am", null=True, blank=True, editable=False)
    retired_reason = models.CharField(
        "Grund des Abschlusses", max_length=12, choices=RetiredReason, blank=True, editable=False
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_from",
        verbose_name="zusammengeführt mit",
        editable=False,
    )
    easting = models.FloatField("Ostwert", null=True, editable=False)
    northing = models.FloatField("Nordwert", null=True, editable=False)
    longitude = models.FloatField("Länge", null=True, editable=False)
    latitude = models.FloatField("Breite", null=True, editable=False)

    scope = Scope(
        view=VIEW,
        add=Rule("register.change", City()),
        change=Rule("register.change", OwnDepartment("lead_department"), Participating("participations")),
        # Opening a proceeding, planning a measure: the lead, or an accepted participation, of the own department.
        proceed=Rule("proceeding.change", OwnDepartment("lead_department"), Participating("participations")),
        measure=Rule("measure.change", OwnDepartment("lead_department"), Participating("participations")),
        # Putting a file together for court or council: who acts here, and who steers.
        document=Rule(
            "register.change",
            OwnDepartment("lead_department"),
            Participating("participations"),
            City("register.steer"),
        ),
        # Putting it on the list of an inspection day; the day itself asks again who plans it.
        inspect=Rule("inspection.plan", City()),
        # The coordination office everywhere, a lead department on its own properties.
        steer=Rule("register.steer", City(), OwnDepartment("lead_department", "register.change")),
    )
    objects = PropertyQuerySet.as_manager()
    history_excluded = ("search",)
    history_children = (
        "addresses", "buildings", "parcels", "dwellings", "problem_areas", "assessments", "goals", "participations",
        "ownerships", "lead_periods", "periods",
    )  # fmt: skip

    class Meta:
        verbose_name = "Objekt"
        verbose_name_plural = "Objekte"
        ordering = ["serial"]
        indexes = [
            models.Index(fields=["district", "serial"], name="objects_property_district"),
            models.Index(fields=["lead_department", "retired_on"], name="objects_property_lead"),
            models.Index(fields=["retired_on", "serial"], name="objects_property_retired"),
            models.Index(fields=["registered_on", "serial"], name="objects_property_since"),
        ]
        constraints = [
            models.CheckConstraint(
                name="objects_property_retired_with_reason",
                condition=Q(retired_on=None, retired_reason="")
                | (Q(retired_on__isnull=False) & ~Q(retired_reason="")),
                violation_error_message="Ein Abschluss braucht Datum und Grund.",
            ),
            models.CheckConstraint(
                name="objects_property_merged_is_retired",
                condition=Q(merged_into=None) & ~Q(retired_reason="merged")
                | Q(merged_into__isnull=False, retired_reason="merged"),
            ),
            models.CheckConstraint(
                name="objects_property_not_into_itself",
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
            ),
            models.CheckConstraint(
                name="objects_property_retired_after_entry",
                condition=Q(retired_on=None) | Q(retired_on__gte=F("registered_on")),
                violation_error_message="Der Abschluss liegt vor der Aufnahme in das Kataster.",
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.title}".strip()

    def get_absolute_url(self):
        return reverse("objects:property", args=[self.pk])

    def save(self, **kwargs):
        from objects.priority.once import rescore_soon

        from ..summaries import refresh

        with transaction.atomic():
            if self.serial is None:
                self.serial = next_number("property")
                self.number = number_of(self.serial)
            self.search = self.search or f"|{norm(self.number)}|"
            adding = self._state.adding
            super().save(**kwargs)
            if adding:
                RegisterPeriod(property=self, entered_on=self.registered_on).save()
                LeadPeriod(
                    property=self, department_id=self.lead_department_id, since=self.registered_on
                ).save()
                refresh([self.pk])
            else:
                rescore_soon([self.pk])

    @property
    def is_retired(self):
        return self.retired_on is not None

    def read_addresses(self, *, reason=""):
        """Take title, district, position and search text over from the current addresses."""
        from ..summaries import refresh
        from ..wording import title_of

        rows = list(self.addresses.current().select_related("address__street").order_by("-primary", "sort"))
        self.title = title_of([row.line for row in rows]) or self.title or "ohne Anschrift"
        if rows:
            first = rows[0]
            self.district = first.district or self.district
            for name in ("easting", "northing", "longitude", "latitude"):
                setattr(self, name, getattr(first.address, name) if first.address else getattr(self, name))
        words = [
            norm(self.number),
            str(self.serial),
            *dict.fromkeys(word for row in rows for word in row.words),
            # Who looks for the number of a duplicate finds the house that stayed.
            *map(norm, self.merged_from.values_list("number", flat=True)),
        ]
        self.search = ("|" + "|".join(words) + "|")[:900]
        with transaction.atomic():
            self.save(reason=reason)
            refresh([self.pk])

    # --- leaving and coming back ------------------------------------------------------------------------------------

    @transaction.atomic
    def retire(self, *, by, outcome, reason, on=None, into=None, despite=""):
        """Close the property with a typed outcome; `into`: the property it was merged with.

        Refused while something is open, unless `despite` says why it is closed all the same.
        """
        from ..closing import open_at
        from ..summaries import refresh

        on = on or timezone.localdate()
        with acting_as(by):
            self.lock()
            if self.is_retired:
                raise IllegalTransition("abgeschlossen", "abgeschlossen")
            if (outcome == self.RetiredReason.MERGED) != (into is not None):
                raise ValidationError("Zum Zusammenführen gehört das Objekt, das bleibt.")
            if into is None and (names := open_at(self)):
                if not despite:
                    raise ValidationError(
                        f"Am Objekt sind noch offen: {', '.join(names)}. Bitte schließen Sie das zuerst ab, oder "
                        "begründen Sie, warum das Objekt trotzdem abgeschlossen wird.",
                        code="open",
                    )
                reason = f"{reason} Trotz offener Vorgänge: {despite}"[:500]
            period = self.periods.get(left_on=None)
            if on < period.entered_on:
                raise ValidationError("Der Abschluss liegt vor der Aufnahme in das Kataster.")
            if on > timezone.localdate():
                raise ValidationError("Der Abschluss kann nicht in der Zukunft liegen.")
            self.retired_on, self.retired_reason, self.merged_into = on, outcome, into
            self.save(reason=reason)
            period.left_on, period.left_reason, period.note = on, outcome, reason
            period.save(reason=reason)
            for goal in self.goals.filter(ended_on=None):
                goal.end(by=by, outcome="retired", reason=reason, on=on)
            refresh([self.pk])

    @transaction.atomic
    def reopen(self, *, by, reason, on=None):
        """Take a retired property back: a new period, the old one stays."""
        from ..summaries import refresh

        on = on or timezone.localdate()
        with acting_as(by):
            self.lock()
            if not self.is_retired:
                raise IllegalTransition("im Kataster", "im Kataster")
            if self.merged_into_id:
                raise ValidationError(f"Das Objekt ist in {self.merged_into.number} aufgegangen.")
            if on < self.retired_on:
                raise ValidationError("Die Wiederaufnahme liegt vor dem Abschluss.")
            self.retired_on, self.retired_reason = None, ""
            self.save(reason=reason)
            RegisterPeriod(property=self, entered_on=on, note=reason, reopened=True).save(reason=reason)
            refresh([self.pk])

    @transaction.atomic
    def change_lead(self, *, by, department, reason, on=None, keep_participating=True):
        """Hand the lead over; the department that had it stays as a participant unless it asks not to."""
        from .participation import Participation

        on = on or timezone.localdate()
        with acting_as(by):
            self.lock()
            if self.is_retired:
                raise IllegalTransition("abgeschlossen", "neue Federführung")
            before = self.lead_department
            if before == department:
                raise ValidationError(f"{department} hat die Federführung schon.")
            period = self.lead_periods.get(until=None)
            if on < period.since:
                raise ValidationError("Die Federführung wechselte danach schon einmal.")
            self.lead_department = department
            self.save(reason=reason)
            period.until = on
            period.save(reason=reason)
            LeadPeriod(property=self, department=department, since=on, reason=reason).save(reason=reason)
            for row in self.participations.running().filter(department=department):
                row.close(by=by, outcome=Participation.Closing.LEAD, reason=reason, on=on)
            if keep_participating and not self.participations.running().filter(department=before).exists():
                Participation(
                    property=self,
                    department=before,
                    state=Participation.State.ACCEPTED,
                    offered_on=on,
                    decided_on=on,
                    reason="bisher federführend",
                ).save(reason=reason)


class RegisterPeriod(PartOfProperty, AuditedModel):
    """A time the property stood in the register; re-opening starts a new one. The report counts from these dates."""

    property = models.ForeignKey(Property, models.PROTECT, related_name="periods", verbose_name="Objekt")
    entered_on = models.DateField("aufgenommen am")
    reopened = models.BooleanField("wieder aufgenommen", default=False)
    left_on = models.DateField("abgeschlossen am", null=True, blank=True)
    left_reason = models.CharField("Grund", max_length=12, choices=Property.RetiredReason, blank=True)
    note = models.CharField("Begründung", max_length=500, blank=True)

    scope = part_scope()
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Zeit im Kataster"
        verbose_name_plural = "Zeiten im Kataster"
        ordering = ["property", "entered_on", "created_at"]
        indexes = [models.Index(fields=["entered_on", "left_on"], name="objects_period_dates")]
        constraints = [
            models.UniqueConstraint(
                fields=["property"], condition=Q(left_on=None), name="objects_period_one_open"
            ),
            models.CheckConstraint(
                name="objects_period_order", condition=Q(left_on=None) | Q(left_on__gte=F("entered_on"))
            ),
        ]

    def __str__(self):
        return f"{self.property.number} seit {self.entered_on:%d.%m.%Y}"


class LeadPeriod(PartOfProperty, AuditedModel):
    """Which department led the property, from when to when."""

    property = models.ForeignKey(Property, models.PROTECT, related_name="lead_periods", verbose_name="Objekt")
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, related_name="+", verbose_name="Fachbereich"
    )
    since = models.DateField("seit")
    until = models.DateField("bis", null=True, blank=True)
    reason = models.CharField("Begründung", max_length=500, blank=True)

    scope = part_scope()
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Federführung"
        verbose_name_plural = "Federführungen"
        ordering = ["property", "since", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["property"], condition=Q(until=None), name="objects_lead_one_open"
            ),
            models.CheckConstraint(
                name="objects_lead_order", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
        ]

    def __str__(self):
        return f"{self.department} seit {self.since:%d.%m.%Y}"
