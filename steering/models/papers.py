"""Council papers, the order of their consultations, and their finance tables. Field names follow OParl 1.1."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.models import AuditedModel
from soe.departments.models import Department
from soe.departments.scope import City, Custom, Rule, Scope, ScopedQuerySet, ViaParent
from soe.web import text

from .base import Outcome, Searchable
from .committees import Committee
from .scopes import public_papers


class CouncilPaper(Searchable, AuditedModel):
    """A paper (Vorlage) for the council or one of its committees, of our city or of another one."""

    body = models.CharField("Stadt", max_length=80, default="Stadt Herne")
    reference = models.CharField("Nummer", max_length=30)
    name = models.CharField("Betreff", max_length=300)
    paper_type = models.CharField("Art", max_length=80, blank=True)
    public = models.BooleanField("öffentlich", default=True)
    date = models.DateField("vom", null=True, blank=True)
    under_direction_of = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="council_papers",
        verbose_name="federführende Stelle",
    )
    lead = models.CharField("Federführend laut Vorlage", max_length=160, blank=True)
    originator_person = models.CharField("Verfasser", max_length=160, blank=True)
    text = models.TextField("Text", blank=True)
    resolution = models.TextField("Beschlussvorschlag", blank=True)
    decision = models.ForeignKey(
        "steering.Decision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="papers",
        verbose_name="aus dem Beschluss",
    )

    search_sources = ("reference", "name", "body")
    scope = Scope(
        view=Rule("steering.view", Custom(public_papers), City("council.manage"), City("steering.manage")),
        add=Rule("council.manage", City()),
        change=Rule("council.manage", City()),
    )
    objects = ScopedQuerySet.as_manager()
    history_children = ("consultations", "finance_rows")

    class Meta:
        verbose_name = "Vorlage"
        verbose_name_plural = "Vorlagen"
        ordering = ["-reference", "body"]
        indexes = [
            models.Index(fields=["-reference", "body"], name="steering_paper_reference"),
            models.Index(fields=["name"], name="steering_paper_name"),
        ]
        constraints = [models.UniqueConstraint(fields=["body", "reference"], name="steering_paper_once")]

    def __str__(self):
        return f"Vorlage {self.reference}"

    def get_absolute_url(self):
        return reverse("steering:paper_detail", args=[self.pk])

    def finance_warnings(self) -> list[str]:
        """Printed against computed, row by row and for each total. Warns, never blocks."""
        rows = list(self.finance_rows.all())
        notes = [row.warning for row in rows if row.warning]
        parts = [row for row in rows if not row.is_total]
        for total in (row for row in rows if row.is_total):
            for field, label in FinanceRow.COLUMNS:
                printed = getattr(total, field)
                values = [getattr(row, field) for row in parts]
                if printed is None or not values or None in values:
                    continue
                if (found := sum(values, Decimal(0))) != printed:
                    notes.append(
                        f"{label}: Die Zeilen ergeben {text.euro(found)}, gedruckt ist {text.euro(printed)} "
                        f"(Abweichung {text.euro(found - printed)})."
                    )
        return notes


class ConsultationQuerySet(ScopedQuerySet):
    def open(self):
        return self.filter(result="")


class Consultation(AuditedModel):
    """One station of a paper: which committee, when, in which role and with which result: two facts."""

    class Role(models.TextChoices):
        HEARING = "hearing", "Anhörung"
        PREPARATION = "preparation", "Vorberatung"
        DECISION = "decision", "Entscheidung"
        NOTE = "note", "Kenntnisnahme"

    paper = models.ForeignKey(
        CouncilPaper, models.PROTECT, related_name="consultations", verbose_name="Vorlage"
    )
    position = models.PositiveSmallIntegerField("Reihenfolge")
    organization = models.ForeignKey(
        Committee,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="consultations",
        verbose_name="Gremium",
    )
    organization_name = models.CharField("Gremium laut Vorlage", max_length=160)
    role = models.CharField("Rolle", max_length=12, choices=Role, blank=True)
    authoritative = models.BooleanField("federführend", default=False)
    date = models.DateField("Termin", null=True, blank=True)
    result = models.CharField("Ergebnis", max_length=10, choices=Outcome, blank=True)
    result_text = models.CharField("Ergebnis laut Vorlage", max_length=200, blank=True)

    scope = Scope(
        view=Rule("steering.view", ViaParent("paper", "view")),
        add=Rule("council.manage", City()),
        change=Rule("council.manage", City()),
    )
    objects = ConsultationQuerySet.as_manager()

    class Meta:
        verbose_name = "Beratung"
        verbose_name_plural = "Beratungsfolge"
        ordering = ["paper", "position"]
        indexes = [models.Index(fields=["date"], name="steering_consultation_date")]
        constraints = [
            models.UniqueConstraint(fields=["paper", "position"], name="steering_consultation_order")
        ]

    def __str__(self):
        return f"{self.position}. {self.organization_name}"

    @property
    def pending_label(self):
        """What stands in place of a result: still to come, or not told."""
        return "offen" if self.date is None or self.date >= timezone.localdate() else "nicht angegeben"

    def get_absolute_url(self):
        return self.paper.get_absolute_url()


class FinanceRow(AuditedModel):
    """One period of a finance table: income, expense, and the own share as it is printed."""

    COLUMNS = (("income", "Erträge"), ("expense", "Aufwendungen"), ("own_share_printed", "Eigenanteil"))

    paper = models.ForeignKey(
        CouncilPaper, models.PROTECT, related_name="finance_rows", verbose_name="Vorlage"
    )
    position = models.PositiveSmallIntegerField("Reihenfolge")
    period = models.CharField("Zeitraum", max_length=60)
    is_total = models.BooleanField("Summenzeile", default=False)
    income = models.DecimalField("Erträge", max_digits=14, decimal_places=2)
    expense = models.DecimalField("Aufwendungen", max_digits=14, decimal_places=2)
    own_share_printed = models.DecimalField(
        "Eigenanteil laut Vorlage", max_digits=14, decimal_places=2, null=True, blank=True
    )

    scope = Scope(
        view=Rule("steering.view", ViaParent("paper", "view")),
        add=Rule("council.manage", City()),
        change=Rule("council.manage", City()),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Finanzzeile"
        verbose_name_plural = "Finanztabelle"
        ordering = ["paper", "position"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "position"], name="steering_finance_order"),
            models.CheckConstraint(
                name="steering_finance_not_negative", condition=Q(income__gte=0) & Q(expense__gte=0)
            ),
        ]

    def __str__(self):
        return self.period

    def get_absolute_url(self):
        return self.paper.get_absolute_url()

    @property
    def own_share(self) -> Decimal:
        """Computed: expense minus income."""
        return self.expense - self.income

    @property
    def difference(self) -> Decimal | None:
        """Printed minus computed; None when nothing is printed."""
        return None if self.own_share_printed is None else self.own_share_printed - self.own_share

    @property
    def warning(self) -> str:
        if not self.difference:
            return ""
        return (
            f"{self.period}: Gedruckt ist {text.euro(self.own_share_printed)}, gerechnet {text.euro(self.own_share)} "
            f"(Abweichung {text.euro(self.difference)})."
        )
