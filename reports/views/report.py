"""The report page: draft for those who prepare, frozen numbers for everybody else."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from soe.web.tokens import new_token
from soe.web.views import ScopedDetailView, ScopedUpdateView

from ..forms import SectionTextForm
from ..freeze import final_cube, is_intact, load
from ..models import QuarterlyReport, ReportRevision, SectionText
from ..presentation import Links, ReportView
from ..readiness import findings
from ..texts import figures, fill, shown, split
from .base import ProblemMixin, ReportMixin

State = QuarterlyReport.State


class ReportPageMixin:
    """What the draft page and the page of a frozen revision have in common."""

    template_name = "reports/report.html"

    def report_context(self, report, cube, revision=None):
        view = ReportView(cube, Links(self.request))
        revisions = list(report.revisions.order_by("-revision").select_related("released_by").defer("cube"))
        before = report.quarter.previous()
        earlier = (
            ReportRevision.objects.restrict(self.request.user, "view")
            .filter(report__year=before.year, report__number=before.number)
            .select_related("report")
            .defer("cube", "report__draft", "report__notes")
            .order_by("-revision")
        )
        return {
            "report": report,
            "view": view,
            "revision": revision,
            "revisions": revisions,
            "earlier_revisions": list(earlier[:3]),
            "base_url": report.get_absolute_url(),
            "marked": _marked(cube),
        }


class ReportDetailView(ProblemMixin, ReportPageMixin, ReportMixin, ScopedDetailView):
    """/berichte/2026-Q3/"""

    def get_title(self):
        return f"Quartalsbericht, {self.object.quarter.label}"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        report = self.object
        if self.may_see_draft(report):
            context |= self._draft(report)
        else:
            revision = report.latest_revision()
            context |= self.report_context(report, load(revision), revision)
            context["may_correct"] = report.state == State.RELEASED and self.can("change", report)
        return context

    def _draft(self, report):
        texts = {row.section: row for row in report.texts.all()}
        for row in texts.values():
            row.report = report
        if not report.computed_at:
            return {"report": report, "not_computed": True, "may_change": self.can("change", report)}
        number = report.next_revision_number()
        cube = final_cube(report, revision=number, at=None, reason=report.correction_reason)
        context = self.report_context(report, cube)
        may_change = report.state == State.PREPARATION and self.can("change", report)
        open_texts = [row for row in texts.values() if row.state != SectionText.State.FINISHED]
        for section in context["view"].sections:
            section.text = texts.get(section.number)
            if may_change and section.text in open_texts:
                section.form = SectionTextForm(
                    instance=section.text, user=self.request.user, auto_id=f"text-{section.number}-%s"
                )
        return context | {
            "draft": True,
            "revision_number": number,
            "may_change": may_change,
            "may_withdraw": report.state == State.PRESENTED and self.can("change", report),
            "may_release": report.state == State.PRESENTED and self.can("release", report),
            "own_presentation": report.presented_by_id == self.request.user.pk,
            "open_texts": open_texts,
            "text_count": len(texts),
            "findings": findings(report),
            "why": _why(report) if self.can("change", report) else [],
            "form_token": new_token(),
        }


def _why(report):
    """Hidden cells with the reason; only for those who prepare and see the registers' figures anyway."""
    from ..disclosure import Why

    titles = {}
    for section in report.draft["sections"]:
        for table in section["tables"]:
            for r, row in enumerate(table["table_rows"]):
                for c, column in enumerate(table["columns"]):
                    titles[f"{table['key']}|{r}|{c}"] = f"{table['title']}, {row['label']}, {column}"
        for figure in section["figures"]:
            titles[figure["key"]] = figure["label"]
    ranges = {cell["where"]: cell["range"] for cell in report.draft["disclosure"]["cells"]}
    return [
        {"where": titles.get(key, key), "why": Why(why).label, "range": ranges.get(titles.get(key), "")}
        for key, why in report.notes.get("why", {}).items()
    ]


def _marked(cube) -> int:
    """How many numbers and rows carry an „r“."""
    cells = [f["cell"] for s in cube["sections"] for f in s["figures"]]
    cells += [
        c for s in cube["sections"] for t in s["tables"] for row in t["table_rows"] for c in row["cells"]
    ]
    cells += [row for s in cube["sections"] for t in s["rows"] for row in t["table_rows"]]
    return sum("mark" in cell for cell in cells)


class RevisionMixin:
    """A released revision, named by quarter and number."""

    queryset = ReportRevision.objects.select_related("report", "released_by")

    def get_object(self, queryset=None):
        quarter = self.kwargs["quarter"]
        rows = self.get_queryset() if queryset is None else queryset
        return get_object_or_404(
            rows,
            report__year=quarter.year,
            report__number=quarter.number,
            revision=self.kwargs["revision"],
        )


class RevisionDetailView(ProblemMixin, ReportPageMixin, RevisionMixin, ScopedDetailView):
    """/berichte/2026-Q3/revision/1/: as it was released, also when a later one counts."""

    def get_title(self):
        return f"Quartalsbericht, {self.object.report.quarter.label}"

    def get_crumbs(self):
        report = self.object.report
        return [
            ("Berichte", reverse("reports:report_list")),
            (report.quarter.label, report.get_absolute_url()),
        ]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context |= self.report_context(self.object.report, load(self.object), self.object)
        context["replaced"] = context["revisions"][0].revision != self.object.revision
        context["intact"] = is_intact(self.object)
        return context


class SectionTextView(ScopedUpdateView):
    """The text of one section: saved as a draft, or finished."""

    queryset = SectionText.objects.select_related("report")
    form_class = SectionTextForm
    template_name = "reports/text.html"
    submit_label = "Entwurf speichern"

    def get_object(self, queryset=None):
        quarter = self.kwargs["quarter"]
        return get_object_or_404(
            self.get_queryset(),
            report__year=quarter.year,
            report__number=quarter.number,
            section=self.kwargs["section"],
        )

    def get_title(self):
        return f"Abschnitt {self.object.section}: {self.object.get_section_display()}"

    def get_crumbs(self):
        report = self.object.report
        return [
            ("Berichte", reverse("reports:report_list")),
            (report.quarter.label, report.get_absolute_url()),
        ]

    def save(self, form):
        row = form.instance
        row.write(form.cleaned_data["text"], finished="finish" in self.request.POST)
        return row

    def get_success_message(self, form):
        if self.object.state == SectionText.State.FINISHED:
            return f"Abschnitt {self.object.section} ist fertig."
        return f"Der Text zu Abschnitt {self.object.section} ist gespeichert."

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        draft = self.object.report.draft
        known = figures(draft)
        own = [f for f in known.values() if f["key"].split(".")[0] == _area(draft, self.object.section)]
        others = [f for f in known.values() if f not in own]
        context["placeholders"] = [
            (f["key"], f["label"], shown(f["cell"], f["unit"])) for f in (*own, *others)
        ]
        context["filled"] = split(fill(self.object.text, draft))
        context["more_submits"] = [("finish", "Abschnitt ist fertig")]
        return context


def _area(draft, number):
    """The first word of the keys of a section's own figures."""
    for section in draft.get("sections", ()):
        if section["number"] == number and section["figures"]:
            return section["figures"][0]["key"].split(".")[0]
    return ""
