"""Which departments act on a property, and what they write down about it."""

import builtins

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from objects import notices
from soe.audit.context import acting_as
from soe.audit.errors import IllegalTransition
from soe.audit.models import AuditedModel
from soe.departments.models import Visibility
from soe.departments.scope import City, OwnDepartment, Rule, Scope, ScopedQuerySet, ViaParent

from ..reach import Visible
from .properties import VIEW, PartOfProperty, Property


class ParticipationQuerySet(ScopedQuerySet):
    def running(self):
        """Offered or accepted, and not closed."""
        return self.filter(closed_on=None).exclude(state="declined")

    def active(self):
        """Accepted and not closed: the department may act."""
        return self.filter(state="accepted", closed_on=None)

    def waiting(self):
        return self.filter(state="offered", closed_on=None)


class Participation(PartOfProperty, AuditedModel):
    """A department's part in a property: offered, accepted or declined with a reason, closed with a reason."""

    class State(models.TextChoices):
        OFFERED = "offered", "angefragt"
        ACCEPTED = "accepted", "angenommen"
        DECLINED = "declined", "abgelehnt"

    class Closing(models.TextChoices):
        DONE = "done", "Aufgabe erledigt"
        NOT_COMPETENT = "not_competent", "nicht mehr zuständig"
        WITHDRAWN = "withdrawn", "Anfrage zurückgezogen"
        LEAD = "lead", "Federführung übernommen"
        OTHER = "other", "anderer Grund"

    TRANSITIONS = {
        State.OFFERED: {State.ACCEPTED, State.DECLINED},
        State.ACCEPTED: set(),
        State.DECLINED: set(),
    }

    property = models.ForeignKey(
        Property, models.PROTECT, related_name="participations", verbose_name="Objekt"
    )
    department = models.ForeignKey(
        "departments.Department",
        models.PROTECT,
        related_name="property_participations",
        verbose_name="Fachbereich",
    )
    state = models.CharField("Stand", max_length=10, choices=State, default=State.OFFERED, editable=False)
    question = models.CharField("Anlass der Anfrage", max_length=500, blank=True)
    offered_on = models.DateField("angefragt am", default=timezone.localdate)
    answer_due = models.DateField("Antwort bis", null=True, blank=True, editable=False)
    decided_on = models.DateField("entschieden am", null=True, blank=True, editable=False)
    reason = models.CharField("Antwort", max_length=500, blank=True, editable=False)
    closed_on = models.DateField("beendet am", null=True, blank=True, editable=False)
    closing = models.CharField("Ende", max_length=14, choices=Closing, blank=True, editable=False)
    closed_reason = models.CharField("Begründung des Endes", max_length=500, blank=True, editable=False)

    scope = Scope(
        view=VIEW,
        add=Rule("register.view", ViaParent("property", "steer")),
        change=Rule("register.change", OwnDepartment("department")),
        steer=Rule("register.view", ViaParent("property", "steer")),
    )
    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = "Beteiligung"
        verbose_name_plural = "Beteiligungen"
        ordering = ["property", "offered_on", "created_at"]
        indexes = [
            models.Index(fields=["department", "state", "closed_on"], name="objects_part_department"),
            models.Index(fields=["state", "answer_due"], name="objects_part_answer"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["property", "department"],
                condition=Q(closed_on=None) & ~Q(state="declined"),
                name="objects_participation_once",
                violation_error_message="Dieser Fachbereich ist schon angefragt oder beteiligt.",
            ),
            models.CheckConstraint(
                name="objects_participation_decided",
                condition=Q(state="offered", decided_on=None)
                | Q(state="accepted", decided_on__isnull=False)
                | (Q(state="declined", decided_on__isnull=False) & ~Q(reason="")),
                violation_error_message="Eine Ablehnung braucht eine Begründung.",
            ),
            models.CheckConstraint(
                name="objects_participation_closed_with_reason",
                condition=Q(closed_on=None, closing="") | (Q(closed_on__isnull=False) & ~Q(closing="")),
            ),
            models.CheckConstraint(
                name="objects_participation_order",
                condition=(Q(decided_on=None) | Q(decided_on__gte=F("offered_on")))
                & (Q(closed_on=None) | Q(closed_on__gte=F("offered_on"))),
                violation_error_message="Das Datum liegt vor der Anfrage.",
            ),
        ]

    def __str__(self):
        return f"{self.department}, {self.get_state_display()}"

    @builtins.property
    def sign(self):
        """Class of the department chip."""
        if self.closed_on:
            return "done"
        return {"offered": "asked", "accepted": "in", "declined": "no"}[self.state]

    @builtins.property
    def sign_label(self):
        return {"done": "abgeschlossen", "asked": "angefragt", "in": "beteiligt", "no": "abgelehnt"}[
            self.sign
        ]

    def _decide(self, target, on, reason):
        self.lock()
        if self.closed_on or target not in self.TRANSITIONS[self.state]:
            raise IllegalTransition(
                "beendet" if self.closed_on else self.get_state_display(), self.State(target).label
            )
        if on < self.offered_on:
            raise ValidationError("Das Datum liegt vor der Anfrage.")
        self.state, self.decided_on, self.reason = target, on, reason
        self.save(reason=reason)
        notices.participation_answered(self)

    @transaction.atomic
    def accept(self, *, by, reason="", on=None):
        with acting_as(by):
            self._decide(self.State.ACCEPTED, on or timezone.localdate(), reason)

    @transaction.atomic
    def decline(self, *, by, reason, on=None):
        if not reason.strip():
            raise ValidationError("Eine Ablehnung braucht eine Begründung.")
        with acting_as(by):
            self._decide(self.State.DECLINED, on or timezone.localdate(), reason)

    @transaction.atomic
    def close(self, *, by, outcome, reason, on=None):
        """End the participation, or withdraw an offer nobody answered."""
        on = on or timezone.localdate()
        with acting_as(by):
            self.lock()
            if self.closed_on or self.state == self.State.DECLINED:
                raise IllegalTransition("beendet" if self.closed_on else "abgelehnt", "beendet")
            if on < (self.decided_on or self.offered_on):
                raise ValidationError("Das Datum liegt vor dem letzten Stand der Beteiligung.")
            self.closed_on, self.closing, self.closed_reason = on, outcome, reason
            self.save(reason=reason)

    @transaction.atomic
    def withdraw(self, *, by, reason, on=None):
        """Take back an offer that nobody has answered yet."""
        with acting_as(by):
            self.lock()
            if self.state != self.State.OFFERED or self.closed_on:
                raise IllegalTransition(self.get_state_display(), "zurückgezogen")
            self.close(by=by, outcome=self.Closing.WITHDRAWN, reason=reason, on=on)

    def reoffer(self, *, by, question, on=None):
        """A new offer after a no or an end; this row stays as it is. Returns the new one."""
        from ..services import participate

        if self.state != self.State.DECLINED and not self.closed_on:
            raise IllegalTransition(self.get_state_display(), "erneut angefragt")
        return participate(self.property, self.department, by=by, question=question, on=on)


class Note(PartOfProperty, AuditedModel):
    """An entry somebody writes about a property, for everyone, for those who act, or for the own department."""

    property = models.ForeignKey(Property, models.PROTECT, related_name="notes", verbose_name="Objekt")
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, related_name="+", verbose_name="Fachbereich"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="geschrieben von"
    )
    at = models.DateTimeField("wann", default=timezone.now)
    subject = models.CharField("Betreff", max_length=120)
    text = models.TextField("Text", max_length=4000, blank=True)
    visibility = models.CharField("Sichtbarkeit", max_length=14, choices=Visibility)

    scope = Scope(
        view=Rule("register.view", Visible()),
        # Everyone in the register sees that an entry exists; a stub shows department and date, never what.
        stub=Rule("register.view", City()),
        add=Rule("register.change", OwnDepartment("department")),
        change=Rule("register.change", OwnDepartment("department")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Eintrag"
        verbose_name_plural = "Einträge"
        ordering = ["property", "-at", "-created_at"]
        indexes = [models.Index(fields=["property", "-at"], name="objects_note_property")]

    def __str__(self):
        return self.subject
