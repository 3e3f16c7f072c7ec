"""Relations between parties, suspected links, merges."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from objects.register.models.parties import dated_share
from soe.audit.context import acting_as
from soe.audit.errors import IllegalTransition
from soe.audit.models import AuditedModel
from soe.audit.states import Stateful
from soe.departments.scope import City, Rule, Scope, ScopedQuerySet


class RelationQuerySet(ScopedQuerySet):
    def current(self, on=None):
        on = on or timezone.localdate()
        return self.filter(Q(since=None) | Q(since__lte=on), Q(until=None) | Q(until__gt=on))


class PartyRelation(AuditedModel):
    """One party belongs to or acts for another, from when to when: heir of a community, director of a company."""

    class Kind(models.TextChoices):
        DIRECTOR = "director", "Geschäftsführung"
        SHAREHOLDER = "shareholder", "Gesellschafter"
        HEIR = "heir", "Miterbe"
        MEMBER = "member", "Mitglied der Eigentümergemeinschaft"
        MANAGER = "manager", "Verwaltung"
        AGENT = "agent", "Bevollmächtigung"
        ESTATE = "estate", "Nachlasspflege, Testamentsvollstreckung"
        INSOLVENCY = "insolvency", "Insolvenzverwaltung"

    WITH_SHARE = (Kind.SHAREHOLDER, Kind.HEIR, Kind.MEMBER)

    whole = models.ForeignKey(
        "objects.Party", models.PROTECT, related_name="members", verbose_name="Gemeinschaft oder Firma"
    )
    part = models.ForeignKey(
        "objects.Party", models.PROTECT, related_name="memberships", verbose_name="gehört dazu oder handelt"
    )
    kind = models.CharField("Beziehung", max_length=12, choices=Kind)
    numerator = models.PositiveIntegerField("Anteil (Zähler)", null=True, blank=True)
    denominator = models.PositiveIntegerField("Anteil (Nenner)", null=True, blank=True)
    since = models.DateField("seit", null=True, blank=True)
    until = models.DateField("bis", null=True, blank=True, editable=False)
    source = models.CharField("Quelle", max_length=120, blank=True)

    scope = Scope(
        view=Rule("owner.view", City()),
        add=Rule("register.change", City()),
        change=Rule("register.change", City()),
    )
    objects = RelationQuerySet.as_manager()

    class Meta:
        verbose_name = "Beziehung zwischen Eigentümern"
        verbose_name_plural = "Beziehungen zwischen Eigentümern"
        ordering = ["kind", "since", "created_at"]
        constraints = [
            models.CheckConstraint(
                name="objects_relation_of_two",
                condition=~Q(whole=F("part")),
                violation_error_message="Eine Beziehung hat zwei verschiedene Seiten.",
            ),
            *dated_share("objects_relation"),
            models.UniqueConstraint(
                fields=["whole", "part", "kind"],
                condition=Q(until=None),
                name="objects_relation_once",
                violation_error_message="Diese Beziehung ist schon eingetragen.",
            ),
        ]

    def __str__(self):
        return f"{self.part}, {self.get_kind_display()}: {self.whole}"

    def get_absolute_url(self):
        return reverse("objects:party", args=[self.whole_id])

    @property
    def share(self):
        return f"{self.numerator}/{self.denominator}" if self.numerator else ""

    @transaction.atomic
    def end(self, *, by, reason, on=None):
        with acting_as(by):
            self.lock()
            if self.until is not None:
                raise IllegalTransition("beendet", "beendet")
            self.until = on or timezone.localdate()
            self.save(reason=reason)


class LinkQuerySet(ScopedQuerySet):
    def of(self, ids):
        return self.filter(Q(one__in=ids) | Q(other__in=ids))

    def suggested(self):
        return self.filter(state=PartyLink.State.SUGGESTED)


class PartyLink(Stateful, AuditedModel):
    """Two parties that may be the same hand: found by a rule, decided by a person, never merged by itself.

    The row says which fact both share, never the fact: a telephone number stays where its right is.
    """

    class Kind(models.TextChoices):
        DELIVERY = "delivery", "gleiche Zustellanschrift"
        PHONE = "phone", "gleiche Telefonnummer"
        DOMAIN = "domain", "gleiche E-Mail-Domain"
        MANAGER = "manager", "gleiche Verwaltung"
        DIRECTOR = "director", "gleiche Geschäftsführung oder Vertretung"
        NAME = "name", "ähnlicher Name"

    class State(models.TextChoices):
        SUGGESTED = "suggested", "vermutet"
        CONFIRMED = "confirmed", "bestätigt"
        DISMISSED = "dismissed", "verworfen"
        GONE = "gone", "entfallen"

    TRANSITIONS = {
        State.SUGGESTED: {State.CONFIRMED, State.DISMISSED, State.GONE},
        State.CONFIRMED: {State.DISMISSED, State.SUGGESTED},
        State.DISMISSED: {State.CONFIRMED, State.SUGGESTED},
        State.GONE: {State.SUGGESTED},
    }

    one = models.ForeignKey(
        "objects.Party", models.PROTECT, related_name="links_as_one", verbose_name="Eigentümer"
    )
    other = models.ForeignKey(
        "objects.Party", models.PROTECT, related_name="links_as_other", verbose_name="anderer Eigentümer"
    )
    kind = models.CharField("Grund", max_length=10, choices=Kind)
    via = models.ForeignKey(
        "objects.Party", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="über"
    )
    found_on = models.DateField("gefunden am", default=timezone.localdate, editable=False)
    state = models.CharField("Stand", max_length=10, choices=State, default=State.SUGGESTED, editable=False)
    decided_on = models.DateField("entschieden am", null=True, editable=False)
    decision = models.CharField("Begründung", max_length=1000, blank=True, editable=False)

    scope = Scope(
        view=Rule("owner.view", City()),
        change=Rule("register.change", City()),
    )
    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = "vermutete Verbindung"
        verbose_name_plural = "vermutete Verbindungen"
        ordering = ["kind", "created_at"]
        indexes = [
            models.Index(fields=["one", "state"], name="objects_link_one"),
            models.Index(fields=["other", "state"], name="objects_link_other"),
        ]
        constraints = [
            # One row for two parties and a reason, whoever was found first.
            models.CheckConstraint(name="objects_link_in_order", condition=Q(one__lt=F("other"))),
            models.UniqueConstraint(fields=["one", "other", "kind"], name="objects_link_once"),
            models.CheckConstraint(
                name="objects_link_decided_with_reason",
                condition=Q(state__in=["suggested", "gone"], decided_on=None)
                | (Q(state__in=["confirmed", "dismissed"], decided_on__isnull=False) & ~Q(decision="")),
            ),
        ]

    def __str__(self):
        return f"{self.one} – {self.other}: {self.get_kind_display()}"

    def get_absolute_url(self):
        return reverse("objects:party", args=[self.one_id])

    def save(self, **kwargs):
        from objects.register.party_summaries import refresh

        with transaction.atomic():
            super().save(**kwargs)
            refresh([self.one_id, self.other_id])

    @property
    def pair(self):
        return (self.one, self.other)

    def beyond(self, party_id):
        """The side that is not `party_id`."""
        return self.other if self.one_id == party_id else self.one

    def decide(self, *, by, state, reason):
        """A person says whether the two belong together."""
        if state not in (self.State.CONFIRMED, self.State.DISMISSED):
            raise ValidationError("Bitte bestätigen oder verwerfen Sie die Verbindung.")
        with self.transition(self.State(state), by=by, reason=reason):
            self.decided_on, self.decision = timezone.localdate(), reason

    def reopen(self, *, by, reason):
        """The decision was a mistake: it waits for one again."""
        with self.transition(self.State.SUGGESTED, by=by, reason=reason):
            self.decided_on, self.decision = None, ""


class PartyMerge(AuditedModel):
    """Two entries for one party, put together by a person. `moved` names each row, so that it can be undone exactly."""

    kept = models.ForeignKey("objects.Party", models.PROTECT, related_name="merges", verbose_name="bleibt")
    gone = models.ForeignKey(
        "objects.Party", models.PROTECT, related_name="merged_by", verbose_name="geht auf"
    )
    on = models.DateField("zusammengeführt am", default=timezone.localdate, editable=False)
    undone_on = models.DateField("rückgängig gemacht am", null=True, editable=False)
    reason = models.CharField("Begründung", max_length=1000)
    moved = models.JSONField(default=list, editable=False)

    scope = Scope(
        view=Rule("owner.view", City()),
        change=Rule("register.steer", City()),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Zusammenführung von Eigentümern"
        verbose_name_plural = "Zusammenführungen von Eigentümern"
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_on=None), name="objects_party_merged_once"
            )
        ]

    def __str__(self):
        return f"{self.gone} in {self.kept}"

    def get_absolute_url(self):
        return reverse("objects:party", args=[self.kept_id])
