"""Owners, managers and others with a right in a property."""

import builtins
import re

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.errors import IllegalTransition
from soe.audit.models import AuditedModel
from soe.departments.scope import City, Rule, Scope, ScopedQuerySet, ViaParent
from soe.web.folding import key, norm

from .properties import PartOfProperty, Property

PERSONAL = "owner.personal"

# Domains that say nothing about who is behind an address.
_PROVIDERS = """
aol.com aol.de arcor.de email.de freenet.de gmail.com gmx.at gmx.com gmx.de gmx.net googlemail.com hotmail.com
hotmail.de icloud.com kabelmail.de live.com live.de mail.com mail.de mailbox.org me.com msn.com online.de outlook.com
outlook.de posteo.de proton.me protonmail.com t-online.de unitybox.de versanet.de vodafone.de web.de yahoo.com yahoo.de
ymail.com
"""
PROVIDERS = frozenset(_PROVIDERS.split())


class PartyQuerySet(ScopedQuerySet):
    def standing(self):
        """Without entries that were merged into another one."""
        return self.filter(merged_into=None)

    def with_stock(self):
        """`stock`: number of properties in the register in which the party has a current role."""
        own = (
            Ownership.objects.current()
            .filter(party=models.OuterRef("pk"), property__retired_on=None)
            .order_by()
            .values("party")
            .annotate(n=models.Count("property", distinct=True))
            .values("n")
        )
        return self.annotate(
            stock=models.functions.Coalesce(models.Subquery(own, output_field=models.IntegerField()), 0)
        )


class Party(AuditedModel):
    """A person, company or public body with rights in properties. Contact data has a right of its own."""

    class Kind(models.TextChoices):
        PERSON = "person", "Person"
        COMPANY = "company", "Unternehmen"
        HEIRS = "heirs", "Erbengemeinschaft"
        CONDOMINIUM = "condominium", "Wohnungseigentümergemeinschaft"
        PUBLIC = "public", "öffentliche Hand"
        OTHER = "other", "andere"

    kind = models.CharField("Art", max_length=12, choices=Kind)
    name = models.CharField("Name", max_length=160)
    search = models.CharField(max_length=200, editable=False)
    sound = models.CharField(max_length=240, editable=False)
    register_number = models.CharField("Handelsregister", max_length=60, blank=True)
    birth_date = models.DateField("Geburtsdatum", null=True, blank=True)
    street = models.CharField("Straße und Hausnummer", max_length=120, blank=True)
    postcode = models.CharField("PLZ", max_length=10, blank=True)
    city = models.CharField("Ort", max_length=80, blank=True)
    country = models.CharField("Land", max_length=60, blank=True, help_text="leer: Deutschland")
    phone = models.CharField("Telefon", max_length=60, blank=True)
    email = models.EmailField("E-Mail", blank=True)
    # Folded postal address: parties that share one are shown to each other as a suspected link.
    delivery = models.CharField(max_length=220, editable=False, blank=True)
    # The same for telephone and e-mail: digits, and the domain unless a big provider stands behind it.
    phone_key = models.CharField(max_length=40, editable=False, blank=True, default="")
    mail_domain = models.CharField(max_length=120, editable=False, blank=True, default="")
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        editable=False,
        verbose_name="aufgegangen in",
    )
    note = models.CharField("Hinweis", max_length=300, blank=True)

    scope = Scope(
        view=Rule("owner.view", City()),
        add=Rule("register.change", City()),
        change=Rule("owner.personal", City()),
        relate=Rule("register.change", City()),
        merge=Rule("register.steer", City()),
    )
    field_permissions = {
        "birth_date": PERSONAL,
        "street": PERSONAL,
        "postcode": PERSONAL,
        "city": PERSONAL,
        "country": PERSONAL,
        "phone": PERSONAL,
        "email": PERSONAL,
        "delivery": PERSONAL,
        "phone_key": PERSONAL,
        "mail_domain": PERSONAL,
        "note": PERSONAL,
    }
    history_excluded = ("search", "sound", "delivery", "phone_key", "mail_domain")
    history_children = ("ownerships", "members")
    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name = "Eigentümer oder Verwalter"
        verbose_name_plural = "Eigentümer und Verwalter"
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["name", "id"], name="objects_party_name"),
            models.Index(fields=["kind", "name"], name="objects_party_kind"),
            models.Index(fields=["search"], name="objects_party_search"),
            models.Index(fields=["delivery"], name="objects_party_delivery"),
            models.Index(fields=["phone_key"], name="objects_party_phone"),
            models.Index(fields=["mail_domain"], name="objects_party_domain"),
            models.Index(fields=["sound"], name="objects_party_sound"),
        ]
        constraints = [
            models.CheckConstraint(
                name="objects_party_birth_of_persons", condition=Q(birth_date=None) | Q(kind="person")
            ),
            models.CheckConstraint(
                name="objects_party_not_into_itself",
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("objects:party", args=[self.pk])

    def save(self, **kwargs):
        from ..party_summaries import refresh

        self.fold()
        with transaction.atomic():
            super().save(**kwargs)
            refresh([self.pk])

    def fold(self):
        self.search, self.sound = norm(self.name)[:200], key(self.name)[:240]
        self.delivery = norm(f"{self.street} {self.postcode} {self.city}")[:220] if self.street else ""
        self.phone_key, self.mail_domain = phone_key(self.phone), mail_domain(self.email)
        return self

    @property
    def is_merged(self):
        return self.merged_into_id is not None


def phone_key(text) -> str:
    """Digits as dialled inside the country; too short a number says nothing."""
    digits = re.sub(r"\D", "", re.sub(r"^\s*\+", "00", text or "").replace("(0)", ""))
    digits = re.sub(r"^0049", "0", digits)
    return digits[:40] if len(digits) >= 6 else ""


def mail_domain(address) -> str:
    """The domain behind an address; empty for the big providers, where strangers share it."""
    domain = (address or "").rpartition("@")[2].strip().lower()
    return "" if domain in PROVIDERS else domain[:120]


class OwnershipQuerySet(ScopedQuerySet):
    def current(self, on=None):
        on = on or timezone.localdate()
        return self.filter(
            Q(since=None) | Q(since__lte=on),
            Q(until=None) | Q(until__gt=on),
        )


def dated_share(prefix):
    """Constraints of a share that holds for a time: an end after its start, a fraction like 1/2 or none."""
    return (
        models.CheckConstraint(
            name=f"{prefix}_order",
            condition=Q(until=None) | Q(since=None) | Q(until__gte=F("since")),
            violation_error_message="Das Ende liegt vor dem Beginn.",
        ),
        models.CheckConstraint(
            name=f"{prefix}_share",
            condition=Q(numerator=None, denominator=None)
            | Q(
                numerator__isnull=False,
                denominator__isnull=False,
                numerator__gte=1,
                denominator__gte=F("numerator"),
            ),
            violation_error_message="Der Anteil ist ein Bruch wie 1/2.",
        ),
    )


class Ownership(PartOfProperty, AuditedModel):
    """A party's role in a property from when to when: owner, manager, mortgagee, insolvency administrator."""

    class Role(models.TextChoices):
        OWNER = "owner", "Eigentum"
        HEIR = "heir", "Erbbaurecht"
        MANAGER = "manager", "Verwaltung"
        TENANT = "tenant", "Zwischenvermietung"
        MORTGAGEE = "mortgagee", "Grundpfandrecht"
        INSOLVENCY = "insolvency", "Insolvenzverwaltung"
        RECEIVER = "receiver", "Zwangsverwaltung"
        OTHER = "other", "anderes Recht"

    property = models.ForeignKey(Property, models.PROTECT, related_name="ownerships", verbose_name="Objekt")
    party = models.ForeignKey(Party, models.PROTECT, related_name="ownerships", verbose_name="Eigentümer")
    role = models.CharField("Rolle", max_length=12, choices=Role, default=Role.OWNER)
    numerator = models.PositiveIntegerField("Anteil (Zähler)", null=True, blank=True)
    denominator = models.PositiveIntegerField("Anteil (Nenner)", null=True, blank=True)
    since = models.DateField("seit", null=True, blank=True)
    until = models.DateField("bis", null=True, blank=True, editable=False)
    source = models.CharField("Quelle", max_length=120, blank=True, help_text="zum Beispiel Grundbuch")
    begun_by = models.ForeignKey(
        "objects.OwnerChange",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="begun",
        editable=False,
        verbose_name="begonnen durch",
    )
    ended_by = models.ForeignKey(
        "objects.OwnerChange",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ended",
        editable=False,
        verbose_name="beendet durch",
    )

    scope = Scope(
        view=Rule("owner.view", City()),
        add=Rule("register.change", ViaParent("property", "change")),
        change=Rule("register.change", ViaParent("property", "change")),
    )
    objects = OwnershipQuerySet.as_manager()

    class Meta:
        verbose_name = "Recht am Objekt"
        verbose_name_plural = "Rechte am Objekt"
        ordering = ["property", "role", "since", "created_at"]
        constraints = [
            *dated_share("objects_ownership"),
            models.UniqueConstraint(
                fields=["property", "party", "role"],
                condition=Q(until=None),
                name="objects_ownership_once",
                violation_error_message="Dieses Recht ist bei dem Objekt schon eingetragen.",
            ),
        ]

    def __str__(self):
        return f"{self.party}, {self.get_role_display()}"

    def save(self, **kwargs):
        from ..party_summaries import refresh

        with transaction.atomic():
            super().save(**kwargs)
            refresh([self.party_id])

    def delete(self, **kwargs):
        from ..party_summaries import refresh

        party = self.party_id
        with transaction.atomic():
            result = super().delete(**kwargs)
            refresh([party])
        return result

    @builtins.property
    def share(self):
        return f"{self.numerator}/{self.denominator}" if self.numerator else ""

    @transaction.atomic
    def end(self, *, by, reason, on=None, change=None):
        on = on or timezone.localdate()
        with acting_as(by):
            self.lock()
            if self.until is not None:
                raise IllegalTransition("beendet", "beendet")
            self.until, self.ended_by = on, change
            self.save(reason=reason)
