"""One file read in, and its rows on their way."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.models import AuditedModel
from soe.departments.scope import City, Custom, Rule, Scope, ScopedQuerySet

from ..files.storing import private_storage

KEEP_FILE = timedelta(days=30)


def _own(user, departments):
    return Q(user_id=user.pk)


class Import(AuditedModel):
    """Who read in which file when, and with what outcome. Only that person sees it."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "hochgeladen"
        CHECKED = "checked", "geprüft"
        RUNNING = "running", "wird übernommen"
        DONE = "done", "übernommen"
        REFUSED = "refused", "nicht übernommen"
        DISCARDED = "discarded", "verworfen"

    class Mode(models.TextChoices):
        ALL = "all", "alles oder nichts"
        GOOD = "good", "gute Zeilen"

    class Known(models.TextChoices):
        UPDATE = "update", "ergänzen"
        SKIP = "skip", "lassen, wie es ist"
        REJECT = "reject", "abweisen"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="eingelesen von", related_name="+"
    )
    spec = models.CharField("Art", max_length=60)
    file_name = models.CharField("Datei", max_length=150)
    sha256 = models.CharField("Prüfsumme", max_length=64)
    size = models.PositiveIntegerField("Größe", default=0)
    stored = models.CharField("Ablage", max_length=200, blank=True)
    header = models.JSONField("Kopfzeile", default=list)
    mapping = models.JSONField("Zuordnung", default=dict)
    state = models.CharField("Stand", max_length=10, choices=State, default=State.UPLOADED)
    mode = models.CharField("Umfang", max_length=5, choices=Mode, blank=True)
    known = models.CharField("Vorhandenes", max_length=6, choices=Known, default=Known.UPDATE)
    job_id = models.UUIDField("Auftrag", null=True)
    rows = models.PositiveIntegerField("Zeilen", default=0)
    new = models.PositiveIntegerField("neu", default=0)
    changed = models.PositiveIntegerField("geändert", default=0)
    unchanged = models.PositiveIntegerField("unverändert", default=0)
    rejected = models.PositiveIntegerField("abgewiesen", default=0)
    erased_at = models.DateTimeField("Inhalt gelöscht am", null=True)

    scope = Scope(
        view=Rule(None, Custom(_own)),
        change=Rule(None, Custom(_own)),
        history=Rule("audit.view", City()),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Import"
        verbose_name_plural = "Importe"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="web_import_user"),
            models.Index(fields=["spec", "sha256"], name="web_import_file"),
        ]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("web:import_detail", args=[self.pk])

    @property
    def imported(self):
        return self.new + self.changed + self.unchanged

    @property
    def is_open(self):
        return self.state in (self.State.UPLOADED, self.State.CHECKED)

    def content(self) -> bytes:
        with private_storage().open(self.stored) as file:
            return file.read()

    def erase(self, *, reason):
        """Remove the file and the contents of its rows; counts, checksum and who it was stay."""
        if self.stored:
            private_storage().delete(self.stored)
        self.lines.update(cells=[], changes=[], errors=[])
        self.stored, self.erased_at = "", timezone.now()
        self.save(reason=reason)


class ImportRow(models.Model):
    """One line of one file. `applied` is written in the transaction that carries the line out: the checkpoint."""

    not_audited_because = "a line waiting to be taken over; what it becomes has its own history"

    class State(models.TextChoices):
        NEW = "new", "neu"
        CHANGED = "changed", "geändert"
        UNCHANGED = "unchanged", "unverändert"
        REJECTED = "rejected", "abgewiesen"

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Import, models.CASCADE, related_name="lines")
    spec = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    line = models.PositiveIntegerField("Zeile")
    cells = models.JSONField("Inhalt", default=list)
    state = models.CharField("Stand", max_length=10, choices=State, default=State.NEW)
    changes = models.JSONField("Änderungen", default=list)
    errors = models.JSONField("Gründe", default=list)
    applied = models.BooleanField("übernommen", default=False)
    # Rows without an identity of their own: this line of this file is taken once, whoever uploads it again.
    once = models.BooleanField(default=False)

    class Meta:
        verbose_name = "Zeile eines Imports"
        verbose_name_plural = "Zeilen eines Imports"
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(fields=["record", "line"], name="web_importrow_line"),
            models.UniqueConstraint(
                fields=["spec", "sha256", "line"],
                name="web_importrow_once",
                condition=Q(once=True, applied=True, state__in=["new", "changed"]),
            ),
        ]
        indexes = [models.Index(fields=["record", "state", "line"], name="web_importrow_state")]

    def __str__(self):
        return f"{self.record_id}, Zeile {self.line}"
