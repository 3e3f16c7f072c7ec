"""The base of every business record, the read log, and the counters behind file numbers."""

from django.db import DEFAULT_DB_ALIAS, models, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from .context import current_actor
from .errors import ConcurrentChange
from .history import AuditedHistory
from .querysets import AuditedQuerySet


class AuditedModel(models.Model):
    """A business record: written by somebody, with a history row in the same transaction, never silently overwritten.

    `version` is the optimistic lock: a save of a row that changed since it was read raises ConcurrentChange.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField("Fassung", default=1, editable=False)
    created_at = models.DateTimeField("angelegt am", default=timezone.now, editable=False)
    changed_at = models.DateTimeField("geändert am", default=timezone.now, editable=False)

    history = AuditedHistory()
    objects = AuditedQuerySet.as_manager()

    # True for social data: whoever looks at such a record leaves a row in the read log.
    social_data = False
    # field name -> permission needed to read it (pages, history, exports).
    field_permissions: dict[str, str] = {}
    # field names that the history must not keep (secrets).
    history_excluded: tuple[str, ...] = ()
    # accessors of children whose changes belong on this record's "Verlauf" page.
    history_children: tuple[str, ...] = ()

    class Meta:
        abstract = True

    def save(self, *, reason="", force_insert=False, force_update=False, using=None, update_fields=None):
        """Write the row and its history row, or neither. Raises NoActor, ConcurrentChange."""
        current_actor()
        adding = self._state.adding
        before = (self.version, self.changed_at)
        self._reason, self._expected_version = reason, self.version
        if not adding:
            self.version += 1
            self.changed_at = timezone.now()
            force_update = not force_insert
            if update_fields is not None:
                update_fields = {*update_fields, "version", "changed_at"}
        try:
            # simple-history writes in post_save: without this block a nameless write stayed behind without history.
            with transaction.atomic(using=using or DEFAULT_DB_ALIAS):
                super().save(
                    force_insert=force_insert,
                    force_update=force_update,
                    using=using,
                    update_fields=update_fields,
                )
        except self.NotUpdated as error:
            self.version, self.changed_at = before
            raise ConcurrentChange(self) from error
        except BaseException:
            self.version, self.changed_at = before
            raise
        finally:
            del self._reason, self._expected_version

    def _do_update(self, base_qs, *args, **kwargs):
        return super()._do_update(base_qs.filter(version=self._expected_version), *args, **kwargs)

    def delete(self, *, reason="", using=None, keep_parents=False):
        """Remove the row; the history keeps what it held and who removed it."""
        current_actor()
        self._reason = reason
        try:
            with transaction.atomic(using=using or DEFAULT_DB_ALIAS):
                return super().delete(using=using, keep_parents=keep_parents)
        finally:
            del self._reason

    def lock(self):
        """Re-read this row under a row lock; call inside a transaction, before looking at its state."""
        model = type(self)
        self.refresh_from_db(from_queryset=model._base_manager.select_for_update(of=("self",)))
        return self

    @classmethod
    def label(cls):
        return cls._meta.label_lower


class ReadLog(models.Model):
    """One look at social data: who, in which role, at which record, on which basis. No content, never changed."""

    append_only = True

    class Kind(models.TextChoices):
        VIEW = "view", "angesehen"
        LIST = "list", "in einer Liste angesehen"
        SEARCH = "search", "gesucht"
        EXPORT = "export", "exportiert"
        PRINT = "print", "gedruckt"
        HISTORY = "history", "Verlauf angesehen"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField("wann", default=timezone.now, editable=False)
    user_id = models.UUIDField("Konto", null=True)
    user_name = models.CharField("wer", max_length=200)
    role = models.CharField("in welcher Rolle", max_length=300)
    kind = models.CharField("Art", max_length=10, choices=Kind)
    model = models.CharField("Datenart", max_length=80)
    object_id = models.UUIDField("Datensatz", null=True)
    object_number = models.CharField("Aktenzeichen", max_length=60, blank=True)
    basis = models.CharField("Grundlage", max_length=200)
    hits = models.PositiveIntegerField("Treffer", null=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "Zugriff"
        verbose_name_plural = "Zugriffe"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_read_at"),
            models.Index(fields=["object_id", "-at"], name="audit_read_object"),
            models.Index(fields=["user_id", "-at"], name="audit_read_user"),
            models.Index(fields=["model", "-at"], name="audit_read_model"),
        ]

    def __str__(self):
        return f"{self.user_name}: {self.get_kind_display()} {self.model}"


class SecurityEvent(models.Model):
    """What matters for security besides signing in: written by `soe.audit.events.log_security`, never changed."""

    append_only = True
    not_audited_because = "append-only log"

    class Kind(models.TextChoices):
        DENIAL = "denial", "Zugriff verweigert"
        NOT_FOUND = "not_found", "nicht gefunden oder nicht erlaubt"
        ROLE = "role", "Rechte einer Rolle geändert"
        MEMBERSHIP = "membership", "Zugehörigkeit geändert"
        ACCOUNT = "account", "Konto geändert"
        GRANT = "grant", "Freigabe geändert"
        EXPORT = "export", "Export"
        AUDIT = "audit", "Protokolle angesehen"
        ERASURE = "erasure", "Löschung"
        RESTORE = "restore", "Wiederherstellung"
        SEAL = "seal", "Siegel"
        SETTINGS = "settings", "Einstellung geändert"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField("wann", default=timezone.now, editable=False)
    kind = models.CharField("Ereignis", max_length=12, choices=Kind)
    user_id = models.UUIDField("Konto", null=True)
    user_name = models.CharField("wer", max_length=200, blank=True)
    role = models.CharField("in welcher Rolle", max_length=300, blank=True)
    detail = models.CharField("Einzelheit", max_length=300, blank=True)
    model = models.CharField("Datenart", max_length=80, blank=True)
    object_id = models.UUIDField("Datensatz", null=True)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "Sicherheitsereignis"
        verbose_name_plural = "Sicherheitsereignisse"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_security_at"),
            models.Index(fields=["user_id", "-at"], name="audit_security_user"),
            models.Index(fields=["kind", "-at"], name="audit_security_kind"),
        ]

    def __str__(self):
        return f"{self.user_name or 'unbekannt'}: {self.get_kind_display()}"


class NumberSequence(models.Model):
    """The last number drawn from one gapless sequence (see soe.audit.numbers)."""

    key = models.CharField(max_length=60, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "Nummernkreis"
        verbose_name_plural = "Nummernkreise"

    def __str__(self):
        return f"{self.key}: {self.last}"


class MaintenanceGate(models.Model):
    """While a row stands here (one transaction of the erasure service), SQLite's append-only triggers let go."""

    purpose = models.CharField(max_length=200)

    class Meta:
        verbose_name = "Wartungsschranke"
        verbose_name_plural = "Wartungsschranken"

    def __str__(self):
        return self.purpose


from .sealing.models import ErasedRow, Erasure, Seal  # noqa: E402, F401  (tables of their own subject)
