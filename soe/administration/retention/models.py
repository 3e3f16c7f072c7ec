"""Periods as rows that the data-protection office edits, and records that must not be erased for now."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from soe.audit import retention
from soe.audit.context import acting_as
from soe.audit.erasure import Ground
from soe.audit.models import AuditedModel, Erasure, SecurityEvent
from soe.departments.scope import City, Rule, Scope, ScopedQuerySet


class RetentionRule(AuditedModel):
    """How long one kind of record is kept, and on which legal ground. The kinds come from the apps."""

    code = models.CharField("Kennung", max_length=60, unique=True, editable=False)
    months = models.PositiveSmallIntegerField("Monate", default=0)
    days = models.PositiveSmallIntegerField("Tage", default=0)
    basis = models.CharField("Rechtsgrundlage", max_length=300)
    active = models.BooleanField("wird angewendet", default=True)

    scope = Scope(
        view=Rule("privacy.view", City(), City("audit.view")),
        change=Rule("privacy.erase", City()),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Löschfrist"
        verbose_name_plural = "Löschfristen"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="retention_rule_has_a_period",
                condition=Q(months__gt=0) | Q(days__gt=0),
                violation_error_message="Bitte geben Sie Monate oder Tage an: Eine Frist von null löscht sofort.",
            )
        ]

    def __str__(self):
        return f"Löschfrist „{self.kind.label}“"

    def get_absolute_url(self):
        return reverse("administration:retention")

    @property
    def kind(self):
        return retention.kind(self.code)

    @property
    def is_new(self):
        return self._state.adding

    @property
    def period(self):
        """„3 Jahre“, „18 Monate“, „7 Tage“"""
        parts = []
        if self.months and self.months % 12 == 0:
            years = self.months // 12
            parts.append("1 Jahr" if years == 1 else f"{years} Jahre")
        elif self.months:
            parts.append("1 Monat" if self.months == 1 else f"{self.months} Monate")
        if self.days:
            parts.append("1 Tag" if self.days == 1 else f"{self.days} Tage")
        return " und ".join(parts)

    @property
    def ground(self):
        return Ground(self.code, f"{self.kind.label}: {self.period} {self.kind.starts}"[:300], self.basis)

    def cutoff(self, now=None):
        return retention.cutoff(self.months, self.days, now)

    @classmethod
    def all_of_them(cls):
        """{code: rule} of everything registered; unsaved rows with the default for what has no row yet."""
        stored = {rule.code: rule for rule in cls.objects.all()}
        return {
            kind.code: stored.get(kind.code)
            or cls(code=kind.code, months=kind.months, days=kind.days, basis=kind.basis)
            for kind in retention.kinds()
        }

    @classmethod
    def set_up(cls):
        """Make a row for every registered kind. Idempotent; as the system account."""
        from soe.accounts.models import User

        missing = [rule for rule in cls.all_of_them().values() if rule._state.adding]
        if missing:
            with acting_as(User.objects.system(), reason="Vorgabe"):
                for rule in missing:
                    rule.save()
        return len(missing)


class LegalHoldQuerySet(ScopedQuerySet):
    def current(self, now=None):
        day = timezone.localdate(now) if now else timezone.localdate()
        return self.filter(Q(until=None) | Q(until__gte=day), ended_at=None)


class LegalHold(AuditedModel):
    """A record that must not be erased although its period is over: a lawsuit, an audit, an open request."""

    code = models.CharField("Löschfrist", max_length=60, editable=False)
    object_id = models.UUIDField("Datensatz", editable=False)
    number = models.CharField("Nummer", max_length=60, editable=False)
    reason = models.CharField(
        "Grund", max_length=300, help_text="zum Beispiel: Klage anhängig. Bitte ohne Namen."
    )
    until = models.DateField(
        "bis", null=True, blank=True, help_text="letzter Tag; leer: bis jemand sie aufhebt"
    )
    ended_at = models.DateTimeField("aufgehoben am", null=True, editable=False)

    scope = Scope(
        view=Rule("privacy.view", City()),
        add=Rule("privacy.erase", City()),
        change=Rule("privacy.erase", City()),
    )
    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        verbose_name = "Löschsperre"
        verbose_name_plural = "Löschsperren"
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["code", "object_id"], name="administration_hold"),
            models.Index(fields=["-created_at", "id"], name="administration_hold_new"),
        ]

    def __str__(self):
        return f"Löschsperre {self.number}"

    def get_absolute_url(self):
        return reverse("administration:retention_due", args=[self.code])


class ErasureCertificate(Erasure):
    """Certificates, for those who check them."""

    not_audited_because = "append-only certificate"
    social_data = False
    field_permissions: dict[str, str] = {}
    scope = Scope(view=Rule("privacy.view", City(), City("audit.view")))
    objects = ScopedQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = "Löschnachweis"
        verbose_name_plural = "Löschnachweise"
        ordering = ["-at", "-id"]


class SecurityEntry(SecurityEvent):
    """Security events, for those who check them."""

    not_audited_because = "append-only log"
    social_data = False
    field_permissions: dict[str, str] = {}
    scope = Scope(view=Rule("privacy.view", City(), City("audit.view")))
    objects = ScopedQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = "Sicherheitsereignis"
        verbose_name_plural = "Sicherheitsereignisse"
        ordering = ["-at", "-id"]
