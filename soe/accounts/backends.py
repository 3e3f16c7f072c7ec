"""Passwords: by user name or by the e-mail address that stands in the account, nothing else."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import get_user_model

from soe.audit.context import acting_as

from .models import SYSTEM_USERNAME


class LoginBackend(AuthenticationBackend):
    """Signs in. Grants nothing: what an account may do comes from memberships alone."""

    def _authenticate_by_username(self, username, password):
        user = get_user_model().objects.filter(username__iexact=username or "").first()
        return self._check_password(user, password)

    def _authenticate_by_email(self, email, password):
        # allauth keeps addresses of its own; an address that was taken from the account must not open it.
        if not email or "@" not in email:
            return None
        user = get_user_model().objects.filter(email__iexact=email).first()
        return self._check_password(user, password)

    def _check_password(self, user, password):
        if user is None or user.username == SYSTEM_USERNAME:
            return None
        # An outdated hash is renewed here, before anybody is signed in: the account acts for itself.
        with acting_as(user, reason="Anmeldung"):
            return super()._check_password(user, password)

    def has_perm(self, user_obj, perm, obj=None):
        return False

    def get_all_permissions(self, user_obj, obj=None):
        return set()

    def has_module_perms(self, user_obj, app_label):
        return False
