"""What reports hang into the shared pages."""

from django.urls import reverse

from soe.web.registry import Hit, Task, inbox, navigation, search
from soe.web.text import day

PERMISSIONS = ("report.view", "report.prepare", "report.release")


def register():
    from soe.web.imports import spec as imports

    from .districts import building  # noqa: F401  (registers its job)
    from .population.spec import PopulationImport

    navigation.add(
        group="Steuerung",
        label="Berichte",
        url_name="reports:report_list",
        icon="chart",
        order=60,
        permission=PERMISSIONS,
    )
    imports.register(PopulationImport())
    search.add(kind="Berichte", icon="chart", order=80, permission=PERMISSIONS, find=find)
    inbox.add(tasks)


def find(user, query, limit):
    """By quarter ("2026-Q3", "3/2026", "3. Quartal 2026") or year."""
    import re

    from .models import QuarterlyReport

    rows = QuarterlyReport.objects.restrict(user, "view").defer("draft", "notes")
    years = re.findall(r"\b20\d\d\b", query)
    numbers = re.findall(r"(?:\bq\s*|\b)([1-4])(?=\b|\s*/|\.)", query.lower())
    words = re.search(r"bericht|quartal|q[1-4]|[1-4]\s*/", query.lower())
    if not years and not words:
        return []
    if years:
        rows = rows.filter(year__in=years)
    if numbers and (years or words):
        rows = rows.filter(number__in=numbers)
    return [
        Hit(
            str(row),
            row.get_absolute_url(),
            f"Stichtag {day(row.quarter.end)} · {row.get_state_display()}",
        )
        for row in rows[:limit]
    ]


def tasks(user, today):
    from .models import QuarterlyReport, SectionText

    State = QuarterlyReport.State
    plain = QuarterlyReport.objects.defer("draft", "notes")
    for row in plain.restrict(user, "release").exclude(presented_by=user).select_related("presented_by"):
        yield Task(
            f"{row} freigeben",
            row.get_absolute_url(),
            place=f"vorgelegt von {row.presented_by}",
            button="Prüfen und freigeben",
            button_url=reverse("reports:release", args=[row.code]),
            group="waiting",
            since=row.presented_at,
        )
    texts = (
        SectionText.objects.restrict(user, "change")
        .filter(report__state=State.PREPARATION, state=SectionText.State.DRAFT)
        .select_related("report")
        .defer("report__draft", "report__notes")
        .order_by("report__year", "report__number", "section")
    )
    open_texts = {}
    for text in texts:
        open_texts.setdefault(text.report, []).append(text)
    for report, rows in open_texts.items():
        yield Task(
            f"{report}: {len(rows)} Text{'e' if len(rows) > 1 else ''} offen",
            report.get_absolute_url(),
            place=", ".join(f"Abschnitt {row.section}" for row in rows[:4]) + (" …" if len(rows) > 4 else ""),
            due=report.quarter.next().end,
            button="Text schreiben",
            button_url=rows[0].get_absolute_url(),
        )
