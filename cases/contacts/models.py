"""One talk at the counter, on the phone or on a doorstep: recorded in ten seconds, with or without a person."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.scope import City, Custom, Rule, Scope, ScopedQuerySet

from .. import access
from ..choices import Language
from ..offers.models import Offer, Site, Topic
from ..people.models import Person

UNDO_WITHIN = timedelta(hours=24)


class Contact(AuditedModel):
    """A counselling contact. Anonymous ones never carry an identity; later they may become a person's, with consent."""

    class Channel(models.TextChoices):
        IN_PERSON = "in_person", "persönlich"
        PHONE = "phone", "Telefon"
        OUTREACH = "outreach", "aufsuchend"

    class Result(models.TextChoices):
        DONE = "done", "erledigt"
        RETURNS = "returns", "kommt wieder"
        REFERRED = "referred", "weitervermittelt"

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="contacts", verbose_name="Angebot")
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Standort"
    )
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="+", verbose_name="Thema")
    at = models.DateTimeField("wann", default=timezone.now)
    language = models.CharField("Sprache", max_length=8, choices=Language)
    channel = models.CharField("Weg", max_length=10, choices=Channel)
    minutes = models.PositiveSmallIntegerField(
        "Minuten",
        validators=[
            MinValueValidator(1, "Bitte mindestens 1 Minute angeben."),
            MaxValueValidator(600, "Bitte höchstens 600 Minuten angeben."),
        ],
    )
    result = models.CharField("Ergebnis", max_length=10, choices=Result, default=Result.DONE)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name="Person"
    )
    case = models.ForeignKey(
        "cases.Case", models.PROTECT, null=True, blank=True, related_name="contacts", verbose_name="Fall"
    )
    help_need = models.ForeignKey(
        "objects.HelpNeed",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Hilfebedarf",
    )
    note = models.CharField("Stichwort", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name="erfasst von"
    )

    social_data = True
    field_permissions = {"person": "person.view", "case": "case.view"}
    scope = Scope(
        view=Rule(
            "contact.view", Custom(access.of_own_offers()), Custom(access.consented("shares_contacts"))
        ),
        add=Rule("contact.record", City()),
        change=Rule("contact.record", Custom(access.of_own_offers())),
        deny=[access.denied("person")],
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Kontakt"
        verbose_name_plural = "Kontakte"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="cases_contact_at"),
            models.Index(fields=["offer", "-at"], name="cases_contact_offer"),
            models.Index(fields=["case", "-at"], name="cases_contact_case"),
            models.Index(fields=["person", "-at"], name="cases_contact_person"),
            models.Index(fields=["recorded_by", "-at"], name="cases_contact_by"),
        ]
        constraints = [
            models.CheckConstraint(
                name="contact_of_a_case_names_its_person", condition=Q(case=None) | Q(person__isnull=False)
            ),
            models.CheckConstraint(name="contact_takes_time", condition=Q(minutes__range=(1, 600))),
        ]

    def __str__(self):
        return f"{self.topic}, {timezone.localtime(self.at):%d.%m.%Y}"

    def get_absolute_url(self):
        return reverse("cases:contact_detail", args=[self.pk])

    @property
    def anonymous(self):
        return self.person_id is None

    def clean(self):
        if self.case_id and self.person_id and self.case.person_id != self.person_id:
            raise ValidationError({"case": "Der Fall gehört zu einer anderen Person."})
        if self.site_id and self.offer_id and self.site.offer_id != self.offer_id:
            raise ValidationError({"site": "Der Standort gehört zu einem anderen Angebot."})

    def may_be_undone(self, user, now=None):
        """By whoever recorded it, on the same day, while nothing else hangs on it."""
        return user.pk == self.recorded_by_id and (now or timezone.now()) - self.created_at < UNDO_WITHIN

    def undo(self, *, by):
        """Typed by mistake: gone from every count; the history keeps that it was there."""
        if not self.may_be_undone(by):
            raise ValidationError("Rückgängig geht nur am selben Tag und nur für eigene Kontakte.")
        with acting_as(by):
            self.delete(reason="rückgängig gemacht")

    def name(self, person, *, by):
        """The anonymous visitor agreed to be recorded: the contact becomes hers. Needs a consent in force."""
        from ..people.consents import Consent

        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.person_id:
                raise ValidationError("Dieser Kontakt gehört schon zu einer Person.")
            if not Consent.objects.in_force().filter(person=person).exists():
                raise ValidationError(
                    "Erst mit einer gültigen Einwilligung wird aus dem Kontakt eine Person."
                )
            self.person = person
            self.save(reason="mit Einwilligung einer Person zugeordnet")
