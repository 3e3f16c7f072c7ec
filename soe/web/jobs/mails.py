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
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.utils import timezone

from .models import OutgoingMail

logger = logging.getLogger("soe.mail")


def queue(key, recipient, subject, body):
    """Keep a mail for sending; returns whether it is new. Put no social data into it."""
    if OutgoingMail.objects.filter(key=key).exists():
        return False
    try:
        with transaction.atomic():
            OutgoingMail.objects.create(
                key=key, recipient=recipient, subject=" ".join(subject.split())[:200], body=body
            )
    except IntegrityError:
        return False
    return True


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
            EmailMessage(
                mail.subject, mail.body, settings.DEFAULT_FROM_EMAIL, [mail.recipient],
                headers={"Message-ID": message_id(mail)},
            ).send()  # fmt: skip
        except OSError as error:  # smtplib's errors are OSErrors
            logger.warning("mail %s not sent: %s", mail.pk, type(error).__name__)
            mail.error = type(error).__name__
            mail.save(update_fields=["error"])
        else:
            mail.sent_at, mail.recipient, mail.subject, mail.body, mail.error = timezone.now(), "", "", "", ""
            mail.save(update_fields=["sent_at", "recipient", "subject", "body", "error"])
            sent += 1
    return sent
