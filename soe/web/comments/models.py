"""A comment on a record, and the wish to hear of its changes."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from uuid_utils.compat import uuid7

from soe.audit.context import acting_as
from soe.departments.models import Visibility
from soe.departments.scope import Rule, Scope, departments_granting

from ..targets import AboutQuerySet, AboutRecord, OfTarget

RESTORABLE_FOR = timedelta(days=30)
EDITABLE_FOR = timedelta(minutes=15)


class CommentReach(OfTarget):
    """Comments on records in reach, by the visibility of each: the rights of the record always stand first."""

    def __init__(self, action="view", *, social=True):
        super().__init__("comments", action)
        self.social = social

    def reachable(self, user):
        return [t for t in super().reachable(user) if self.social or not t.model.social_data]

    def part(self, user, target, allowed):
        rule = target.model.scope.rule(target.action("view"))
        departments = departments_granting(user, rule.permission)
        if target.acting is not None:
            acting = target.model._base_manager.filter(target.acting(departments))
        elif target.allows("change"):
            acting = target.rows(user, "change")
        else:
            acting = target.model._base_manager.none()
        visible = (
            Q(visibility=Visibility.OPEN)
            | Q(department__in=departments)
            | Q(visibility=Visibility.PARTICIPATING, target_id__in=acting.order_by().values("pk"))
        )
        return Q(target_id__in=allowed) & visible


class OwnReach(CommentReach):
    """Her own ones, as long as she reaches them: who lost the record has lost her comment on it."""

    def part(self, user, target, allowed):
        return super().part(user, target, allowed) & Q(author_id=user.pk)


class Comment(AboutRecord):
    """Plain text by one person in the name of her department. Removing it leaves a trace."""

    author = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", editable=False, verbose_name="von"
    )
    department = models.ForeignKey(
        "departments.Department", models.PROTECT, related_name="+", editable=False, verbose_name="Fachbereich"
    )
    text = models.TextField("Kommentar", max_length=4000, blank=True)
    visibility = models.CharField(
        "Sichtbarkeit", max_length=14, choices=Visibility, default=Visibility.INTERNAL
    )
    at = models.DateTimeField("geschrieben am", default=timezone.now, editable=False)
    edited_at = models.DateTimeField("geändert am", null=True, editable=False)
    removed_at = models.DateTimeField("entfernt am", null=True, editable=False)

    scope = Scope(
        view=Rule(None, CommentReach()),
        # Whoever reads the record may write to it; the form asks for the record's own rights.
        add=Rule(None, CommentReach()),
        change=Rule(None, OwnReach()),
        # The history page writes its read log per model: comments on social data have none, the record's has.
        history=Rule(None, CommentReach(social=False)),
    )
    objects = AboutQuerySet.as_manager()

    class Meta(AboutRecord.Meta):
        verbose_name = "Kommentar"
        verbose_name_plural = "Kommentare"
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["target_model", "target_id", "at"], name="web_comment_about")]
        constraints = [
            models.CheckConstraint(
                name="web_comment_has_text", condition=~Q(text="") | Q(removed_at__isnull=False)
            ),
        ]

    def __str__(self):
        return f"Kommentar vom {timezone.localtime(self.at):%d.%m.%Y}"

    def get_absolute_url(self):
        target = self.target
        return (
            f"{target.get_absolute_url()}#kommentar-{self.pk}" if target is not None else reverse("web:start")
        )

    @property
    def is_editable(self):
        return self.removed_at is None and timezone.now() - self.at < EDITABLE_FOR

    def check_reach(self, user):
        if not type(self).objects.restrict(user, "change").filter(pk=self.pk).exists():
            raise PermissionDenied

    def edit(self, *, by, text):
        with transaction.atomic(), acting_as(by):
            self.lock()
            self.check_reach(by)
            if not self.is_editable:
                raise ValidationError(
                    "Ein Kommentar lässt sich nur 15 Minuten lang ändern. Bitte schreiben Sie einen neuen."
                )
            self.text, self.edited_at = text, timezone.now()
            self.save(reason="Kommentar geändert")

    def remove(self, *, by):
        """The text goes from the page; that there was one, and the history, stay."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            self.check_reach(by)
            if self.removed_at is None:
                self.text, self.removed_at = "", timezone.now()
                self.save(reason="Kommentar entfernt")

    def restore(self, *, by):
        """Her own removed comment comes back as it read, out of the history; after an erasure there is nothing left."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            self.check_reach(by)
            if self.removed_at is None:
                raise ValidationError("Dieser Kommentar ist schon wieder da.")
            if self.removed_at < timezone.now() - RESTORABLE_FOR:
                raise ValidationError("Entfernte Kommentare lassen sich 30 Tage lang wiederherstellen.")
            before = self.history.exclude(text="").order_by("-history_date", "-history_id").first()
            if before is None:
                raise ValidationError("Der Text ist gelöscht. Er lässt sich nicht wiederherstellen.")
            self.text, self.removed_at = before.text, None
            self.save(reason="Kommentar wiederhergestellt")


class WatchQuerySet(models.QuerySet):
    def about(self, record):
        return self.filter(target_model=record._meta.label_lower, target_id=record.pk)


class Watch(models.Model):
    """Somebody wants to hear of changes. Opens nothing: each notice asks for the right again."""

    not_audited_because = "a bookmark of one person, no business data"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="watches", verbose_name="Person")
    target_model = models.CharField("Datenart", max_length=80)
    target_id = models.UUIDField("Datensatz")
    since = models.DateTimeField("seit", default=timezone.now)

    objects = WatchQuerySet.as_manager()

    class Meta:
        verbose_name = "beobachteter Datensatz"
        verbose_name_plural = "beobachtete Datensätze"
        ordering = ["-since", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "target_model", "target_id"], name="web_watch_once")
        ]
        indexes = [models.Index(fields=["target_model", "target_id"], name="web_watch_about")]

    def __str__(self):
        return f"{self.user}: {self.target_model}"
