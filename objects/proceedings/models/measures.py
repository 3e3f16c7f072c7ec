"""Measures: what a department does at a property besides formal proceedings, soft ones included."""

import builtins

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from objects.register.models.summary import SummarisedModel
from objects.register.reach import Acting, Visible
from soe.audit.context import acting_as
from soe.audit.states import Stateful
from soe.departments.models import Visibility
from soe.departments.scope import OwnDepartment, Rule, Scope, ScopedQuerySet, departments_granting

from .proceedings import DEPARTMENT, ProceedingStub


class MeasureReach(Visible):
    """Visible by its own visibility, and never wider than the proceeding it belongs to."""

    def rows(self, model, user, departments):
        from .proceedings import Proceeding

        readable = Proceeding.objects.restrict(user, "view").order_by().values("pk")
        own = Q(department__in=departments)
        return own | (
            super().rows(model, user, departments) & (Q(proceeding=None) | Q(proceeding__in=readable))
        )


class MeasureQuerySet(ScopedQuerySet):
    def open(self):
        return self.filter(state=Measure.State.OPEN)

    def overdue(self, today):
        return self.open().filter(due_on__lt=today)

    def hidden_from(self, user):
        if not departments_granting(user, "proceeding.view"):
            return self.none()
        # As for proceedings: what is open, and belongs to nothing closed, is read by everyone who comes this far.
        closed = [Visibility.PARTICIPATING, Visibility.INTERNAL]
        rows = self.order_by().values("pk")
        # Two sets, each out of an index; one OR over both tables would read every measure.
        hidden = rows.filter(visibility__in=closed).union(rows.filter(proceeding__visibility__in=closed))
        candidates = Q(pk__in=hidden)
        readable = self.filter(candidates).restrict(user, "view")
        return self.filter(candidates).exclude(pk__in=readable.order_by().values("pk"))

    def stubs_for(self, user, limit=None) -> list[ProceedingStub]:
        return self.hidden_from(user).as_stubs(limit)

    def as_stubs(self, limit=None) -> list[ProceedingStub]:
        rows = self.values_list(*ProceedingStub.COLUMNS, "state", "begun_on", "done_on")
        return [
            ProceedingStub(pk, prop, name, "Maßnahme", Measure.State(state).label, begun, done)
            for pk, prop, name, state, begun, done in rows[:limit]
        ]


class Measure(Stateful, SummarisedModel):
    """Something to be done at a property, by whom and until when; the first due date is kept."""

    class Kind(models.TextChoices):
        TALK = "talk", "Gespräch mit Eigentümer"
        WASTE = "waste", "Müll, Reinigung, Schädlinge"
        REPAIR = "repair", "Instandsetzung"
        SECURING = "securing", "Sicherung, Räumung"
        ADVICE = "advice", "Beratung der Bewohner"
        RELOCATION = "relocation", "Umzugshilfe, Ersatzwohnraum"
        PURCHASE = "purchase", "Ankauf, Eigentümerwechsel"
        CHECK = "check", "Prüfung, Ermittlung"
        OTHER = "other", "anderes"

    class State(models.TextChoices):
        OPEN = "open", "offen"
        DONE = "done", "erledigt"
        DROPPED = "dropped", "aufgegeben"

    class Effect(models.TextChoices):
        SOLVED = "solved", "Problem gelöst"
        BETTER = "better", "Lage verbessert"
        NONE = "none", "ohne Wirkung"
        UNKNOWN = "unknown", "noch nicht abzusehen"

    TRANSITIONS = {
        State.OPEN: {State.DONE, State.DROPPED},
        State.DONE: {State.OPEN},
        State.DROPPED: {State.OPEN},
    }

    property = models.ForeignKey(
        "objects.Property", models.PROTECT, related_name="measures", verbose_name="Objekt"
    )
    proceeding = models.ForeignKey(
        "objects.Proceeding",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="measures",
        verbose_name="gehört zum Verfahren",
    )
    finding = models.ForeignKey(
        "objects.Finding",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="measures",
        verbose_name="aus der Feststellung",
    )
    department = models.ForeignKey(
        DEPARTMENT, models.PROTECT, related_name="measures", verbose_name="Fachbereich"
    )
    responsible = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="zuständig"
    )
    series = models.ForeignKey(
        "objects.MeasureSeries",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="measures",
        verbose_name="wiederkehrend",
        editable=False,
    )
    occurrence = models.PositiveSmallIntegerField("Wiederholung", null=True, editable=False)
    kind = models.CharField("Art", max_length=12, choices=Kind)
    what = models.CharField("Was", max_length=200)
    visibility = models.CharField(
        "Sichtbarkeit", max_length=14, choices=Visibility, default=Visibility.INTERNAL
    )
    begun_on = models.DateField("angelegt zum", default=timezone.localdate, editable=False)
    due_on = models.DateField("fällig am")
    original_due_on = models.DateField("zuerst fällig am", editable=False)
    postponements = models.PositiveSmallIntegerField("verschoben", default=0, editable=False)
    state = models.CharField("Stand", max_length=8, choices=State, default=State.OPEN, editable=False)
    done_on = models.DateField("erledigt am", null=True, editable=False)
    effect = models.CharField("Wirkung", max_length=8, choices=Effect, blank=True, editable=False)
    effect_note = models.TextField("Wirkung in Worten", max_length=1000, blank=True, editable=False)

    dissent_resolved_on = models.DateField("Widerspruch geklärt am", null=True, editable=False)
    dissent_note = models.CharField("Klärung", max_length=500, blank=True, editable=False)

    scope = Scope(
        view=Rule("proceeding.view", MeasureReach("property")),
        add=Rule("measure.change", Acting("property")),
        change=Rule("measure.change", OwnDepartment("department")),
    )
    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = "Maßnahme"
        verbose_name_plural = "Maßnahmen"
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["due_on", "id"], name="objects_measure_due"),
            models.Index(fields=["state", "due_on"], name="objects_measure_state"),
            models.Index(fields=["department", "state", "due_on"], name="objects_measure_dept"),
            models.Index(fields=["property", "state"], name="objects_measure_property"),
            models.Index(fields=["done_on"], name="objects_measure_done"),
            models.Index(fields=["visibility"], name="objects_measure_visibility"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["series", "occurrence"], name="objects_measure_occurrence_once"),
            models.CheckConstraint(
                name="measure_ended_on_a_day",
                condition=Q(state="open", done_on=None, effect="")
                | Q(state="dropped", done_on__isnull=False)
                | (Q(state="done", done_on__isnull=False) & ~Q(effect="")),
            ),
        ]

    def __str__(self):
        return self.what

    def save(self, **kwargs):
        if self._state.adding and self.original_due_on is None:
            self.original_due_on = self.due_on
        super().save(**kwargs)

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("objects:measure_detail", args=[self.pk])

    @builtins.property
    def is_open(self):
        return self.state == self.State.OPEN

    @builtins.property
    def kept_original_date(self):
        return self.done_on is not None and self.done_on <= self.original_due_on

    def clean(self):
        if self.proceeding_id and self.proceeding.property_id != self.property_id:
            raise ValidationError({"proceeding": "Das Verfahren gehört zu einem anderen Objekt."})

    def complete(self, *, by, on, effect, effect_note="", reason=""):
        with self.transition(self.State.DONE, by=by, reason=reason or "Maßnahme erledigt"):
            self._check_end(on)
            self.done_on, self.effect, self.effect_note = on, effect, effect_note
            self.dissent_resolved_on, self.dissent_note = None, ""
        self._follow(by)

    def drop(self, *, by, on, reason):
        with self.transition(self.State.DROPPED, by=by, reason=reason):
            self._check_end(on)
            self.done_on = on
        self._follow(by)

    def _follow(self, by):
        """The next one of a rule that waits for this one to end."""
        if self.series_id and self.series.created == self.series.Created.COMPLETION:
            self.series.add_next(by=by)

    def resolve_dissent(self, *, by, reason):
        """Somebody looked: done it is, although something linked is open, and says why."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.state != self.State.DONE or self.dissent_resolved_on:
                raise ValidationError("Hier ist kein Widerspruch zu klären.")
            self.dissent_resolved_on, self.dissent_note = timezone.localdate(), reason[:500]
            self.save(reason=reason)

    def assign(self, *, by, to, reason="zugewiesen"):
        with transaction.atomic(), acting_as(by):
            self.lock()
            self.responsible = to
            self.save(reason=reason)

    def reopen(self, *, by, reason):
        with self.transition(self.State.OPEN, by=by, reason=reason):
            self.done_on, self.effect, self.effect_note = None, "", ""
            self.dissent_resolved_on, self.dissent_note = None, ""

    def postpone(self, *, by, to, reason):
        """A new due date with a reason; the original one is kept and counted against."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if not self.is_open:
                raise ValidationError("Nur offene Maßnahmen lassen sich verschieben.")
            if to <= self.due_on:
                raise ValidationError({"to": "Das neue Datum muss nach dem bisherigen liegen."})
            self.due_on, self.postponements = to, self.postponements + 1
            self.save(reason=reason)

    def take_back_postponement(self, *, by, to, reason):
        """The last postponement was a mistake: the date before it holds again."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if not self.is_open or not self.postponements:
                raise ValidationError("Hier ist keine Verschiebung zurückzunehmen.")
            if not self.original_due_on <= to < self.due_on:
                raise ValidationError({"to": "Das Datum muss zwischen dem ersten und dem jetzigen liegen."})
            self.due_on, self.postponements = to, self.postponements - 1
            self.save(reason=reason)

    def _check_end(self, on):
        if on > timezone.localdate():
            raise ValidationError({"on": "Das Datum liegt in der Zukunft."})
