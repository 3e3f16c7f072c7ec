"""Bodies that meet, and who sits in them."""

import math

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.models import Department
from soe.departments.scope import City, Rule, Scope, ScopedQuerySet


class CommitteeQuerySet(ScopedQuerySet):
    def active(self, on=None):
        on = on or timezone.localdate()
        return self.filter(Q(end_date=None) | Q(end_date__gte=on))

    def own(self):
        """Bodies whose meetings we run ourselves; council bodies only appear in consultations."""
        return self.filter(kind__in=Committee.OWN_KINDS)


class Committee(AuditedModel):
    """A body that meets: the Lenkungskreis, a working group, a council committee, the council, a district board."""

    class Kind(models.TextChoices):
        STEERING = "steering", "Lenkungskreis"
        WORKING_GROUP = "working_group", "Arbeitsgruppe"
        COUNCIL_COMMITTEE = "council_committee", "Ausschuss"
        COUNCIL = "council", "Rat"
        DISTRICT = "district", "Bezirksvertretung"

    class QuorumRule(models.TextChoices):
        NONE = "none", "keine Regel hinterlegt"
        HALF = "half", "mehr als die Hälfte der Stimmen"
        NUMBER = "number", "feste Zahl von Stimmen"

    OWN_KINDS = (Kind.STEERING, Kind.WORKING_GROUP)

    code = models.CharField(
        "Kürzel",
        max_length=12,
        unique=True,
        validators=[
            RegexValidator(r"^[A-ZÄÖÜ][A-ZÄÖÜ0-9]*$", "Nur Großbuchstaben und Ziffern, zum Beispiel LK.")
        ],
        help_text="steht in jeder Beschlussnummer, zum Beispiel LK",
    )
    name = models.CharField("Name", max_length=160, unique=True)
    kind = models.CharField("Art", max_length=20, choices=Kind)
    chair = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="chaired_committees",
        verbose_name="Vorsitz",
    )
    quorum_rule = models.CharField(
        "Beschlussfähigkeit", max_length=8, choices=QuorumRule, default=QuorumRule.NONE
    )
    quorum_votes = models.PositiveSmallIntegerField("nötige Stimmen", null=True, blank=True)
    public = models.BooleanField("tagt öffentlich", default=False)
    registration_days = models.PositiveSmallIntegerField("Anmeldeschluss, Tage vor der Sitzung", default=14)
    location = models.CharField("üblicher Ort", max_length=120, blank=True)
    start_date = models.DateField("besteht seit", null=True, blank=True)
    end_date = models.DateField("besteht bis", null=True, blank=True)

    scope = Scope(
        view=Rule("steering.view", City()),
        add=Rule("steering.manage", City()),
        change=Rule("steering.manage", City()),
    )
    objects = CommitteeQuerySet.as_manager()
    history_children = ("memberships",)

    class Meta:
        verbose_name = "Gremium"
        verbose_name_plural = "Gremien"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="steering_quorum_number",
                condition=~Q(quorum_rule="number") | Q(quorum_votes__gt=0),
            ),
            models.CheckConstraint(
                name="steering_committee_term",
                condition=Q(end_date=None) | Q(start_date=None) | Q(end_date__gte=F("start_date")),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("steering:committee_detail", args=[self.pk])

    def clean(self):
        if self.quorum_rule == self.QuorumRule.NUMBER and not self.quorum_votes:
            raise ValidationError({"quorum_votes": "Bitte geben Sie an, wie viele Stimmen nötig sind."})

    @property
    def holds_meetings(self):
        return self.kind in self.OWN_KINDS

    def votes_needed(self, total):
        """Votes that must be present out of `total`; None while no rule is set."""
        if self.quorum_rule == self.QuorumRule.HALF:
            return math.floor(total / 2) + 1
        if self.quorum_rule == self.QuorumRule.NUMBER:
            return self.quorum_votes
        return None

    def seat(
        self,
        *,
        by,
        department=None,
        user=None,
        role="member",
        voting_right=True,
        start_date=None,
        deputy=None,
    ):
        """Give a seat; a department or a person, never both."""
        membership = CommitteeMembership(
            committee=self,
            department=department,
            user=user,
            deputy=deputy,
            role=role,
            voting_right=voting_right,
            start_date=start_date or timezone.localdate(),
        )
        with acting_as(by):
            membership.full_clean(exclude=["version"])
            membership.save()
        return membership


class CommitteeMembershipQuerySet(ScopedQuerySet):
    def current(self, on=None):
        on = on or timezone.localdate()
        return self.filter(Q(end_date=None) | Q(end_date__gte=on), start_date__lte=on)


class CommitteeMembership(AuditedModel):
    """A seat: held by a department (whoever leads it) or by a person, with or without a vote, for a time."""

    class Role(models.TextChoices):
        CHAIR = "chair", "Vorsitz"
        MEMBER = "member", "Mitglied"
        MANAGER = "manager", "Geschäftsführung"
        ADVISORY = "advisory", "beratend"

    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="memberships", verbose_name="Gremium"
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="committee_seats",
        verbose_name="Stelle",
    )
    user = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="committee_seats",
        verbose_name="Person",
    )
    deputy = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="committee_deputies",
        verbose_name="Stellvertretung",
    )
    role = models.CharField("Funktion", max_length=10, choices=Role, default=Role.MEMBER)
    voting_right = models.BooleanField("mit Stimme", default=True)
    start_date = models.DateField("seit", default=timezone.localdate)
    end_date = models.DateField("bis", null=True, blank=True)

    scope = Scope(
        view=Rule("steering.view", City()),
        add=Rule("steering.manage", City()),
        change=Rule("steering.manage", City()),
    )
    objects = CommitteeMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "Sitz"
        verbose_name_plural = "Sitze"
        ordering = ["committee", "-voting_right", "start_date", "id"]
        indexes = [
            models.Index(fields=["department", "end_date"], name="steering_seat_department"),
            models.Index(fields=["user", "end_date"], name="steering_seat_user"),
        ]
        constraints = [
            models.CheckConstraint(
                name="steering_seat_department_or_user",
                condition=Q(department=None, user__isnull=False) | Q(department__isnull=False, user=None),
                violation_error_message="Ein Sitz gehört einer Stelle oder einer Person, nicht beiden.",
            ),
            models.CheckConstraint(
                name="steering_seat_dates", condition=Q(end_date=None) | Q(end_date__gte=F("start_date"))
            ),
            models.CheckConstraint(
                name="steering_seat_deputy",
                condition=Q(deputy=None) | Q(user=None) | ~Q(deputy=F("user")),
                violation_error_message="Niemand vertritt sich selbst.",
            ),
            models.UniqueConstraint(
                fields=["committee", "department"],
                condition=Q(end_date=None, department__isnull=False),
                name="steering_seat_department_once",
                violation_error_message="Diese Stelle hat in dem Gremium schon einen Sitz.",
            ),
            models.UniqueConstraint(
                fields=["committee", "user"],
                condition=Q(end_date=None, user__isnull=False),
                name="steering_seat_user_once",
                violation_error_message="Diese Person hat in dem Gremium schon einen Sitz.",
            ),
            models.UniqueConstraint(
                fields=["committee"],
                condition=Q(end_date=None, role="chair"),
                name="steering_one_chair",
                violation_error_message="Das Gremium hat schon einen Vorsitz.",
            ),
        ]

    def __str__(self):
        return f"{self.holder}, {self.committee}"

    def get_absolute_url(self):
        return self.committee.get_absolute_url()

    @property
    def holder(self):
        return self.department or self.user

    def end(self, *, by, on, reason):
        """The last day of the seat; what it decided stays."""
        with acting_as(by):
            self.end_date = on
            self.save(reason=reason)
