"""An inspection day and the houses visited on it."""

from datetime import timedelta

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from objects.register.models.summary import SummarisedModel
from soe.audit.models import AuditedModel
from soe.audit.numbers import next_number
from soe.audit.states import Stateful
from soe.departments.models import Department
from soe.departments.scope import City, Custom, Rule, Scope, ScopedQuerySet, ViaParent
from soe.web.folding import norm

from .. import rules

HOME_CITY = "Herne"
MOST_HOUSES = 9
# Days a department has to close its section after the inspection.
SECTION_DAYS = 14


class InspectionDayQuerySet(ScopedQuerySet):
    def own(self):
        """Days of our own city; reference records of other cities count nowhere."""
        return self.filter(reference_city=False)

    def upcoming(self, today):
        return self.filter(state__in=("planned", "invited"), date__gte=today)

    def current(self, today):
        """Under way, or over and still without protocol, or overdue to begin."""
        return self.filter(
            Q(state__in=("running", "closed")) | Q(state__in=("planned", "invited"), date__lt=today)
        )

    def past(self):
        return self.filter(state__in=("published", "cancelled"))

    def with_counts(self):
        """What the list shows of each day, by subquery: houses, bodies, sections, persons."""

        def rows(name, **where):
            model = apps.get_model("objects", name)
            return model._base_manager.filter(day=OuterRef("pk"), **where).order_by().values("day")

        def number(name, **where):
            found = rows(name, **where).annotate(n=Count("pk")).values("n")
            return Coalesce(Subquery(found), 0, output_field=models.IntegerField())

        def persons(name):
            visits = apps.get_model("objects", "DwellingVisit")._base_manager
            counted = (
                visits.filter(inspection__day=OuterRef("pk")).order_by().values("inspection__day")
            ).annotate(n=Sum(name))
            stated = rows("StatedTotal", kind=name).values("value")
            return Coalesce(
                Subquery(stated), Subquery(counted.values("n")), output_field=models.IntegerField()
            )

        stated_houses = rows("StatedTotal", kind="houses")
        return self.annotate(
            # „mehrere“ stays unknown, whatever houses are named.
            houses_count=Case(
                When(Exists(stated_houses), then=Subquery(stated_houses.values("value"))),
                default=number("Inspection"),
                output_field=models.IntegerField(),
            ),
            bodies_count=number("InspectionParticipation"),
            accepted_count=number("InspectionParticipation", state="accepted"),
            all_sections=number("InspectionSection"),
            closed_sections=number("InspectionSection", state="closed"),
            late_count=number("InspectionSection", state="open", due_on__lt=timezone.localdate()),
            registered_sum=persons("registered"),
            met_sum=persons("met"),
        )

    def held(self):
        """Days that took place."""
        return self.filter(state__in=("running", "closed", "published"))


class InspectionDay(Stateful, AuditedModel):
    """A day on which several departments inspect one to nine houses together."""

    class State(models.TextChoices):
        PLANNED = "planned", "geplant"
        INVITED = "invited", "eingeladen"
        RUNNING = "running", "läuft"
        CLOSED = "closed", "abgeschlossen"
        PUBLISHED = "published", "Protokoll veröffentlicht"
        CANCELLED = "cancelled", "abgesagt"

    TRANSITIONS = {
        State.PLANNED: {State.INVITED, State.CANCELLED},
        State.INVITED: {State.RUNNING, State.CANCELLED},
        State.RUNNING: {State.CLOSED},
        State.CLOSED: {State.PUBLISHED},
        State.PUBLISHED: {State.CLOSED},
        State.CANCELLED: set(),
    }

    number = models.CharField("Nummer", max_length=20, unique=True, editable=False)
    search = models.CharField(max_length=120, editable=False, default="")
    date = models.DateField("Einsatztag")
    date_is_report = models.BooleanField(
        "Tag der Meldung", default=False, help_text="Der Tag selbst ist nicht bekannt, nur der der Meldung."
    )
    city = models.CharField("Stadt", max_length=60, default=HOME_CITY)
    reference_city = models.BooleanField(
        "Vergleich aus einer anderen Stadt", default=False, help_text="zählt in keiner eigenen Zahl mit"
    )
    lead = models.ForeignKey(
        Department, models.PROTECT, related_name="led_inspection_days", verbose_name="Leitung"
    )
    meet_at = models.TimeField("Treffzeit", null=True, blank=True)
    meeting_point = models.CharField("Treffpunkt", max_length=200, blank=True)
    interpreters = models.CharField(
        "Dolmetschen", max_length=200, blank=True, help_text="Sprachen und Anzahl, keine Namen"
    )
    reason = models.TextField("Anlass", blank=True, max_length=2000)
    source = models.CharField(
        "Quelle", max_length=300, blank=True, help_text="bei Tagen, die nur aus der Presse bekannt sind"
    )
    section_due_on = models.DateField("Abschnitte fällig am", null=True, blank=True)
    state = models.CharField("Stand", max_length=10, choices=State, default=State.PLANNED, editable=False)
    closed_on = models.DateField("abgeschlossen am", null=True, editable=False)
    published_on = models.DateField("Protokoll veröffentlicht am", null=True, editable=False)
    missing_at_publication = models.CharField(
        "ohne Abschnitt von", max_length=500, blank=True, editable=False
    )

    scope = Scope(
        view=Rule("inspection.view", Custom(rules.visible_days)),
        add=Rule("inspection.plan", City()),
        change=Rule("inspection.plan", City()),
        publish=Rule("inspection.publish", City()),
        record=Rule("inspection.record", Custom(rules.days_to_record)),
    )
    objects = InspectionDayQuerySet.as_manager()
    history_children = ("inspections", "participations", "sections")

    class Meta:
        verbose_name = "Einsatztag"
        verbose_name_plural = "Einsatztage"
        ordering = ["-date", "-number"]
        indexes = [
            models.Index(fields=["-date", "-number"], name="objects_inspday_date"),
            models.Index(fields=["state", "date"], name="objects_inspday_state"),
            models.Index(fields=["city", "date"], name="objects_inspday_city"),
        ]
        constraints = [
            models.CheckConstraint(
                name="objects_inspday_published_dated",
                condition=~Q(state="published") | Q(published_on__isnull=False),
            ),
            models.CheckConstraint(
                name="objects_inspday_reference_city",
                condition=Q(reference_city=False) | ~Q(city=HOME_CITY),
                violation_error_message="Ein Vergleichstag gehört zu einer anderen Stadt.",
            ),
        ]

    def __str__(self):
        return self.number or "neuer Einsatztag"

    def get_absolute_url(self):
        return reverse("objects:inspection_day", args=[self.pk])

    def save(self, **kwargs):
        from objects.register.summaries import refresh

        with transaction.atomic():
            if not self.number:
                kind = "RF" if self.reference_city else "KT"
                drawn = next_number(f"inspection_day:{kind}:{self.date.year}")
                self.number = f"{kind}-{self.date.year}-{drawn:02d}"
            self.search = f"{norm(self.number)} {norm(self.city)} {norm(self.meeting_point)}"[:120]
            if self.section_due_on is None:
                self.section_due_on = self.date + timedelta(days=SECTION_DAYS)
            adding = self._state.adding
            super().save(**kwargs)
            if not adding:  # the next step of its houses may have moved
                refresh(self.inspections.exclude(property=None).values_list("property", flat=True))

    @property
    def is_stated(self):
        """Known only from a publication: totals instead of dwellings."""
        return bool(self.source)

    @property
    def is_open(self):
        """Sections may still be recorded."""
        return self.state in (self.State.INVITED, self.State.RUNNING, self.State.CLOSED)

    def late_sections(self, today=None):
        today = today or timezone.localdate()
        return [s for s in self.sections.all() if s.is_late(today)]

    # What coordination does, in order

    def invite(self, *, by, on=None):
        """Send the invitations: from now on the departments see the day and may answer."""
        on = on or timezone.localdate()
        with self.transition(self.State.INVITED, by=by):
            if not self.inspections.exists():
                raise ValidationError("Bitte nehmen Sie zuerst mindestens ein Objekt auf.", code="no_house")
            waiting = list(self.participations.filter(state="planned"))
            if not waiting:
                raise ValidationError(
                    "Bitte wählen Sie zuerst, welche Fachbereiche teilnehmen.", code="no_department"
                )
            for participation in waiting:
                participation.invite(by=by, on=on)

    def start(self, *, by, reason=""):
        with self.transition(self.State.RUNNING, by=by, reason=reason):
            pass

    def close(self, *, by, on=None):
        """The day on site is over. Open sections stay open: each department closes its own."""
        with self.transition(self.State.CLOSED, by=by):
            self.closed_on = on or timezone.localdate()

    def cancel(self, *, by, reason):
        with self.transition(self.State.CANCELLED, by=by, reason=reason):
            if not reason:
                raise ValidationError("Bitte begründen Sie die Absage.", code="reason")

    def publish(self, *, by, on=None, reason=""):
        """Release the joint protocol. Sections that are still open need a reason and are named in the protocol."""
        with self.transition(self.State.PUBLISHED, by=by, reason=reason):
            missing = [
                str(s.department) for s in self.sections.select_related("department") if s.state == "open"
            ]
            if missing and not reason:
                raise ValidationError(
                    f"Noch offen: {', '.join(missing)}. Warten Sie auf die Abschnitte oder begründen Sie, "
                    "warum das Protokoll ohne sie erscheint.",
                    code="late",
                )
            self.missing_at_publication = ", ".join(missing)[:500]
            self.published_on = on or timezone.localdate()

    def withdraw(self, *, by, reason):
        """Take the protocol back, so that sections can be corrected."""
        if not reason:
            raise ValidationError(
                "Bitte begründen Sie, warum das Protokoll zurückgezogen wird.", code="reason"
            )
        with self.transition(self.State.CLOSED, by=by, reason=reason):
            self.published_on, self.missing_at_publication = None, ""


class InspectionQuerySet(ScopedQuerySet):
    def of_property(self, prop):
        return self.filter(property=prop)


class Inspection(SummarisedModel):
    """One house on one inspection day."""

    day = models.ForeignKey(
        InspectionDay, models.PROTECT, related_name="inspections", verbose_name="Einsatztag"
    )
    position = models.PositiveSmallIntegerField("Reihenfolge")
    property = models.ForeignKey(
        "objects.Property",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="inspections",
        verbose_name="Objekt",
    )
    label = models.CharField(
        "Bezeichnung", max_length=120, blank=True, help_text="nur, wenn das Objekt nicht im Kataster steht"
    )
    reason = models.CharField("Anlass", max_length=300, blank=True)
    follow_up_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="follow_ups",
        verbose_name="Nachkontrolle zu",
    )

    scope = Scope(
        view=Rule("inspection.view", ViaParent("day", "view")),
        add=Rule("inspection.plan", City()),
        change=Rule("inspection.plan", ViaParent("day", "change")),
        record=Rule("inspection.record", ViaParent("day", "record")),
    )
    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = "Objektkontrolle"
        verbose_name_plural = "Objektkontrollen"
        ordering = ["day", "position"]
        indexes = [models.Index(fields=["property", "day"], name="objects_insp_property")]
        constraints = [
            models.UniqueConstraint(fields=["day", "position"], name="objects_insp_position_once"),
            models.UniqueConstraint(
                fields=["day", "property"],
                name="objects_insp_house_once_a_day",
                violation_error_message="Dieses Objekt steht an diesem Tag schon auf der Liste.",
            ),
            models.CheckConstraint(
                name="objects_insp_one_to_nine",
                condition=Q(position__gte=1, position__lte=MOST_HOUSES),
                violation_error_message="Ein Einsatztag hat höchstens neun Objekte.",
            ),
            models.CheckConstraint(
                name="objects_insp_house_named", condition=Q(property__isnull=False) | ~Q(label="")
            ),
        ]

    def __str__(self):
        return self.label or (str(self.property) if self.property_id else "Objekt")

    def get_absolute_url(self):
        return f"{reverse('objects:inspection_day', args=[self.day_id])}#haus-{self.position}"

    def delete(self, **kwargs):
        from objects.register.summaries import refresh

        house = self.property_id
        with transaction.atomic():
            result = super().delete(**kwargs)
            if house:
                refresh([house])
        return result
