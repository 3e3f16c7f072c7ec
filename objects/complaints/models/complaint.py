"""Complaints of residents and hints of other offices: what they say and what happens to them."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from objects import notices
from objects.priority.once import rescore_soon
from objects.replies.models import Subject
from objects.replies.services import reply_by
from soe.audit.context import acting_as
from soe.audit.errors import IllegalTransition
from soe.audit.models import AuditedModel
from soe.audit.numbers import next_number
from soe.audit.states import Stateful
from soe.departments.scope import City, OwnDepartment, Rule, Scope, ScopedQuerySet
from soe.web.folding import norm
from soe.web.notices.services import members
from soe.web.text import local_date

DEPARTMENT = "departments.Department"


class CategoryQuerySet(ScopedQuerySet):
    def active(self):
        return self.filter(active=True)


class ComplaintCategory(AuditedModel):
    """What a complaint is about. Rows, not constants: a city may word them differently."""

    code = models.SlugField("Kürzel", max_length=40, unique=True)
    name = models.CharField("Bezeichnung", max_length=80, unique=True)
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)
    active = models.BooleanField("wird angeboten", default=True)

    scope = Scope(
        view=Rule(None, City()),
        add=Rule("register.steer", City()),
        change=Rule("register.steer", City()),
    )
    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = "Art der Beschwerde"
        verbose_name_plural = "Arten der Beschwerde"
        ordering = ["position", "name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("objects:category_update", args=[self.pk])


class ComplaintQuerySet(ScopedQuerySet):
    def open(self):
        return self.filter(state__in=[Complaint.State.NEW, Complaint.State.IN_PROGRESS])

    def not_closed(self):
        return self.exclude(state=Complaint.State.CLOSED)

    def answer_overdue(self, today):
        return self.open().filter(wants_answer=True, answer_due__lt=today)

    def at_address(self, address):
        return self.filter(address=address)

    def about(self, prop):
        """Complaints linked to a property, newest first."""
        return self.filter(links__property=prop)

    def waiting_for(self, departments):
        """New ones of these departments, and those forwarded to them that wait for acceptance."""
        return self.filter(
            Q(state=Complaint.State.NEW, department__in=departments, forwarded_to=None)
            | Q(forwarded_to__in=departments)
        ).exclude(state=Complaint.State.CLOSED)


class Complaint(Stateful, AuditedModel):
    """A complaint or hint about a house. Everybody in the register reads it; who reported stands elsewhere."""

    class Channel(models.TextChoices):
        PHONE = "phone", "Telefon"
        IN_PERSON = "in_person", "persönlich"
        EMAIL = "email", "E-Mail"
        LETTER = "letter", "Brief"
        OTHER_OFFICE = "other_office", "andere Stelle"

    class State(models.TextChoices):
        NEW = "new", "neu"
        IN_PROGRESS = "in_progress", "in Bearbeitung"
        ANSWERED = "answered", "beantwortet"
        CLOSED = "closed", "abgeschlossen"

    class Outcome(models.TextChoices):
        REMEDIED = "remedied", "Missstand behoben"
        PROCEEDING = "proceeding", "wird im Verfahren oder in einer Maßnahme bearbeitet"
        NOT_CONFIRMED = "not_confirmed", "vor Ort nicht bestätigt"
        REPEATED = "repeated", "weitere Meldung zu einer Beschwerde"
        NOT_COMPETENT = "not_competent", "keine Zuständigkeit der Stadt"
        WITHDRAWN = "withdrawn", "zurückgezogen"

    # Closed like this, nothing was the matter with the house, or nothing of the city's: it gives no points any more.
    GROUNDLESS = (Outcome.NOT_CONFIRMED, Outcome.NOT_COMPETENT, Outcome.WITHDRAWN)
    TRANSITIONS = {
        State.NEW: {State.IN_PROGRESS, State.CLOSED},
        State.IN_PROGRESS: {State.ANSWERED, State.CLOSED},
        State.ANSWERED: {State.CLOSED, State.IN_PROGRESS},
        State.CLOSED: {State.IN_PROGRESS},
    }

    number = models.CharField("Nummer", max_length=12, unique=True, editable=False)
    channel = models.CharField("Weg", max_length=12, choices=Channel, default=Channel.PHONE)
    received_at = models.DateTimeField("eingegangen am", default=timezone.now)
    address = models.ForeignKey(
        "objects.Address",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="complaints",
        verbose_name="Anschrift",
    )
    place = models.CharField("Ort ohne amtliche Anschrift", max_length=200, blank=True)
    categories = models.ManyToManyField(
        ComplaintCategory, through="ComplaintTopic", related_name="complaints", verbose_name="Arten"
    )
    text = models.TextField("Sachverhalt", max_length=4000)
    anonymous = models.BooleanField("anonym gemeldet", default=False)
    wants_answer = models.BooleanField("Antwort gewünscht", default=False)
    answer_due = models.DateField("Antwort bis", null=True, blank=True)
    department = models.ForeignKey(
        DEPARTMENT, models.PROTECT, related_name="complaints", verbose_name="zuständig"
    )
    recorded_in = models.ForeignKey(
        DEPARTMENT, models.PROTECT, related_name="recorded_complaints", verbose_name="aufgenommen von"
    )
    forwarded_to = models.ForeignKey(
        DEPARTMENT,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="forwarded_complaints",
        verbose_name="weitergeleitet an",
    )
    forwarded_on = models.DateField("weitergeleitet am", null=True, blank=True)
    forward_due = models.DateField("anzunehmen bis", null=True, blank=True, editable=False)
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="bearbeitet von",
        editable=False,
    )
    interim_on = models.DateField("Zwischennachricht am", null=True, blank=True, editable=False)
    interim = models.TextField("Zwischennachricht", max_length=4000, blank=True, editable=False)
    state = models.CharField("Stand", max_length=12, choices=State, default=State.NEW)
    answered_on = models.DateField("beantwortet am", null=True, blank=True)
    answer = models.TextField("Antwort", max_length=4000, blank=True)
    closed_on = models.DateField("abgeschlossen am", null=True, blank=True)
    outcome = models.CharField("Ergebnis", max_length=16, choices=Outcome, blank=True)
    repeats = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="repetitions",
        verbose_name="weitere Meldung zu",
    )
    search = models.CharField(max_length=300, editable=False, default="")

    scope = Scope(
        view=Rule("complaint.view", City()),
        add=Rule("complaint.record", City()),
        change=Rule("complaint.route", OwnDepartment("department")),
        receive=Rule("complaint.route", OwnDepartment("forwarded_to")),
        reporter=Rule("complaint.reporter", OwnDepartment("department")),
        link=Rule("complaint.route", OwnDepartment("department"), OwnDepartment("involvements__department")),
    )
    history_excluded = ("search",)
    history_children = ("topics", "involvements", "links", "references")
    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = "Beschwerde"
        verbose_name_plural = "Beschwerden"
        ordering = ["-received_at", "-id"]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="objects_compl_received"),
            models.Index(fields=["department", "state", "-received_at"], name="objects_compl_dept"),
            models.Index(fields=["state", "answer_due"], name="objects_compl_due"),
            models.Index(fields=["answer_due", "id"], name="objects_compl_answer"),
            models.Index(fields=["forward_due"], name="objects_compl_forward"),
            models.Index(fields=["address", "-received_at"], name="objects_compl_address"),
            models.Index(fields=["closed_on"], name="objects_compl_closed"),
            models.Index(fields=["handler", "state"], name="objects_compl_handler"),
        ]
        constraints = [
            models.CheckConstraint(
                name="complaint_has_a_place",
                condition=(Q(address__isnull=False) & Q(place="")) | (Q(address=None) & ~Q(place="")),
                violation_error_message="Bitte geben Sie eine Anschrift oder einen Ort an, nicht beides.",
            ),
            models.CheckConstraint(
                name="complaint_answer_has_deadline", condition=Q(wants_answer=False) | ~Q(answer_due=None)
            ),
            models.CheckConstraint(
                name="complaint_closed_with_outcome",
                condition=(Q(state="closed") & ~Q(closed_on=None) & ~Q(outcome=""))
                | (~Q(state="closed") & Q(closed_on=None) & Q(outcome="")),
            ),
            models.CheckConstraint(
                name="complaint_answered_on_a_day", condition=~Q(state="answered") | ~Q(answered_on=None)
            ),
            models.CheckConstraint(
                name="complaint_not_forwarded_home",
                condition=Q(forwarded_to=None) | ~Q(forwarded_to=F("department")),
            ),
            models.CheckConstraint(
                name="complaint_forwarded_on_a_day",
                condition=Q(forwarded_to=None, forwarded_on=None)
                | Q(forwarded_to__isnull=False, forwarded_on__isnull=False),
            ),
            models.CheckConstraint(
                name="complaint_forwarded_with_a_deadline",
                condition=Q(forward_due=None) | Q(forwarded_to__isnull=False),
            ),
            models.CheckConstraint(
                name="complaint_not_its_own_repetition", condition=Q(repeats=None) | ~Q(repeats=F("id"))
            ),
        ]

    def __str__(self):
        return self.number

    def save(self, **kwargs):
        with transaction.atomic():
            if not self.number:
                year = local_date(self.received_at).year
                self.number = f"{year}-{next_number(f'complaint-{year}'):04d}"
            self.search = self.folded()
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "search"}
            before = [] if self._state.adding else self._counted_at()
            super().save(**kwargs)
            rescore_soon({*before, *self._counted_at()})

    def _counted_at(self):
        """Properties whose points count this complaint: linked, or at its address as stored."""
        from objects.register.models import Property

        mine = type(self)._base_manager.filter(pk=self.pk, address__isnull=False).order_by().values("address")
        rows = Property.objects.filter(
            Q(complaint_links__complaint=self.pk) | Q(addresses__ended_on=None, addresses__address__in=mine)
        )
        return list(rows.order_by().values_list("pk", flat=True).distinct())

    def folded(self):
        """What the search finds: number and place. Never the text, never who reported."""
        return norm(f"{self.number} {self.where}")[:300]

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("objects:complaint_detail", args=[self.pk])

    @property
    def where(self):
        return self.address.line if self.address_id else self.place

    @property
    def title(self):
        """The first sentence of the text: what lists and the timeline show."""
        first = self.text.strip().split("\n")[0]
        head, stop, _ = first.partition(". ")
        first = head if stop else first
        return first.rstrip(".") if len(first) <= 90 else f"{first[:88].rstrip()} …"

    @property
    def is_open(self):
        return self.state in (self.State.NEW, self.State.IN_PROGRESS)

    @property
    def awaits_answer(self):
        return self.is_open and self.wants_answer

    def clean(self):
        if self.received_at and self.received_at > timezone.now() + timedelta(minutes=5):
            raise ValidationError({"received_at": "Der Eingang kann nicht in der Zukunft liegen."})

    # --- what happens to a complaint ------------------------------------------------------------------------------

    def accept(self, *, by, on=None):
        """The responsible department starts to work on it."""
        with transaction.atomic():
            self._lock_in(self.State.NEW)
            if self.forwarded_to_id:
                raise ValidationError(
                    "Die Beschwerde ist weitergeleitet. Erst wenn die andere Stelle ablehnt, "
                    "können Sie sie übernehmen."
                )
            with self.transition(self.State.IN_PROGRESS, by=by, reason="Übernommen"):
                if self.handler_id is None and self.handlers().filter(pk=by.pk).exists():
                    self.handler = by

    def handlers(self):
        """Who may be given it: people of the responsible department who work on complaints there."""
        return members(self.department_id and [self.department_id], "complaint.route")

    def assign(self, *, by, handler, reason=""):
        """Give it to one person of the responsible department, or to nobody in particular."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.state == self.State.CLOSED:
                raise ValidationError("Die Beschwerde ist abgeschlossen.")
            if handler is not None and not self.handlers().filter(pk=handler.pk).exists():
                raise ValidationError(
                    {"handler": f"{handler} bearbeitet bei {self.department} keine Beschwerden."}
                )
            self.handler = handler
            self.save(reason=reason or ("Zugewiesen" if handler else "Zuweisung aufgehoben"))
            if handler is not None:
                notices.complaint_assigned(self)

    def forward(self, *, by, to, reason, on=None):
        """Offer it to another department; until that accepts, the own one stays responsible."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if not self.is_open:
                raise IllegalTransition(self.State(self.state), self.State.IN_PROGRESS)
            if to.pk == self.department_id:
                raise ValidationError({"to": f"Zuständig ist bereits {to}."})
            self.forwarded_to, self.forwarded_on = to, on or timezone.localdate()
            self.forward_due = reply_by(Subject.FORWARD, self.forwarded_on)
            self.save(reason=reason)
            notices.complaint_routed(self, [to], on=self.forwarded_on)

    def take_over(self, *, by, on=None):
        """The department it was forwarded to accepts: from now on it is responsible and sees who reported."""
        with transaction.atomic(), acting_as(by):
            self._lock_forwarded()
            self.department = self.forwarded_to
            self.forwarded_to = self.forwarded_on = self.forward_due = None
            self.state = self.State.IN_PROGRESS
            self.handler = by if self.handlers().filter(pk=by.pk).exists() else None
            self.save(reason="Weiterleitung angenommen")

    def send_back(self, *, by, reason):
        """The department it was forwarded to declines."""
        with transaction.atomic(), acting_as(by):
            self._lock_forwarded()
            self.forwarded_to = self.forwarded_on = self.forward_due = None
            self.save(reason=f"Weiterleitung abgelehnt: {reason}")

    def recall(self, *, by, reason):
        """The department that forwarded it takes it back before the other one accepted."""
        with transaction.atomic(), acting_as(by):
            self._lock_forwarded()
            self.forwarded_to = self.forwarded_on = self.forward_due = None
            self.save(reason=reason)

    def set_answer_due(self, *, by, due, reason):
        """Another day by which the reporter is answered."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if not self.awaits_answer:
                raise ValidationError("Hier steht keine Antwort mehr aus.")
            if due < local_date(self.received_at):
                raise ValidationError({"due": "Die Frist liegt vor dem Eingang der Beschwerde."})
            self.answer_due = due
            self.save(reason=reason)

    def record_interim(self, *, by, text, on, due):
        """Tell the reporter that it takes longer: what was written, and the new day for the answer."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if not self.awaits_answer:
                raise ValidationError("Hier steht keine Antwort mehr aus.")
            self._not_before_receipt(on, "on")
            if due <= max(self.answer_due, on):
                raise ValidationError({"due": "Die neue Frist muss nach der bisherigen liegen."})
            self.interim, self.interim_on, self.answer_due = text, on, due
            self.save(reason=f"Zwischennachricht, Antwort bis {due:%d.%m.%Y}")

    def _lock_in(self, *states):
        """Several steps lead to „in Bearbeitung“; each has its own start."""
        self.lock()
        if self.state not in states:
            raise IllegalTransition(self.State(self.state), self.State.IN_PROGRESS)

    def _lock_forwarded(self):
        self.lock()
        if not self.forwarded_to_id or self.state == self.State.CLOSED:
            raise ValidationError(
                "Diese Beschwerde ist nicht mehr weitergeleitet. Bitte laden Sie die Seite neu."
            )

    def record_answer(self, *, by, text, on):
        """The reporter was answered."""
        with self.transition(self.State.ANSWERED, by=by, reason="Antwort gegeben"):
            self._not_before_receipt(on, "on")
            self.answer, self.answered_on = text, on

    def close(self, *, by, outcome, on, reason=""):
        """End it with a typed outcome."""
        with self.transition(self.State.CLOSED, by=by, reason=reason or self.Outcome(outcome).label):
            self._not_before_receipt(on, "on")
            self.outcome, self.closed_on = outcome, on
            self.forwarded_to = self.forwarded_on = self.forward_due = None

    def reopen(self, *, by, reason):
        """Work goes on; the earlier end stays in the history."""
        with transaction.atomic():
            self._lock_in(self.State.ANSWERED, self.State.CLOSED)
            with self.transition(self.State.IN_PROGRESS, by=by, reason=reason):
                self.closed_on, self.answered_on, self.outcome = None, None, ""

    def _not_before_receipt(self, on, field):
        if on < local_date(self.received_at):
            raise ValidationError({field: "Das Datum liegt vor dem Eingang der Beschwerde."})
        if on > timezone.localdate():
            raise ValidationError({field: "Das Datum liegt in der Zukunft."})
