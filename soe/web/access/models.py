"""Keys with which another program (QGIS, a script) reads what its owner may see. Kept as a digest, shown once."""

import secrets
from datetime import timedelta
from hashlib import sha256

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.scope import City, Custom, Rule, Scope, ScopedQuerySet

PREFIX = "soe_"
LONGEST = timedelta(days=366)


def digest(secret: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess.
    return sha256(secret.encode()).hexdigest()


class AccessKeyQuerySet(ScopedQuerySet):
    def current(self, at=None):
        day = timezone.localdate(at) if at else timezone.localdate()
        return self.filter(ended_at=None, valid_until__gte=day, user__is_active=True)

    def by_secret(self, secret: str):
        """The key in force behind `secret`, with its owner; None when there is none."""
        if not secret.startswith(PREFIX) or len(secret) > 100:
            return None
        return self.current().select_related("user").filter(digest=digest(secret)).first()


class AccessKey(AuditedModel):
    """A read-only key of one account. It never opens more than the account may see at that moment."""

    user = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="access_keys", verbose_name="Konto", editable=False
    )
    label = models.CharField("Wofür?", max_length=80, help_text="zum Beispiel QGIS am Arbeitsplatz")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField("beginnt mit", max_length=10, editable=False)
    valid_until = models.DateField("gilt bis", help_text="letzter Tag, höchstens ein Jahr")
    ended_at = models.DateTimeField("widerrufen am", null=True, editable=False)

    scope = Scope(
        view=Rule(None, Custom(lambda user, departments: Q(user=user.pk)), City("admin.all")),
        add=Rule("register.view", City()),
        end=Rule(None, Custom(lambda user, departments: Q(user=user.pk)), City("admin.all")),
    )
    objects = AccessKeyQuerySet.as_manager()
    history_excluded = ("digest",)

    class Meta:
        verbose_name = "Zugang für ein Programm"
        verbose_name_plural = "Zugänge für Programme"
        ordering = ["-created_at", "-id"]

    def __str__(self):
        return self.label

    def get_absolute_url(self):
        return reverse("web:access_keys")

    @property
    def is_current(self):
        return self.ended_at is None and self.valid_until >= timezone.localdate()

    @classmethod
    def issue(cls, *, user, label, valid_until):
        """(key, secret). The secret is nowhere stored; who loses it makes a new key."""
        secret = PREFIX + secrets.token_urlsafe(32)
        with acting_as(user):
            row = cls(
                user_id=user.pk,
                label=label,
                digest=digest(secret),
                hint=secret[:8],
                valid_until=valid_until,
            )
            row.save(reason="Zugang angelegt")
        return row, secret

    @transaction.atomic
    def end(self, *, by, reason):
        """Refused from the next request on."""
        with acting_as(by):
            self.lock()
            if self.ended_at is None:
                self.ended_at = timezone.now()
                self.save(reason=reason)
