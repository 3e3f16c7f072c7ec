"""Proceedings: who acts at a property, under which law. Others see a stub with a fixed set of fields."""

import builtins
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from objects.register.models.summary import SummarisedModel
from objects.register.reach import Acting, Visible
from soe.audit.context import acting_as
from soe.audit.errors import IllegalTransition
from soe.departments.grants import RowGrant
from soe.departments.models import Visibility
from soe.departments.scope import OwnDepartment, Rule, Scope, ScopedQuerySet, departments_granting
from soe.web.folding import norm

DEPARTMENT = "departments.Department"
OPEN, CLOSED = "laufend", "abgeschlossen"


@dataclass(frozen=True)
class ProceedingStub:
    """All that others learn about a proceeding or measure they may not read. A test pins this set of fields."""

    id: object
    property_id: object
    department: str
    kind: str
    status: str
    opened_on: date | None
    closed_on: date | None

    @builtins.property
    def request_url(self):
        """Where the department can be asked."""
        from django.urls import reverse

        name = "request_create" if self.kind == "Verfahren" else "measure_request_create"
        return reverse(f"objects:{name}", args=[self.id])

    # The columns it is built from; nothing else is ever read from the database.
    COLUMNS = ("id", "property_id", "department__short_name")


class ProceedingQuerySet(ScopedQuerySet):
    def open(self):
        return self.filter(closed_on=None)

    def closed(self):
        return self.exclude(closed_on=None)

    def hidden_from(self, user):
        """Those in the reader's register that she may not read; what she gets is a stub."""
        if not departments_granting(user, "proceeding.view"):
            return self.none()
        # Open ones are read by everyone who comes this far: leaving them out on both sides keeps the anti-join small.
        rows = self.exclude(visibility=Visibility.OPEN)
        readable = rows.restrict(user, "view")
        return rows.exclude(pk__in=readable.order_by().values("pk"))

    def stubs_for(self, user, limit=None) -> list[ProceedingStub]:
        return self.hidden_from(user).as_stubs(limit)

    def as_stubs(self, limit=None) -> list[ProceedingStub]:
        rows = self.values_list(*ProceedingStub.COLUMNS, "opened_on", "closed_on")
        return [
            ProceedingStub(pk, prop, name, "Verfahren", CLOSED if closed else OPEN, opened, closed)
            for pk, prop, name, opened, closed in rows[:limit]
        ]


class Proceeding(SummarisedModel):
    """One department's proceeding at a property, under one law."""

    class Kind(models.TextChoices):
        GENERAL = "general", "allgemeines Verfahren"
        UNFIT = "unfit", "Erklärung zur Unbewohnbarkeit (§ 9 WohnStG NRW)"

    class Closing(models.TextChoices):
        FULFILLED = "fulfilled", "Anordnung erfüllt"
        VOLUNTARY = "voluntary", "Mangel ohne Anordnung behoben"
        ENFORCED = "enforced", "durch Vollstreckung durchgesetzt"
        REVOKED = "revoked", "Anordnung aufgehoben"
        COURT = "court", "durch Gericht beendet"
        UNFOUNDED = "unfounded", "kein Verstoß festgestellt"
        HANDED_OVER = "handed_over", "an andere Stelle abgegeben"

    property = models.ForeignKey(
        "objects.Property", models.PROTECT, related_name="proceedings", verbose_name="Objekt"
    )
    department = models.ForeignKey(
        DEPARTMENT, models.PROTECT, related_name="proceedings", verbose_name="führt"
    )
    subject = models.CharField("Gegenstand", max_length=200)
    legal_basis = models.ForeignKey(
        "objects.LegalBasis",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proceedings",
        verbose_name="Rechtsgrundlage",
    )
    file_number = models.CharField("Aktenzeichen", max_length=60)
    visibility = models.CharField(
        "Sichtbarkeit", max_length=14, choices=Visibility, default=Visibility.INTERNAL
    )
    opened_on = models.DateField("eröffnet am", default=timezone.localdate)
    closed_on = models.DateField("abgeschlossen am", null=True, blank=True, editable=False)
    closing = models.CharField("Ergebnis", max_length=12, choices=Closing, blank=True, editable=False)
    kind = models.CharField("Art", max_length=8, choices=Kind, default=Kind.GENERAL)
    responsible = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="bearbeitet von",
    )
    danger_because = models.CharField(
        "unmittelbare Gefahr, weil",
        max_length=300,
        blank=True,
        help_text="nur bei Unbewohnbarkeit: Ersatzwohnraum muss dann nicht zuerst da sein (§ 9 Abs. 4 WohnStG)",
    )
    note = models.TextField("Notiz", max_length=4000, blank=True)
    search = models.CharField(max_length=300, editable=False, default="")

    scope = Scope(
        view=Rule("proceeding.view", Visible("property")),
        add=Rule("proceeding.change", Acting("property")),
        change=Rule("proceeding.change", OwnDepartment("department")),
    )
    row_grants = ("objects.ProceedingUserGrant", "objects.ProceedingDepartmentGrant")
    history_excluded = ("search",)
    history_children = ("orders", "steps", "rehousings", "claims", "complaint_references")
    objects = ProceedingQuerySet.as_manager()

    class Meta:
        verbose_name = "Verfahren"
        verbose_name_plural = "Verfahren"
        ordering = ["-opened_on", "-id"]
        indexes = [
            models.Index(fields=["-opened_on", "-id"], name="objects_proc_opened"),
            models.Index(fields=["department", "closed_on"], name="objects_proc_department"),
            models.Index(fields=["property", "closed_on"], name="objects_proc_property"),
            models.Index(fields=["closed_on"], name="objects_proc_closed"),
            models.Index(fields=["file_number"], name="objects_proc_file"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "file_number"],
                name="objects_file_number_once",
                violation_error_message="Dieses Aktenzeichen gibt es in Ihrem Fachbereich schon.",
            ),
            models.CheckConstraint(
                name="proceeding_closed_with_reason",
                condition=Q(closed_on=None, closing="") | (Q(closed_on__isnull=False) & ~Q(closing="")),
            ),
            models.CheckConstraint(
                name="proceeding_closed_after_opening",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                violation_error_message="Der Abschluss liegt vor der Eröffnung.",
            ),
        ]

    def __str__(self):
        return f"{self.file_number}: {self.subject}"

    def save(self, **kwargs):
        self.search = norm(f"{self.file_number} {self.subject}")[:300]
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search"}
        super().save(**kwargs)

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("objects:proceeding_detail", args=[self.pk])

    @builtins.property
    def is_open(self):
        return self.closed_on is None

    @builtins.property
    def is_unfit(self):
        return self.kind == self.Kind.UNFIT

    @builtins.property
    def status(self):
        return OPEN if self.is_open else CLOSED

    def check_open(self):
        if not self.is_open:
            raise IllegalTransition(CLOSED, OPEN)

    def assign(self, *, by, to, reason="zugewiesen"):
        with transaction.atomic(), acting_as(by):
            self.lock()
            self.responsible = to
            self.save(reason=reason)

    def close(self, *, by, closing, on, reason=""):
        """End the proceeding with a typed reason; open items must be settled first."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if not self.is_open:
                raise IllegalTransition(CLOSED, CLOSED)
            if on > timezone.localdate():
                raise ValidationError({"on": "Der Abschluss kann nicht in der Zukunft liegen."})
            if on < self.opened_on:
                raise ValidationError({"on": "Der Abschluss liegt vor der Eröffnung."})
            from .orders import OrderItem

            left = OrderItem.objects.filter(order__proceeding=self, state=OrderItem.State.OPEN).count()
            if left and closing not in {self.Closing.REVOKED, self.Closing.COURT, self.Closing.HANDED_OVER}:
                raise ValidationError(
                    f"{left} Punkte der Verfügung sind noch offen. Bitte halten Sie fest, ob sie erfüllt oder "
                    "durchgesetzt sind, oder wählen Sie „Anordnung aufgehoben“."
                )
            self.closed_on, self.closing = on, closing
            self.save(reason=reason or self.Closing(closing).label)

    def reopen(self, *, by, reason):
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.is_open:
                raise IllegalTransition(OPEN, OPEN)
            self.closed_on, self.closing = None, ""
            self.save(reason=reason)


class ProceedingUserGrant(RowGrant, UserObjectPermissionBase):
    """A proceeding shown to one person by exception."""

    content_object = models.ForeignKey(Proceeding, models.PROTECT, related_name="user_grants")
    user = models.ForeignKey("accounts.User", models.PROTECT)  # guardian's own field would cascade

    class Meta(RowGrant.Meta, UserObjectPermissionBase.Meta):
        abstract = False
        verbose_name = "Freigabe eines Verfahrens für eine Person"
        verbose_name_plural = "Freigaben von Verfahren für Personen"


class ProceedingDepartmentGrant(RowGrant, GroupObjectPermissionBase):
    """A proceeding shown to one department by exception, e.g. after an accepted request for information."""

    content_object = models.ForeignKey(Proceeding, models.PROTECT, related_name="department_grants")
    group = models.ForeignKey("auth.Group", models.PROTECT)

    class Meta(RowGrant.Meta, GroupObjectPermissionBase.Meta):
        abstract = False
        verbose_name = "Freigabe eines Verfahrens für einen Fachbereich"
        verbose_name_plural = "Freigaben von Verfahren für Fachbereiche"
