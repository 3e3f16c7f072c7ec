"""Meetings and who was there."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.audit.numbers import next_number
from soe.departments.models import Department
from soe.departments.scope import City, Rule, Scope, ScopedQuerySet
from soe.web import text

from .base import POSTPONING, RecordLocked, StateMachine
from .committees import Committee, CommitteeMembership


class MeetingQuerySet(ScopedQuerySet):
    def upcoming(self, at=None):
        return self.filter(state__in=Meeting.COMING, start__gte=at or timezone.now()).order_by("start")

    def taking_proposals(self):
        return self.filter(state=Meeting.State.REGISTRATION)


@dataclass(frozen=True)
class Quorum:
    """Votes in the room against what the committee asks for; `met` is None while it asks for nothing."""

    present: int
    total: int
    needed: int | None

    @property
    def met(self):
        return None if self.needed is None else self.present >= self.needed

    @property
    def label(self):
        votes = f"{self.present} von {self.total} Stimmen"
        if self.met is None:
            return votes
        return (
            f"beschlussfähig, {votes}" if self.met else f"nicht beschlussfähig, {votes}, nötig {self.needed}"
        )


class Meeting(StateMachine, AuditedModel):
    """One meeting of a committee; numbered per committee and year, a cancelled one keeps its number."""

    class State(models.TextChoices):
        PLANNED = "planned", "geplant"
        REGISTRATION = "registration", "Anmeldung offen"
        FROZEN = "frozen", "eingefroren"
        INVITED = "invited", "eingeladen"
        RUNNING = "running", "läuft"
        DRAFT = "draft", "Protokollentwurf"
        APPROVED = "approved", "genehmigt"
        CANCELLED = "cancelled", "abgesagt"

    TRANSITIONS = {
        State.PLANNED: {State.REGISTRATION, State.CANCELLED},
        State.REGISTRATION: {State.FROZEN, State.CANCELLED},
        State.FROZEN: {State.INVITED, State.CANCELLED},
        State.INVITED: {State.RUNNING, State.CANCELLED},
        State.RUNNING: {State.DRAFT},
        State.DRAFT: {State.APPROVED},
        State.APPROVED: set(),
        State.CANCELLED: set(),
    }
    COMING = (State.PLANNED, State.REGISTRATION, State.FROZEN, State.INVITED)
    # Items may still come: freely before the freeze, with a reason after it.
    OPEN_AGENDA = (State.PLANNED, State.REGISTRATION)
    LATE_AGENDA = (State.FROZEN, State.INVITED, State.RUNNING)

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="meetings", verbose_name="Gremium")
    year = models.PositiveSmallIntegerField("Jahr", editable=False)
    number = models.PositiveSmallIntegerField("Nummer im Jahr", editable=False)
    start = models.DateTimeField("Beginn")
    end = models.DateTimeField("geplantes Ende", null=True, blank=True)
    location = models.CharField("Ort", max_length=120, blank=True)
    registration_closes_on = models.DateField("Anmeldeschluss", null=True, blank=True)
    state = models.CharField("Stand", max_length=12, choices=State, default=State.PLANNED, editable=False)
    frozen_at = models.DateTimeField("eingefroren am", null=True, editable=False)
    invited_at = models.DateTimeField("eingeladen am", null=True, editable=False)
    opened_at = models.DateTimeField("eröffnet um", null=True, editable=False)
    closed_at = models.DateTimeField("geschlossen um", null=True, editable=False)

    scope = Scope(
        view=Rule("steering.view", City()),
        add=Rule("steering.manage", City()),
        change=Rule("steering.manage", City()),
    )
    objects = MeetingQuerySet.as_manager()
    history_children = ("items", "attendances", "addenda")

    class Meta:
        verbose_name = "Sitzung"
        verbose_name_plural = "Sitzungen"
        ordering = ["-start", "-id"]
        indexes = [
            models.Index(fields=["-start", "-id"], name="steering_meeting_start"),
            models.Index(fields=["state", "start"], name="steering_meeting_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["committee", "year", "number"], name="steering_meeting_number"),
            models.CheckConstraint(
                name="steering_meeting_ends_later",
                condition=Q(end=None) | Q(end__gt=F("start")),
                violation_error_message="Das Ende muss nach dem Beginn liegen.",
            ),
        ]

    def __str__(self):
        return f"{self.committee}, {self.number}. Sitzung {self.year}"

    def get_absolute_url(self):
        return reverse("steering:meeting_detail", args=[self.pk])

    def save(self, **kwargs):
        with transaction.atomic():
            if self._state.adding:
                self.year = timezone.localtime(self.start).year
                self.number = next_number(f"meeting:{self.committee_id}:{self.year}")
            else:
                self.refuse_when_locked()
            super().save(**kwargs)

    # --- reading ------------------------------------------------------------------------------------------------

    @property
    def name(self):
        return str(self)

    @property
    def reference(self):
        """LK-2023/02: the first part of every decision number of this meeting."""
        return f"{self.committee.code}-{self.year}/{self.number:02d}"

    @property
    def is_locked(self):
        return type(self)._base_manager.filter(pk=self.pk, minutes__sha256__gt="").exists()

    def refuse_when_locked(self):
        if self.is_locked:
            raise RecordLocked

    @property
    def public(self):
        return self.committee.public

    def quorum(self) -> Quorum:
        """Counted from the attendance list; before it exists nobody is present."""
        rows = list(self.attendances.filter(voting=True).values_list("status", flat=True))
        present = sum(1 for status in rows if status in Attendance.IN_THE_ROOM)
        return Quorum(present, len(rows), self.committee.votes_needed(len(rows)))

    # --- steps --------------------------------------------------------------------------------------------------

    def open_registration(self, *, by, closes_on=None):
        """Departments may propose until `closes_on`."""
        with self._move(self.State.REGISTRATION, by=by):
            default = timezone.localtime(self.start).date() - timedelta(days=self.committee.registration_days)
            self.registration_closes_on = closes_on or self.registration_closes_on or default

    def freeze(self, *, by, at=None):
        """Close the agenda and pin the version of every paper; later items need a reason."""
        with self._move(self.State.FROZEN, by=by):
            if not self.items.exists():
                raise ValidationError("Die Tagesordnung ist leer. Bitte nehmen Sie erst einen Punkt auf.")
            for item in self.items.exclude(paper=None).select_related("paper"):
                item.paper_version = item.paper.version
                item.save(reason="Fassung der Vorlage festgehalten")
            self.frozen_at = at or timezone.now()

    def invite(self, *, by, at=None):
        """Send the agenda out and draw up the attendance list from the seats of that day."""
        with self._move(self.State.INVITED, by=by):
            self.invited_at = at or timezone.now()
            self._draw_up_attendance()

    def begin(self, *, by, at=None):
        from .minutes import Minutes

        with self._move(self.State.RUNNING, by=by):
            self.opened_at = at or timezone.now()
            self._draw_up_attendance()
            Minutes(meeting=self).save()

    def close(self, *, by, at=None):
        """End the meeting. Every item needs a result; whoever is still only expected was absent."""
        with self._move(self.State.DRAFT, by=by):
            undecided = [str(item.position) for item in self.items.filter(result="")]
            if undecided:
                raise ValidationError(
                    f"Noch ohne Ergebnis: TOP {', '.join(undecided)}. Bitte beschließen, vertagen oder zurückstellen.",
                    code="undecided",
                )
            for row in self.attendances.filter(status=Attendance.Status.EXPECTED):
                row.status = Attendance.Status.ABSENT
                row.save(reason="Sitzung geschlossen")
            self.closed_at = at or timezone.now()

    def cancel(self, *, by, reason):
        """The number stays taken; scheduled proposals wait for another meeting."""
        from .proposals import Proposal

        with self._move(self.State.CANCELLED, by=by, reason=reason):
            for item in self.items.filter(proposal__state=Proposal.State.SCHEDULED).select_related(
                "proposal"
            ):
                item.proposal.unschedule(by=by, reason=f"{self} ist abgesagt")

    def approve_minutes(self, *, by, on=None):
        """Lock the minutes with their hash; from now on only Nachträge."""
        with transaction.atomic():
            with self._move(self.State.APPROVED, by=by, reason="Protokoll genehmigt"):
                pass
            return self.minutes.seal(by=by, on=on or timezone.localdate())

    def reschedule(self, *, by, start, end=None, location=None, reason):
        """Move the meeting; calendars replace their entry: the version of the row is their sequence."""
        with transaction.atomic(), acting_as(by, reason=reason):
            self.lock()
            if self.state not in self.COMING:
                raise ValidationError("Nur eine kommende Sitzung kann verlegt werden.")
            if timezone.localtime(start).year != self.year:
                raise ValidationError(
                    "Die Nummer gehört zum Jahr. Bitte sagen Sie die Sitzung ab und planen Sie eine neue."
                )
            self.start, self.end = start, end
            if location is not None:
                self.location = location
            self.save(reason=reason)

    def add_item(self, *, by, name="", late_reason="", proposal=None, **fields):
        """Put an item at the end of the agenda. After the freeze it is a Tischvorlage and needs a reason."""
        from .agenda import AgendaItem

        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.state not in (*self.OPEN_AGENDA, *self.LATE_AGENDA):
                raise ValidationError("Diese Sitzung nimmt keine Punkte mehr an.")
            late = self.state in self.LATE_AGENDA
            if late and not late_reason.strip():
                raise ValidationError(
                    "Die Tagesordnung ist eingefroren. Eine Tischvorlage braucht einen Grund.", code="late"
                )
            last = self.items.aggregate(last=models.Max("position"))["last"] or 0
            item = AgendaItem(
                meeting=self, position=last + 1, name=name, late=late, proposal=proposal, **fields
            )
            item.late_reason = late_reason if late else ""
            if proposal is not None:
                item.take_over(proposal)
                proposal.schedule(by=by, meeting=self, reason=late_reason)
            item.full_clean(exclude=["version"])
            item.save(reason=item.late_reason)
            return item

    def note_present(self, ids, *, by):
        """Set who is in the room by ticks: new ones are present, those no longer ticked are awaited again."""
        ids = {str(pk) for pk in ids}
        with transaction.atomic():
            for row in self.attendances.select_related("meeting"):
                ticked = str(row.pk) in ids
                if ticked and not row.in_the_room:
                    row.set(Attendance.Status.PRESENT, by=by)
                elif not ticked and row.in_the_room:
                    row.set(Attendance.Status.EXPECTED, by=by)

    def add_guest(self, *, by, department):
        """A department that is heard and has no vote."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.state not in (self.State.INVITED, self.State.RUNNING, self.State.DRAFT):
                raise ValidationError("Gäste kommen ab der Einladung in die Anwesenheitsliste.")
            if self.attendances.filter(department=department).exists():
                raise ValidationError("Diese Stelle steht schon in der Anwesenheitsliste.")
            guest = Attendance(meeting=self, department=department, status=Attendance.Status.PRESENT)
            guest.save()
            return guest

    def _draw_up_attendance(self):
        known = set(self.attendances.values_list("seat_id", flat=True))
        day = timezone.localtime(self.start).date()
        for seat in self.committee.memberships.current(day).exclude(pk__in=known - {None}):
            Attendance(meeting=self, seat=seat, department=seat.department, voting=seat.voting_right).save()

    @property
    def open_items(self):
        return self.items.filter(result="")

    @property
    def postponed_items(self):
        """Items that wait for a later meeting and were not taken up yet."""
        return self.items.filter(result__in=POSTPONING, carried_to=None)

    @property
    def when(self):
        return f"{text.long_day(self.start)}, {text.clock(self.start)}"


class Attendance(AuditedModel):
    """One seat (or guest department) in one meeting."""

    class Status(models.TextChoices):
        EXPECTED = "expected", "erwartet"
        PRESENT = "present", "anwesend"
        EXCUSED = "excused", "entschuldigt"
        ABSENT = "absent", "nicht gekommen"
        SUBSTITUTE = "substitute", "vertreten"

    IN_THE_ROOM = (Status.PRESENT, Status.SUBSTITUTE)

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendances", verbose_name="Sitzung")
    seat = models.ForeignKey(
        CommitteeMembership,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="attendances",
        verbose_name="Sitz",
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="meeting_attendances",
        verbose_name="Stelle",
    )
    status = models.CharField("Anwesenheit", max_length=10, choices=Status, default=Status.EXPECTED)
    voting = models.BooleanField("mit Stimme", default=False)
    substitute = models.CharField("vertreten durch", max_length=120, blank=True)
    arrived_at = models.TimeField("gekommen um", null=True, blank=True)
    left_at = models.TimeField("gegangen um", null=True, blank=True)

    scope = Scope(view=Rule("steering.view", City()), change=Rule("steering.manage", City()))
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Anwesenheit"
        verbose_name_plural = "Anwesenheit"
        ordering = ["meeting", "-voting", "created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "seat"], name="steering_attendance_once"),
            models.CheckConstraint(
                name="steering_attendance_of_somebody",
                condition=Q(seat__isnull=False) | Q(department__isnull=False),
            ),
            models.CheckConstraint(
                name="steering_guests_do_not_vote", condition=Q(seat__isnull=False) | Q(voting=False)
            ),
        ]

    def __str__(self):
        return f"{self.holder}: {self.get_status_display()}"

    @property
    def holder(self):
        return self.department or (self.seat.holder if self.seat else "")

    @property
    def in_the_room(self):
        return self.status in self.IN_THE_ROOM

    def save(self, **kwargs):
        self.meeting.refuse_when_locked()
        super().save(**kwargs)

    def delete(self, **kwargs):
        self.meeting.refuse_when_locked()
        return super().delete(**kwargs)

    def set(self, status, *, by, substitute="", arrived_at=None):
        """Note who is there; corrected until the minutes are approved."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            self.status, self.substitute = status, substitute if status == self.Status.SUBSTITUTE else ""
            if arrived_at is not None:
                self.arrived_at = arrived_at
            self.save()
