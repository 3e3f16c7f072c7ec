"""The secret address under which a calendar program fetches one person's dates."""

import hashlib
import secrets

from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from uuid_utils.compat import uuid7


def hashed(secret) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class CalendarFeedQuerySet(models.QuerySet):
    def running(self):
        return self.filter(revoked_at=None)

    def by_secret(self, secret):
        """The running feed with this secret whose owner still works here, or None."""
        rows = self.running().filter(token_hash=hashed(secret), user__is_active=True)
        return rows.select_related("user").first()


class CalendarFeed(models.Model):
    """One per person. The secret is shown once and kept as a hash; it opens dates, never a page."""

    not_audited_because = "a key of one person; the row itself says when it was made and revoked"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="calendar_feeds", verbose_name="Person"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    choices = models.JSONField("Inhalt", default=list)
    created_at = models.DateTimeField("angelegt am", default=timezone.now)
    revoked_at = models.DateTimeField("widerrufen am", null=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = "Kalenderabo"
        verbose_name_plural = "Kalenderabos"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at=None), name="web_feed_one_running"
            ),
        ]

    def __str__(self):
        return f"{self.user}: Kalender"

    @classmethod
    def create(cls, user, choices):
        """A new secret; the one before ends. Returns (feed, secret); the secret is nowhere else."""
        secret = secrets.token_urlsafe(32)
        with transaction.atomic():
            # One at a time: two clicks at once end with one running feed.
            get_user_model()._base_manager.select_for_update(of=("self",)).get(pk=user.pk)
            cls.objects.running().filter(user=user).update(revoked_at=timezone.now())
            return cls.objects.create(user=user, token_hash=hashed(secret), choices=list(choices)), secret

    @classmethod
    def revoke(cls, user) -> int:
        return cls.objects.running().filter(user=user).update(revoked_at=timezone.now())
