"""Cases: opened for a person in an offer, led by somebody, closed with a reason and an outcome, opened again."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.audit.states import Stateful
from soe.departments.grants import RowGrant
from soe.departments.scope import City, Custom, Rule, Scope, ScopedQuerySet, ViaParent

from .. import access
from ..offers.models import Offer
from ..people.models import Person


class CaseQuerySet(ScopedQuerySet):
    def open(self):
        return self.exclude(state=Case.State.CLOSED)


class Case(Stateful, AuditedModel):
    """The work with one person in one offer, under one file number, over one or more episodes."""

    class State(models.TextChoices):
        CLEARING = "clearing", "in Klärung"
        ACTIVE = "active", "aktiv"
        WAITING = "waiting", "wartet"
        CLOSED = "closed", "abgeschlossen"

    class CloseReason(models.TextChoices):
        GOALS = "goals", "Ziele erreicht"
        REFERRED = "referred", "an ein anderes Angebot übergeben"
        WISH = "wish", "auf Wunsch der Person"
        NO_CONTACT = "no_contact", "kein Kontakt mehr"
        MOVED = "moved", "verzogen"
        NO_NEED = "no_need", "Verweisberatung genügt"
        FUNDING = "funding", "Angebot endet"
        OTHER = "other", "anderer Grund"

    class Outcome(models.TextChoices):
        IMPROVED = "improved", "deutlich verbessert"
        PARTLY = "partly", "teilweise verbessert"
        UNCHANGED = "unchanged", "unverändert"
        WORSE = "worse", "verschlechtert"
        UNKNOWN = "unknown", "nicht bekannt"

    S = State
    TRANSITIONS = {
        S.CLEARING: {S.ACTIVE, S.WAITING, S.CLOSED},
        S.ACTIVE: {S.WAITING, S.CLOSED},
        S.WAITING: {S.ACTIVE, S.CLOSED},
        S.CLOSED: {S.ACTIVE},
    }

    number = models.CharField("Aktenzeichen", max_length=24, unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="cases", verbose_name="Person")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="cases", verbose_name="Angebot")
    lead = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="Fallführung")
    state = models.CharField("Stand", max_length=8, choices=State, default=State.CLEARING, editable=False)
    opened_on = models.DateField("eröffnet am", default=timezone.localdate)
    active_since = models.DateField("aktiv seit", null=True, editable=False)
    closed_on = models.DateField("abgeschlossen am", null=True, editable=False)
    close_reason = models.CharField(
        "Grund des Abschlusses", max_length=12, choices=CloseReason, blank=True, editable=False
    )
    outcome = models.CharField("Ergebnis", max_length=10, choices=Outcome, blank=True, editable=False)
    waiting_for = models.CharField("wartet auf", max_length=200, blank=True)
    help_need = models.ForeignKey(
        "objects.HelpNeed",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Hilfebedarf",
    )

    social_data = True
    row_grants = ("cases.CaseUserGrant", "cases.CaseDepartmentGrant")
    scope = Scope(
        view=Rule("case.view", Custom(access.of_own_offers())),
        full=Rule("case.view", Custom(access.of_own_offers())),
        history=Rule("case.view", Custom(access.of_own_offers())),
        add=Rule("case.change", City()),
        change=Rule("case.change", Custom(access.of_own_offers())),
        deny=[access.without("case.view"), access.denied("person")],
    )
    objects = CaseQuerySet.as_manager()
    history_children = ("episodes", "plans", "assessments", "referrals", "consents")

    class Meta:
        verbose_name = "Fall"
        verbose_name_plural = "Fälle"
        ordering = ["-opened_on", "-number"]
        permissions = [("full_case", "Fall ganz einsehen")]
        indexes = [
            models.Index(fields=["-opened_on", "-number"], name="cases_case_opened"),
            models.Index(fields=["offer", "state"], name="cases_case_offer"),
            models.Index(fields=["lead", "state"], name="cases_case_lead"),
            models.Index(fields=["state", "-opened_on"], name="cases_case_state"),
            models.Index(fields=["offer", "-opened_on", "-number"], name="cases_case_offer_opened"),
        ]
        constraints = [
            models.CheckConstraint(
                name="case_closed_with_reason_and_outcome",
                condition=(
                    Q(state="closed", closed_on__isnull=False) & ~Q(close_reason="") & ~Q(outcome="")
                    | ~Q(state="closed") & Q(closed_on=None, close_reason="", outcome="")
                ),
            ),
            models.CheckConstraint(
                name="case_closed_after_opening",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
            ),
            models.UniqueConstraint(
                fields=["person", "offer"],
                condition=~Q(state="closed"),
                name="cases_one_open_case_per_offer",
                violation_error_message="In diesem Angebot gibt es schon einen offenen Fall für diese Person.",
            ),
        ]

    def __str__(self):
        return self.number

    def get_absolute_url(self):
        return reverse("cases:case_detail", args=[self.pk])

    @property
    def is_open(self):
        return self.state != self.State.CLOSED

    @property
    def state_words(self):
        if self.state == self.State.CLOSED:
            return f"abgeschlossen am {self.closed_on:%d.%m.%Y}"
        if self.state == self.State.ACTIVE and self.active_since:
            return f"aktiv seit {self.active_since:%d.%m.%Y}"
        return self.get_state_display()

    # Steps

    def activate(self, *, by, on=None, reason=""):
        """Clearing is over, or the waiting is: work begins."""
        on = on or timezone.localdate()
        # Closed → active is re-opening, which needs a reason and an episode.
        start = {self.State.CLEARING, self.State.WAITING}
        with self.transition(self.State.ACTIVE, by=by, reason=reason, start=start):
            self._not_before(on)
            self.waiting_for = ""
            self.active_since = self.active_since or on

    def wait(self, *, by, waiting_for, on=None, reason=""):
        with self.transition(self.State.WAITING, by=by, reason=reason or f"wartet auf: {waiting_for}"):
            self._not_before(on)
            self.waiting_for = waiting_for

    def close(self, *, by, close_reason, outcome, on=None, reason=""):
        """End the case and its episode. Why it ended and what came out are two facts."""
        on = on or timezone.localdate()
        with self.transition(self.State.CLOSED, by=by, reason=reason):
            self._not_before(on)
            self.closed_on, self.close_reason, self.outcome, self.waiting_for = on, close_reason, outcome, ""
            episode = self.episodes.get(closed_on=None)
            episode.closed_on, episode.close_reason, episode.outcome = on, close_reason, outcome
            episode.save(reason=reason)

    def reopen(self, *, by, reason, on=None):
        """The same case, a new episode."""
        on = on or timezone.localdate()
        with self.transition(self.State.ACTIVE, by=by, reason=reason, start={self.State.CLOSED}):
            if on < self.closed_on:
                raise ValidationError(
                    f"Der Fall war bis zum {self.closed_on:%d.%m.%Y} offen. Bitte ein Datum danach."
                )
            self.closed_on, self.close_reason, self.outcome = None, "", ""
            self.active_since = on
            CaseEpisode(case=self, number=self.episodes.count() + 1, opened_on=on).save(reason=reason)

    def hand_over(self, *, by, to, reason=""):
        """Somebody else of the same carrier leads the case from now on."""
        from .forms import leads

        with transaction.atomic(), acting_as(by):
            self.lock()
            if not self.is_open:
                raise ValidationError("Der Fall ist abgeschlossen.")
            if not leads(Offer.objects.filter(pk=self.offer_id)).filter(pk=to.pk).exists():
                raise ValidationError(f"{to} kann Fälle dieses Angebots nicht führen.")
            self.lead = to
            self.save(reason=reason or "Fallführung übergeben")

    def _not_before(self, on):
        if on and on < self.opened_on:
            raise ValidationError(
                f"Der Fall ist am {self.opened_on:%d.%m.%Y} eröffnet. Bitte ein Datum danach angeben."
            )


class CaseEpisode(AuditedModel):
    """One stretch of work in a case, from opening (again) to closing. Figures of stock and flow count episodes."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="episodes", verbose_name="Fall")
    number = models.PositiveSmallIntegerField("Abschnitt")
    opened_on = models.DateField("von")
    closed_on = models.DateField("bis", null=True, blank=True)
    close_reason = models.CharField(
        "Grund des Abschlusses", max_length=12, choices=Case.CloseReason, blank=True
    )
    outcome = models.CharField("Ergebnis", max_length=10, choices=Case.Outcome, blank=True)

    social_data = True
    scope = Scope(
        view=Rule("case.view", ViaParent("case", "full")),
        change=Rule("case.change", ViaParent("case", "change")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Abschnitt eines Falls"
        verbose_name_plural = "Abschnitte eines Falls"
        ordering = ["case", "number"]
        indexes = [
            models.Index(fields=["opened_on", "closed_on"], name="cases_episode_dates"),
            models.Index(fields=["closed_on"], name="cases_episode_closed"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="cases_episode_number"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(closed_on=None), name="cases_one_open_episode"
            ),
            models.CheckConstraint(
                name="episode_closed_after_opening",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
            ),
        ]

    def __str__(self):
        return f"Abschnitt {self.number}"


class CaseUserGrant(RowGrant, UserObjectPermissionBase):
    """Somebody may see a case for a time: break-glass, sharing."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="für")
    content_object = models.ForeignKey(Case, models.PROTECT, related_name="user_grants")

    class Meta(RowGrant.Meta, UserObjectPermissionBase.Meta):
        verbose_name = "Freigabe eines Falls für eine Person"
        verbose_name_plural = "Freigaben von Fällen für Personen"


class CaseDepartmentGrant(RowGrant, GroupObjectPermissionBase):
    """A department may see a case: consent, referral."""

    group = models.ForeignKey("auth.Group", models.PROTECT, related_name="+", verbose_name="für")
    content_object = models.ForeignKey(Case, models.PROTECT, related_name="department_grants")

    class Meta(RowGrant.Meta, GroupObjectPermissionBase.Meta):
        verbose_name = "Freigabe eines Falls für eine Stelle"
        verbose_name_plural = "Freigaben von Fällen für Stellen"


class PersonUserGrant(RowGrant, UserObjectPermissionBase):
    """Somebody may see a person for a time: break-glass, sharing."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="für")
    content_object = models.ForeignKey(Person, models.PROTECT, related_name="user_grants")

    class Meta(RowGrant.Meta, UserObjectPermissionBase.Meta):
        verbose_name = "Freigabe einer Person für eine Person"
        verbose_name_plural = "Freigaben von Personen für Personen"


class PersonDepartmentGrant(RowGrant, GroupObjectPermissionBase):
    """A department may see a person: consent, referral."""

    group = models.ForeignKey("auth.Group", models.PROTECT, related_name="+", verbose_name="für")
    content_object = models.ForeignKey(Person, models.PROTECT, related_name="department_grants")

    class Meta(RowGrant.Meta, GroupObjectPermissionBase.Meta):
        verbose_name = "Freigabe einer Person für eine Stelle"
        verbose_name_plural = "Freigaben von Personen für Stellen"
