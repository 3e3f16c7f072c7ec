"""Proposals of departments, co-signed by others, on their way to a decision."""

from builtins import property as computed  # the model has a field of that name
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.audit.numbers import next_number
from soe.departments.models import Department
from soe.departments.scope import City, Custom, OwnDepartment, Rule, Scope, ScopedQuerySet, ViaParent
from steering import notices

from .base import NUMBERED, Outcome, Searchable, StateMachine
from .committees import Committee
from .scopes import filed_proposals, not_draft


class ProposalQuerySet(ScopedQuerySet):
    def waiting(self):
        """Filed, and not yet on an agenda."""
        return self.filter(state__in=(Proposal.State.SUBMITTED, Proposal.State.COSIGNING))


class Proposal(Searchable, StateMachine, AuditedModel):
    """What a department wants decided: aim, cost, funding, staff, expected effect."""

    class State(models.TextChoices):
        DRAFT = "draft", "Entwurf"
        SUBMITTED = "submitted", "eingereicht"
        COSIGNING = "cosigning", "Mitzeichnung"
        SCHEDULED = "scheduled", "terminiert"
        DECIDED = "decided", "entschieden"
        RETURNED = "returned", "zurückgegeben"
        WITHDRAWN = "withdrawn", "zurückgezogen"

    class Aim(models.TextChoices):
        INTEGRATION = "integration", "Integration"
        INTERVENTION = "intervention", "Intervention"
        PREVENTION = "prevention", "Prävention"

    TRANSITIONS = {
        State.DRAFT: {State.SUBMITTED, State.WITHDRAWN},
        State.SUBMITTED: {State.COSIGNING, State.SCHEDULED, State.RETURNED, State.WITHDRAWN},
        State.COSIGNING: {State.SCHEDULED, State.RETURNED, State.WITHDRAWN},
        # Back to "eingereicht" when the item is postponed, referred, or its meeting cancelled.
        State.SCHEDULED: {State.DECIDED, State.SUBMITTED, State.WITHDRAWN},
        State.RETURNED: {State.SUBMITTED, State.WITHDRAWN},
        State.DECIDED: set(),
        State.WITHDRAWN: set(),
    }
    EDITABLE = (State.DRAFT, State.RETURNED)

    number = models.CharField("Nummer", max_length=20, unique=True, null=True, blank=True, editable=False)
    title = models.CharField("Titel", max_length=200)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="proposals", verbose_name="Vorschlag von"
    )
    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="proposals", verbose_name="an Gremium"
    )
    aim = models.CharField("Ziel", max_length=12, choices=Aim)
    problem = models.TextField("Problem")
    text = models.TextField("Was wird vorgeschlagen?")
    resolution = models.TextField("Beschlussvorschlag")
    expected_effect = models.TextField("erwartete Wirkung", blank=True)
    cost = models.DecimalField(
        "Kosten in Euro",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    funding = models.DecimalField(
        "davon Förderung in Euro",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    funding_source = models.CharField("Fördergeber", max_length=120, blank=True)
    staff = models.DecimalField(
        "Stellenanteile",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    property = models.ForeignKey(
        "objects.Property",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name="Objekt",
    )
    offer = models.ForeignKey(
        "cases.Offer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name="Angebot",
    )
    confidential = models.BooleanField("vertraulich", default=False)
    state = models.CharField("Stand", max_length=10, choices=State, default=State.DRAFT, editable=False)
    submitted_on = models.DateField("eingereicht am", null=True, editable=False)
    returned_reason = models.TextField("Grund der Rückgabe", blank=True, editable=False)

    search_sources = ("number", "title")
    scope = Scope(
        view=Rule(
            "steering.view",
            Custom(filed_proposals),
            Custom(not_draft, "steering.manage"),
            OwnDepartment("department", "steering.propose"),
            OwnDepartment("cosignatures__department", "steering.propose"),
        ),
        add=Rule("steering.propose", City()),
        change=Rule("steering.propose", OwnDepartment("department")),
        manage=Rule("steering.manage", Custom(not_draft)),
    )
    objects = ProposalQuerySet.as_manager()
    history_children = ("cosignatures",)

    class Meta:
        verbose_name = "Vorschlag"
        verbose_name_plural = "Vorschläge"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="steering_proposal_new"),
            models.Index(fields=["department", "state"], name="steering_proposal_dept"),
            models.Index(fields=["state", "submitted_on"], name="steering_proposal_state"),
        ]
        constraints = [
            models.CheckConstraint(
                name="steering_proposal_costs",
                condition=(Q(cost=None) | Q(cost__gte=0)) & (Q(funding=None) | Q(funding__gte=0)),
            ),
            models.CheckConstraint(
                name="steering_filed_proposal_has_number",
                condition=Q(state__in=("draft", "withdrawn"))
                | Q(number__isnull=False, submitted_on__isnull=False),
            ),
            models.CheckConstraint(
                name="steering_returned_with_reason", condition=~Q(state="returned") | ~Q(returned_reason="")
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.title}" if self.number else self.title

    def get_absolute_url(self):
        return reverse("steering:proposal_detail", args=[self.pk])

    @computed
    def own_share(self):
        """Cost minus funding; unknown without cost."""
        return None if self.cost is None else self.cost - (self.funding or Decimal(0))

    @computed
    def is_editable(self):
        return self.state in self.EDITABLE

    # --- steps --------------------------------------------------------------------------------------------------

    def submit(self, *, by, on=None):
        """File the proposal; the first time it draws its number."""
        with self._move(self.State.SUBMITTED, by=by):
            on = on or timezone.localdate()
            if self.number is None:
                self.number = f"V-{on.year}/{next_number(f'proposal:{on.year}'):03d}"
            self.submitted_on, self.returned_reason = on, ""

    def ask_to_cosign(self, departments, *, by, due_on=None, on=None):
        """Ask other departments for their advice. More can be asked later."""
        with transaction.atomic(), acting_as(by):
            if self.lock().state == self.State.SUBMITTED:
                with self._move(self.State.COSIGNING, by=by):
                    pass
            elif self.state != self.State.COSIGNING:
                raise ValidationError("Mitzeichnung ist nur nach dem Einreichen und vor der Sitzung möglich.")
            asked = set(self.cosignatures.values_list("department_id", flat=True))
            for department in departments:
                if department.pk == self.department_id:
                    raise ValidationError("Die vorschlagende Stelle zeichnet nicht selbst mit.")
                if department.pk not in asked:
                    CoSignature(
                        proposal=self,
                        department=department,
                        requested_on=on or timezone.localdate(),
                        due_on=due_on,
                    ).save()

    def schedule(self, *, by, meeting, reason=""):
        """Called by Meeting.add_item(). Without all advice only with a reason."""
        if meeting.committee_id != self.committee_id:
            raise ValidationError(f"Der Vorschlag richtet sich an {self.committee}.")
        with self._move(self.State.SCHEDULED, by=by, reason=reason):
            missing = [
                str(row.department) for row in self.cosignatures.pending().select_related("department")
            ]
            if missing and not reason.strip():
                raise ValidationError(
                    f"Es fehlt noch die Mitzeichnung von {', '.join(missing)}. "
                    "Ohne sie geht es nur mit einer Begründung.",
                    code="cosignature",
                )

    def unschedule(self, *, by, reason):
        with self._move(self.State.SUBMITTED, by=by, reason=reason):
            pass

    def return_to_department(self, *, by, reason):
        with self._move(self.State.RETURNED, by=by, reason=reason):
            self.returned_reason = reason

    def link_measures(self, measures, *, by):
        """Make `measures` the ones this proposal stands on; each one added or dropped has its history row."""
        with transaction.atomic(), acting_as(by):
            wanted = {measure.pk: measure for measure in measures}
            for link in self.measure_links.all():
                if wanted.pop(link.measure_id, None) is None:
                    link.delete(reason="Verknüpfung gelöst")
            for measure in wanted.values():
                ProposalMeasure(proposal=self, measure=measure).save()

    def withdraw(self, *, by, reason):
        """Taken back; while on an agenda this happens in the meeting (result „zurückgezogen“)."""
        with self._move(self.State.WITHDRAWN, by=by, reason=reason):
            if self.items.filter(result="").exists():
                raise ValidationError(
                    "Der Vorschlag steht auf einer Tagesordnung und wird dort zurückgezogen."
                )

    def after_item(self, item, *, by, reason=""):
        """What the result of its agenda item means for the proposal."""
        if item.result in (*NUMBERED, Outcome.NOTED):
            with self._move(self.State.DECIDED, by=by):
                notices.proposal_decided(self)
        elif item.result == Outcome.WITHDRAWN:
            with self._move(self.State.WITHDRAWN, by=by, reason=reason):
                pass
        else:
            with self._move(self.State.SUBMITTED, by=by, reason=reason or item.result_label):
                if item.result == Outcome.REFERRED:
                    self.committee = item.referred_to


class ProposalMeasure(AuditedModel):
    """A measure of the register that a proposal stands on."""

    proposal = models.ForeignKey(
        Proposal, models.PROTECT, related_name="measure_links", verbose_name="Vorschlag"
    )
    measure = models.ForeignKey(
        "objects.Measure", models.PROTECT, related_name="proposal_links", verbose_name="Maßnahme"
    )

    scope = Scope(
        view=Rule("steering.view", ViaParent("proposal", "view")),
        change=Rule("steering.propose", OwnDepartment("proposal__department")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Maßnahme zum Vorschlag"
        verbose_name_plural = "Maßnahmen zum Vorschlag"
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "measure"], name="steering_measure_link_once")
        ]

    def __str__(self):
        return str(self.measure)


class CoSignatureQuerySet(ScopedQuerySet):
    def pending(self):
        return self.filter(advice="")


class CoSignature(AuditedModel):
    """The advice of one other department on a proposal."""

    class Advice(models.TextChoices):
        AGREED = "agreed", "mitgezeichnet"
        WITH_NOTE = "with_note", "mitgezeichnet mit Hinweis"
        REFUSED = "refused", "nicht mitgezeichnet"

    proposal = models.ForeignKey(
        Proposal, models.PROTECT, related_name="cosignatures", verbose_name="Vorschlag"
    )
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="cosignatures", verbose_name="Stelle"
    )
    requested_on = models.DateField("angefragt am", default=timezone.localdate)
    due_on = models.DateField("Antwort bis", null=True, blank=True)
    advice = models.CharField("Mitzeichnung", max_length=10, choices=Advice, blank=True)
    note = models.TextField("Hinweis", blank=True)
    given_on = models.DateField("abgegeben am", null=True, editable=False)

    scope = Scope(
        view=Rule("steering.view", ViaParent("proposal", "view")),
        change=Rule("steering.propose", OwnDepartment("department")),
        manage=Rule("steering.manage", City()),
    )
    objects = CoSignatureQuerySet.as_manager()

    class Meta:
        verbose_name = "Mitzeichnung"
        verbose_name_plural = "Mitzeichnungen"
        ordering = ["requested_on", "id"]
        indexes = [models.Index(fields=["department", "advice", "due_on"], name="steering_cosign_open")]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "department"], name="steering_cosign_once"),
            models.CheckConstraint(
                name="steering_cosign_given",
                condition=Q(advice="", given_on=None) | (~Q(advice="") & Q(given_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="steering_cosign_note", condition=~Q(advice__in=("with_note", "refused")) | ~Q(note="")
            ),
        ]

    def __str__(self):
        return f"{self.department}: {self.get_advice_display() or 'angefragt'}"

    def get_absolute_url(self):
        return self.proposal.get_absolute_url()

    def give(self, *, by, advice, note="", on=None):
        """Sign, sign with a note, or refuse; the last two say why."""
        if advice not in self.Advice.values:
            raise ValidationError("Bitte wählen Sie, ob Ihre Stelle mitzeichnet.")
        if advice != self.Advice.AGREED and not note.strip():
            raise ValidationError("Bitte schreiben Sie den Hinweis in einem Satz dazu.")
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.proposal.state not in (Proposal.State.COSIGNING, Proposal.State.SUBMITTED):
                raise ValidationError("Der Vorschlag ist nicht mehr in der Mitzeichnung.")
            self.advice, self.note, self.given_on = advice, note, on or timezone.localdate()
            self.save(reason=note)
