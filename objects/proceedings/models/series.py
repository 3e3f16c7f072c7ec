"""Measures that come again by a rule (every four weeks until …): the next one is created once, whoever asks for it."""

import builtins
from calendar import monthrange
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from objects.register.reach import Acting
from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.models import Visibility
from soe.departments.scope import OwnDepartment, Rule, Scope, ScopedQuerySet

from ..deadlines import next_working_day
from .measures import Measure, MeasureReach
from .proceedings import DEPARTMENT

AHEAD = timedelta(days=14)  # by the timetable, the next one stands there two weeks before it is due


class MeasureSeriesQuerySet(ScopedQuerySet):
    def running(self):
        return self.filter(ended_on=None)


class MeasureSeries(AuditedModel):
    """The rule of a recurring measure, and what each of its measures takes over."""

    class Unit(models.TextChoices):
        WEEKS = "weeks", "Wochen"
        MONTHS = "months", "Monate"

    class Created(models.TextChoices):
        COMPLETION = "completion", "wenn die vorige erledigt ist"
        TIMETABLE = "timetable", "nach dem Kalender, zwei Wochen vorher"

    property = models.ForeignKey("objects.Property", models.PROTECT, related_name="+", verbose_name="Objekt")
    proceeding = models.ForeignKey(
        "objects.Proceeding",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="gehört zum Verfahren",
    )
    department = models.ForeignKey(
        DEPARTMENT, models.PROTECT, related_name="measure_series", verbose_name="Fachbereich"
    )
    responsible = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="zuständig"
    )
    kind = models.CharField("Art", max_length=12, choices=Measure.Kind)
    what = models.CharField("Was", max_length=200)
    visibility = models.CharField(
        "Sichtbarkeit", max_length=14, choices=Visibility, default=Visibility.INTERNAL
    )
    first_due = models.DateField("zuerst fällig am")
    every = models.PositiveSmallIntegerField("alle")
    unit = models.CharField("Zeitraum", max_length=6, choices=Unit)
    until = models.DateField("wiederholen bis")
    created = models.CharField("nächste anlegen", max_length=10, choices=Created, default=Created.COMPLETION)
    ended_on = models.DateField("beendet am", null=True, blank=True, editable=False)

    scope = Scope(
        view=Rule("proceeding.view", MeasureReach("property")),
        add=Rule("measure.change", Acting("property")),
        change=Rule("measure.change", OwnDepartment("department")),
    )
    objects = MeasureSeriesQuerySet.as_manager()

    class Meta:
        verbose_name = "wiederkehrende Maßnahme"
        verbose_name_plural = "wiederkehrende Maßnahmen"
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["ended_on", "created"], name="objects_series_running")]
        constraints = [
            models.CheckConstraint(name="series_every_positive", condition=Q(every__gte=1, every__lte=60)),
            models.CheckConstraint(
                name="series_until_after_first",
                condition=Q(until__gte=F("first_due")),
                violation_error_message="Das Ende der Wiederholung liegt vor dem ersten Termin.",
            ),
        ]

    def __str__(self):
        return f"{self.what}, {self.words}"

    def get_absolute_url(self):
        return self.measures.order_by("-occurrence").first().get_absolute_url()

    @builtins.property
    def words(self):
        what = {("weeks", 1): "jede Woche", ("months", 1): "jeden Monat"}.get((self.unit, self.every))
        return f"{what or f'alle {self.every} {self.get_unit_display()}'} bis {self.until:%d.%m.%Y}"

    def date_of(self, n):
        """The day of the rule for its n-th repetition (0 is the first)."""
        if self.unit == self.Unit.WEEKS:
            return next_working_day(self.first_due + timedelta(weeks=n * self.every))
        index = self.first_due.year * 12 + self.first_due.month - 1 + n * self.every
        year, month = index // 12, index % 12 + 1
        return next_working_day(date(year, month, min(self.first_due.day, monthrange(year, month)[1])))

    def date_after(self, day):
        """The first day of the rule after `day`."""
        n = 0
        while self.date_of(n) <= day:
            n += 1
        return self.date_of(n)

    def add_next(self, *, by, today=None):
        """The next measure, if it is its turn; None otherwise. Under the row lock of the rule, so never twice."""
        today = today or timezone.localdate()
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.ended_on:
                return None
            last = self.measures.order_by("-occurrence").first()
            if self.created == self.Created.COMPLETION:
                if last.is_open:
                    return None
                due = self.date_after(max(last.due_on, last.done_on))
            else:
                due = self.date_after(last.due_on)
                if due > today + AHEAD:
                    return None
                # What nobody planned while the timetable stood still is not made up for.
                due = max(due, self.date_after(today - timedelta(days=1)))
            if due > self.until or self.property.is_retired:
                self._end(today, "die Wiederholung ist abgelaufen")
                return None
            row = Measure(
                property=self.property,
                proceeding=self.proceeding if self.proceeding_id and self.proceeding.is_open else None,
                department=self.department,
                responsible=self.responsible,
                kind=self.kind,
                what=self.what,
                visibility=self.visibility,
                due_on=due,
                begun_on=today,
                series=self,
                occurrence=last.occurrence + 1,
            )
            row.save(reason=f"wiederkehrend: {self.words}")
        return row

    def end(self, *, by, reason):
        """No further measure; the open one stays."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.ended_on:
                raise ValidationError("Diese Wiederholung ist schon beendet.")
            self._end(timezone.localdate(), reason)

    def _end(self, on, reason):
        self.ended_on = on
        self.save(reason=reason)


def add_by_timetable(by, today=None) -> int:
    """Every rule that runs by the calendar gets its next measure. Called daily; a second call adds nothing."""
    added = 0
    rows = MeasureSeries.objects.running().filter(created=MeasureSeries.Created.TIMETABLE)
    for row in rows.select_related("property", "proceeding").order_by("pk"):
        added += row.add_next(by=by, today=today) is not None
    return added
