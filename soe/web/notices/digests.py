"""The mail that bundles notices: once per person and period, even when two runs meet or one dies.

A run first claims the period in a transaction of its own (unique in the database), which also fixes what the mail is
about; then it sends; then it notes that it has sent. A claim that was never fulfilled is taken over after a while,
with the same Message-ID, so that a mail server which already has it drops the second one.
"""

from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from .. import text
from .kinds import channel_of, kinds
from .models import Digest, Notice

STUCK = timedelta(minutes=15)
SHOWN = 20
MONDAY = 0
PERIODS = {"daily": "täglich", "weekly": "wöchentlich"}


def period_code(channel, day) -> str:
    if channel == "daily":
        return f"{day:%Y-%m-%d}"
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def send_all(today=None) -> Counter:
    """Send what is due today; {"daily": sent, "weekly": sent, "failed": …}."""
    today, counted = today or timezone.localdate(), Counter()
    waiting = Notice.objects.unread().filter(Q(digest=None) | Q(digest__sent_at=None))
    people = get_user_model().objects.filter(is_active=True, pk__in=waiting.order_by().values("recipient_id"))
    for user in people.exclude(email="").order_by("pk"):
        for channel in PERIODS:
            try:
                counted[channel] += send(user, channel, today)
            except OSError:  # the mail server is away: the claim stays open and is taken up later
                counted["failed"] += 1
    Notice.objects.expired().delete()
    return counted


def send(user, channel, today) -> bool:
    digest = claim(user, channel, today)
    if digest is None:
        return False
    # Asked again at the last moment: what she may no longer see is not counted.
    notices = list(digest.notices.shown_to(user).unread().order_by("kind", "-at", "-pk"))
    if notices:
        message(user, channel, digest, notices).send()
    digest.sent_at = timezone.now()
    digest.save(update_fields=["sent_at"])
    return bool(notices)


def claim(user, channel, today):
    """The digest this run has to send, or None when there is nothing new or another run has it."""
    now, wanted = timezone.now(), [k.code for k in kinds.entries.values() if channel_of(user, k) == channel]
    period = period_code(channel, today)
    with transaction.atomic():
        # One statement decides who continues a claim that was left behind.
        stuck = Digest.objects.filter(recipient=user, period=period, sent_at=None, claimed_at__lt=now - STUCK)
        if stuck.update(claimed_at=now):
            return Digest.objects.get(recipient=user, period=period)
        if Digest.objects.filter(recipient=user, period=period).exists():
            return None
        if channel == "weekly" and today.weekday() != MONDAY:
            return None
        fresh = Notice.objects.shown_to(user).unread().filter(kind__in=wanted)
        ids = list(fresh.filter(Q(digest=None) | Q(digest__sent_at=None)).values_list("pk", flat=True))
        if not ids:
            return None
        try:
            with transaction.atomic():
                digest = Digest.objects.create(recipient=user, period=period, claimed_at=now)
        except IntegrityError:
            return None
        Notice.objects.filter(pk__in=ids).update(digest=digest)
    return digest


def message(user, channel, digest, notices):
    """Counts, file numbers and links: no names, not even the person's own."""
    groups = {}
    for notice in notices:
        groups.setdefault(notice.kind_label, []).append(notice)
    base = settings.SOE_BASE_URL.rstrip("/")
    count = len(notices)
    context = {
        "base": base,
        "count": count,
        "groups": [
            (label, sum(n.times for n in rows), rows[:SHOWN], max(len(rows) - SHOWN, 0))
            for label, rows in groups.items()
        ],
        "often": PERIODS[channel],
        "notices_url": base + reverse("web:notices"),
        "settings_url": base + reverse("web:notice_channels"),
        "city": settings.SOE_CITY,
    }
    word = "1 neuer Hinweis" if count == 1 else f"{text.number(count)} neue Hinweise"
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "soe.invalid"
    mail = EmailMultiAlternatives(
        f"SOE: {word}",
        render_to_string("notices/mail/digest.txt", context),
        settings.DEFAULT_FROM_EMAIL,
        [user.email],
        headers={
            "Message-ID": f"<hinweise-{digest.pk}@{domain}>",
            "List-Unsubscribe": f"<{context['settings_url']}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(render_to_string("notices/mail/digest.html", context), "text/html")
    return mail
