"""The chain, and what an erasure leaves behind. All of it is append-only."""

from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7


class Seal(models.Model):
    """One link of the chain: a batch of rows of one table, an erasure, or the expiry of old log rows."""

    append_only = True
    sealed = False  # the chain itself
    not_audited_because = "append-only: the chain of seals"

    class Kind(models.TextChoices):
        ROWS = "rows", "Zeilen"
        ERASURE = "erasure", "Löschung"
        EXPIRY = "expiry", "Ablauf von Protokollen"
        RESEAL = "reseal", "neu gesiegelt nach einer Umstellung"

    number = models.BigIntegerField("Nummer", primary_key=True)
    at = models.DateTimeField("wann", default=timezone.now)
    kind = models.CharField("Art", max_length=8, choices=Kind)
    table = models.CharField("Tabelle", max_length=100, blank=True)
    columns = models.TextField("Spalten", blank=True)
    last = models.CharField("letzter Schlüssel", max_length=40, blank=True)
    count = models.PositiveIntegerField("Zeilen", default=0)
    content = models.CharField("Prüfsumme des Inhalts", max_length=64, blank=True)
    # Key and the first bytes of the hash of each row: not needed for the proof, but it lets the check name the row.
    leaves = models.BinaryField(default=b"")
    detail = models.CharField("Einzelheit", max_length=200, blank=True)
    previous = models.CharField("voriges Siegel", max_length=64, blank=True)
    key_id = models.CharField("Schlüssel", max_length=8, blank=True)
    digest = models.CharField("Siegel", max_length=64)

    class Meta:
        verbose_name = "Siegel"
        verbose_name_plural = "Siegel"
        ordering = ["-number"]
        indexes = [models.Index(fields=["table", "last"], name="audit_seal_table")]

    def __str__(self):
        return f"Siegel {self.number}"


class Erasure(models.Model):
    """The certificate of one erasure: who, when, by which rule, how many rows; nothing of what was erased.

    `object_id` stays: after a restore from a backup the same record must be erased again.
    """

    append_only = True
    sealed = False  # sealed by a link of its own, in the same transaction
    not_audited_because = "append-only certificate"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField("wann", default=timezone.now, editable=False)
    rule = models.CharField("Regel", max_length=60)
    rule_text = models.CharField("Regel im Wortlaut", max_length=300)
    basis = models.CharField("Rechtsgrundlage", max_length=300)
    model = models.CharField("Datenart", max_length=80)
    object_id = models.UUIDField("Datensatz", null=True)
    user_id = models.UUIDField("Konto", null=True)
    user_name = models.CharField("wer", max_length=200)
    role = models.CharField("in welcher Rolle", max_length=300)
    reason = models.CharField("Begründung", max_length=300, blank=True)
    live_rows = models.PositiveIntegerField("Zeilen im Bestand", default=0)
    history_rows = models.PositiveIntegerField("Zeilen im Verlauf", default=0)
    log_rows = models.PositiveIntegerField("Zeilen in Protokollen", default=0)
    files = models.PositiveIntegerField("Dateien", default=0)

    class Meta:
        verbose_name = "Löschnachweis"
        verbose_name_plural = "Löschnachweise"
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_erasure_at"),
            models.Index(fields=["model", "object_id"], name="audit_erasure_object"),
        ]

    def __str__(self):
        return f"Löschnachweis {self.at:%Y-%m-%d} {self.rule}"


class ErasedRow(models.Model):
    """One row of an append-only table that an erasure changed: its hash before and after (empty: removed)."""

    append_only = True
    sealed = False  # part of its certificate's seal
    not_audited_because = "append-only part of a certificate"

    id = models.BigAutoField(primary_key=True)
    erasure = models.ForeignKey(Erasure, models.PROTECT, related_name="rows", verbose_name="Löschnachweis")
    table = models.CharField("Tabelle", max_length=100)
    key = models.CharField("Schlüssel", max_length=40)
    before = models.CharField("Prüfsumme vorher", max_length=64)
    after = models.CharField("Prüfsumme nachher", max_length=64, blank=True)

    class Meta:
        verbose_name = "gelöschte Zeile"
        verbose_name_plural = "gelöschte Zeilen"
        ordering = ["id"]
        indexes = [models.Index(fields=["table", "key", "id"], name="audit_erasedrow_key")]

    def __str__(self):
        return f"{self.table} {self.key}"
