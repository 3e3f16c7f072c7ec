"""Mails as rows first, sent by the worker afterwards.

`queue()` belongs into the transaction of what the mail is about: both exist or neither, and the same `key` never gives
two rows. Between this database and a mail server no such promise is possible: a worker that dies after the server took
the mail and before the row says so sends it again (at least once, at most one repetition per death). The repetition
carries the same Message-ID, so that mail systems that remove duplicates recognise it.
"""

import hashlib
import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.utils import timezone

from ..drafts import crypt
from .models import OutgoingMail

logger = logging.getLogger("soe.mail")


def queue(key, recipient, subject, body, html="", *, secret=False):
    """Keep a mail for sending; returns whether it is new. Put no social data into it.

    `secret`: the text holds a key (a link that sets a password); until it is sent it lies here encrypted.
    """
    if OutgoingMail.objects.filter(key=key).exists():
        return False
    try:
        with transaction.atomic():
            OutgoingMail.objects.create(
                key=key,
                recipient=recipient,
                subject=" ".join(subject.split())[:200],
                body=_sealed(body, key) if secret else body,
                html=_sealed(html, key) if secret and html else html,
                secret=secret,
            )
    except IntegrityError:
        return False
    return True


def _sealed(text, key):
    return crypt.encrypt(text, f"mail:{key}").decode()


def _text(mail, field):
    stored = getattr(mail, field)
    if not (mail.secret and stored):
        return stored
    return crypt.decrypt(stored.encode(), f"mail:{mail.key}")


def _message(mail):
    message = EmailMultiAlternatives(
        mail.subject, _text(mail, "body"), settings.DEFAULT_FROM_EMAIL, [mail.recipient],
        headers={"Message-ID": message_id(mail)},
    )  # fmt: skip
    if html := _text(mail, "html"):
        message.attach_alternative(html, "text/html")
    return message


def message_id(mail) -> str:
    digest = hashlib.sha256(f"{settings.SECRET_KEY}:{mail.key}".encode()).hexdigest()[:32]
    return f"<{digest}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].strip('> ') or 'soe'}>"


def send_due(limit=20) -> int:
    """Send what waits; returns how many the mail server took. Two workers never send the same row."""
    sent = 0
    for pk in list(OutgoingMail.objects.due().order_by("next_try").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            mail = OutgoingMail.objects.select_for_update(skip_locked=True).due().filter(pk=pk).first()
            if mail is None:
                continue
            # Taken for five minutes: on SQLite no row lock outlives this transaction.
            mail.tries += 1
            mail.next_try = timezone.now() + max(timedelta(minutes=5), timedelta(minutes=2**mail.tries))
            mail.save(update_fields=["tries", "next_try"])
        try:
            _message(mail).send()
        except OSError as error:  # smtplib's errors are OSErrors
            logger.warning("mail %s not sent: %s", mail.pk, type(error).__name__)
            mail.error = type(error).__name__
            mail.save(update_fields=["error"])
        else:
            mail.sent_at = timezone.now()
            mail.recipient = mail.subject = mail.body = mail.html = mail.error = ""
            mail.save(update_fields=["sent_at", "recipient", "subject", "body", "html", "error"])
            sent += 1
    return sent
