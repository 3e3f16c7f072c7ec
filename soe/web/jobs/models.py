"""Jobs, the workers that run them, what is due when, and the mails that wait to be sent."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from uuid_utils.compat import uuid7

from soe.departments.scope import City, Custom, Rule, Scope, ScopedQuerySet

from . import limits

RESULT_DAYS = 7
KEEP_DAYS = 90
BARREN_LIMIT = 5  # attempts in a row that died without finishing a single step


class TechnicalQuerySet(ScopedQuerySet):
    """Rows that a worker rewrites all the time and that have no history: plain updates are allowed."""

    update = models.QuerySet.update
    delete = models.QuerySet.delete
    bulk_create = models.QuerySet.bulk_create
    _raw_delete = models.QuerySet._raw_delete


class JobQuerySet(TechnicalQuerySet):
    def open(self):
        return self.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING))

    def takeable(self, now=None):
        """Waiting ones, and running ones whose worker gave no sign of life for the length of the lease."""
        now = now or timezone.now()
        return self.filter(Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now))


def _own(user, departments):
    return Q(user_id=user.pk)


class Job(models.Model):
    """One piece of work in the background. This row is the truth; the task in Django's queue only rings the bell.

    `attempt` is the fencing token: whoever takes the job over raises it, and a step of an older attempt cannot
    commit. `checkpoint` is written in the transaction of the work it stands for.
    """

    not_audited_because = "progress and lease change every second; the work itself leaves its own history"
    social_data = False
    field_permissions: dict[str, str] = {}

    class State(models.TextChoices):
        QUEUED = "queued", "wartet"
        RUNNING = "running", "läuft"
        DONE = "done", "fertig"
        FAILED = "failed", "nicht gelungen"
        CANCELLED = "cancelled", "abgebrochen"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="gestartet von", related_name="+"
    )
    kind = models.CharField("Art", max_length=80)
    title = models.CharField("Auftrag", max_length=200)
    params = models.JSONField("Angaben", default=dict, blank=True)
    state = models.CharField("Stand", max_length=10, choices=State, default=State.QUEUED)
    # Starting the same thing twice gives the same job; null for jobs that may be started as often as one likes.
    key = models.CharField("Schlüssel gegen doppelten Start", max_length=200, null=True, unique=True)

    done = models.PositiveIntegerField("erledigt", default=0)
    total = models.PositiveIntegerField("insgesamt", default=0)
    note = models.CharField("gerade", max_length=200, blank=True)
    error = models.CharField("Grund", max_length=500, blank=True)
    summary = models.CharField("Ergebnis", max_length=500, blank=True)
    url = models.CharField("führt zu", max_length=300, blank=True)

    checkpoint = models.JSONField("Zwischenstand", default=dict, blank=True)
    attempt = models.PositiveIntegerField("Anlauf", default=0)
    barren = models.PositiveIntegerField("Anläufe ohne Fortschritt", default=0)
    worker = models.CharField("Arbeiter", max_length=64, blank=True)
    lease_until = models.DateTimeField("gehalten bis", null=True)
    cancel_wanted = models.BooleanField("Abbruch gewünscht", default=False)
    task_id = models.CharField("Aufgabe", max_length=64, blank=True)

    result = models.CharField("Ablage des Ergebnisses", max_length=200, blank=True)
    result_name = models.CharField("Name der Datei", max_length=150, blank=True)
    result_until = models.DateTimeField("abrufbar bis", null=True)

    created_at = models.DateTimeField("gestartet am", default=timezone.now)
    started_at = models.DateTimeField("begonnen am", null=True)
    finished_at = models.DateTimeField("beendet am", null=True)

    scope = Scope(
        view=Rule(None, Custom(_own)),
        manage=Rule("system.manage", City()),
    )
    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "Auftrag"
        verbose_name_plural = "Aufträge"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="web_job_user"),
            models.Index(fields=["state", "-created_at", "-id"], name="web_job_state"),
            models.Index(fields=["-created_at", "-id"], name="web_job_created"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("web:job", args=[self.pk])

    @property
    def is_open(self):
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def percent(self):
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def result_ready(self):
        return bool(self.state == self.State.DONE and self.result and self.result_until > timezone.now())

    @property
    def result_gone(self):
        return bool(self.state == self.State.DONE and self.result_name and not self.result_ready)


class WorkerBeat(models.Model):
    """The sign of life of one worker process."""

    not_audited_because = "technical sign of life, no business data"

    id = models.CharField(max_length=64, primary_key=True)
    host = models.CharField("Rechner", max_length=100)
    pid = models.PositiveIntegerField("Prozess")
    started_at = models.DateTimeField("läuft seit", default=timezone.now)
    seen_at = models.DateTimeField("zuletzt gemeldet", default=timezone.now)
    stopped_at = models.DateTimeField("beendet", null=True)

    class Meta:
        verbose_name = "Arbeiter"
        verbose_name_plural = "Arbeiter"
        ordering = ["-seen_at"]

    def __str__(self):
        return f"{self.host}/{self.pid}"

    @property
    def alive(self):
        return self.stopped_at is None and self.seen_at > timezone.now() - limits.LEASE


class DueCommand(models.Model):
    """When a scheduled command is due next and how its last run ended (see schedule.py)."""

    not_audited_because = "technical timetable; the commands leave their own history"
    social_data = False
    field_permissions: dict[str, str] = {}

    name = models.CharField("Kennung", max_length=80, primary_key=True)
    next_at = models.DateTimeField("nächster Lauf")
    last_at = models.DateTimeField("letzter Lauf", null=True)
    job = models.ForeignKey(
        Job, models.SET_NULL, null=True, related_name="+", verbose_name="Auftrag des letzten Laufs"
    )

    scope = Scope(view=Rule("system.manage", City()), manage=Rule("system.manage", City()))
    objects = TechnicalQuerySet.as_manager()

    class Meta:
        verbose_name = "geplanter Befehl"
        verbose_name_plural = "geplante Befehle"
        ordering = ["name"]

    def __str__(self):
        return self.name


class OutgoingMailQuerySet(models.QuerySet):
    def due(self, now=None):
        now = now or timezone.now()
        return self.filter(sent_at=None, next_try__lte=now, tries__lt=OutgoingMail.MAX_TRIES)


class OutgoingMail(models.Model):
    """A mail that waits for the worker. `key` names the effect: asking for the same mail twice writes one row.

    Sent means: the mail server took it. See mails.py about the moment in between.
    """

    not_audited_because = "technical queue; text and address are erased after sending"

    MAX_TRIES = 8

    id = models.BigAutoField(primary_key=True)
    key = models.CharField("Anlass", max_length=200, unique=True)
    recipient = models.EmailField("an", blank=True)
    subject = models.CharField("Betreff", max_length=200, blank=True)
    body = models.TextField("Text", blank=True)
    html = models.TextField("Text als HTML", blank=True)
    secret = models.BooleanField("verschlüsselt abgelegt", default=False)
    created_at = models.DateTimeField("angelegt", default=timezone.now)
    next_try = models.DateTimeField("nächster Versuch", default=timezone.now)
    tries = models.PositiveIntegerField("Versuche", default=0)
    error = models.CharField("Grund", max_length=200, blank=True)
    sent_at = models.DateTimeField("gesendet", null=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = "ausgehende E-Mail"
        verbose_name_plural = "ausgehende E-Mails"
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["next_try"], condition=Q(sent_at=None), name="web_mail_due"),
            models.Index(F("created_at"), name="web_mail_created"),
        ]

    def __str__(self):
        return f"{self.key}: {'gesendet' if self.sent_at else 'wartet'}"
