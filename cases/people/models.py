"""Persons, their names in every spelling, and the households they live in. There is no field for ethnicity."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.models import AuditedModel
from soe.audit.numbers import next_number
from soe.departments.models import Department
from soe.departments.scope import City, Custom, OwnDepartment, Rule, Scope, ScopedQuerySet, ViaParent

from .. import access
from ..choices import Language
from ..names import column, sounds, words


class Spelling(models.Model):
    """A name as somebody wrote it, and its folded forms for the search."""

    given_name = models.CharField("Vorname", max_length=80)
    family_name = models.CharField("Nachname", max_length=80, blank=True)
    search_words = models.CharField(max_length=400, editable=False, default="")
    search_sounds = models.CharField(max_length=400, editable=False, default="")

    class Meta:
        abstract = True

    @property
    def full_name(self):
        return f"{self.given_name} {self.family_name}".strip()

    def fold(self):
        """Fill the search columns; save() does it, bulk writing calls it."""
        self.search_words = column(words(self.full_name))
        self.search_sounds = column(sounds(self.full_name))
        return self

    def save(self, **kwargs):
        self.fold()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_words", "search_sounds"}
        super().save(**kwargs)


class Person(Spelling, AuditedModel):
    """Somebody who is advised and agreed to be recorded. Seen by the own carrier, and by others only with consent."""

    class Sex(models.TextChoices):
        FEMALE = "f", "weiblich"
        MALE = "m", "männlich"
        DIVERSE = "d", "divers"

    class German(models.TextChoices):
        NONE = "none", "kein Deutsch"
        LITTLE = "little", "etwas Deutsch"
        GOOD = "good", "gutes Deutsch"

    number = models.CharField("Nummer", max_length=12, unique=True, editable=False)
    own_department = models.ForeignKey(
        Department, models.PROTECT, related_name="persons", verbose_name="erfasst von"
    )
    birth_date = models.DateField("Geburtsdatum", null=True, blank=True)
    birth_year = models.PositiveSmallIntegerField(
        "Geburtsjahr", null=True, blank=True, help_text="genügt, wenn das Datum nicht bekannt ist"
    )
    # For the funder's totals only, never asked for anything else.
    sex = models.CharField(
        "Geschlecht", max_length=1, choices=Sex, blank=True, help_text="nur für die Summen des Förderers"
    )
    first_language = models.CharField("Sprache", max_length=8, choices=Language, blank=True)
    german = models.CharField("Deutsch", max_length=8, choices=German, blank=True)
    phone = models.CharField("Telefon", max_length=60, blank=True)
    email = models.EmailField("E-Mail", blank=True)
    disputed = models.CharField(
        "bestrittene Angaben", max_length=300, blank=True, help_text="was die Person für falsch hält"
    )

    social_data = True
    row_grants = ("cases.PersonUserGrant", "cases.PersonDepartmentGrant")
    field_permissions = dict.fromkeys(
        ("given_name", "family_name", "birth_date", "birth_year", "sex", "phone", "email", "disputed"),
        "person.view",
    )
    scope = Scope(
        view=Rule("person.view", OwnDepartment("own_department"), Custom(access.clients)),
        full=Rule("person.view", OwnDepartment("own_department")),
        history=Rule("person.view", OwnDepartment("own_department")),
        add=Rule("person.change", City()),
        change=Rule("person.change", OwnDepartment("own_department")),
        # Whoever leads a case for the person may ask her for consents as well.
        agree=Rule("person.change", OwnDepartment("own_department"), Custom(access.clients)),
        deny=[access.without("person.view"), access.denied("pk")],
    )
    objects = ScopedQuerySet.as_manager()
    history_children = ("names", "consents", "memberships", "restrictions")

    class Meta:
        verbose_name = "Person"
        verbose_name_plural = "Personen"
        ordering = ["family_name", "given_name", "pk"]
        permissions = [("full_person", "Person ganz einsehen")]
        indexes = [
            models.Index(fields=["family_name", "given_name"], name="cases_person_name"),
            models.Index(fields=["own_department", "family_name", "given_name"], name="cases_person_own"),
            models.Index(fields=["birth_year"], name="cases_person_year"),
            models.Index(fields=["-created_at"], name="cases_person_created"),
        ]
        constraints = [
            models.CheckConstraint(
                name="person_birth_year_plausible",
                condition=Q(birth_year=None) | Q(birth_year__range=(1900, 2100)),
            ),
            models.CheckConstraint(
                name="person_birth_date_in_year",
                condition=Q(birth_date=None) | Q(birth_date__year=F("birth_year")),
                violation_error_message="Geburtsdatum und Geburtsjahr passen nicht zusammen.",
            ),
        ]

    def __str__(self):
        return self.full_name

    def save(self, **kwargs):
        from django.db import transaction

        if self.birth_date:
            self.birth_year = self.birth_date.year
        with transaction.atomic():
            if not self.number:
                self.number = f"P-{next_number('person'):06d}"
            super().save(**kwargs)

    def get_absolute_url(self):
        return reverse("cases:person_detail", args=[self.pk])

    @property
    def born(self):
        """„geboren 1991“: the year is enough on most pages."""
        return f"geboren {self.birth_year}" if self.birth_year else "Geburtsjahr unbekannt"

    @property
    def languages(self):
        parts = (self.get_first_language_display() if self.first_language else "", self.get_german_display())
        return ", ".join(part for part in parts if part)


class PersonName(Spelling, AuditedModel):
    """Another spelling of a person's name: Cyrillic, as in a passport, a name before marriage."""

    class Kind(models.TextChoices):
        PASSPORT = "passport", "Ausweis"
        GERMAN = "german", "deutsche Urkunde"
        ORIGINAL = "original", "eigene Schrift"
        FORMER = "former", "früherer Name"
        CALLED = "called", "Rufname"
        OTHER = "other", "andere Schreibweise"

    person = models.ForeignKey(Person, models.PROTECT, related_name="names", verbose_name="Person")
    kind = models.CharField("woher", max_length=10, choices=Kind, default=Kind.OTHER)

    social_data = True
    scope = Scope(
        view=Rule("person.view", ViaParent("person", "view")),
        add=Rule("person.change", City()),
        change=Rule("person.change", ViaParent("person", "change")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Schreibweise"
        verbose_name_plural = "Schreibweisen"
        ordering = ["kind", "family_name", "given_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "given_name", "family_name"],
                name="cases_name_once",
                violation_error_message="Diese Schreibweise ist schon erfasst.",
            )
        ]

    def __str__(self):
        return self.full_name

    def get_absolute_url(self):
        return self.person.get_absolute_url()


class Household(AuditedModel):
    """People who live together. `adults` and `children` are as stated; not each of them need be a recorded person."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name="erfasst von")
    adults = models.PositiveSmallIntegerField("Erwachsene", default=1)
    children = models.PositiveSmallIntegerField("Kinder", default=0)
    school_children = models.PositiveSmallIntegerField("davon im Schulalter", default=0)
    address = models.ForeignKey(
        "objects.Address", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Anschrift"
    )
    # Leads from the household to the register; never shown the other way round.
    house = models.ForeignKey(
        "objects.Property",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Objekt im Kataster",
    )

    social_data = True
    scope = Scope(
        view=Rule("person.view", OwnDepartment("department"), Custom(access.consented_household)),
        add=Rule("person.change", City()),
        change=Rule("person.change", OwnDepartment("department")),
        deny=[access.without("person.view")],
    )
    objects = ScopedQuerySet.as_manager()
    history_children = ("members",)

    class Meta:
        verbose_name = "Haushalt"
        verbose_name_plural = "Haushalte"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="household_school_children_are_children",
                condition=Q(school_children__lte=F("children")),
                violation_error_message="Es können nicht mehr Kinder im Schulalter sein als Kinder im Haushalt.",
            )
        ]

    def __str__(self):
        return f"Haushalt: {self.words}"

    @property
    def words(self):
        """„2 Erwachsene, 3 Kinder“"""
        children = "1 Kind" if self.children == 1 else f"{self.children} Kinder"
        adults = "1 Erwachsener" if self.adults == 1 else f"{self.adults} Erwachsene"
        return f"{adults}, {children}" if self.children else adults


class HouseholdMemberQuerySet(ScopedQuerySet):
    def current(self, on=None):
        on = on or timezone.localdate()
        return self.filter(Q(until=None) | Q(until__gt=on), since__lte=on)


class HouseholdMember(AuditedModel):
    """A recorded person in a household, from one day to another."""

    class Role(models.TextChoices):
        ADULT = "adult", "erwachsen"
        CHILD = "child", "Kind"
        OTHER = "other", "andere"

    household = models.ForeignKey(Household, models.PROTECT, related_name="members", verbose_name="Haushalt")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", verbose_name="Person")
    role = models.CharField("im Haushalt", max_length=6, choices=Role, default=Role.ADULT)
    since = models.DateField("seit", default=timezone.localdate)
    until = models.DateField("bis", null=True, blank=True)

    social_data = True
    scope = Scope(
        view=Rule("person.view", ViaParent("person", "full")),
        add=Rule("person.change", City()),
        change=Rule("person.change", ViaParent("person", "change")),
    )
    objects = HouseholdMemberQuerySet.as_manager()

    class Meta:
        verbose_name = "Haushaltsmitglied"
        verbose_name_plural = "Haushaltsmitglieder"
        ordering = ["since"]
        constraints = [
            models.CheckConstraint(
                name="member_leaves_after_joining", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(until=None),
                name="cases_one_household_at_a_time",
                violation_error_message="Die Person gehört schon zu einem Haushalt. Bitte beenden Sie diesen zuerst.",
            ),
        ]

    def __str__(self):
        return f"{self.person}, {self.get_role_display()}"
