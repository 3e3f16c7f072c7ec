"""People with an account. They are deactivated, never deleted: the history names them."""

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager, _user_has_perm
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from uuid_utils.compat import uuid7

from soe.audit.models import AuditedModel
from soe.audit.querysets import AuditedQuerySet

SYSTEM_USERNAME = "system"


class AccountManager(UserManager.from_queryset(AuditedQuerySet)):
    # Third parties' migrations (allauth) call update() on accounts; there are none yet when they run.
    use_in_migrations = False

    def system(self):
        """The account in whose name jobs and commands write. It has no password and cannot sign in."""
        return self.get(username=SYSTEM_USERNAME)

    def people(self):
        return self.exclude(username=SYSTEM_USERNAME)


def password_counts(user):
    """Where only the city's identity provider signs in (SOE_SSO_ONLY), a password serves emergency accounts alone."""
    return user.emergency or not settings.SOE_SSO_ONLY


def default_preferences():
    return {"shortcuts": True, "theme": "auto"}


class User(AuditedModel, AbstractUser):
    """An account. What it may do follows from dated memberships only; `is_superuser` bypasses nothing."""

    last_login = None  # sign-ins are events of their own; a write at sign-in would have no actor
    preferences = models.JSONField("Einstellungen", default=default_preferences, blank=True)
    phone = models.CharField("Telefon", max_length=40, blank=True)
    sso_allowed = models.BooleanField(
        "darf sich über das Stadtkonto verbinden",
        default=False,
        help_text="Gilt für eine Verbindung: Passt der Anmeldename bei der ersten Anmeldung, entsteht sie von selbst.",
    )
    emergency = models.BooleanField(
        "Notfallkonto",
        default=False,
        help_text="Meldet sich mit Kennwort an, auch wenn sonst nur das Stadtkonto gilt.",
    )

    objects = AccountManager()
    history_excluded = ("password",)

    class Meta:
        verbose_name = "Konto"
        verbose_name_plural = "Konten"
        ordering = ["last_name", "first_name", "username"]
        constraints = [
            models.UniqueConstraint(Lower("username"), name="accounts_user_username_ci"),
            models.UniqueConstraint(
                Lower("email"), name="accounts_user_email_ci", condition=~models.Q(email="")
            ),
        ]

    def __str__(self):
        return self.get_full_name() or self.username

    def initials(self):
        return (
            "".join(part[0] for part in (self.first_name, self.last_name) if part).upper()
            or self.username[:2].upper()
        )

    def audit_name(self):
        return str(self)

    def audit_role(self):
        """The roles held at this moment, as text: what the history keeps even when the role is gone."""
        if self.username == SYSTEM_USERNAME:
            return "System"
        rows = apps.get_app_config("departments").memberships(self)
        return "; ".join(f"{m.role.name}, {m.department}" for m in rows)[:300] or "ohne Zugehörigkeit"

    def has_perm(self, perm, obj=None):
        # No shortcut for superusers: one rule for everybody (soe.departments.scope).
        return self.is_active and _user_has_perm(self, perm, obj)

    def has_module_perms(self, app_label):
        return False

    # The two questions pages ask; the answers come from soe.departments (see scope.py).
    @property
    def departments(self):
        """Departments of the current memberships."""
        memberships = apps.get_model("departments", "Membership").objects.current().filter(user=self)
        return apps.get_model("departments", "Department").objects.filter(
            pk__in=memberships.values("department_id")
        )

    def permission_codes(self) -> frozenset[str]:
        """Every permission that any current membership grants."""
        return frozenset(self._held()) - {None}

    def may(self, permission: str) -> bool:
        return permission in self._held()

    def _held(self):
        return apps.get_app_config("departments").held(self) if self.is_active else {}


class SsoIdentity(AuditedModel):
    """Who somebody is at the city's identity provider: issuer and subject together, never an e-mail address."""

    user = models.ForeignKey(User, models.PROTECT, related_name="sso_identities", verbose_name="Konto")
    issuer = models.CharField("Aussteller", max_length=300)
    subject = models.CharField("Kennung beim Aussteller", max_length=255)

    class Meta:
        verbose_name = "Verbindung mit dem Stadtkonto"
        verbose_name_plural = "Verbindungen mit dem Stadtkonto"
        ordering = ["user", "issuer"]
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="accounts_sso_once"),
            models.UniqueConstraint(fields=["user", "issuer"], name="accounts_sso_one_per_issuer"),
        ]

    def __str__(self):
        return f"{self.user}: Stadtkonto"


class SignInEvent(models.Model):
    """One sign-in, refusal, lock-out or sign-out. Append-only."""

    append_only = True

    class Kind(models.TextChoices):
        SUCCESS = "success", "angemeldet"
        FAILURE = "failure", "fehlgeschlagen"
        LOCKED = "locked", "gesperrt"
        LOGOUT = "logout", "abgemeldet"
        EXPIRED = "expired", "Sitzung abgelaufen"
        PASSWORD = "password", "Kennwort geändert"
        CODE = "code", "falscher Code"
        FACTOR_ON = "factor_on", "zweiter Faktor eingerichtet"
        FACTOR_OFF = "factor_off", "zweiter Faktor entfernt"
        CODES = "codes", "neue Ersatzcodes"
        REVOKED = "revoked", "Sitzung von anderer Stelle beendet"
        SSO = "sso", "über das Stadtkonto angemeldet"
        SSO_REFUSED = "sso_no", "Stadtkonto abgelehnt"
        SSO_LINKED = "sso_link", "Stadtkonto verbunden"
        SSO_UNLINKED = "sso_unlink", "Stadtkonto getrennt"

    CAME_IN = (Kind.SUCCESS, Kind.SSO)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField("wann", default=timezone.now, editable=False)
    kind = models.CharField("Ereignis", max_length=10, choices=Kind)
    user_id = models.UUIDField("Konto", null=True)
    user_name = models.CharField("Anmeldename", max_length=200, blank=True)
    address = models.GenericIPAddressField("Adresse", null=True)
    client = models.CharField("Programm", max_length=200, blank=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "Anmeldung"
        verbose_name_plural = "Anmeldungen"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="accounts_signin_at"),
            models.Index(fields=["user_id", "-at"], name="accounts_signin_user"),
        ]

    def __str__(self):
        return f"{self.user_name}: {self.get_kind_display()}"


from .sessions import OpenSession  # noqa: E402, F401  (a table of this app, one subject per file)
