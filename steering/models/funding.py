"""Applications for funding: which programme, until when, how much."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.models import AuditedModel
from soe.departments.models import Department
from soe.departments.scope import City, OwnDepartment, Rule, Scope, ScopedQuerySet

from .base import Searchable, StateMachine


class FundingQuerySet(ScopedQuerySet):
    def pending(self):
        return self.filter(state__in=FundingApplication.PENDING)


class FundingApplication(Searchable, StateMachine, AuditedModel):
    """One application to one programme."""

    class State(models.TextChoices):
        PREPARING = "preparing", "in Vorbereitung"
        SUBMITTED = "submitted", "eingereicht"
        GRANTED = "granted", "bewilligt"
        REFUSED = "refused", "abgelehnt"
        WITHDRAWN = "withdrawn", "zurückgezogen"

    TRANSITIONS = {
        State.PREPARING: {State.SUBMITTED, State.WITHDRAWN},
        State.SUBMITTED: {State.GRANTED, State.REFUSED, State.WITHDRAWN},
        State.GRANTED: set(),
        State.REFUSED: set(),
        State.WITHDRAWN: set(),
    }
    PENDING = (State.PREPARING, State.SUBMITTED)

    title = models.CharField("Vorhaben", max_length=200)
    programme = models.CharField("Programm", max_length=160)
    funder = models.CharField("Fördergeber", max_length=160, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="funding_applications", verbose_name="Antrag von"
    )
    proposal = models.ForeignKey(
        "steering.Proposal",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="funding_applications",
        verbose_name="Vorschlag",
    )
    offer = models.ForeignKey(
        "cases.Offer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="funding_applications",
        verbose_name="Angebot",
    )
    deadline = models.DateField("Antragsfrist")
    amount = models.DecimalField(
        "beantragt in Euro", max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    own_share = models.DecimalField(
        "Eigenanteil in Euro",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    granted_amount = models.DecimalField(
        "bewilligt in Euro", max_digits=12, decimal_places=2, null=True, blank=True, editable=False
    )
    runs_from = models.DateField("Förderung ab", null=True, blank=True)
    runs_until = models.DateField("Förderung bis", null=True, blank=True)
    state = models.CharField("Stand", max_length=10, choices=State, default=State.PREPARING, editable=False)
    submitted_on = models.DateField("eingereicht am", null=True, editable=False)
    answered_on = models.DateField("Bescheid vom", null=True, editable=False)

    search_sources = ("title", "programme", "funder")
    scope = Scope(
        view=Rule("steering.view", City()),
        add=Rule("steering.propose", City(), City("steering.manage")),
        change=Rule("steering.propose", OwnDepartment("department"), City("steering.manage")),
    )
    objects = FundingQuerySet.as_manager()

    class Meta:
        verbose_name = "Förderantrag"
        verbose_name_plural = "Förderanträge"
        ordering = ["deadline", "id"]
        indexes = [
            models.Index(fields=["deadline", "id"], name="steering_funding_deadline"),
            models.Index(fields=["state", "deadline"], name="steering_funding_state"),
        ]
        constraints = [
            models.CheckConstraint(name="steering_funding_amount", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="steering_funding_period",
                condition=Q(runs_until=None) | Q(runs_from=None) | Q(runs_until__gte=F("runs_from")),
                violation_error_message="Die Förderung muss nach ihrem Beginn enden.",
            ),
            models.CheckConstraint(
                name="steering_funding_granted_amount",
                condition=Q(state="granted", granted_amount__isnull=False)
                | (~Q(state="granted") & Q(granted_amount=None)),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("steering:funding_detail", args=[self.pk])

    @property
    def is_pending(self):
        return self.state in self.PENDING

    def submit(self, *, by, on=None):
        with self._move(self.State.SUBMITTED, by=by):
            self.submitted_on = on or timezone.localdate()

    def grant(self, *, by, amount, on=None):
        with self._move(self.State.GRANTED, by=by):
            self.granted_amount, self.answered_on = amount, on or timezone.localdate()

    def refuse(self, *, by, reason, on=None):
        with self._move(self.State.REFUSED, by=by, reason=reason):
            self.answered_on = on or timezone.localdate()

    def withdraw(self, *, by, reason):
        with self._move(self.State.WITHDRAWN, by=by, reason=reason):
            pass
