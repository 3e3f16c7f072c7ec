"""The state's official address list: streets and addresses, imported, never typed.

Source: Geobasis NRW, gebref.txt (reference/peers-property § 5, facts 11 to 15), licence dl-de/zero-2-0.
"""

from django.db import models
from django.db.models import Q

from soe.audit.models import AuditedModel
from soe.departments.scope import City, Rule, Scope, ScopedQuerySet
from soe.web.folding import key, norm

REFERENCE_DATA = "official reference data: each import is an audited record with file hash and counts"


class AddressImport(AuditedModel):
    """One run of `import_addresses`: which file, when, how many rows of which kind."""

    file_name = models.CharField("Datei", max_length=200)
    sha256 = models.CharField("Prüfsumme", max_length=64)
    municipality = models.CharField(
        "Gemeindeschlüssel", max_length=8, blank=True, help_text="leer: ganzes Land"
    )
    rows = models.PositiveIntegerField("Zeilen", default=0)
    added = models.PositiveIntegerField("neu", default=0)
    changed = models.PositiveIntegerField("geändert", default=0)
    unchanged = models.PositiveIntegerField("unverändert", default=0)
    vanished = models.PositiveIntegerField("entfallen", default=0)
    repeated = models.PositiveIntegerField("doppelt", default=0)
    rejected = models.PositiveIntegerField("abgewiesen", default=0)
    elsewhere = models.PositiveIntegerField("andere Gemeinden", default=0)

    scope = Scope(view=Rule("system.manage", City()))
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Einlesen der Anschriften"
        verbose_name_plural = "Einlesen der Anschriften"
        ordering = ["-created_at", "-id"]

    def __str__(self):
        return f"{self.file_name}, {self.created_at:%d.%m.%Y}"


class Street(models.Model):
    """A street of a municipality, with its folded spellings for the search."""

    not_audited_because = REFERENCE_DATA

    id = models.BigAutoField(primary_key=True)
    municipality = models.CharField("Gemeindeschlüssel", max_length=8)
    municipality_name = models.CharField("Gemeinde", max_length=80)
    code = models.CharField("Straßenschlüssel", max_length=5)
    name = models.CharField("Straße", max_length=120)
    search = models.CharField(max_length=120, editable=False)
    sound = models.CharField(max_length=160, editable=False)

    class Meta:
        verbose_name = "Straße"
        verbose_name_plural = "Straßen"
        ordering = ["search", "id"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "code"], name="objects_street_once"),
        ]
        indexes = [
            models.Index(fields=["search", "id"], name="objects_street_search"),
            models.Index(fields=["search"], opclasses=["varchar_pattern_ops"], name="objects_street_prefix"),
        ]

    def __str__(self):
        return self.name

    def fold(self):
        self.search, self.sound = norm(self.name), key(self.name)
        return self


class AddressQuerySet(ScopedQuerySet):
    def current(self):
        return self.filter(vanished_on=None)


class Address(models.Model):
    """One official address. Vanished addresses stay, marked, because records point at them."""

    not_audited_because = REFERENCE_DATA
    social_data = False
    field_permissions: dict[str, str] = {}

    class Quality(models.TextChoices):
        BUILDING = "A", "im Gebäude"
        PARCEL = "B", "auf dem Flurstück"
        INTERNAL = "C", "interne Nummer"

    id = models.BigAutoField(primary_key=True)
    street = models.ForeignKey(Street, models.PROTECT, related_name="addresses", db_index=False)
    number = models.PositiveIntegerField("Hausnummer")
    suffix = models.CharField("Zusatz", max_length=12, blank=True)
    postcode = models.CharField(
        "PLZ", max_length=5, blank=True, help_text="steht nicht in der amtlichen Liste"
    )
    district = models.CharField("Stadtbezirk", max_length=60, blank=True)
    official_id = models.CharField("amtliche Kennung", max_length=20, blank=True)
    quality = models.CharField("Qualität", max_length=1, choices=Quality, blank=True)
    # EPSG:25832 as delivered, in metres; WGS84 computed from it.
    easting = models.FloatField("Ostwert")
    northing = models.FloatField("Nordwert")
    longitude = models.FloatField("Länge")
    latitude = models.FloatField("Breite")
    as_of = models.DateField("Stand", null=True)
    first_import = models.UUIDField(null=True, editable=False)
    last_import = models.UUIDField(null=True, editable=False)
    vanished_on = models.DateField("entfallen am", null=True, editable=False)

    scope = Scope(view=Rule("address.view", City()))
    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = "Anschrift"
        verbose_name_plural = "Anschriften"
        ordering = ["street", "number", "suffix"]
        constraints = [
            models.UniqueConstraint(fields=["street", "number", "suffix"], name="objects_address_once"),
            models.CheckConstraint(name="objects_address_number", condition=Q(number__gte=1)),
        ]

    def __str__(self):
        return self.line

    @property
    def house_number(self):
        return f"{self.number}{self.suffix}"

    @property
    def line(self):
        """ "Lampenstubenweg 14a"; needs the street joined (select_related)."""
        return f"{self.street.name} {self.house_number}"

    @property
    def place(self):
        return f"{self.postcode} {self.street.municipality_name}".strip()

    @property
    def full(self):
        return f"{self.line}, {self.place}"
