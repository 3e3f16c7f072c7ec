"""Who takes part in an inspection day, and each department's own section."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from objects import notices
from soe.audit.models import AuditedModel
from soe.audit.states import Stateful
from soe.departments.models import Department
from soe.departments.scope import City, Custom, Rule, Scope, ScopedQuerySet, ViaParent

from .. import rules
from .days import InspectionDay


class ParticipationQuerySet(ScopedQuerySet):
    def to_answer(self):
        return self.filter(state="invited", day__state="invited")


class InspectionParticipation(Stateful, AuditedModel):
    """A department (or, on days known from the press, a body by its name) that takes part. The record of the team."""

    class State(models.TextChoices):
        PLANNED = "planned", "vorgesehen"
        INVITED = "invited", "eingeladen"
        ACCEPTED = "accepted", "zugesagt"
        DECLINED = "declined", "abgesagt"

    TRANSITIONS = {
        State.PLANNED: {State.INVITED},
        State.INVITED: {State.ACCEPTED, State.DECLINED},
        State.ACCEPTED: {State.DECLINED},
        State.DECLINED: {State.ACCEPTED, State.INVITED},
    }

    day = models.ForeignKey(
        InspectionDay, models.PROTECT, related_name="participations", verbose_name="Einsatztag"
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="inspection_participations",
        verbose_name="Fachbereich oder Behörde",
    )
    body = models.CharField(
        "Stelle", max_length=120, blank=True, help_text="nur, wenn sie nicht in der Organisation steht"
    )
    enters_first = models.BooleanField("geht zuerst hinein", default=False)
    state = models.CharField("Antwort", max_length=10, choices=State, default=State.PLANNED, editable=False)
    answer_reason = models.CharField("Begründung", max_length=300, blank=True)
    invited_on = models.DateField("eingeladen am", null=True, editable=False)
    answered_on = models.DateField("geantwortet am", null=True, editable=False)
    headcount = models.PositiveSmallIntegerField("Personen im Einsatz", null=True, blank=True)
    people = models.CharField("wer kommt", max_length=300, blank=True)
    present = models.BooleanField("anwesend", null=True, blank=True)

    scope = Scope(
        view=Rule("inspection.view", ViaParent("day", "view")),
        add=Rule("inspection.plan", City()),
        change=Rule("inspection.plan", ViaParent("day", "change")),
        answer=Rule("inspection.record", Custom(rules.own_invitation)),
    )
    field_permissions = {"people": "inspection.record"}
    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = "Teilnahme"
        verbose_name_plural = "Teilnahmen"
        ordering = ["day", "-enters_first", "department__position", "body", "id"]
        indexes = [models.Index(fields=["department", "state"], name="objects_insppart_dept")]
        constraints = [
            models.UniqueConstraint(fields=["day", "department"], name="objects_insppart_department_once"),
            models.UniqueConstraint(
                fields=["day", "body"], condition=~Q(body=""), name="objects_insppart_body_once"
            ),
            models.CheckConstraint(
                name="objects_insppart_one_body",
                condition=(Q(department__isnull=False) & Q(body=""))
                | (Q(department__isnull=True) & ~Q(body="")),
            ),
            models.CheckConstraint(
                name="objects_insppart_declined_reason",
                condition=~Q(state="declined") | ~Q(answer_reason=""),
            ),
        ]

    def __str__(self):
        return str(self.department) if self.department_id else self.body

    def get_absolute_url(self):
        return reverse("objects:inspection_day", args=[self.day_id])

    def invite(self, *, by, on=None):
        with self.transition(self.State.INVITED, by=by):
            self.invited_on = on or timezone.localdate()
            self.answer_reason = ""
            notices.inspection_invited(self)

    def accept(self, *, by, on=None, people="", headcount=None):
        """Take part; the department gets its section."""
        with self.transition(self.State.ACCEPTED, by=by):
            self.answered_on = on or timezone.localdate()
            self.people, self.headcount, self.answer_reason = people, headcount, ""
            if not InspectionSection.objects.filter(
                day_id=self.day_id, department_id=self.department_id
            ).exists():
                InspectionSection(
                    day_id=self.day_id, department_id=self.department_id, due_on=self.day.section_due_on
                ).save()

    def decline(self, *, by, reason, on=None):
        """Not take part. An empty section goes with it; one with contents stops that."""
        if not reason:
            raise ValidationError("Bitte begründen Sie die Absage in einem Satz.", code="reason")
        with self.transition(self.State.DECLINED, by=by, reason=reason):
            self.answered_on = on or timezone.localdate()
            self.answer_reason = reason[:300]
            section = InspectionSection.objects.filter(
                day_id=self.day_id, department_id=self.department_id
            ).first()
            if section is not None:
                if section.has_contents():
                    raise ValidationError(
                        "Ihr Abschnitt enthält schon Einträge. Bitte schließen Sie ihn, statt abzusagen.",
                        code="contents",
                    )
                section.delete(reason=reason)

    def note_presence(self, present, *, people=None, headcount=None):
        """Who really came."""
        self.present = present
        if people is not None:
            self.people = people
        if headcount is not None:
            self.headcount = headcount
        self.save()


class SectionQuerySet(ScopedQuerySet):
    def late(self, today):
        return self.filter(state="open", due_on__lt=today, day__state__in=("running", "closed"))


class InspectionSection(Stateful, AuditedModel):
    """One department's part of an inspection day. Everybody sees that it exists and whether it is closed;
    what it says stands in findings, notes and measures, each with its own visibility."""

    class State(models.TextChoices):
        OPEN = "open", "offen"
        CLOSED = "closed", "abgeschlossen"

    TRANSITIONS = {State.OPEN: {State.CLOSED}, State.CLOSED: {State.OPEN}}
    # All that somebody sees of a section whose content is internal. Pinned by a test.
    STUB_FIELDS = ("department", "state", "due_on", "closed_on")

    day = models.ForeignKey(InspectionDay, models.PROTECT, related_name="sections", verbose_name="Einsatztag")
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="inspection_sections", verbose_name="Fachbereich"
    )
    state = models.CharField("Stand", max_length=10, choices=State, default=State.OPEN, editable=False)
    due_on = models.DateField("fällig am")
    closed_on = models.DateField("abgeschlossen am", null=True, editable=False)

    scope = Scope(
        view=Rule("inspection.view", ViaParent("day", "view")),
        record=Rule("inspection.record", Custom(rules.own_open_section)),
        reopen=Rule("inspection.record", Custom(rules.own_closed_section)),
    )
    objects = SectionQuerySet.as_manager()

    class Meta:
        verbose_name = "Abschnitt"
        verbose_name_plural = "Abschnitte"
        ordering = ["day", "department__position"]
        indexes = [models.Index(fields=["state", "due_on"], name="objects_inspsect_due")]
        constraints = [
            models.UniqueConstraint(fields=["day", "department"], name="objects_inspsect_once"),
            models.CheckConstraint(
                name="objects_inspsect_closed_dated",
                condition=Q(state="open", closed_on__isnull=True)
                | Q(state="closed", closed_on__isnull=False),
            ),
        ]

    def __str__(self):
        return f"Abschnitt {self.department}"

    def get_absolute_url(self):
        return reverse("objects:inspection_section", args=[self.pk])

    def is_late(self, today=None):
        return self.state == self.State.OPEN and self.due_on < (today or timezone.localdate())

    def has_contents(self):
        return (
            self.findings.exists()
            or self.notes.exists()
            or self.immediate_measures.exists()
            or self.help_needs.exists()
        )

    def close(self, *, by, on=None):
        """The department has nothing to add. Only it can say so."""
        with self.transition(self.State.CLOSED, by=by):
            self.closed_on = on or timezone.localdate()

    def reopen(self, *, by, reason):
        if not reason:
            raise ValidationError(
                "Bitte begründen Sie, warum der Abschnitt wieder geöffnet wird.", code="reason"
            )
        with self.transition(self.State.OPEN, by=by, reason=reason):
            if self.day.state == InspectionDay.State.PUBLISHED:
                raise ValidationError(
                    "Das Protokoll ist veröffentlicht. Die Koordinierungsstelle kann es zurückziehen.",
                    code="published",
                )
            self.closed_on = None
