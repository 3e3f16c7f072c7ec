"""The quarterly report: what is being prepared, its texts, and every released revision as it was frozen."""

from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from uuid_utils.compat import uuid7

from soe.audit.context import acting_as
from soe.audit.errors import IllegalTransition
from soe.audit.models import AuditedModel
from soe.departments.scope import NOTHING, City, Custom, Rule, Scope, ScopedQuerySet, ViaParent
from soe.web.figures import Quarter

from . import notices
from .districts.models import DistrictReport
from .population.models import PopulationFigure

__all__ = [
    "DistrictReport",
    "PopulationFigure",
    "QuarterlyReport",
    "ReportRevision",
    "SectionText",
    "TextSection",
]


class TextSection(models.TextChoices):
    """Sections that carry a text; the numbers are those of reference/peers-steering § 4.1."""

    GLANCE = "1", "Auf einen Blick"
    POPULATION = "2", "Bevölkerung"
    REGISTER = "3", "Kataster"
    INSPECTIONS = "4", "Objektkontrollen"
    COMPLAINTS = "5", "Beschwerden"
    OFFERS = "6", "Angebote"
    DECISIONS = "7", "Beschlüsse"
    FUNDING = "8", "Fördermittel"
    NEEDED = "9", "Entscheidungsbedarf"


def _released(user, departments):
    return Q(Exists(ReportRevision.objects.filter(report=OuterRef("pk")))) if departments else NOTHING


def _for_release(user, departments):
    return Q(state=QuarterlyReport.State.PRESENTED) if departments else NOTHING


class QuarterlyReportQuerySet(ScopedQuerySet):
    def for_quarter(self, quarter: Quarter):
        return self.filter(year=quarter.year, number=quarter.number)


class QuarterlyReport(AuditedModel):
    """The report of one quarter. In preparation it holds a draft; released revisions stand in ReportRevision."""

    class State(models.TextChoices):
        PREPARATION = "preparation", "in Arbeit"
        PRESENTED = "presented", "zur Freigabe vorgelegt"
        RELEASED = "released", "freigegeben"

    TRANSITIONS = {
        State.PREPARATION: {State.PRESENTED},
        State.PRESENTED: {State.PREPARATION, State.RELEASED},
        State.RELEASED: {State.PREPARATION},
    }

    year = models.PositiveSmallIntegerField("Jahr")
    number = models.PositiveSmallIntegerField("Quartal")
    state = models.CharField("Stand", max_length=12, choices=State, default=State.PREPARATION, editable=False)
    # Protected cells only (reports/cube.py): exact small numbers are never stored outside the registers.
    draft = models.JSONField("Entwurf", default=dict, editable=False)
    # For those who prepare: why a cell is hidden, what the checks found.
    notes = models.JSONField("Prüfergebnisse", default=dict, editable=False)
    computed_at = models.DateTimeField("Datenstand", null=True, editable=False)
    presented_at = models.DateTimeField("vorgelegt am", null=True, editable=False)
    presented_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="vorgelegt von",
    )
    correction_reason = models.CharField(
        "Grund der Berichtigung", max_length=1000, blank=True, editable=False
    )

    history_excluded = ("draft", "notes")  # derived from the data, computed anew at any time
    scope = Scope(
        view=Rule(
            "report.view",
            Custom(_released),
            City("report.prepare"),
            Custom(_for_release, "report.release"),
            Custom(_released, "report.release"),
        ),
        add=Rule("report.prepare", City()),
        change=Rule("report.prepare", City()),
        release=Rule("report.release", Custom(_for_release)),
    )
    objects = QuarterlyReportQuerySet.as_manager()

    class Meta:
        verbose_name = "Quartalsbericht"
        verbose_name_plural = "Quartalsberichte"
        ordering = ["-year", "-number"]
        indexes = [models.Index(fields=["state", "-year", "-number"], name="reports_report_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "number"],
                name="reports_report_once",
                violation_error_message="Für dieses Quartal gibt es schon einen Bericht.",
            ),
            models.CheckConstraint(
                name="reports_report_quarter", condition=Q(number__gte=1, number__lte=4, year__gte=2000)
            ),
            models.CheckConstraint(
                name="reports_report_presented",
                condition=Q(state="preparation") | Q(presented_by__isnull=False, presented_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"Quartalsbericht {self.quarter.label}"

    def get_absolute_url(self):
        return reverse("reports:report", args=[self.quarter.code])

    @property
    def quarter(self) -> Quarter:
        return Quarter(self.year, self.number)

    @property
    def code(self):
        return self.quarter.code

    def latest_revision(self):
        """The revision that counts, or None before the first release."""
        return self.revisions.order_by("-revision").first()

    def next_revision_number(self) -> int:
        latest = self.latest_revision()
        return latest.revision + 1 if latest else 1

    def open_sections(self):
        """Texts that are not marked as finished, in order."""
        return list(self.texts.exclude(state=SectionText.State.FINISHED).order_by("section"))

    # --- steps -------------------------------------------------------------------------------------------------------

    def store_draft(self, *, by, draft, notes, at, reason="Zahlen neu berechnet"):
        """Keep the computed draft. Only in preparation: what was presented is what will be released."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.state != self.State.PREPARATION:
                raise ValidationError(
                    f"Der Bericht ist {self.get_state_display()}. Neu berechnet wird nur ein Bericht in Arbeit."
                )
            self.draft, self.notes, self.computed_at = draft, notes, at
            self.save(reason=reason)

    def present(self, *, by, at=None, reason=""):
        """Hand the draft over for release; from here on its numbers and texts stand."""
        from .readiness import blocking

        with self._transition(
            self.State.PREPARATION, self.State.PRESENTED, by=by, reason=reason or "zur Freigabe vorgelegt"
        ):
            if problems := blocking(self):
                raise ValidationError([f"Noch nicht vorlegbar: {text}" for text in problems])
            self.presented_at, self.presented_by = at or timezone.now(), by
            notices.report_presented(self)

    def return_to_preparation(self, *, by, reason):
        """Back to work: asked by the one who releases, or withdrawn by those who prepare."""
        with self._transition(self.State.PRESENTED, self.State.PREPARATION, by=by, reason=reason):
            self.presented_at = self.presented_by = None

    def release(self, *, by, at=None, reason=""):
        """Freeze the presented draft as the next revision. Four eyes: never by the one who presented it."""
        from .freeze import freeze

        with self._transition(
            self.State.PRESENTED, self.State.RELEASED, by=by, reason=reason or "freigegeben"
        ):
            if self.presented_by_id == by.pk:
                raise ValidationError(
                    "Sie haben den Bericht selbst vorgelegt. Freigeben muss ihn jemand anderes.",
                    code="four_eyes",
                )
            revision = freeze(self, by=by, at=at or timezone.now())
            self.correction_reason = ""
        return revision

    def correct(self, *, by, reason):
        """Open the next revision; the released one stays as it is and counts until then."""
        with self._transition(self.State.RELEASED, self.State.PREPARATION, by=by, reason=reason):
            self.correction_reason = reason
            self.presented_at = self.presented_by = None
            for text in self.texts.all():
                text.reopen(reason=f"Berichtigung: {reason}")

    @contextmanager
    def _transition(self, source, target, *, by, reason):
        """Lock the row, check the table, let the caller set its fields, save once."""
        with transaction.atomic(), acting_as(by):
            self.lock()
            if self.state != source or target not in self.TRANSITIONS[source]:
                raise IllegalTransition(self.State(self.state), target)
            self.state = target
            yield
            self.save(reason=reason)


class SectionText(AuditedModel):
    """The text of one section: a draft until somebody says it is finished.

    Figures are named in braces ("{register.stock} Objekte"); the page, the PDF and the frozen report print the number.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Entwurf"
        FINISHED = "finished", "fertig"

    report = models.ForeignKey(
        QuarterlyReport, models.PROTECT, related_name="texts", verbose_name="Quartalsbericht"
    )
    section = models.CharField("Abschnitt", max_length=2, choices=TextSection)
    text = models.TextField("Text", blank=True, max_length=4000)
    state = models.CharField("Stand", max_length=10, choices=State, default=State.DRAFT, editable=False)

    scope = Scope(
        view=Rule("report.prepare", ViaParent("report", "view")),
        change=Rule("report.prepare", ViaParent("report", "change")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Abschnittstext"
        verbose_name_plural = "Abschnittstexte"
        ordering = ["report", "section"]
        constraints = [
            models.UniqueConstraint(fields=["report", "section"], name="reports_text_once"),
            models.CheckConstraint(
                name="reports_text_finished_not_empty", condition=Q(state="draft") | ~Q(text="")
            ),
        ]

    def __str__(self):
        return f"Text zu Abschnitt {self.section}, {self.get_section_display()}"

    def get_absolute_url(self):
        return f"{self.report.get_absolute_url()}#abschnitt-{self.section}"

    def write(self, text, *, finished, reason=""):
        """Save the text; an empty one cannot be finished. The caller has checked the version."""
        self._in_preparation()
        if finished and not text.strip():
            raise ValidationError(
                {"text": "Bitte schreiben Sie einen Satz, bevor Sie den Abschnitt abschließen."}
            )
        self.text = text
        self.state = self.State.FINISHED if finished else self.State.DRAFT
        self.save(reason=reason)

    def reopen(self, *, reason=""):
        self._in_preparation()
        if self.state == self.State.FINISHED:
            self.state = self.State.DRAFT
            self.save(reason=reason)

    def _in_preparation(self):
        # `correct()` reopens the texts while the report's own row is already locked and changed in memory.
        if self.report.state != QuarterlyReport.State.PREPARATION:
            raise ValidationError(
                f"Der Bericht ist {self.report.get_state_display()}. Texte ändern Sie, wenn er wieder in Arbeit ist."
            )


class ReportRevision(models.Model):
    """A released report: the cube as canonical JSON, byte by byte, and its checksum. Never changes.

    The text holds protected cells only, so nothing has to be erased from it when persons are erased elsewhere.
    """

    append_only = True
    social_data = False
    field_permissions: dict[str, str] = {}
    not_audited_because = "append-only by trigger; the release stands in the history of the report"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.ForeignKey(
        QuarterlyReport, models.PROTECT, related_name="revisions", verbose_name="Quartalsbericht"
    )
    revision = models.PositiveSmallIntegerField("Revision")
    released_at = models.DateTimeField("freigegeben am")
    released_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name="freigegeben von"
    )
    reason = models.CharField("Grund der Berichtigung", max_length=1000, blank=True)
    cube = models.TextField("Zahlen und Texte")
    sha256 = models.CharField("Prüfsumme", max_length=64)

    scope = Scope(
        view=Rule(
            "report.view",
            ViaParent("report", "view"),
            ViaParent("report", "view", "report.prepare"),
            ViaParent("report", "view", "report.release"),
        ),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Revision"
        verbose_name_plural = "Revisionen"
        ordering = ["-released_at", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["report", "revision"], name="reports_revision_once"),
            models.CheckConstraint(name="reports_revision_counts", condition=Q(revision__gte=1)),
            models.CheckConstraint(name="reports_revision_reason", condition=Q(revision=1) | ~Q(reason="")),
        ]

    def __str__(self):
        return f"{self.report}, Revision {self.revision}"

    def get_absolute_url(self):
        return reverse("reports:revision", args=[self.report.code, self.revision])
