"""Passwords: by user name or by the e-mail address that stands in the account, nothing else."""

from allauth.account.auth_backends import AuthenticationBackend

from soe.audit.context import acting_as

from .events import account_named
from .models import SYSTEM_USERNAME, password_counts


class LoginBackend(AuthenticationBackend):
    """Signs in. Grants nothing: what an account may do comes from memberships alone."""

    def _authenticate(self, request, **credentials):
        # One account, one hash, whatever was typed: the time it takes must not tell names from e-mail addresses. And
        # allauth's own table of addresses is not asked: one that was taken from the account must not open it.
        login = credentials.get("username") or credentials.get("email")
        return self._check_password(account_named(login), credentials["password"])

    def _check_password(self, user, password):
        if user is None or user.username == SYSTEM_USERNAME:
            return None
        # An outdated hash is renewed here, before anybody is signed in: the account acts for itself.
        with acting_as(user, reason="Anmeldung"):
            found = super()._check_password(user, password)
        # SOE_SSO_ONLY: the password is looked at all the same, so that the time says nothing about the account.
        return found if password_counts(user) else None

    def has_perm(self, user_obj, perm, obj=None):
        return False

    def get_all_permissions(self, user_obj, obj=None):
        return set()

    def has_module_perms(self, user_obj, app_label):
        return False
