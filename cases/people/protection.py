"""Records that must not be met: restricted to a list of people, or hidden from somebody with a conflict of interest."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.scope import City, Rule, Scope, ScopedQuerySet, ViaParent

from .. import access
from .models import Household, Person


class EndableQuerySet(ScopedQuerySet):
    def in_force(self):
        return self.filter(ended_on=None)


class Restriction(AuditedModel):
    """Only the people listed see this person at all: relatives of staff, child protection, threats."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="restrictions", verbose_name="Person")
    reason = models.CharField("Grund", max_length=300)
    ended_on = models.DateField("aufgehoben am", null=True, editable=False)

    social_data = True
    scope = Scope(
        view=Rule("person.view", ViaParent("person", "full")),
        add=Rule("person.change", City()),
        change=Rule("person.change", ViaParent("person", "change")),
    )
    objects = EndableQuerySet.as_manager()
    history_children = ("listed",)

    class Meta:
        verbose_name = "Sperre"
        verbose_name_plural = "Sperren"
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["ended_on", "person"], name="cases_restriction_now")]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_on=None), name="cases_one_restriction_at_a_time"
            )
        ]

    def __str__(self):
        return f"Sperre: {self.reason}"

    @transaction.atomic
    def allow(self, users, *, reason):
        for user in users:
            if not self.listed.filter(user=user).exists():
                RestrictionAccess(restriction=self, user=user).save(reason=reason)

    def end(self, *, by, reason, on=None):
        with transaction.atomic(), acting_as(by):
            self.lock()
            self.ended_on = on or timezone.localdate()
            self.save(reason=reason)


class RestrictionAccess(AuditedModel):
    """One of the few who still see a restricted person."""

    restriction = models.ForeignKey(Restriction, models.PROTECT, related_name="listed", verbose_name="Sperre")
    user = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name="darf weiter zugreifen"
    )

    social_data = True
    scope = Scope(
        view=Rule("person.view", ViaParent("restriction", "view")),
        change=Rule("person.change", ViaParent("restriction", "change")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Zugriff trotz Sperre"
        verbose_name_plural = "Zugriffe trotz Sperre"
        ordering = ["restriction", "user"]
        constraints = [models.UniqueConstraint(fields=["restriction", "user"], name="cases_listed_once")]

    def __str__(self):
        return str(self.user)


class ConflictOfInterest(AuditedModel):
    """A member of staff is too close to a person or household: she meets them nowhere, not even in the search."""

    user = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name="Wer ist befangen"
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="conflicts", verbose_name="Person"
    )
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, related_name="conflicts", verbose_name="Haushalt"
    )
    reason = models.CharField("Grund", max_length=200, help_text="in wenigen Worten, ohne Einzelheiten")
    ended_on = models.DateField("aufgehoben am", null=True, editable=False)

    social_data = True
    scope = Scope(
        view=Rule("person.view", ViaParent("person", "full")),
        add=Rule("person.change", City()),
        change=Rule("person.change", ViaParent("person", "change")),
        # She neither reads nor lifts what concerns herself.
        deny=[lambda user: Q(user_id=user.pk), access.denied("person")],
    )
    objects = EndableQuerySet.as_manager()

    class Meta:
        verbose_name = "Befangenheit"
        verbose_name_plural = "Befangenheiten"
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["user", "ended_on"], name="cases_conflict_user")]
        constraints = [
            models.CheckConstraint(
                name="conflict_names_person_or_household",
                condition=Q(person=None, household__isnull=False) | Q(person__isnull=False, household=None),
            )
        ]

    def __str__(self):
        return f"Befangenheit von {self.user}"

    def end(self, *, by, reason, on=None):
        if by.pk == self.user_id:
            raise ValidationError("Die eigene Befangenheit hebt jemand anderes auf.")
        with transaction.atomic(), acting_as(by):
            self.lock()
            self.ended_on = on or timezone.localdate()
            self.save(reason=reason)
