"""Decisions: drawn in a meeting, unchangeable in number, moved on by reports (implementation.py)."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.models import Department
from soe.departments.scope import City, Custom, OwnDepartment, Rule, Scope, ScopedQuerySet
from soe.web.figures import Quarter

from .agenda import AgendaItem, check_votes
from .base import (
    ADOPTED,
    NUMBERED,
    Outcome,
    RecordLocked,
    Searchable,
    StateMachine,
)
from .committees import Committee
from .scopes import open_or_member


def _reports():
    from .implementation import StatusReport

    return StatusReport.objects


class DecisionQuerySet(ScopedQuerySet):
    def adopted(self):
        return self.filter(outcome__in=ADOPTED)

    def running(self):
        """Adopted and neither done nor dropped."""
        return self.adopted().filter(state__in=Decision.RUNNING)

    def overdue(self, today=None):
        return self.running().filter(due__lt=today or timezone.localdate())

    def repealed(self):
        return self.filter(state=Decision.State.REPEALED)

    def without_report(self, quarter):
        """Running at the end of `quarter` and silent about it."""
        reports = _reports().filter(decision=OuterRef("pk"), quarter=quarter.code)
        return self.running().filter(~Exists(reports), decided_on__lte=quarter.end)

    def with_report(self, quarter):
        """Annotate the latest report up to `quarter`, and the colour of the one before it."""
        reports = _reports().filter(decision=OuterRef("pk"), quarter__lte=quarter.code).order_by("-quarter")
        return self.annotate(
            report_colour=Subquery(reports.filter(quarter=quarter.code).values("colour")[:1]),
            report_text=Subquery(reports.filter(quarter=quarter.code).values("text")[:1]),
            earlier_colour=Subquery(reports.filter(quarter__lt=quarter.code).values("colour")[:1]),
        )


class Decision(Searchable, StateMachine, AuditedModel):
    """What a committee decided. Its number is drawn at that moment, unique for ever and never reused."""

    class State(models.TextChoices):
        OPEN = "open", "offen"
        IN_PROGRESS = "in_progress", "in Umsetzung"
        DONE = "done", "erledigt"
        INFEASIBLE = "infeasible", "nicht umsetzbar"
        REPEALED = "repealed", "aufgehoben"

    TRANSITIONS = {
        State.OPEN: {State.IN_PROGRESS, State.DONE, State.INFEASIBLE, State.REPEALED},
        State.IN_PROGRESS: {State.DONE, State.INFEASIBLE, State.REPEALED},
        # Taken up again when it turns out that it was not done after all.
        State.DONE: {State.IN_PROGRESS, State.REPEALED},
        State.INFEASIBLE: {State.IN_PROGRESS, State.REPEALED},
        State.REPEALED: set(),
    }
    RUNNING = (State.OPEN, State.IN_PROGRESS)
    CLOSED = (State.DONE, State.INFEASIBLE)
    # What the minutes say: may be put right until they are approved, afterwards only by a Nachtrag.
    MINUTED = (
        "title",
        "text",
        "outcome",
        "votes_yes",
        "votes_no",
        "votes_abstained",
        "responsible_id",
        "original_due",
    )
    NEVER = ("number", "item_id", "committee_id", "decided_on")

    number = models.CharField("Nummer", max_length=40, unique=True, editable=False)
    item = models.OneToOneField(
        AgendaItem, models.PROTECT, related_name="decision", editable=False, verbose_name="TOP"
    )
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="decisions", editable=False, verbose_name="Gremium"
    )
    proposal = models.ForeignKey(
        "steering.Proposal",
        models.PROTECT,
        null=True,
        related_name="decisions",
        editable=False,
        verbose_name="Vorschlag",
    )
    title = models.CharField("Titel", max_length=200)
    text = models.TextField("Wortlaut")
    outcome = models.CharField("Ergebnis", max_length=10, choices=Outcome)
    votes_yes = models.PositiveSmallIntegerField("Ja", null=True, blank=True)
    votes_no = models.PositiveSmallIntegerField("Nein", null=True, blank=True)
    votes_abstained = models.PositiveSmallIntegerField("Enthaltung", null=True, blank=True)
    responsible = models.ForeignKey(
        Department, models.PROTECT, related_name="decisions", verbose_name="verantwortlich"
    )
    decided_on = models.DateField("beschlossen am", editable=False)
    due = models.DateField("umzusetzen bis", null=True, blank=True)
    original_due = models.DateField("ursprünglich bis", null=True, editable=False)
    confidential = models.BooleanField("vertraulich", default=False, editable=False)
    state = models.CharField("Stand", max_length=12, choices=State, default=State.OPEN, editable=False)
    closed_on = models.DateField("abgeschlossen am", null=True, editable=False)
    repealed_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="repeals",
        editable=False,
        verbose_name="aufgehoben durch",
    )

    search_sources = ("number", "title", "text")
    scope = Scope(
        view=Rule(
            "steering.view",
            Custom(open_or_member("committee")),
            City("steering.manage"),
            # Whoever has to carry it out reads it, confidential or not, carriers included.
            OwnDepartment("responsible", "steering.report"),
            OwnDepartment("participations__department", "steering.report"),
        ),
        change=Rule("steering.manage", City()),
        report=Rule("steering.report", OwnDepartment("responsible")),
    )
    objects = DecisionQuerySet.as_manager()
    history_children = ("conditions", "participations", "reports")

    class Meta:
        verbose_name = "Beschluss"
        verbose_name_plural = "Beschlüsse"
        ordering = ["-decided_on", "-number"]
        indexes = [
            models.Index(fields=["-decided_on", "-number"], name="steering_decision_date"),
            models.Index(fields=["state", "due"], name="steering_decision_due"),
            models.Index(fields=["responsible", "state"], name="steering_decision_resp"),
        ]
        constraints = [
            models.CheckConstraint(
                name="steering_decision_outcome", condition=Q(outcome__in=[str(o) for o in NUMBERED])
            ),
            models.CheckConstraint(
                name="steering_decision_votes",
                condition=Q(votes_yes=None, votes_no=None, votes_abstained=None)
                | Q(votes_yes__isnull=False, votes_no__isnull=False, votes_abstained__isnull=False),
            ),
            models.CheckConstraint(
                name="steering_decision_original_due",
                condition=Q(due=None, original_due=None) | Q(due__isnull=False, original_due__isnull=False),
            ),
            models.CheckConstraint(
                name="steering_decision_repealed_by_later",
                condition=Q(state="repealed", repealed_by__isnull=False)
                | (~Q(state="repealed") & Q(repealed_by=None)),
            ),
            models.CheckConstraint(
                name="steering_decision_not_by_itself",
                condition=Q(repealed_by=None) | ~Q(repealed_by=F("id")),
            ),
            models.CheckConstraint(
                name="steering_decision_closed_on",
                condition=Q(state__in=("open", "in_progress"), closed_on=None)
                | Q(state__in=("done", "infeasible", "repealed"), closed_on__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    def get_absolute_url(self):
        return reverse("steering:decision_detail", args=[self.pk])

    def save(self, **kwargs):
        if not self._state.adding:
            self._refuse_changed_wording()
        super().save(**kwargs)

    def delete(self, **kwargs):
        raise RecordLocked(
            "Ein Beschluss wird nie gelöscht; seine Nummer bleibt vergeben. Heben Sie ihn auf."
        )

    def _refuse_changed_wording(self):
        stored = type(self)._base_manager.filter(pk=self.pk).values(*self.NEVER, *self.MINUTED).first()
        changed = {name for name, value in (stored or {}).items() if getattr(self, name) != value}
        if changed & set(self.NEVER):
            raise RecordLocked("Nummer, Sitzung und Tag eines Beschlusses ändern sich nie.")
        # A first date may still be set later; a date once agreed on stays as the original one.
        if stored and stored["original_due"] is None:
            changed.discard("original_due")
        if changed and self.item.meeting.is_locked:
            raise RecordLocked

    @classmethod
    def draw(cls, item, *, on, votes, participating, conditions, **fields):
        """Called by AgendaItem.decide() under the locks of meeting and item."""
        yes, no, abstained = votes or (None, None, None)
        adopted = fields["outcome"] in ADOPTED
        decision = cls(
            item=item,
            number=item.future_number,
            committee=item.meeting.committee,
            proposal=item.proposal,
            confidential=item.confidential,
            votes_yes=yes,
            votes_no=no,
            votes_abstained=abstained,
            decided_on=on,
            original_due=fields["due"],
            # Nothing is to be done about a rejected proposal.
            state=cls.State.OPEN if adopted else cls.State.DONE,
            closed_on=None if adopted else on,
            **fields,
        )
        decision.full_clean(exclude=["version", "proposal"])
        decision.save()
        from .implementation import DecisionParticipation

        for department in participating:
            if department.pk != decision.responsible_id:
                DecisionParticipation(decision=decision, department=department).save()
        for text, due in conditions:
            decision.add_condition(text=text, due=due)
        return decision

    # --- reading ------------------------------------------------------------------------------------------------

    @property
    def is_running(self):
        return self.outcome in ADOPTED and self.state in self.RUNNING

    def is_overdue(self, today=None):
        return self.is_running and self.due is not None and self.due < (today or timezone.localdate())

    @property
    def was_moved(self):
        return self.due != self.original_due

    @property
    def votes_label(self):
        """„6 ja, 0 nein, 1 Enthaltung“"""
        if self.votes_yes is None:
            return ""
        word = "Enthaltung" if self.votes_abstained == 1 else "Enthaltungen"
        return f"{self.votes_yes} ja, {self.votes_no} nein, {self.votes_abstained} {word}"

    # --- until the minutes are approved ---------------------------------------------------------------------------

    def correct(self, *, by, reason, **fields):
        """Put the wording right while the minutes are a draft. Number, item and day stay."""
        unknown = set(fields) - {"title", "text", "votes", "responsible"}
        if unknown:
            raise TypeError(f"correct() cannot change {sorted(unknown)}")
        with transaction.atomic(), acting_as(by, reason=reason):
            self.lock()
            if "votes" in fields:
                votes = fields.pop("votes")
                quorum = self.item.meeting.quorum()
                check_votes(self.outcome, votes, quorum.present if quorum.total else None)
                self.votes_yes, self.votes_no, self.votes_abstained = votes or (None, None, None)
            for name, value in fields.items():
                setattr(self, name, value)
            self.save(reason=reason)

    def add_condition(self, *, text, due=None, department=None, by=None):
        """A condition (Auflage) of this decision, part of the minutes like its wording."""
        from contextlib import nullcontext

        from .implementation import Condition

        with transaction.atomic(), acting_as(by) if by else nullcontext():
            self.item.meeting.refuse_when_locked()
            last = self.conditions.aggregate(last=models.Max("position"))["last"] or 0
            condition = Condition(decision=self, position=last + 1, text=text, due=due, original_due=due)
            condition.department = department or self.responsible
            condition.save()
            return condition

    # --- carrying it out ------------------------------------------------------------------------------------------

    def reschedule(self, *, by, due, reason):
        """Another date, with the reason; the original one is kept and counts for punctuality."""
        with transaction.atomic(), acting_as(by, reason=reason):
            self.lock()
            if not self.is_running:
                raise ValidationError("Nur ein laufender Beschluss bekommt eine neue Frist.")
            self.due, self.original_due = due, self.original_due or due
            self.save(reason=reason)

    def file_report(self, *, by, quarter, colour, text, state="", on=None):
        """The quarterly report of the responsible department; a second one for the quarter replaces the first."""
        from .implementation import StatusReport

        quarter = quarter if isinstance(quarter, Quarter) else Quarter.parse(quarter)
        with transaction.atomic(), acting_as(by):
            self.lock()
            on = on or timezone.localdate()
            if self.outcome not in ADOPTED or self.state == self.State.REPEALED:
                raise ValidationError("Zu diesem Beschluss wird nicht mehr berichtet.")
            if quarter < Quarter.of(self.decided_on):
                raise ValidationError("In diesem Quartal gab es den Beschluss noch nicht.")
            if quarter.start > on:
                raise ValidationError("Dieses Quartal hat noch nicht begonnen.")
            report = self.reports.filter(quarter=quarter.code).first() or StatusReport(
                decision=self, quarter=quarter.code
            )
            report.colour, report.text, report.state = colour, text.strip(), state or self.State.IN_PROGRESS
            report.department, report.reported_on = self.responsible, on
            report.full_clean(exclude=["version"])
            report.save()
            self._follow(report, by=by, on=on)
            return report

    def _follow(self, report, *, by, on):
        """An older quarter told late never overrules what a newer report said."""
        if self.reports.filter(quarter__gt=report.quarter).exists() or report.state == self.state:
            return
        if report.state == self.State.OPEN or report.state not in self.TRANSITIONS[self.state]:
            return
        with self._move(self.State(report.state), by=by, reason=f"Bericht {report.quarter}"):
            self.closed_on = on if report.state in self.CLOSED else None

    def finish(self, *, by, reason="", on=None):
        with self._move(self.State.DONE, by=by, reason=reason):
            self.closed_on = on or timezone.localdate()

    def give_up(self, *, by, reason, on=None):
        with self._move(self.State.INFEASIBLE, by=by, reason=reason):
            self.closed_on = on or timezone.localdate()

    def take_up_again(self, *, by, reason):
        """Reported done or infeasible, and it was not."""
        with self._move(self.State.IN_PROGRESS, by=by, reason=reason):
            if self.outcome not in ADOPTED:
                raise ValidationError("Ein abgelehnter Vorschlag wird nicht umgesetzt.")
            self.closed_on = None

    def repeal(self, *, by, later, reason="", on=None):
        """Only a later decision of the same committee takes a decision back."""
        if later.pk == self.pk or later.outcome not in ADOPTED or later.decided_on < self.decided_on:
            raise ValidationError("Aufheben kann nur ein späterer Beschluss.")
        if later.committee_id != self.committee_id:
            raise ValidationError("Bitte wählen Sie einen Beschluss desselben Gremiums.")
        with self._move(self.State.REPEALED, by=by, reason=reason or f"aufgehoben durch {later.number}"):
            self.repealed_by = later
            self.closed_on = on or later.decided_on
