"""Passing somebody on: sent with a consent, answered, and not over before the person has arrived."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.audit.states import Stateful
from soe.departments.models import Department
from soe.departments.scope import City, Custom, Rule, Scope, ScopedQuerySet, ViaParent

from .. import access, notices
from ..offers.models import Offer
from ..people.consents import Consent, follow
from .models import Case


class ReferralQuerySet(ScopedQuerySet):
    def waiting(self):
        return self.filter(state=Referral.State.SENT)

    def overdue(self, today):
        """Sent, and the day for an answer is over."""
        return self.waiting().filter(answer_until__lt=today)


class Referral(Stateful, AuditedModel):
    """From a case to another department. The receiver sees the card and what the consent opens."""

    class State(models.TextChoices):
        SENT = "sent", "gesendet"
        ACCEPTED = "accepted", "angenommen"
        DECLINED = "declined", "abgelehnt"
        EXPIRED = "expired", "verfallen"
        ARRIVED = "arrived", "angekommen"

    class DeclineReason(models.TextChoices):
        FULL = "full", "Warteliste voll"
        NOT_COMPETENT = "not_competent", "nicht zuständig"
        CRITERIA = "criteria", "Voraussetzungen fehlen"
        WISH = "wish", "die Person möchte nicht"
        OTHER = "other", "anderer Grund"

    S = State
    TRANSITIONS = {
        S.SENT: {S.ACCEPTED, S.DECLINED, S.EXPIRED},
        S.ACCEPTED: {S.ARRIVED, S.DECLINED, S.EXPIRED},
        S.DECLINED: set(),
        S.EXPIRED: set(),
        S.ARRIVED: set(),
    }
    # States in which the receiver may look.
    OPENING = (S.SENT, S.ACCEPTED, S.ARRIVED)

    case = models.ForeignKey(Case, models.PROTECT, related_name="referrals", verbose_name="Fall")
    consent = models.ForeignKey(
        Consent, models.PROTECT, related_name="referrals", verbose_name="Einwilligung"
    )
    to_department = models.ForeignKey(
        Department, models.PROTECT, related_name="referrals_received", verbose_name="an"
    )
    to_offer = models.ForeignKey(
        Offer, models.PROTECT, null=True, blank=True, related_name="referrals", verbose_name="Angebot"
    )
    reason = models.CharField("Warum", max_length=300)
    wanted = models.CharField("Gewünschtes Ergebnis", max_length=300, blank=True)
    state = models.CharField("Stand", max_length=8, choices=State, default=State.SENT, editable=False)
    sent_on = models.DateField("gesendet am", default=timezone.localdate, editable=False)
    answer_until = models.DateField("Antwort bis", null=True, blank=True)
    answered_on = models.DateField("beantwortet am", null=True, editable=False)
    decline_reason = models.CharField(
        "Grund der Ablehnung", max_length=13, choices=DeclineReason, blank=True, editable=False
    )
    decline_note = models.CharField("Erläuterung", max_length=200, blank=True, editable=False)
    arrived_on = models.DateField("angekommen am", null=True, editable=False)

    social_data = True
    scope = Scope(
        view=Rule("case.view", ViaParent("case", "full"), Custom(access.received)),
        add=Rule("case.change", City()),
        change=Rule("case.change", ViaParent("case", "change")),
        answer=Rule("case.change", Custom(access.received)),
        arrive=Rule("case.change", ViaParent("case", "change"), Custom(access.received)),
        deny=[access.without("case.view"), access.denied("case__person")],
    )
    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = "Vermittlung"
        verbose_name_plural = "Vermittlungen"
        ordering = ["-sent_on", "-created_at"]
        indexes = [
            models.Index(fields=["case", "-sent_on"], name="cases_referral_case"),
            models.Index(fields=["to_department", "state"], name="cases_referral_to"),
            models.Index(fields=["-sent_on", "-created_at"], name="cases_referral_sent"),
            models.Index(fields=["arrived_on"], name="cases_referral_arrived"),
        ]
        constraints = [
            models.CheckConstraint(
                name="referral_declined_with_reason", condition=~Q(state="declined") | ~Q(decline_reason="")
            ),
            models.CheckConstraint(
                name="referral_arrival_has_a_day",
                condition=Q(state="arrived", arrived_on__isnull=False)
                | ~Q(state="arrived") & Q(arrived_on=None),
            ),
        ]

    def __str__(self):
        return f"Vermittlung an {self.to_offer or self.to_department}"

    def get_absolute_url(self):
        return reverse("cases:referral_detail", args=[self.pk])

    @property
    def target(self):
        return self.to_offer or self.to_department

    @classmethod
    def send(cls, case, *, by, consent, reason, wanted="", to_offer=None, answer_until=None, on=None):
        """Pass the person on. Without a consent for exactly this receiver nothing leaves the house."""
        on = on or timezone.localdate()
        with transaction.atomic(), acting_as(by):
            case.lock()
            if not case.is_open:
                raise ValidationError("Der Fall ist abgeschlossen. Bitte eröffnen Sie ihn wieder.")
            if consent.person_id != case.person_id or consent.case_id not in (None, case.pk):
                raise ValidationError(
                    "Die Einwilligung gehört zu einer anderen Person oder einem anderen Fall."
                )
            if not consent.holds(on):
                raise ValidationError("Die Einwilligung gilt nicht (mehr). Bitte holen Sie eine neue ein.")
            if to_offer is not None and to_offer.carrier_id != consent.to_department_id:
                raise ValidationError(
                    "Die Einwilligung nennt eine andere Stelle als den Träger des Angebots."
                )
            referral = cls(
                case=case,
                consent=consent,
                to_department=consent.to_department,
                to_offer=to_offer,
                reason=reason,
                wanted=wanted,
                sent_on=on,
                answer_until=answer_until,
            )
            referral.save(reason="Vermittlung gesendet")
            referral._follow("Vermittlung gesendet")
            notices.referral_received(referral)
            return referral

    def accept(self, *, by, on=None):
        with self.transition(self.State.ACCEPTED, by=by, reason="angenommen"):
            self.answered_on = self._day(on)
            notices.referral_answered(self)

    def decline(self, *, by, decline_reason, note="", on=None):
        """The receiver says no; what she could see closes with it."""
        with transaction.atomic():
            with self.transition(self.State.DECLINED, by=by, reason=note):
                self.answered_on = self._day(on)
                self.decline_reason, self.decline_note = decline_reason, note
            with acting_as(by):
                self._follow("Vermittlung abgelehnt")
                notices.referral_answered(self)

    def expire(self, *, by, on=None):
        """Nobody answered or nobody came."""
        with transaction.atomic():
            with self.transition(self.State.EXPIRED, by=by, reason="verfallen"):
                self.answered_on = self.answered_on or self._day(on)
            with acting_as(by):
                self._follow("Vermittlung verfallen")

    def arrive(self, *, by, on=None):
        """The person is there: the fact that counts (EhAP Plus PE511)."""
        with self.transition(self.State.ARRIVED, by=by, reason="Ankunft bestätigt"):
            self.arrived_on = self._day(on)
            notices.referral_answered(self, arrived=True)

    def _day(self, on):
        on = on or timezone.localdate()
        if on < self.sent_on:
            raise ValidationError(
                f"Gesendet wurde am {self.sent_on:%d.%m.%Y}. Bitte ein Datum danach angeben."
            )
        return on

    def _follow(self, reason):
        follow(self.consent.person, self.to_department, reason=reason)
