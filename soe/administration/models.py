"""Accounts and logs as the administration sees them: the same tables, with rights. No tables of its own."""

from django.conf import settings
from django.contrib.auth.models import UserManager
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from soe.accounts import factor, sessions
from soe.accounts.models import SYSTEM_USERNAME, SignInEvent, User
from soe.audit.models import ReadLog
from soe.departments.grants import grantable_tables
from soe.departments.models import Membership, keeping_an_administrator
from soe.departments.scope import City, Custom, Rule, Scope, ScopedQuerySet


def _accounts_of(user, departments):
    """Accounts with any membership, also an ended one, in a department the reader administers."""
    return Q(pk__in=Membership.objects.filter(department__in=departments).order_by().values("user_id"))


class AccountManager(UserManager.from_queryset(ScopedQuerySet)):
    use_in_migrations = False


class Account(User):
    """An account, for those who administer it. Department administrators see the people of their departments."""

    scope = Scope(
        view=Rule("admin.members", Custom(_accounts_of), City("admin.all")),
        add=Rule("admin.members", City()),
        change=Rule("admin.members", Custom(_accounts_of), City("admin.all")),
        deactivate=Rule("admin.all", City()),
        secure=Rule("admin.all", City()),  # second factor, single sign-on, emergency account
        deny=[lambda user: Q(username=SYSTEM_USERNAME)],
    )
    objects = AccountManager()
    history_children = ("memberships",)

    class Meta:
        proxy = True
        verbose_name = "Konto"
        verbose_name_plural = "Konten"
        ordering = ["last_name", "first_name", "username"]

    def get_absolute_url(self):
        return reverse("administration:account", args=[self.pk])

    @transaction.atomic
    def deactivate(self, *, reason):
        """A leaver: no sign-in, no rights, all memberships ended; the account stays, because the history names it."""
        with keeping_an_administrator(Membership.objects.filter(user_id=self.pk)):
            self.lock()
            # Future ones too: a leaver who comes back starts with nothing.
            today = timezone.localdate()
            open_ended = Q(valid_until=None) | Q(valid_until__gte=today)
            for membership in Membership.objects.filter(open_ended, user_id=self.pk, ended_at=None):
                membership.end(reason=reason)
            for grants in grantable_tables():
                for entry in grants.objects.current().filter(user_id=self.pk):
                    entry.ended_at = timezone.now()
                    entry.save(reason=reason)
            self.is_active = False
            self.save(reason=reason)
            sessions.end_all(self)

    def sign_in_state(self):
        """What an administrator needs to know about how this person signs in."""
        demanded = Membership.objects.current().filter(user_id=self.pk, role__requires_second_factor=True)
        return {
            "factor": factor.authenticators(self).get("totp"),
            "demanded": demanded.exists(),
            "enforced": settings.SOE_REQUIRE_SECOND_FACTOR,
            "identities": list(self.sso_identities.all()),
            "password": self.has_usable_password(),
            "sessions": sessions.OpenSession.objects.filter(user_id=self.pk).open().count(),
        }

    def reactivate(self, *, reason):
        if self.is_active:
            raise ValidationError("Das Konto ist schon aktiv.")
        self.is_active = True
        self.save(reason=reason)


class ReadLogEntry(ReadLog):
    """The read log, for the data-protection officer."""

    not_audited_because = "append-only log"
    social_data = False
    field_permissions: dict[str, str] = {}
    scope = Scope(view=Rule("privacy.view", City()))
    objects = ScopedQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = "Zugriff"
        verbose_name_plural = "Zugriffe"
        ordering = ["-at", "-id"]


class SignIn(SignInEvent):
    """Sign-ins and refusals, for those who check them."""

    not_audited_because = "append-only log"
    social_data = False
    field_permissions: dict[str, str] = {}
    scope = Scope(view=Rule("privacy.view", City(), City("audit.view")))
    objects = ScopedQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = "Anmeldung"
        verbose_name_plural = "Anmeldungen"
        ordering = ["-at", "-id"]


from .disclosure.models import Disclosure  # noqa: E402, F401
from .retention.models import (  # noqa: E402, F401  (tables of their own subject)
    ErasureCertificate,
    LegalHold,
    RetentionRule,
    SecurityEntry,
)
from .reviews.models import ReviewLine, ReviewSheet, RightsReview  # noqa: E402, F401
