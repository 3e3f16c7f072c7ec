"""Creating and computing reports: what the pages, the command and the demo call."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from soe.audit.context import acting_as
from soe.web.figures import Quarter

from . import cube as cubes
from . import texts
from .models import QuarterlyReport, SectionText, TextSection


@dataclass(frozen=True)
class Built:
    """What `build_report` did."""

    report: QuarterlyReport
    created: bool
    changed: bool
    figures: int
    tables: int
    hidden: int


@transaction.atomic
def open_report(quarter: Quarter, *, by) -> tuple[QuarterlyReport, bool]:
    """The report of the quarter, with a text for each section; created when there is none."""
    with acting_as(by):
        report = QuarterlyReport.objects.for_quarter(quarter).first()
        created = report is None
        if created:
            report = QuarterlyReport(year=quarter.year, number=quarter.number)
            report.save(reason="Bericht angelegt")
        there = set(report.texts.values_list("section", flat=True))
        for section in TextSection.values:
            if section not in there:
                SectionText(report=report, section=section).save(reason="Bericht angelegt")
        return report, created


@transaction.atomic
def build_report(quarter: Quarter, *, by, at: datetime | None = None) -> Built:
    """Compute the draft of `quarter`. Repeating it without new data changes nothing. Raises ValidationError when the
    report is presented or released."""
    at = at or timezone.now()
    report, created = open_report(quarter, by=by)
    draft, notes = cubes.build(quarter, now=at)
    # A quarter that was still running is computed again even if no number moved: its Stand is what counts.
    early = bool(report.computed_at) and timezone.localdate(report.computed_at) <= quarter.end
    changed = early or _without_time(draft) != _without_time(report.draft) or notes != report.notes
    if changed:
        report.store_draft(by=by, draft=draft, notes=notes, at=at)
        _suggest_texts(report, by)
    figures = sum(len(s["figures"]) for s in draft["sections"])
    tables = sum(len(s["tables"]) + len(s["rows"]) for s in draft["sections"])
    return Built(report, created, changed, figures, tables, draft["disclosure"]["hidden"])


def _suggest_texts(report, by):
    """Empty texts get a first sentence with the figures of their section."""
    empty = {row.section: row for row in report.texts.filter(text="")}
    with acting_as(by):
        for section in report.draft["sections"]:
            row = empty.get(section["number"])
            if row is not None and (text := texts.suggestion(section)):
                row.text = text
                row.save(reason="Vorschlag aus den Zahlen")


def _without_time(draft):
    return {key: value for key, value in draft.items() if key != "computed_at"}
