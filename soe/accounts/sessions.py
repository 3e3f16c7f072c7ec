"""Open sign-ins, each of which can be ended from elsewhere with effect on its next request.

A row names no session key: the session names its row. Whoever reads this table cannot take over a session.
"""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from . import devices

KEY = "soe_session"
KEPT = timedelta(days=180)  # as long as a device is remembered


class OpenSessionQuerySet(models.QuerySet):
    def open(self, now=None):
        """Not ended, and within the two limits (the last click is written once a minute)."""
        now = now or timezone.now()
        return self.filter(
            ended_at=None,
            started_at__gt=now - settings.SOE_SESSION_ABSOLUTE,
            seen_at__gt=now - settings.SOE_SESSION_IDLE - timedelta(minutes=1),
        )

    def end(self):
        return self.filter(ended_at=None).update(ended_at=timezone.now())


class OpenSession(models.Model):
    """One sign-in of one browser, until it ends."""

    not_audited_because = "technical: whether a session is alive; sign-ins and their ends are events"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="open_sessions")
    started_at = models.DateTimeField("angemeldet seit", default=timezone.now)
    seen_at = models.DateTimeField("zuletzt benutzt", default=timezone.now)
    ended_at = models.DateTimeField("beendet am", null=True)
    address = models.GenericIPAddressField("Adresse", null=True)
    client = models.CharField("Gerät", max_length=80, blank=True)
    device = models.CharField(max_length=64, blank=True)
    by_sso = models.BooleanField("über das Stadtkonto", default=False)

    objects = OpenSessionQuerySet.as_manager()

    class Meta:
        verbose_name = "Sitzung"
        verbose_name_plural = "Sitzungen"
        ordering = ["-seen_at", "-id"]
        indexes = [models.Index(fields=["user", "-seen_at"], name="accounts_session_user")]

    def __str__(self):
        return f"{self.client}, seit {self.started_at:%d.%m.%Y}"


def start(request, user):
    """Called at every sign-in (signal `user_logged_in`)."""
    from .events import client_address
    from .sso import signed_in_by_sso

    OpenSession.objects.filter(user=user, started_at__lt=timezone.now() - KEPT).delete()
    if earlier := request.session.get(KEY):
        OpenSession.objects.filter(pk=earlier).end()
    device = devices.digest(devices.token_of(request))
    before = OpenSession.objects.filter(user=user)
    # Without a method nobody came in through the door (a test's force_login).
    new_device = request.method is not None and before.exists() and not before.filter(device=device).exists()
    row = OpenSession.objects.create(
        user=user,
        address=client_address(request),
        client=devices.in_words(request.META.get("HTTP_USER_AGENT", "")),
        device=device,
        by_sso=signed_in_by_sso(request, user),
    )
    request.session[KEY] = str(row.pk)
    if new_device:
        from .mails import tell

        tell(user, "new_device", device=row.client, at=row.started_at)
    return row


def current_id(request):
    return request.session.get(KEY)


def end_current(request):
    if pk := request.session.get(KEY):
        OpenSession.objects.filter(pk=pk).end()


def end_all(user, *, keep=None):
    """End every session of an account with its next request; `keep`: the id of one that stays."""
    rows = OpenSession.objects.filter(user_id=user.pk)
    return (rows.exclude(pk=keep) if keep else rows).end()


def connect():
    from django.contrib.auth.signals import user_logged_in, user_logged_out

    user_logged_in.connect(_started, dispatch_uid="soe_session_start")
    user_logged_out.connect(_ended, dispatch_uid="soe_session_end")


def _started(sender, request, user, **kwargs):
    start(request, user)


def _ended(sender, request, user, **kwargs):
    end_current(request)
