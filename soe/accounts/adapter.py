"""Where allauth asks us: nobody signs up, every event is kept, accounts are written by themselves."""

import time

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.urls import reverse

from soe.audit.context import acting_as

from . import events, resume, sessions, sso
from .mails import tell
from .models import SignInEvent

FRESH = 5 * 60


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        # One text for every way to be wrong: it must not say which names exist.
        "username_password_mismatch": "Anmeldename oder Kennwort stimmt nicht. Bitte prüfen Sie beides.",
        "email_password_mismatch": "Anmeldename oder Kennwort stimmt nicht. Bitte prüfen Sie beides.",
        "enter_current_password": "Das ist nicht Ihr jetziges Kennwort.",
        "incorrect_password": "Das Kennwort stimmt nicht.",
        "too_many_login_attempts": "Zu viele Versuche. Bitte warten Sie einen Moment.",
        "rate_limited": "Zu viele Versuche. Bitte warten Sie einen Moment.",
    }

    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request):
        return events.client_address(request) or "0.0.0.0"  # noqa: S104  (no address known: all share one limit)

    def authentication_failed(self, request, **credentials):
        if getattr(request, "axes_locked_out", False) and not getattr(
            request, "axes_failures_since_start", None
        ):
            return  # refused before any password was looked at: the lock-out page keeps the event
        user = events.account_named(credentials.get("username") or credentials.get("email"))
        events.record(request, SignInEvent.Kind.FAILURE, user=user)

    def login(self, request, user):
        super().login(request, user)
        by_sso = sso.signed_in_by_sso(request, user)
        events.record(request, SignInEvent.Kind.SSO if by_sso else SignInEvent.Kind.SUCCESS, user=user)

    def get_login_stages(self):
        """No code from our app when the city's provider already asked for a second factor (OIDC_SECOND_FACTOR)."""
        stages = super().get_login_stages()
        request = context.request
        user = getattr(request, "soe_signing_in", None)
        if user is not None and sso.second_factor_at_provider(request, user):
            stages.remove("allauth.mfa.stages.AuthenticateStage")
        return stages

    def pre_login(self, request, user, **kwargs):
        request.soe_signing_in = user
        return super().pre_login(request, user, **kwargs)

    def is_reauthentication_required(self, *, app, **kwargs):
        """Setting up the first factor right after the sign-in needs no second look at the same password."""
        request = context.request
        fresh = [row["at"] for row in get_authentication_records(request, request.user)]
        if fresh and time.time() - max(fresh) < FRESH and not is_mfa_enabled(request.user):
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def logout(self, request):
        if request.user.is_authenticated:
            events.record(request, SignInEvent.Kind.LOGOUT, user=request.user)
        super().logout(request)

    def set_password(self, user, password):
        """Also from the link in a mail, when nobody is signed in: the account acts for itself."""
        with acting_as(user):
            user.set_password(password)
            user.save(update_fields=["password"], reason="Kennwort geändert")
        # Django drops the other sessions with the old hash; the list of open ones shall say the same.
        keep = sessions.current_id(self.request) if self.request.user == user else None
        sessions.end_all(user, keep=keep)
        events.record(self.request, SignInEvent.Kind.PASSWORD, user=user)
        tell(user, "password_changed")

    def get_login_redirect_url(self, request):
        if resume.pending(request):
            return reverse("account_resume")
        return super().get_login_redirect_url(request)

    def add_message(
        self, request, level, message_template=None, message_context=None, extra_tags="", message=None
    ):
        """Our own German sentences; allauth's "signed in as …" says nothing that the page does not show."""
        text = {
            "account/messages/logged_out.txt": "Sie sind abgemeldet.",
            "account/messages/password_changed.txt": "Ihr Kennwort ist geändert.",
            "account/messages/password_set.txt": "Ihr Kennwort ist gesetzt.",
            "mfa/messages/totp_activated.txt": "Der zweite Faktor ist eingerichtet.",
            "mfa/messages/totp_deactivated.txt": "Der zweite Faktor ist entfernt.",
            "mfa/messages/recovery_codes_generated.txt": "Neue Ersatzcodes sind erzeugt. Die alten gelten nicht mehr.",
        }.get(message_template)
        if message_template == "mfa/messages/recovery_codes_generated.txt" and hasattr(
            request, "soe_first_codes"
        ):
            return
        if text:
            messages.add_message(request, messages.SUCCESS, text)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Single sign-on connects to accounts that the administration made; it makes none."""

    def is_open_for_signup(self, request, sociallogin):
        return False


class MFAAdapter(DefaultMFAAdapter):
    """Second-factor secrets are unreadable in a stolen database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "Der Code stimmt nicht oder ist abgelaufen. Bitte geben Sie den neuesten Code ein.",
    }

    def get_totp_label(self, user):
        return user.username

    def encrypt(self, text):
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return ""  # another key: no code fits, recovery by the administration


def _cipher():
    from .keys import fernet_keys

    return MultiFernet(
        [Fernet(key) for key in fernet_keys(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )
