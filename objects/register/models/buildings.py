"""The buildings of a property: front house, rear house, workshop in the yard."""

import builtins

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from soe.audit.models import AuditedModel
from soe.departments.scope import ScopedQuerySet

from .parts import Monument, PropertyAddress
from .properties import PartOfProperty, Property, part_scope


class BuildingQuerySet(ScopedQuerySet):
    def current(self):
        return self.filter(ended_on=None)


class Building(PartOfProperty, AuditedModel):
    """One building of a property, with year, storeys and protection as a monument."""

    property = models.ForeignKey(Property, models.PROTECT, related_name="buildings", verbose_name="Objekt")
    name = models.CharField(
        "Bezeichnung", max_length=80, help_text="zum Beispiel Vorderhaus, Hinterhaus, Werkstatt im Hof"
    )
    house = models.ForeignKey(
        PropertyAddress,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="buildings",
        verbose_name="Hausnummer",
    )
    building_type = models.CharField(
        "Gebäudeart", max_length=12, choices=Property.BuildingType.choices, blank=True
    )
    occupancy_state = models.CharField(
        "Nutzung", max_length=10, choices=Property.Occupancy.choices, default=Property.Occupancy.UNKNOWN
    )
    former_use = models.CharField("frühere Nutzung", max_length=120, blank=True)
    year_built = models.PositiveSmallIntegerField(
        "Baujahr",
        null=True,
        blank=True,
        validators=[MinValueValidator(1000), MaxValueValidator(2100)],
    )
    storeys = models.PositiveSmallIntegerField(
        "Geschosse", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    monument = models.CharField(
        "Denkmalschutz", max_length=12, choices=Monument.choices, default=Monument.UNKNOWN
    )
    monument_number = models.CharField(
        "Nummer der Denkmalliste", max_length=40, blank=True, help_text="zum Beispiel A 123"
    )
    ended_on = models.DateField("entfallen am", null=True, blank=True, editable=False)

    scope = part_scope()
    objects = BuildingQuerySet.as_manager()

    class Meta:
        verbose_name = "Gebäude"
        verbose_name_plural = "Gebäude"
        ordering = ["property", "name", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["property", "name"],
                condition=Q(ended_on=None),
                name="objects_building_once",
                violation_error_message="Ein Gebäude mit dieser Bezeichnung steht schon beim Objekt.",
            ),
            models.CheckConstraint(
                name="objects_building_monument_number",
                condition=Q(monument_number="") | Q(monument__in=["listed", "provisional"]),
                violation_error_message="Eine Nummer der Denkmalliste gibt es nur bei einem Denkmal.",
            ),
            models.CheckConstraint(
                name="objects_building_storeys", condition=Q(storeys=None) | Q(storeys__gte=1)
            ),
        ]

    def __str__(self):
        return self.name

    @builtins.property
    def is_monument(self):
        return self.monument in (Monument.LISTED, Monument.PROVISIONAL)
