"""A bulk run: which rows, which parameters, what came of each. The changes themselves stand in each row's history."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from uuid_utils.compat import uuid7

from soe.departments.scope import Custom, Rule, Scope, ScopedQuerySet

UNDO_WITHIN = timedelta(minutes=30)


def own(user, departments):
    return Q(user_id=user.pk)


class BulkRunQuerySet(ScopedQuerySet):
    def expired(self, now=None):
        """Older than a week: result pages nobody opens any more (removed by `retention`)."""
        return self.filter(at__lt=(now or timezone.now()) - timedelta(days=7))


class BulkRun(models.Model):
    """One step on many rows, from the choice to the result. Only the person who began it comes here."""

    not_audited_because = "a work list of one person; each change it makes stands in the history of its row"

    class State(models.TextChoices):
        CHOSEN = "chosen", "ausgewählt"
        CHECKED = "checked", "geprüft"
        RUNNING = "running", "läuft"
        DONE = "done", "ausgeführt"
        UNDONE = "undone", "zurückgenommen"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="Konto")
    path = models.CharField("Liste", max_length=300)
    query = models.TextField("Filter", blank=True)
    action = models.CharField("Schritt", max_length=40)
    parameters = models.TextField("Angaben", blank=True)
    state = models.CharField("Stand", max_length=8, choices=State, default=State.CHOSEN)
    check_number = models.PositiveIntegerField("Prüfung Nr.", default=0)
    at = models.DateTimeField("wann", default=timezone.now)
    done_at = models.DateTimeField("ausgeführt", null=True)
    undone_at = models.DateTimeField("zurückgenommen", null=True)

    scope = Scope(view=Rule(None, Custom(own)))
    objects = BulkRunQuerySet.as_manager()

    class Meta:
        verbose_name = "Sammelbearbeitung"
        verbose_name_plural = "Sammelbearbeitungen"
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["at"], name="web_bulkrun_at")]

    def __str__(self):
        return f"Sammelbearbeitung vom {timezone.localtime(self.at):%d.%m.%Y, %H.%M} Uhr"

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("web:bulk", args=[self.pk])

    @property
    def list_url(self):
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def undo_until(self):
        return self.done_at + UNDO_WITHIN if self.done_at else None

    def lock(self):
        """Re-read under a row lock: of two clicks only the first still finds the state it expects."""
        self.refresh_from_db(from_queryset=BulkRun._base_manager.select_for_update(of=("self",)))
        return self


class BulkRow(models.Model):
    """One row of a bulk run: the versions it was checked in, what became of it, what undo needs."""

    not_audited_because = "part of BulkRun"

    class State(models.TextChoices):
        CHOSEN = "chosen", "ausgewählt"
        DONE = "done", "ausgeführt"
        REFUSED = "refused", "abgelehnt"
        UNDONE = "undone", "zurückgenommen"
        KEPT = "kept", "nicht zurückgenommen"

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="rows", verbose_name="Sammelbearbeitung")
    target_id = models.UUIDField("Datensatz")
    position = models.PositiveIntegerField("Reihenfolge")
    seen = models.JSONField("geprüfte Fassungen", default=list)  # [[model label, id, version]]
    touched = models.JSONField("geänderte Fassungen", default=list)
    before = models.JSONField("vorher", default=dict)
    state = models.CharField("Stand", max_length=8, choices=State, default=State.CHOSEN)
    note = models.CharField("Hinweis", max_length=500, blank=True)

    class Meta:
        verbose_name = "Zeile einer Sammelbearbeitung"
        verbose_name_plural = "Zeilen einer Sammelbearbeitung"
        ordering = ["run", "position"]
        constraints = [models.UniqueConstraint(fields=["run", "target_id"], name="web_bulkrow_once")]

    def __str__(self):
        return f"{self.target_id}: {self.get_state_display()}"
