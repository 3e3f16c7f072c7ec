"""A photo or document on a record. The row says what and whose; the content lies in private storage."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from soe.departments.models import Visibility
from soe.departments.scope import Rule, Scope, departments_granting

from ..targets import AboutQuerySet, AboutRecord, OfTarget, target_for
from .kinds import KINDS
from .storing import private_storage

KEPT_DAYS = 30  # a removed file can be taken back, then its content is erased


class FileReach(OfTarget):
    """Files on records the reader may do `action` on, by the visibility of each file. `removed`: only those that were
    taken off; `own`: only files of the reader's own department; `social`: False leaves out files on social data."""

    def __init__(self, action="view", *, own=False, removed=False, social=True):
        super().__init__("files", action)
        self.own, self.removed, self.social = own, removed, social

    def reachable(self, user):
        return [target for target in super().reachable(user) if self.social or not target.model.social_data]

    def part(self, user, target, allowed):
        rule = target.model.scope.rule(target.action(self.action))
        mine = Q(department__in=departments_granting(user, rule.permission))
        if self.own:
            visible = mine
        elif target.model.social_data:
            visible = Q()  # who may see the record as a whole sees its files
        else:
            visible = mine | Q(visibility=Visibility.OPEN) | self._taking_part(user, target, rule)
        return Q(target_id__in=allowed, removed_at__isnull=not self.removed, erased_at=None) & visible

    def _taking_part(self, user, target, rule):
        """Files for those who act on the record: as the model says, else whoever may change it."""
        if target.acting is not None:
            departments = departments_granting(user, rule.permission)
            rows = target.model._base_manager.filter(target.acting(departments))
        else:
            rows = target.rows(user, "change") if target.allows("change") else target.model.objects.none()
        return Q(visibility=Visibility.PARTICIPATING, target_id__in=rows.order_by().values("pk"))


class AttachmentQuerySet(AboutQuerySet):
    def current(self):
        return self.filter(removed_at=None, erased_at=None)

    def photos(self):
        return self.filter(kind__in=[kind.code for kind in KINDS.values() if kind.is_image])

    def to_erase(self, now=None):
        """Taken off longer ago than files are kept."""
        now = now or timezone.now()
        return self.filter(erased_at=None, removed_at__lt=now - timedelta(days=KEPT_DAYS))


class Attachment(AboutRecord):
    """One file on a record. Never deleted as a row: taken off, kept for 30 days, then its content is erased."""

    file = models.FileField("Datei", storage=private_storage, max_length=100, editable=False, blank=True)
    preview = models.FileField(
        "Vorschaubild", storage=private_storage, max_length=100, editable=False, blank=True
    )
    name = models.CharField("Dateiname", max_length=120, editable=False)
    kind = models.CharField(
        "Art", max_length=8, choices=[(kind.code, kind.label) for kind in KINDS.values()], editable=False
    )
    size = models.PositiveBigIntegerField("Größe in Byte", editable=False)
    width = models.PositiveIntegerField("Breite", null=True, editable=False)
    height = models.PositiveIntegerField("Höhe", null=True, editable=False)
    sha256 = models.CharField("Prüfsumme (SHA-256)", max_length=64, editable=False)
    received_sha256 = models.CharField("Prüfsumme der eingereichten Datei", max_length=64, editable=False)
    caption = models.CharField("Beschriftung", max_length=200, blank=True)
    alt = models.CharField(
        "Bildbeschreibung",
        max_length=300,
        blank=True,
        help_text="Was zu sehen ist, für alle, die das Bild nicht sehen. Leer: die Beschriftung gilt.",
    )
    on = models.DateField("Stand vom", default=timezone.localdate)
    taken_at = models.DateTimeField("aufgenommen", null=True, editable=False)
    latitude = models.FloatField("Breitengrad", null=True, editable=False)
    longitude = models.FloatField("Längengrad", null=True, editable=False)
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, related_name="+", verbose_name="Fachbereich"
    )
    visibility = models.CharField("Sichtbarkeit", max_length=14, choices=Visibility)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name="hinzugefügt von",
        editable=False,
    )
    removed_at = models.DateTimeField("entfernt am", null=True, editable=False)
    erased_at = models.DateTimeField("Inhalt gelöscht am", null=True, editable=False)

    scope = Scope(
        view=Rule(None, FileReach("view")),
        change=Rule(None, FileReach("change", own=True)),
        restore=Rule(None, FileReach("change", own=True, removed=True)),
        history=Rule(None, FileReach("view", social=False)),
    )
    objects = AttachmentQuerySet.as_manager()

    class Meta(AboutRecord.Meta):
        verbose_name = "Datei"
        verbose_name_plural = "Dateien"
        ordering = ["-on", "-created_at", "-id"]
        indexes = [
            *AboutRecord.Meta.indexes,
            models.Index(fields=["removed_at"], name="web_attachment_removed"),
            models.Index(fields=["file"], name="web_attachment_file"),
        ]
        constraints = [
            models.CheckConstraint(
                name="web_attachment_has_content",
                condition=(Q(erased_at=None) & ~Q(file="")) | Q(erased_at__isnull=False, file="", preview=""),
            ),
            models.CheckConstraint(
                name="web_attachment_removed_first",
                condition=Q(erased_at=None) | Q(removed_at__isnull=False),
            ),
        ]

    def __str__(self):
        return self.caption or self.name

    def get_absolute_url(self):
        return reverse("web:file", args=[self.pk])

    @property
    def is_image(self):
        return KINDS[self.kind].is_image

    @property
    def content_type(self):
        return KINDS[self.kind].content_type

    @property
    def described(self):
        """Alternative text of the picture."""
        return self.alt or self.caption or f"Foto vom {self.on:%d.%m.%Y} ohne Beschreibung"

    @property
    def is_social(self):
        target = target_for(self.target_model)
        return target is not None and target.model.social_data

    @property
    def size_words(self):
        """„1,4 MB“"""
        if self.size < 1024 * 1024:
            return f"{max(round(self.size / 1024), 1)} KB"
        return f"{self.size / 1024 / 1024:.1f} MB".replace(".", ",")

    @property
    def erased_on(self):
        """The day on which the content of a removed file goes."""
        return self.removed_at + timedelta(days=KEPT_DAYS) if self.removed_at else None
