""" "There is something, ask FB 51": a logged request for information with purpose, answer and expiry."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from objects import notices
from soe.audit.models import AuditedModel
from soe.audit.states import Stateful
from soe.departments.grants import RowGrant, grant, revoke
from soe.departments.scope import OwnDepartment, Rule, Scope, ScopedQuerySet
from soe.web.text import local_date

from .proceedings import DEPARTMENT

LONGEST_DAYS = 180


class InformationRequestQuerySet(ScopedQuerySet):
    def waiting(self):
        return self.filter(state=InformationRequest.State.ASKED)

    def running(self, now=None):
        return self.filter(state=InformationRequest.State.ACCEPTED, expires_at__gt=now or timezone.now())


class InformationRequest(Stateful, AuditedModel):
    """One department asks another what it does at a property; a yes opens that proceeding until a date.

    About a measure there is an answer in words only: it is one sentence and a date, there is nothing to look into.
    """

    class State(models.TextChoices):
        ASKED = "asked", "angefragt"
        ACCEPTED = "accepted", "erteilt"
        DECLINED = "declined", "abgelehnt"
        WITHDRAWN = "withdrawn", "zurückgezogen"
        ENDED = "ended", "vorzeitig beendet"

    TRANSITIONS = {
        State.ASKED: {State.ACCEPTED, State.DECLINED, State.WITHDRAWN},
        State.ACCEPTED: {State.ENDED},
        State.DECLINED: set(),
        State.WITHDRAWN: set(),
        State.ENDED: set(),
    }

    proceeding = models.ForeignKey(
        "objects.Proceeding",
        models.PROTECT,
        null=True,
        related_name="information_requests",
        verbose_name="Verfahren",
        editable=False,
    )
    measure = models.ForeignKey(
        "objects.Measure",
        models.PROTECT,
        null=True,
        related_name="information_requests",
        verbose_name="Maßnahme",
        editable=False,
    )
    asking_department = models.ForeignKey(
        DEPARTMENT, models.PROTECT, related_name="asked_requests", verbose_name="fragt an"
    )
    asked_department = models.ForeignKey(
        DEPARTMENT, models.PROTECT, related_name="received_requests", verbose_name="angefragt", editable=False
    )
    asked_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name="angefragt durch", editable=False
    )
    purpose = models.TextField("Zweck", max_length=1000)
    legal_basis = models.ForeignKey(
        "objects.LegalBasis",
        models.PROTECT,
        null=True,
        related_name="information_requests",
        verbose_name="Rechtsgrundlage",
    )
    question = models.TextField("Was wird gefragt?", max_length=1000, blank=True)
    answer_due = models.DateField("Antwort bis", null=True, editable=False)
    asked_at = models.DateTimeField("angefragt am", default=timezone.now, editable=False)
    state = models.CharField("Stand", max_length=10, choices=State, default=State.ASKED, editable=False)
    answer = models.TextField("Antwort", max_length=2000, blank=True, editable=False)
    answered_at = models.DateTimeField("beantwortet am", null=True, editable=False)
    expires_at = models.DateTimeField("Einsicht bis", null=True, editable=False)

    social_data = True  # purpose and answer may tell of people: every look at them is logged
    # Both sides see it, nobody else: already the purpose may say too much.
    scope = Scope(
        view=Rule("proceeding.view", OwnDepartment("asking_department"), OwnDepartment("asked_department")),
        add=Rule("proceeding.view"),
        change=Rule("proceeding.change", OwnDepartment("asked_department")),
        withdraw=Rule("proceeding.view", OwnDepartment("asking_department")),
    )
    objects = InformationRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "Auskunftsersuchen"
        verbose_name_plural = "Auskunftsersuchen"
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["asked_department", "state"], name="objects_request_asked"),
            models.Index(fields=["asking_department", "-asked_at"], name="objects_request_asking"),
            models.Index(fields=["state", "answer_due"], name="objects_request_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["proceeding", "asking_department"],
                condition=Q(state="asked"),
                name="objects_request_one_waiting",
                violation_error_message="Ihr Fachbereich hat hierzu schon eine offene Anfrage.",
            ),
            models.UniqueConstraint(
                fields=["measure", "asking_department"],
                condition=Q(state="asked"),
                name="objects_request_one_waiting_measure",
                violation_error_message="Ihr Fachbereich hat hierzu schon eine offene Anfrage.",
            ),
            models.CheckConstraint(
                name="request_about_one",
                condition=Q(proceeding=None, measure__isnull=False)
                | Q(proceeding__isnull=False, measure=None),
            ),
            models.CheckConstraint(
                name="request_opens_proceedings_only", condition=Q(measure=None) | Q(expires_at=None)
            ),
            models.CheckConstraint(
                name="request_not_to_itself", condition=~Q(asking_department=F("asked_department"))
            ),
            models.CheckConstraint(
                name="request_accepted_says_something",
                condition=~Q(state="accepted") | Q(expires_at__isnull=False) | ~Q(answer=""),
            ),
            models.CheckConstraint(
                name="request_answered_at",
                condition=Q(state__in=["asked", "withdrawn"]) | Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"Auskunftsersuchen an {self.asked_department} vom {local_date(self.asked_at):%d.%m.%Y}"

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("objects:request_detail", args=[self.pk])

    @property
    def about(self):
        """The proceeding or the measure."""
        return self.proceeding or self.measure

    @property
    def house(self):
        return self.about.property

    @property
    def is_running(self):
        """Whether the asking department may look at the proceeding itself right now."""
        return (
            self.state == self.State.ACCEPTED
            and self.expires_at is not None
            and self.expires_at > timezone.now()
        )

    def accept(self, *, by, expires_at=None, answer="", at=None):
        """Answer in words; with `expires_at` also open the proceeding to the asking department until then, and not
        a moment longer."""
        at = at or timezone.now()
        if expires_at is None:
            if not answer.strip():
                raise ValidationError({"answer": "Ohne Einsicht braucht die Auskunft eine Antwort."})
            with self.transition(self.State.ACCEPTED, by=by, reason="Auskunft erteilt, ohne Einsicht"):
                self.answer, self.answered_at = answer, at
                notices.information_answered(self)
            return
        if self.proceeding_id is None:
            raise ValidationError({"how": "Zu einer Maßnahme gibt es eine Antwort, keine Einsicht."})
        if expires_at <= at:
            raise ValidationError({"expires_on": "Das Ende der Einsicht liegt in der Vergangenheit."})
        if expires_at > at + timedelta(days=LONGEST_DAYS):
            raise ValidationError({"expires_on": f"Einsicht gibt es höchstens {LONGEST_DAYS} Tage lang."})
        with self.transition(self.State.ACCEPTED, by=by, reason="Auskunft erteilt"):
            self.answer, self.answered_at, self.expires_at = answer, at, expires_at
            grant(
                self.proceeding,
                to=self.asking_department,
                action="view",
                basis=RowGrant.Basis.REQUEST,
                reason=f"Auskunftsersuchen vom {local_date(self.asked_at):%d.%m.%Y}: {self.purpose}"[:500],
                valid_until=expires_at,
            )
            notices.information_answered(self)

    def decline(self, *, by, answer, at=None):
        with self.transition(self.State.DECLINED, by=by, reason="Auskunft abgelehnt"):
            self.answer, self.answered_at = answer, at or timezone.now()
            notices.information_answered(self)

    def withdraw(self, *, by):
        with self.transition(self.State.WITHDRAWN, by=by, reason="Anfrage zurückgezogen"):
            pass

    def end(self, *, by, reason):
        """The asked department closes the view early; it is gone with the next click."""
        with self.transition(self.State.ENDED, by=by, reason=reason):
            revoke(self.proceeding, to=self.asking_department, basis=RowGrant.Basis.REQUEST, reason=reason)
