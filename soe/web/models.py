"""One-time form tokens: a POST that arrives twice acts once."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from .access.models import AccessKey
from .bulk.models import BulkRow, BulkRun
from .calendars.models import CalendarFeed
from .comments.models import Comment, Watch
from .drafts.models import Draft
from .files.models import Attachment
from .guidance.models import PageHelp
from .imports.models import Import, ImportRow
from .jobs.models import DueCommand, Job, OutgoingMail, WorkerBeat
from .letters.models import Letter, LetterTemplate
from .notices.models import Digest, Notice
from .saved.models import SavedView

__all__ = [
    "AccessKey",
    "Attachment",
    "BulkRow",
    "BulkRun",
    "CalendarFeed",
    "Comment",
    "Digest",
    "Draft",
    "DueCommand",
    "Import",
    "ImportRow",
    "Job",
    "Letter",
    "LetterTemplate",
    "Notice",
    "OutgoingMail",
    "PageHelp",
    "SavedView",
    "SubmittedForm",
    "Watch",
    "WorkerBeat",
]


class SubmittedFormQuerySet(models.QuerySet):
    def expired(self, now=None):
        """Older than a week: nobody retries such a form any more (removed by `retention`)."""
        return self.filter(at__lt=(now or timezone.now()) - timedelta(days=7))


class SubmittedForm(models.Model):
    """A form that was carried out, and where its answer led. Written in the transaction of the change itself."""

    not_audited_because = "one-time form tokens, no business data"

    id = models.BigAutoField(primary_key=True)
    token = models.UUIDField("Kennung")
    user_id = models.UUIDField("Konto")
    # The same token on another page is another form: nothing typed there may be swallowed.
    path = models.CharField("Adresse des Formulars", max_length=300, default="")
    location = models.CharField("führte zu", max_length=500)
    at = models.DateTimeField("wann", default=timezone.now)

    objects = SubmittedFormQuerySet.as_manager()

    class Meta:
        verbose_name = "abgesendetes Formular"
        verbose_name_plural = "abgesendete Formulare"
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["user_id", "token", "path"], name="web_form_once")]
        indexes = [models.Index(fields=["at"], name="web_form_at")]

    def __str__(self):
        return f"{self.token} → {self.location}"
