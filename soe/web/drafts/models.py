"""One draft per person and form, encrypted, outside of history and logs."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from . import crypt

DAYS = 30


class DraftQuerySet(models.QuerySet):
    def of(self, user):
        """The only way to drafts: one's own. There is no permission that opens another person's."""
        return self.filter(user_id=user.pk)

    def alive(self, now=None):
        return self.filter(saved_at__gte=(now or timezone.now()) - timedelta(days=DAYS))

    def expired(self, now=None):
        return self.filter(saved_at__lt=(now or timezone.now()) - timedelta(days=DAYS))


class Draft(models.Model):
    """The typed fields of one form, as they would have been posted."""

    not_audited_because = "what a person typed and has not sent yet; hers alone, removed after 30 days"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user_id = models.UUIDField("Konto")
    token = models.UUIDField("Kennung des Formulars")
    path = models.CharField("Adresse des Formulars", max_length=300)
    content = models.BinaryField("Inhalt, verschlüsselt")
    begun_at = models.DateTimeField("begonnen", default=timezone.now)
    saved_at = models.DateTimeField("gespeichert", default=timezone.now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = "Entwurf"
        verbose_name_plural = "Entwürfe"
        ordering = ["-saved_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["user_id", "token", "path"], name="web_draft_form")]
        indexes = [
            models.Index(fields=["user_id", "-saved_at"], name="web_draft_person"),
            models.Index(fields=["saved_at"], name="web_draft_age"),
        ]

    def __str__(self):
        return f"Entwurf vom {timezone.localtime(self.saved_at):%d.%m.%Y}"

    def close(self, data):
        self.content = crypt.encrypt(data, self.user_id)

    def open(self):
        """{"title", "kind", "fields": [[name, [values]]], …}, or None when the key is gone."""
        return crypt.decrypt(bytes(self.content), self.user_id)
