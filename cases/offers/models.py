"""Counselling offers of the carriers, where they are found, what pays for them, what people come with."""

from datetime import timedelta

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.models import AuditedModel
from soe.departments.models import Department
from soe.departments.scope import City, Everyone, Rule, Scope, ScopedQuerySet

SOON = timedelta(days=365)


class OfferQuerySet(ScopedQuerySet):
    def running(self, on=None):
        on = on or timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on)


class Offer(AuditedModel):
    """What a carrier offers people: counselling, case management, housing help, coaching, a course."""

    class Kind(models.TextChoices):
        CONTACT_POINT = "contact_point", "Anlaufstelle"
        HOUSING = "housing", "Wohnbegleitende Hilfen"
        FAMILY = "family", "Familienbegleitung"
        JOB = "job", "Jobcoaching"
        CASE_MANAGEMENT = "case_management", "Fallmanagement"
        QUALIFICATION = "qualification", "Qualifizierung"
        OTHER = "other", "anderes"

    name = models.CharField("Name", max_length=120)
    prefix = models.CharField(
        "Kürzel der Aktenzeichen",
        max_length=6,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Z]{2,6}$", "Bitte 2 bis 6 Großbuchstaben angeben, zum Beispiel KIM.")
        ],
        help_text="Fälle heißen dann zum Beispiel KIM-2026-0187.",
    )
    kind = models.CharField("Art", max_length=16, choices=Kind)
    carrier = models.ForeignKey(Department, models.PROTECT, related_name="offers", verbose_name="Träger")
    description = models.TextField("Was das Angebot leistet", blank=True)
    target_group = models.CharField("Zielgruppe", max_length=200, blank=True)
    paper = models.CharField("Ratsvorlage", max_length=60, blank=True, help_text="zum Beispiel 2023/1062")
    places = models.PositiveSmallIntegerField(
        "Plätze", null=True, blank=True, help_text="leer: ohne feste Zahl"
    )
    has_waiting_list = models.BooleanField("führt eine Warteliste", default=False)
    starts_on = models.DateField("läuft ab", default=timezone.localdate)
    ends_on = models.DateField("läuft bis", null=True, blank=True)

    scope = Scope(
        view=Rule("offer.view", City()),
        add=Rule("offer.manage", City()),
        change=Rule("offer.manage", City()),
    )
    objects = OfferQuerySet.as_manager()
    history_children = ("sites", "funding")

    class Meta:
        verbose_name = "Angebot"
        verbose_name_plural = "Angebote"
        ordering = ["name"]
        indexes = [
            models.Index(fields=["name"], name="cases_offer_name"),
            models.Index(fields=["carrier", "name"], name="cases_offer_carrier"),
        ]
        constraints = [
            models.CheckConstraint(
                name="offer_ends_after_start",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="Das Ende liegt vor dem Beginn. Bitte prüfen Sie die beiden Daten.",
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("cases:offer_detail", args=[self.pk])


class Site(AuditedModel):
    """Where an offer is found."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="sites", verbose_name="Angebot")
    name = models.CharField("Name", max_length=120, help_text="zum Beispiel Anlaufstelle Wanne")
    address = models.ForeignKey(
        "objects.Address", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Anschrift"
    )
    place = models.CharField(
        "Ort in Worten", max_length=160, blank=True, help_text="zum Beispiel Grundschule, Raum 12"
    )
    hours = models.CharField("Sprechzeiten", max_length=200, blank=True)
    closed_on = models.DateField("geschlossen am", null=True, blank=True)

    scope = Scope(
        view=Rule("offer.view", City()), add=Rule("offer.manage", City()), change=Rule("offer.manage", City())
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Standort"
        verbose_name_plural = "Standorte"
        ordering = ["name"]
        indexes = [models.Index(fields=["offer", "name"], name="cases_site_offer")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return self.offer.get_absolute_url()


class FundingPeriodQuerySet(ScopedQuerySet):
    def running(self, on):
        return self.filter(starts_on__lte=on, ends_on__gte=on)

    def ending(self, after, until):
        """Running on `after` and over at the latest on `until`."""
        return self.running(after).filter(ends_on__lte=until)


class FundingPeriod(AuditedModel):
    """Money for an offer from a programme, from one day to another. What follows is the question of its end."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="funding", verbose_name="Angebot")
    programme = models.CharField("Programm", max_length=160, help_text="zum Beispiel EhAP Plus")
    reference = models.CharField("Förderkennzeichen", max_length=80, blank=True)
    amount = models.DecimalField(
        "Betrag",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0, "Bitte einen Betrag ab 0 angeben.")],
    )
    starts_on = models.DateField("von")
    ends_on = models.DateField("bis")
    duties = models.TextField("Berichtspflichten", blank=True)

    scope = Scope(
        view=Rule("offer.view", City()), add=Rule("offer.manage", City()), change=Rule("offer.manage", City())
    )
    objects = FundingPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "Förderzeitraum"
        verbose_name_plural = "Förderzeiträume"
        ordering = ["-ends_on", "programme"]
        indexes = [models.Index(fields=["offer", "-ends_on"], name="cases_funding_offer")]
        constraints = [
            models.CheckConstraint(
                name="funding_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="Das Ende liegt vor dem Beginn. Bitte prüfen Sie die beiden Daten.",
            ),
            models.CheckConstraint(name="funding_not_negative", condition=Q(amount=None) | Q(amount__gte=0)),
        ]

    def __str__(self):
        return f"{self.programme}, bis {self.ends_on:%d.%m.%Y}"

    def get_absolute_url(self):
        return self.offer.get_absolute_url()

    def ends_soon(self, today=None):
        """Within twelve months, and not over yet."""
        today = today or timezone.localdate()
        return today <= self.ends_on < today + SOON


class Topic(AuditedModel):
    """What a contact was about. Few, so that one of them is chosen in a second."""

    code = models.SlugField("Kürzel", max_length=30, unique=True)
    name = models.CharField("Name", max_length=60, unique=True)
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)
    retired_on = models.DateField("nicht mehr gewählt ab", null=True, blank=True)

    scope = Scope(
        view=Rule(None, Everyone()), add=Rule("offer.manage", City()), change=Rule("offer.manage", City())
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Thema"
        verbose_name_plural = "Themen"
        ordering = ["position", "name"]

    def __str__(self):
        return self.name
