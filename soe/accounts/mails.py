"""What the login tells people by mail: text and plain HTML, German, with nothing beyond what the person needs.

Every mail has a key that is fixed when it is asked for. A task that is run again after its worker died asks for the
same mail once more; the queue behind `outlet` (soe.web.jobs.mails) keeps it once.
"""

from uuid import uuid4

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from .models import password_counts

SUBJECTS = {
    "password_reset": "SOE: neues Kennwort setzen",
    "password_changed": "SOE: Ihr Kennwort ist geändert",
    "factor_set": "SOE: zweiter Faktor eingerichtet",
    "factor_removed": "SOE: zweiter Faktor entfernt",
    "new_codes": "SOE: neue Ersatzcodes",
    "new_device": "SOE: Anmeldung auf einem neuen Gerät",
    "sso_linked": "SOE: Stadtkonto verbunden",
}


outlet = (
    None  # function(key, recipient, subject, text, html), set by soe.web: these modules know no upper layer
)


def send(kind, user, key, **context):
    context |= {"user": user, "city": settings.SOE_CITY, "contact": settings.SOE_CONTACT_EMAIL}
    text = render_to_string(f"account/email/{kind}.txt", context)
    context["subject"] = SUBJECTS[kind].removeprefix("SOE: ")
    html = render_to_string(f"account/email/{kind}.html", context)
    outlet(f"account:{key}:{user.pk}", user.email, SUBJECTS[kind], text, html)


def tell(user, kind, *, device="", at=None):
    """Leave the mail to the worker, in the transaction of what it tells about."""
    if user.email:
        send_account_mail.enqueue(str(user.pk), kind, device, (at or timezone.now()).isoformat(), uuid4().hex)


@task()
def send_account_mail(user_id, kind, device, at, key):
    user = get_user_model().objects.filter(pk=user_id, is_active=True).exclude(email="").first()
    if user is not None:
        send(kind, user, key, device=device, at=parse_datetime(at))


@task()
def send_password_reset(email, base_url, key):
    """Runs for every request, known address or not: the answer of the page takes the same time in both cases."""
    for user in get_user_model().objects.filter(email__iexact=email, is_active=True).exclude(email=""):
        if not password_counts(user):
            continue
        token = default_token_generator.make_token(user)
        path = reverse(
            "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token}
        )
        send(
            "password_reset",
            user,
            key,
            url=f"{base_url}{path}",
            minutes=settings.PASSWORD_RESET_TIMEOUT // 60,
        )
