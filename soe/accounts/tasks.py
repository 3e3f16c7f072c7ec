"""Mails that the login needs, sent by the worker."""

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse


@task()
def send_password_reset(email, base_url):
    """Runs for every request, known address or not: the answer of the page takes the same time in both cases."""
    for user in get_user_model().objects.filter(email__iexact=email, is_active=True).exclude(email=""):
        key = default_token_generator.make_token(user)
        path = reverse(
            "account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key}
        )
        context = {
            "user": user,
            "url": f"{base_url}{path}",
            "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
            "city": settings.SOE_CITY,
        }
        send_mail(
            "SOE: neues Kennwort setzen",
            render_to_string("account/email/password_reset.txt", context),
            settings.DEFAULT_FROM_EMAIL,
            [user.email],
        )
