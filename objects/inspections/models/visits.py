"""One dwelling on one inspection day: access first, then counts. No names."""

import uuid
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Q

from soe.audit.models import AuditedModel
from soe.departments.models import Department
from soe.departments.scope import City, Rule, Scope, ScopedQuerySet, ViaParent

from .days import Inspection

COUNT = {"null": True, "blank": True}


class DwellingVisitQuerySet(ScopedQuerySet):
    def entered(self):
        return self.filter(access__in=("granted", "partly"))


class DwellingVisit(AuditedModel):
    """What was counted in one dwelling. Shared by all departments on site; unset counts were not counted."""

    class Access(models.TextChoices):
        GRANTED = "granted", "gewährt"
        NOBODY = "nobody", "niemand da"
        REFUSED = "refused", "verweigert"
        PARTLY = "partly", "nur teilweise"

    class Unit(models.TextChoices):
        DWELLING = "dwelling", "ganze Wohnung"
        ROOM_SHARED = "room_shared", "einzelner Raum, Nebenräume mitbenutzt"
        ROOM_ALONE = "room_alone", "einzelner Raum ohne Nebenräume"

    COUNTS = ("registered", "met", "unregistered", "gone", "children", "benefit_not_met")

    inspection = models.ForeignKey(
        Inspection, models.PROTECT, related_name="visits", verbose_name="Objektkontrolle"
    )
    dwelling = models.ForeignKey(
        "objects.Dwelling",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="visits",
        verbose_name="Wohneinheit",
    )
    location = models.CharField("Lage", max_length=80, help_text="zum Beispiel 2. OG rechts")
    position = models.PositiveSmallIntegerField("Reihenfolge", default=1)
    access = models.CharField("Zutritt", max_length=8, choices=Access, blank=True)
    unit = models.CharField("Art der Wohneinheit", max_length=12, choices=Unit, default=Unit.DWELLING)
    area = models.DecimalField(
        "Wohnfläche in m²",
        max_digits=7,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("1"))],
        **COUNT,
    )
    largest_room = models.DecimalField(
        "größter Wohnraum in m²",
        max_digits=7,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("1"))],
        **COUNT,
    )
    rooms = models.PositiveSmallIntegerField("Räume", **COUNT)
    registered = models.PositiveSmallIntegerField("Gemeldet laut Melderegister", **COUNT)
    met = models.PositiveSmallIntegerField("Angetroffen", **COUNT)
    unregistered = models.PositiveSmallIntegerField("Angetroffen, nicht gemeldet", **COUNT)
    gone = models.PositiveSmallIntegerField("Gemeldet, wohnt nicht mehr hier", **COUNT)
    small_children = models.PositiveSmallIntegerField("Davon kleine Kinder", **COUNT)
    children = models.PositiveSmallIntegerField("Schulpflichtig, nicht in der Schule", **COUNT)
    benefit_not_met = models.PositiveSmallIntegerField("Leistungsbeziehende, nicht angetroffen", **COUNT)
    done = models.BooleanField("fertig", default=False)
    recorded_by = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="zuerst erfasst von",
        editable=False,
    )
    # Given by the device that recorded the visit, so that a retry after a lost connection finds the same row.
    client_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    scope = Scope(
        view=Rule("inspection.view", ViaParent("inspection", "view")),
        add=Rule("inspection.record", City()),
        record=Rule("inspection.record", ViaParent("inspection", "record")),
    )
    objects = DwellingVisitQuerySet.as_manager()

    class Meta:
        verbose_name = "Wohnungsbegehung"
        verbose_name_plural = "Wohnungsbegehungen"
        ordering = ["inspection", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "dwelling"], name="objects_visit_dwelling_once"),
            models.CheckConstraint(name="objects_visit_located", condition=~Q(location="")),
            models.CheckConstraint(
                name="objects_visit_done_has_access", condition=Q(done=False) | ~Q(access="")
            ),
        ]

    def __str__(self):
        return self.location

    def get_absolute_url(self):
        return self.inspection.get_absolute_url()

    def save(self, **kwargs):
        from objects.priority.once import rescore_soon

        with transaction.atomic():
            super().save(**kwargs)
            rescore_soon([self.inspection.property_id])

    @property
    def entered(self):
        return self.access in (self.Access.GRANTED, self.Access.PARTLY)

    @property
    def persons(self):
        """How many live here as far as is known: those met, or those registered who still live here."""
        known = [self.met, None if self.registered is None else max(self.registered - (self.gone or 0), 0)]
        return max((n for n in known if n is not None), default=None)

    def doubts(self):
        """Sentences about numbers that do not fit together. They warn, they never stop the work on site."""
        result = []
        if self.met is not None and (self.unregistered or 0) > self.met:
            result.append("Es sind mehr Personen nicht gemeldet als angetroffen.")
        if self.registered is not None and (self.gone or 0) > self.registered:
            result.append("Es sollen mehr Personen fort sein, als gemeldet sind.")
        if self.access in (self.Access.NOBODY, self.Access.REFUSED) and self.met:
            result.append("Ohne Zutritt sind trotzdem Personen als angetroffen gezählt.")
        return result
