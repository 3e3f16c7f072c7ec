"""What a property consists of: house numbers, parcels, dwellings."""

import builtins

from django.db import models
from django.db.models import Q

from soe.audit.models import AuditedModel
from soe.departments.scope import ScopedQuerySet
from soe.web.folding import norm

from .. import parcel_keys
from .properties import PartOfProperty, Property, part_scope


class Monument(models.TextChoices):
    UNKNOWN = "unknown", "nicht bekannt"
    NONE = "none", "kein Denkmal"
    PROVISIONAL = "provisional", "vorläufig unter Schutz gestellt"
    LISTED = "listed", "eingetragenes Denkmal"


class PropertyAddressQuerySet(ScopedQuerySet):
    def current(self):
        return self.filter(ended_on=None)


class PropertyAddress(PartOfProperty, AuditedModel):
    """One house number of a property: an official address, or a text where there is none."""

    property = models.ForeignKey(Property, models.PROTECT, related_name="addresses", verbose_name="Objekt")
    address = models.ForeignKey(
        "objects.Address",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="property_addresses",
        verbose_name="amtliche Anschrift",
    )
    text = models.CharField("Anschrift ohne amtliche Nummer", max_length=120, blank=True)
    postcode = models.CharField("PLZ", max_length=5, blank=True)
    district = models.CharField("Stadtbezirk", max_length=60, blank=True)
    primary = models.BooleanField("Hauptanschrift", default=False)
    sort = models.PositiveIntegerField(default=0, editable=False)
    ended_on = models.DateField("entfallen am", null=True, blank=True)

    scope = part_scope()
    objects = PropertyAddressQuerySet.as_manager()

    class Meta:
        verbose_name = "Anschrift des Objekts"
        verbose_name_plural = "Anschriften des Objekts"
        ordering = ["property", "-primary", "sort", "created_at"]
        constraints = [
            models.CheckConstraint(
                name="objects_property_address_official_or_text",
                condition=Q(address__isnull=False, text="") | (Q(address=None) & ~Q(text="")),
                violation_error_message="Bitte entweder eine amtliche Anschrift wählen oder einen Text eingeben.",
            ),
            models.UniqueConstraint(
                fields=["address"],
                condition=Q(ended_on=None),
                name="objects_address_in_one_property",
                violation_error_message="Diese Anschrift gehört schon zu einem Objekt.",
            ),
            models.UniqueConstraint(
                fields=["property"],
                condition=Q(primary=True, ended_on=None),
                name="objects_property_one_primary",
            ),
        ]

    def __str__(self):
        return self.line

    def save(self, **kwargs):
        if self.address is not None:
            self.sort = self.address.number
            self.district = self.district or self.address.district
            self.postcode = self.postcode or self.address.postcode
        super().save(**kwargs)

    @builtins.property
    def line(self):
        return self.address.line if self.address else self.text

    @builtins.property
    def words(self):
        """What finds this address in the property's search text."""
        return [word for word in (norm(self.line), self.postcode) if word]


def validate_parcel_key(value):
    parcel_keys.validate(value)


def validate_alkis_id(value):
    parcel_keys.validate_alkis_id(value)


class Parcel(PartOfProperty, AuditedModel):
    """A parcel of the land register under a property."""

    property = models.ForeignKey(Property, models.PROTECT, related_name="parcels", verbose_name="Objekt")
    key = models.CharField(
        "Flurstückskennzeichen", max_length=20, validators=[validate_parcel_key], db_index=True
    )
    area = models.DecimalField("Fläche in m²", max_digits=10, decimal_places=2, null=True, blank=True)
    # Empty: the name that stands at another parcel of the same Gemarkung, if any.
    place_name = models.CharField("Name der Gemarkung", max_length=60, blank=True)
    alkis_id = models.CharField("ALKIS-Kennung", max_length=16, blank=True, validators=[validate_alkis_id])
    ended_on = models.DateField("entfallen am", null=True, blank=True)

    scope = part_scope()
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Flurstück"
        verbose_name_plural = "Flurstücke"
        ordering = ["property", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["property", "key"],
                condition=Q(ended_on=None),
                name="objects_parcel_once",
                violation_error_message="Dieses Flurstück steht schon beim Objekt.",
            ),
            models.CheckConstraint(name="objects_parcel_area", condition=Q(area=None) | Q(area__gt=0)),
        ]

    def __str__(self):
        return self.readable

    @builtins.property
    def readable(self):
        """Gemarkung Wanne-Eickel (052417), Flur 12, Flurstück 318/4"""
        return parcel_keys.readable(self.key, self.place_name)

    def clean(self):
        self.key = parcel_keys.normalise(self.key)
        validate_parcel_key(self.key)

    def save(self, **kwargs):
        if self._state.adding and not self.place_name:
            named = Parcel.objects.filter(key__startswith=self.key[:6]).exclude(place_name="")
            self.place_name = named.order_by("-created_at").values_list("place_name", flat=True).first() or ""
        super().save(**kwargs)


class Dwelling(PartOfProperty, AuditedModel):
    """A dwelling in a property: where it lies, how large it is."""

    property = models.ForeignKey(Property, models.PROTECT, related_name="dwellings", verbose_name="Objekt")
    location = models.CharField("Lage", max_length=60, help_text="zum Beispiel 2. OG links")
    house = models.ForeignKey(
        PropertyAddress,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="dwellings",
        verbose_name="Hausnummer",
    )
    building = models.ForeignKey(
        "objects.Building",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="dwellings",
        verbose_name="Gebäude",
    )
    area = models.DecimalField("Wohnfläche in m²", max_digits=7, decimal_places=2, null=True, blank=True)
    rooms = models.DecimalField("Zimmer", max_digits=3, decimal_places=1, null=True, blank=True)
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0, editable=False)
    ended_on = models.DateField("entfallen am", null=True, blank=True)

    scope = part_scope()
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Wohneinheit"
        verbose_name_plural = "Wohneinheiten"
        ordering = ["property", "position", "location"]
        constraints = [
            models.UniqueConstraint(
                fields=["property", "house", "location"],
                condition=Q(ended_on=None, house__isnull=False),
                name="objects_dwelling_once_in_house",
                violation_error_message="Diese Wohneinheit gibt es schon.",
            ),
            models.UniqueConstraint(
                fields=["property", "location"],
                condition=Q(ended_on=None, house=None),
                name="objects_dwelling_once",
                violation_error_message="Diese Wohneinheit gibt es schon.",
            ),
            models.CheckConstraint(name="objects_dwelling_area", condition=Q(area=None) | Q(area__gt=0)),
        ]

    def __str__(self):
        return self.location
