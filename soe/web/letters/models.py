"""Templates of letters, and letters: text with its recipient, whose content is fixed once it was sent."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.scope import (
    City,
    Everyone,
    OwnDepartment,
    Rule,
    Scope,
    ScopedQuerySet,
    departments_granting,
)

from ..targets import AboutQuerySet, AboutRecord, OfTarget, _only
from . import sources
from .placeholders import check

LINES = 6  # of the address field
ONCE = "Eine Vorlage mit diesem Namen gibt es schon."


class LetterTemplate(AuditedModel):
    """A letter people start from, for one kind of record; of one department or of the whole city."""

    name = models.CharField("Name", max_length=80)
    kind = models.CharField("für", max_length=80)
    department = models.ForeignKey(
        "departments.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Fachbereich",
        help_text="Leer: für die ganze Stadt.",
    )
    subject = models.CharField("Betreff", max_length=200)
    body = models.TextField("Text", max_length=10_000)
    active = models.BooleanField("wird angeboten", default=True)

    scope = Scope(
        view=Rule(None, Everyone()),
        add=Rule("admin.departments", City(), OwnDepartment("department", "admin.members")),
        change=Rule("admin.departments", City(), OwnDepartment("department", "admin.members")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Briefvorlage"
        verbose_name_plural = "Briefvorlagen"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name", "department"],
                name="web_letter_template_once",
                violation_error_message=ONCE,
            ),
            models.UniqueConstraint(
                fields=["kind", "name"],
                condition=Q(department=None),
                name="web_letter_template_city",
                violation_error_message=ONCE,
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("web:letter_template", args=[self.pk])

    @property
    def kind_label(self):
        source = sources.source_for(self.kind)
        return source.label if source else self.kind

    def clean(self):
        allowed = sources.allowed(self.kind)
        errors = {}
        for name in ("subject", "body"):
            try:
                check(getattr(self, name), allowed)
            except ValidationError as error:
                errors[name] = error
        if errors:
            raise ValidationError(errors)

    def save(self, **kwargs):
        self.clean()
        super().save(**kwargs)


class LetterReach(OfTarget):
    """Letters of the reader's own department on records she may do `action` on."""

    def __init__(self, action="view"):
        super().__init__("letters", action)

    def reachable(self, user):
        only = _only.get()
        if only is not None:
            target = sources.target_of(only)
            return [target] if target is not None else []
        codes = user.permission_codes()
        return [target for target in sources.targets() if self._possible(target, codes)]

    def part(self, user, target, allowed):
        permission = target.model.scope.rule(target.action(self.action)).permission
        mine = Q(department__in=departments_granting(user, permission), target_id__in=allowed)
        return mine if self.action == "view" else mine & Q(sent_on=None)


class Letter(AboutRecord):
    """A letter on a record. Who writes it sees the text as it goes out; after sending it does not change."""

    class Channel(models.TextChoices):
        POST = "post", "Post"
        SERVICE = "service", "Zustellung mit Urkunde"
        EMAIL = "email", "E-Mail"
        HANDED = "handed", "persönlich übergeben"
        FAX = "fax", "Fax"

    template = models.ForeignKey(
        LetterTemplate, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="Vorlage"
    )
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, related_name="+", verbose_name="Fachbereich", editable=False
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name="geschrieben von",
        editable=False,
    )
    reference = models.CharField("Unser Zeichen", max_length=60, blank=True)
    your_sign = models.CharField("Ihr Zeichen", max_length=60, blank=True)
    on = models.DateField("Datum", default=timezone.localdate)
    recipient = models.TextField(
        "Anschrift", max_length=300, help_text=f"Höchstens {LINES} Zeilen, wie sie im Fenster stehen sollen."
    )
    subject = models.CharField("Betreff", max_length=200)
    body = models.TextField("Text", max_length=20_000)
    sent_on = models.DateField("versandt am", null=True, editable=False)
    channel = models.CharField("Versandweg", max_length=8, choices=Channel, blank=True, editable=False)

    scope = Scope(view=Rule(None, LetterReach("view")), change=Rule(None, LetterReach("change")))
    objects = AboutQuerySet.as_manager()

    class Meta(AboutRecord.Meta):
        verbose_name = "Brief"
        verbose_name_plural = "Briefe"
        ordering = ["-on", "-created_at"]
        constraints = [
            models.CheckConstraint(
                name="web_letter_sent_somehow",
                condition=Q(sent_on=None, channel="") | (Q(sent_on__isnull=False) & ~Q(channel="")),
            )
        ]

    def __str__(self):
        return self.subject

    def get_absolute_url(self):
        return reverse("web:letter", args=[self.pk])

    def clean(self):
        lines = self.address_lines
        if len(lines) > LINES:
            raise ValidationError({"recipient": f"Im Fenster haben {LINES} Zeilen Platz."})
        if any(len(line) > 45 for line in lines):
            raise ValidationError(
                {"recipient": "Eine Zeile ist länger als 45 Zeichen und passt nicht ins Fenster."}
            )

    @property
    def address_lines(self):
        return [line.strip() for line in self.recipient.splitlines() if line.strip()]

    @transaction.atomic
    def send(self, *, by, on, channel):
        """Note when and how the letter left the house; from then on it stays as it is."""
        with acting_as(by):
            self.lock()
            if self.sent_on:
                raise ValidationError("Der Versand dieses Briefs ist schon vermerkt.")
            if on > timezone.localdate():
                raise ValidationError({"on": "Der Versand kann nicht in der Zukunft liegen."})
            self.sent_on, self.channel = on, channel
            self.save(reason="Versand vermerkt")
            source = sources.source_for(self.target_model)
            if source and source.sent and self.target is not None:
                source.sent(self, by)
