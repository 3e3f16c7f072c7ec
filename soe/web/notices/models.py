"""One hint to one person, and the mail that bundles several."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from uuid_utils.compat import uuid7

from .kinds import kinds
from .records import reachable


class NoticeQuerySet(models.QuerySet):
    def shown_to(self, user, codes=None):
        """The person's own notices, as long as she may still view what they are about."""
        if not getattr(user, "is_active", False) or user.pk is None:
            return self.none()
        own = self.filter(recipient_id=user.pk)
        # Rights are asked only about the kinds of record that occur: usually none or two of fifteen.
        about = set(own.order_by().values_list("target_model", flat=True).distinct()) - {""}
        return own.filter(reachable(user, [label for label in kinds.models() if label in about], codes))

    def unread(self):
        return self.filter(read_at=None)

    def expired(self, now=None):
        """Nobody looks for a hint after half a year (removed by `send_digests` as it goes)."""
        return self.filter(at__lt=(now or timezone.now()) - timedelta(days=183))


class Digest(models.Model):
    """The one mail of a person and period. Claimed before it is sent, so that two runs never send two."""

    not_audited_because = "a bundle of hints sent by mail, no business data"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recipient = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="digests", verbose_name="Empfänger"
    )
    period = models.CharField("Zeitraum", max_length=10)  # 2026-11-27 or 2026-W48
    claimed_at = models.DateTimeField("begonnen", default=timezone.now)
    sent_at = models.DateTimeField("gesendet", null=True)

    class Meta:
        verbose_name = "Sammelmail"
        verbose_name_plural = "Sammelmails"
        ordering = ["-claimed_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["recipient", "period"], name="web_digest_once")]

    def __str__(self):
        return f"{self.recipient}: {self.period}"


class Notice(models.Model):
    """Something happened that this person asked to hear of. The title never holds social data (see kinds.py)."""

    not_audited_because = "a hint to one person; the record it names has its own history"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recipient = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="notices", verbose_name="Empfänger"
    )
    kind = models.CharField("Art", max_length=40)
    title = models.CharField("Titel", max_length=200)
    number = models.CharField("Aktenzeichen", max_length=40, blank=True)
    url = models.CharField("Adresse", max_length=300)
    target_model = models.CharField("Datenart", max_length=80, blank=True)
    target_id = models.UUIDField("Datensatz", null=True)
    key = models.CharField("einmalig für", max_length=120, null=True)
    times = models.PositiveIntegerField("wie oft", default=1)
    at = models.DateTimeField("wann", default=timezone.now)
    read_at = models.DateTimeField("gelesen", null=True)
    digest = models.ForeignKey(Digest, models.PROTECT, null=True, related_name="notices", verbose_name="Mail")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "Hinweis"
        verbose_name_plural = "Hinweise"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["recipient", "-at", "-id"], name="web_notice_list"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="web_notice_unread"),
            models.Index(fields=["at"], name="web_notice_at"),
        ]
        constraints = [
            # What may be told once only (a reminder, a threshold) carries a key; null keys never collide.
            models.UniqueConstraint(fields=["recipient", "key"], name="web_notice_once"),
        ]

    def __str__(self):
        return self.title

    @property
    def kind_label(self):
        entry = kinds.entries.get(self.kind)
        return entry.label if entry else "Hinweis"
