"""Access in an emergency: with a reason, for an hour, seen by others and looked at afterwards."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.grants import RowGrant, grant
from soe.departments.scope import City, Custom, Rule, Scope, ScopedQuerySet

from .. import access
from .models import Case

DURATION = timedelta(minutes=60)


def _reviewers(user, departments):
    """Those who lead cases at the carrier review, never the one who used it."""
    return Q(case__offer__carrier__in=departments) & ~Q(user_id=user.pk)


class BreakGlassQuerySet(ScopedQuerySet):
    def unreviewed(self):
        return self.filter(reviewed_at=None)


class BreakGlass(AuditedModel):
    """One use of emergency access. It names the case by number, never the person."""

    class Verdict(models.TextChoices):
        JUSTIFIED = "justified", "berechtigt"
        UNJUSTIFIED = "unjustified", "nicht berechtigt"

    case = models.ForeignKey(Case, models.PROTECT, related_name="emergencies", verbose_name="Fall")
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="Wer")
    reason = models.CharField("Grund", max_length=400)
    started_at = models.DateTimeField("von", default=timezone.now, editable=False)
    ends_at = models.DateTimeField("bis", editable=False)
    reviewed_at = models.DateTimeField("geprüft am", null=True, editable=False)
    reviewed_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name="geprüft von",
    )
    verdict = models.CharField("Urteil", max_length=11, choices=Verdict, blank=True, editable=False)
    review_note = models.CharField("Begründung", max_length=400, blank=True, editable=False)

    scope = Scope(
        view=Rule("privacy.view", City(), Custom(_reviewers, permission="case.change")),
        add=Rule("case.view", City()),
        review=Rule("privacy.view", City(), Custom(_reviewers, permission="case.change")),
        deny=[lambda user: Q(user_id=user.pk)],
    )
    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        verbose_name = "Notzugriff"
        verbose_name_plural = "Notzugriffe"
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="cases_glass_at"),
            models.Index(fields=["reviewed_at", "-started_at"], name="cases_glass_open"),
        ]
        constraints = [
            models.CheckConstraint(
                name="breakglass_reviewed_by_another",
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("user")),
            )
        ]

    def __str__(self):
        return f"Notzugriff auf {self.case.number}"

    def get_absolute_url(self):
        return reverse("cases:breakglass_review", args=[self.pk])

    @classmethod
    def open(cls, case, *, by, reason):
        """Sixty minutes of reading. Restricted records and conflicts of interest stay closed."""
        now = timezone.now()
        with transaction.atomic(), acting_as(by):
            if not can_break(by, case):
                raise ValidationError("Zu diesem Aktenzeichen ist kein Notzugriff möglich.")
            entry = cls(case=case, user=by, reason=reason, started_at=now, ends_at=now + DURATION)
            entry.save(reason=reason)
            for row in (case, case.person):
                for action in ("view", "full"):
                    grant(
                        row,
                        to=by,
                        action=action,
                        basis=RowGrant.Basis.BREAK_GLASS,
                        reason=reason,
                        valid_until=entry.ends_at,
                    )
            return entry

    def review(self, *, by, verdict, note=""):
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.reviewed_at:
                raise ValidationError("Dieser Notzugriff ist schon geprüft.")
            if by.pk == self.user_id:
                raise ValidationError("Den eigenen Notzugriff prüft jemand anderes.")
            self.reviewed_at, self.reviewed_by = timezone.now(), by
            self.verdict, self.review_note = verdict, note
            self.save(reason=note)


def can_break(user, case) -> bool:
    """Whether nothing denies this person to the user for good, and a role opens cases at all."""
    if not user.may("case.view"):
        return False
    return not Case.objects.filter(access.denied("person")(user), pk=case.pk).exists()
