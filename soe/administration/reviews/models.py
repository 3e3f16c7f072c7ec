"""Campaign → one sheet per department → one line per membership, as it stood when the campaign began."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from soe.audit import bulk
from soe.audit.context import acting_as
from soe.audit.models import AuditedModel
from soe.departments.granting import OWN, Escalation, check_end
from soe.departments.models import Department, Membership
from soe.departments.scope import City, OwnDepartment, Rule, Scope, ScopedQuerySet

USER = "accounts.User"


class RightsReview(AuditedModel):
    """One campaign: everybody's memberships are looked at once, until a day."""

    title = models.CharField("Titel", max_length=80, help_text="zum Beispiel Überprüfung der Rechte 2026")
    due_on = models.DateField("Abschluss bis")

    scope = Scope(
        view=Rule("admin.all", City(), City("audit.view")),
        add=Rule("admin.all", City()),
        change=Rule("admin.all", City()),
    )
    objects = ScopedQuerySet.as_manager()
    history_children = ("sheets",)

    class Meta:
        verbose_name = "Überprüfung der Rechte"
        verbose_name_plural = "Überprüfungen der Rechte"
        ordering = ["-due_on", "-created_at"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return f"{reverse('administration:review_list')}?review={self.pk}"

    @transaction.atomic
    def freeze(self):
        """Write down who works where today; later changes do not touch the list."""
        from ..notices import review_began

        rows = list(
            Membership.objects.current()
            .filter(department__in=Department.objects.active())
            .select_related("user", "role", "department", "deputy_for")
            .order_by("department__position", "user__last_name", "user__first_name")
        )
        sheets = {row.department_id: ReviewSheet(review=self, department=row.department) for row in rows}
        bulk.create(sheets.values(), reason=self.title)
        lines = [
            ReviewLine(
                sheet=sheets[row.department_id],
                membership=row,
                user_name=str(row.user),
                role_name=str(row.role),
                valid_from=row.valid_from,
                valid_until=row.valid_until,
                deputy_for=str(row.deputy_for or ""),
            )
            for row in rows
        ]
        bulk.create(lines, reason=self.title)
        review_began(sheets.values())
        return len(sheets)


class ReviewSheet(AuditedModel):
    """The list of one department, until it is signed."""

    review = models.ForeignKey(
        RightsReview, models.PROTECT, related_name="sheets", verbose_name="Überprüfung"
    )
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="review_sheets", verbose_name="Fachbereich oder Träger"
    )
    signed_at = models.DateTimeField("unterschrieben am", null=True, editable=False)
    signed_by = models.ForeignKey(
        USER, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="unterschrieben von"
    )
    statement = models.CharField("Erklärung", max_length=500, blank=True, editable=False)

    scope = Scope(
        view=Rule("admin.members", OwnDepartment("department"), City("admin.all"), City("audit.view")),
        change=Rule("admin.members", OwnDepartment("department"), City("admin.all")),
    )
    objects = ScopedQuerySet.as_manager()
    history_children = ("lines",)

    class Meta:
        verbose_name = "Prüfliste"
        verbose_name_plural = "Prüflisten"
        ordering = ["department__position", "department__name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "department"], name="administration_sheet_once"),
            models.CheckConstraint(
                name="administration_sheet_signed_by_somebody",
                condition=Q(signed_at=None, signed_by=None)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.review}: {self.department}"

    def get_absolute_url(self):
        return reverse("administration:review_sheet", args=[self.pk])

    def check_open(self):
        if self.signed_at is not None:
            raise ValidationError("Diese Liste ist unterschrieben und kann nicht mehr geändert werden.")

    def sign(self, *, by, statement):
        """Close the list; every line needs its decision first."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            self.check_open()
            if left := self.lines.filter(decision=ReviewLine.Decision.OPEN).count():
                raise ValidationError(
                    f"{left} {'Zeile ist' if left == 1 else 'Zeilen sind'} noch nicht entschieden."
                )
            self.signed_at, self.signed_by, self.statement = timezone.now(), by, statement
            self.save(reason=statement)


class ReviewLine(AuditedModel):
    """One membership as it was, and what was decided about it."""

    class Decision(models.TextChoices):
        OPEN = "open", "offen"
        CONFIRMED = "confirmed", "bestätigt"
        ENDED = "ended", "beendet"

    sheet = models.ForeignKey(ReviewSheet, models.PROTECT, related_name="lines", verbose_name="Prüfliste")
    membership = models.ForeignKey(
        Membership, models.PROTECT, related_name="review_lines", verbose_name="Zugehörigkeit"
    )
    user_name = models.CharField("Person", max_length=200)
    role_name = models.CharField("Rolle", max_length=80)
    valid_from = models.DateField("gilt ab")
    valid_until = models.DateField("gilt bis", null=True)
    deputy_for = models.CharField("vertritt", max_length=200, blank=True)
    decision = models.CharField("Entscheidung", max_length=10, choices=Decision, default=Decision.OPEN)
    decided_by = models.ForeignKey(
        USER, models.PROTECT, null=True, related_name="+", verbose_name="entschieden von"
    )
    decided_at = models.DateTimeField("entschieden am", null=True)

    scope = Scope(
        view=Rule("admin.members", OwnDepartment("sheet__department"), City("admin.all"), City("audit.view")),
        change=Rule("admin.members", OwnDepartment("sheet__department"), City("admin.all")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Zeile einer Prüfliste"
        verbose_name_plural = "Zeilen der Prüflisten"
        ordering = ["user_name", "role_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "membership"], name="administration_line_once"),
            models.CheckConstraint(
                name="administration_line_decided_by_somebody",
                condition=Q(decision="open", decided_by=None)
                | ~Q(decision="open") & Q(decided_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.user_name}: {self.role_name}"

    def decide(self, decision, *, by):
        """Confirm or end; nobody decides about herself, and ending ends the membership at once."""
        decision = self.Decision(decision)
        with transaction.atomic(), acting_as(by):
            self.sheet.lock()
            self.sheet.check_open()
            self.lock()
            if self.membership.user_id == by.pk:
                raise Escalation(OWN)
            if self.decision == self.Decision.ENDED:
                raise ValidationError("Die Zugehörigkeit ist schon beendet.")
            if decision == self.Decision.ENDED:
                check_end(by, self.membership)
                self.membership.end(reason=str(self.sheet.review))
            self.decision, self.decided_by, self.decided_at = decision, by, timezone.now()
            self.save(reason=self.get_decision_display())
