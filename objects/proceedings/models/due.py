"""All deadlines in one table, derived from the records they stand in: one list, one index, one feed."""

import builtins

from django.db import models
from uuid_utils.compat import uuid7

from soe.departments.scope import NOTHING, Reach, Rule, Scope, ScopedQuerySet

DEPARTMENT = "departments.Department"


class OfSource(Reach):
    """Deadlines of one kind of record on which the reader may do `action`; the record's own rule decides."""

    def __init__(self, *labels, action="view", permission=None):
        super().__init__(permission)
        self.labels, self.action = labels, action

    def q(self, model, user, permission):
        from django.apps import apps

        codes, result = user.permission_codes(), NOTHING
        for label in self.labels:
            source = apps.get_model(label)
            needed = source.scope.rule(self.action).permissions
            if None in needed or needed & codes or getattr(source, "row_grants", ()):
                allowed = source.objects.restrict(user, self.action).order_by().values("pk")
                result |= models.Q(source_model=label, source_id__in=allowed)
        return result


PROCEEDING = ("objects.orderitem", "objects.enforcementstep", "objects.claim", "objects.order")


class DeadlineQuerySet(ScopedQuerySet):
    def overdue(self, today):
        return self.filter(due_on__lt=today)


class Deadline(models.Model):
    """One day by which something must happen. Rights are those of the record it comes from."""

    not_audited_because = (
        "derived from audited rows by objects.proceedings.due.sync(); holds nothing of its own"
    )
    social_data = False
    field_permissions: dict = {}

    class Kind(models.TextChoices):
        ITEM = "item", "Frist einer Verfügung"
        HEARING = "hearing", "Stellungnahme zur Anhörung"
        LAWSUIT = "lawsuit", "Ende der Klagefrist"
        MEASURE = "measure", "Maßnahme"
        ANSWER = "answer", "Antwort auf Beschwerde"
        PAYMENT = "payment", "Zahlung"
        REVIEW = "review", "Ziel überprüfen"
        REQUEST = "request", "Auskunftsersuchen"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField("Art", max_length=8, choices=Kind)
    source_model = models.CharField(max_length=80, editable=False)
    source_id = models.UUIDField(editable=False)
    source_version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField("geändert am")
    property = models.ForeignKey(
        "objects.Property", models.CASCADE, null=True, related_name="+", verbose_name="Objekt"
    )
    department = models.ForeignKey(DEPARTMENT, models.PROTECT, related_name="+", verbose_name="Fachbereich")
    responsible = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name="zuständig"
    )
    title = models.CharField("Frist", max_length=250)
    summary = models.CharField(max_length=120)  # without anything somebody typed: for calendars
    url = models.CharField(max_length=250)
    due_on = models.DateField("fällig")

    scope = Scope(
        view=Rule(
            "proceeding.view",
            OfSource(*PROCEEDING, "objects.measure", "objects.informationrequest"),
            OfSource("objects.complaint", permission="complaint.view"),
            OfSource("objects.goal", permission="register.view"),
        ),
        change=Rule(
            "proceeding.change",
            OfSource(*PROCEEDING, "objects.informationrequest", action="change"),
            OfSource("objects.measure", action="change", permission="measure.change"),
            OfSource("objects.complaint", action="change", permission="complaint.route"),
            OfSource("objects.goal", action="change", permission="register.view"),
        ),
    )
    objects = DeadlineQuerySet.as_manager()
    table = models.Manager()  # for sync() alone: no rights, no history

    class Meta:
        verbose_name = "Frist"
        verbose_name_plural = "Fristen"
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["due_on", "id"], name="objects_deadline_due"),
            models.Index(fields=["department", "due_on"], name="objects_deadline_dept"),
            models.Index(fields=["kind", "due_on"], name="objects_deadline_kind"),
            models.Index(fields=["property", "due_on"], name="objects_deadline_house"),
        ]
        constraints = [models.UniqueConstraint(fields=["kind", "source_id"], name="objects_deadline_once")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return self.url

    @builtins.property
    def source(self):
        """The record itself, loaded for all rows of one page at once; None when it is gone."""
        if not hasattr(self, "_source"):
            from django.apps import apps

            peers = [ref() for ref in getattr(self._state, "peers", ())] or [self]
            peers = [row for row in peers if row is not None] or [self]
            for label in {row.source_model for row in peers}:
                same = [row for row in peers if row.source_model == label]
                rows = apps.get_model(label).objects.fetch_mode(models.FETCH_PEERS)
                found = rows.in_bulk([row.source_id for row in same])
                for row in same:
                    row._source = found.get(row.source_id)
        return self._source
