"""Items of an agenda: late ones, carried-over ones, and the moment of decision."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.models import Department
from soe.departments.scope import City, Custom, Rule, Scope, ScopedQuerySet

from .base import ADOPTED, NUMBERED, POSTPONING, Outcome, RecordLocked
from .committees import Committee
from .meetings import Meeting
from .scopes import open_or_member


class AgendaItem(AuditedModel):
    """One item (TOP) of a meeting. A postponed item stays where it was; its successor points back to it."""

    class Kind(models.TextChoices):
        DECISION = "decision", "Beschluss"
        NOTE = "note", "Kenntnisnahme"
        REPORT = "report", "Bericht"
        MINUTES = "minutes", "Protokoll"
        OTHER = "other", "Verschiedenes"

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items", verbose_name="Sitzung")
    position = models.PositiveSmallIntegerField("TOP")
    name = models.CharField("Titel", max_length=200)
    kind = models.CharField("Art", max_length=10, choices=Kind, default=Kind.DECISION)
    proposer = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agenda_items",
        verbose_name="angemeldet von",
    )
    proposal = models.ForeignKey(
        "steering.Proposal",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
        verbose_name="Vorschlag",
    )
    paper = models.ForeignKey(
        "steering.CouncilPaper",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
        verbose_name="Vorlage",
    )
    paper_version = models.PositiveIntegerField("Fassung der Vorlage", null=True, editable=False)
    minutes_planned = models.PositiveSmallIntegerField("Minuten", null=True, blank=True)
    confidential = models.BooleanField("vertraulich", default=False)
    late = models.BooleanField("Tischvorlage", default=False, editable=False)
    late_reason = models.CharField("Grund der Nachreichung", max_length=300, blank=True)
    carried_from = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="carried_to",
        editable=False,
        verbose_name="übernommen aus",
    )
    postponements = models.PositiveSmallIntegerField("so oft vertagt", default=0, editable=False)
    resolution_text = models.TextField("Beschlussvorschlag", blank=True)
    minutes_text = models.TextField("Protokolltext", blank=True)
    result = models.CharField("Ergebnis", max_length=10, choices=Outcome, blank=True, editable=False)
    referred_to = models.ForeignKey(
        Committee,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="referred_items",
        editable=False,
        verbose_name="verwiesen an",
    )
    start = models.DateTimeField("aufgerufen um", null=True, editable=False)
    end = models.DateTimeField("beendet um", null=True, editable=False)

    scope = Scope(
        view=Rule("steering.view", Custom(open_or_member("meeting__committee")), City("steering.manage")),
        add=Rule("steering.manage", City()),
        change=Rule("steering.manage", City()),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Tagesordnungspunkt"
        verbose_name_plural = "Tagesordnungspunkte"
        ordering = ["meeting", "position"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="steering_item_position"),
            models.CheckConstraint(name="steering_item_position_from_one", condition=Q(position__gte=1)),
            models.CheckConstraint(
                name="steering_late_item_has_reason", condition=Q(late=False) | ~Q(late_reason="")
            ),
            models.CheckConstraint(
                name="steering_referred_somewhere",
                condition=Q(result="referred", referred_to__isnull=False)
                | (~Q(result="referred") & Q(referred_to=None)),
            ),
            models.CheckConstraint(
                name="steering_carried_item_counts",
                condition=Q(carried_from=None, postponements=0)
                | Q(carried_from__isnull=False, postponements__gte=1),
            ),
            models.CheckConstraint(
                name="steering_item_times", condition=Q(end=None) | Q(start=None) | Q(end__gte=F("start"))
            ),
        ]

    def __str__(self):
        return f"TOP {self.position}: {self.name}"

    def get_absolute_url(self):
        return f"{reverse('steering:meeting_detail', args=[self.meeting_id])}?top={self.position}"

    def save(self, **kwargs):
        self.meeting.refuse_when_locked()
        if self.proposal_id and self.proposal.confidential:
            self.confidential = True  # an item never says more than its proposal
        super().save(**kwargs)

    def delete(self, **kwargs):
        self.meeting.refuse_when_locked()
        if self.result:
            raise RecordLocked("Der Punkt hat ein Ergebnis und bleibt in der Tagesordnung.")
        return super().delete(**kwargs)

    # --- OParl names --------------------------------------------------------------------------------------------

    @property
    def number(self):
        return str(self.position)

    @property
    def public(self):
        return self.meeting.public and not self.confidential

    # --- reading ------------------------------------------------------------------------------------------------

    @property
    def future_number(self):
        """The number a decision of this item would get."""
        return f"{self.meeting.reference}-TOP{self.position}"

    @property
    def result_label(self):
        if self.result == Outcome.REFERRED:
            return f"verwiesen an {self.referred_to}"
        return self.get_result_display() if self.result else ""

    @property
    def must_be_settled(self):
        """Postponed twice before: now decide, drop or refer."""
        return self.postponements >= 2 and not self.result

    # --- agenda -------------------------------------------------------------------------------------------------

    def take_over(self, proposal):
        """Fill this new item from a proposal, and link the item in which it was postponed before."""
        self.name = self.name or proposal.title
        self.proposer = self.proposer or proposal.department
        self.resolution_text = self.resolution_text or proposal.resolution
        self.confidential = self.confidential or proposal.confidential
        before = AgendaItem.objects.filter(proposal=proposal, result__in=POSTPONING, carried_to=None)
        self.continues(before.order_by("-meeting__start").first())

    def continues(self, earlier):
        if earlier is not None:
            self.carried_from = earlier
            self.postponements = earlier.postponements + 1

    def carry_over(self, *, by, to, reason=""):
        """Take a postponed item up again in the meeting `to`: a new item that points back, with its counter."""
        if self.result not in POSTPONING:
            raise ValidationError("Nur ein vertagter oder zurückgestellter Punkt wird wieder aufgenommen.")
        if AgendaItem.objects.filter(carried_from=self).exists():
            raise ValidationError("Der Punkt steht schon in einer späteren Sitzung.")
        if to.committee_id != self.meeting.committee_id:
            raise ValidationError("Bitte wählen Sie eine Sitzung desselben Gremiums.")
        fields = {
            "kind": self.kind,
            "proposer": self.proposer,
            "paper": self.paper,
            "confidential": self.confidential,
            "resolution_text": self.resolution_text,
            "minutes_planned": self.minutes_planned,
        }
        if self.proposal_id is None:
            fields |= {"carried_from": self, "postponements": self.postponements + 1}
        return to.add_item(by=by, name=self.name, late_reason=reason, proposal=self.proposal, **fields)

    def move(self, *, by, up):
        """Change places with the neighbour, as long as the agenda is open."""
        with transaction.atomic(), acting_as(by):
            self.meeting.lock()
            if self.meeting.state not in Meeting.OPEN_AGENDA:
                raise ValidationError("Die Tagesordnung ist eingefroren.")
            self.lock()
            other = self.meeting.items.filter(position=self.position + (-1 if up else 1)).first()
            if other is None:
                return
            mine, theirs = self.position, other.position
            # Two rows may not share a position even for a moment.
            self.position = 30_000
            self.save(reason="Reihenfolge geändert")
            other.position = mine
            other.save(reason="Reihenfolge geändert")
            self.position = theirs
            self.save(reason="Reihenfolge geändert")

    def drop(self, *, by, reason):
        """Take the item off an open agenda; the following ones move up, its proposal waits again."""
        with transaction.atomic(), acting_as(by, reason=reason):
            meeting = Meeting.objects.get(pk=self.meeting_id).lock()
            self.lock()
            if meeting.state not in Meeting.OPEN_AGENDA:
                raise ValidationError(
                    "Die Tagesordnung ist eingefroren. In der Sitzung kann der Punkt zurückgezogen werden."
                )
            if self.confidential:
                # Rows that are gone are told on the history page of the meeting, to everybody.
                raise ValidationError(
                    "Ein vertraulicher Punkt wird geändert oder in der Sitzung zurückgezogen."
                )
            proposal, position = self.proposal, self.position
            self.delete(reason=reason)
            if proposal is not None:
                proposal.unschedule(by=by, reason=reason)
            for item in meeting.items.filter(position__gt=position).order_by("position"):
                item.position -= 1
                item.save(reason="Reihenfolge geändert")

    # --- in the meeting -----------------------------------------------------------------------------------------

    def call(self, *, by, at=None):
        """Open the discussion of this item."""
        with self._in_running_meeting(by):
            if self.start is None:
                self.start = at or timezone.now()
                self.save()

    def write(self, *, by, text):
        """Live minutes of this item; possible until they are approved."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.meeting.state not in (Meeting.State.RUNNING, Meeting.State.DRAFT):
                raise ValidationError("Protokoll wird ab Beginn der Sitzung geschrieben.")
            self.minutes_text = text
            self.save()

    def settle(self, *, by, outcome, reason="", referred_to=None, at=None):
        """A result without a number: noted, postponed, deferred, referred, withdrawn."""
        if outcome in NUMBERED:
            raise ValueError("Use decide(): this outcome draws a number.")
        if outcome in (*POSTPONING, Outcome.WITHDRAWN) and not reason.strip():
            raise ValidationError(
                "Bitte begründen Sie in einem Satz, warum der Punkt nicht entschieden wird."
            )
        if (outcome == Outcome.REFERRED) != (referred_to is not None):
            raise ValidationError("Bitte nennen Sie das Gremium, an das verwiesen wird.")
        with self._in_running_meeting(by, reason):
            self._refuse_second_result()
            self._finish(outcome, at)
            self.referred_to = referred_to
            self.save(reason=reason)
            if self.proposal_id:
                self.proposal.after_item(self, by=by, reason=reason)

    def decide(
        self,
        *,
        by,
        outcome,
        text,
        responsible,
        title="",
        votes=None,
        due=None,
        participating=(),
        conditions=(),
        at=None,
    ):
        """Decide and draw the number, once and for ever.

        votes: (yes, no, abstained) or None. conditions: (text, due) pairs.
        """
        from .decisions import Decision

        if outcome not in NUMBERED:
            raise ValueError("Use settle(): this outcome draws no number.")
        with self._in_running_meeting(by):
            self._refuse_second_result()
            quorum = self.meeting.quorum()
            if quorum.met is False:
                raise ValidationError(f"Der Beschluss ist nicht möglich: {quorum.label}.", code="quorum")
            check_votes(outcome, votes, quorum.present if quorum.total else None)
            at = at or timezone.now()
            self._finish(outcome, at)
            self.save()
            decision = Decision.draw(
                self,
                outcome=outcome,
                text=text,
                title=title or self.name,
                responsible=responsible,
                votes=votes,
                due=due if outcome in ADOPTED else None,
                on=timezone.localtime(at).date(),
                participating=participating,
                conditions=conditions if outcome in ADOPTED else (),
            )
            if self.proposal_id:
                self.proposal.after_item(self, by=by)
            return decision

    def _in_running_meeting(self, by, reason=""):
        return _RunningMeeting(self, by, reason)

    def _refuse_second_result(self):
        if self.result:
            raise ValidationError(
                f"TOP {self.position} hat schon ein Ergebnis: {self.result_label}.", code="decided"
            )

    def _finish(self, outcome, at):
        self.result = outcome
        self.end = at or timezone.now()
        self.start = self.start or self.end


class _RunningMeeting:
    """Locks meeting, then item: two people deciding at once wait for each other, and the second is refused."""

    def __init__(self, item, by, reason):
        self.item, self.atomic, self.actor = item, transaction.atomic(), acting_as(by, reason=reason)

    def __enter__(self):
        self.atomic.__enter__()
        self.actor.__enter__()
        try:
            meeting = Meeting.objects.get(pk=self.item.meeting_id).lock()
            self.item.lock()
            self.item.meeting = meeting
            if meeting.state != Meeting.State.RUNNING:
                raise ValidationError("Das geht nur in einer laufenden Sitzung.", code="not_running")
        except BaseException as error:
            self.__exit__(type(error), error, error.__traceback__)
            raise

    def __exit__(self, *exc):
        self.actor.__exit__(*exc)
        return self.atomic.__exit__(*exc)


def check_votes(outcome, votes, present):
    """Votes may be left out; given ones must fit the result and the people in the room."""
    if votes is None or all(vote is None for vote in votes):
        return
    if any(vote is None for vote in votes):
        raise ValidationError("Bitte geben Sie Ja, Nein und Enthaltung an oder lassen Sie alle drei leer.")
    yes, no, abstained = votes
    if present is not None and yes + no + abstained > present:
        raise ValidationError(
            f"{yes + no + abstained} Stimmen sind gezählt, aber nur {present} Stimmberechtigte sind anwesend."
        )
    if outcome in ADOPTED and yes <= no:
        raise ValidationError("Beschlossen ist nur, was mehr Ja als Nein hat.")
    if outcome == Outcome.REJECTED and yes > no:
        raise ValidationError("Mehr Ja als Nein: das ist keine Ablehnung.")
    if outcome == Outcome.UNANIMOUS and no:
        raise ValidationError("Einstimmig heißt: ohne Nein-Stimme.")
    if outcome == Outcome.MAJORITY and not no:
        raise ValidationError("Ohne Nein-Stimme ist der Beschluss einstimmig.")
