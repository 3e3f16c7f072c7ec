"""Downloads: of a released revision from its frozen JSON alone; before the release only marked drafts."""

from django.http import Http404, HttpResponse
from django.views.generic import View

from soe.web.views import ScopedMixin

from ..freeze import final_cube, load
from ..presentation import ReportView
from ..rendering import csv, docx, pdf, xlsx
from .base import ProblemMixin, ReportMixin
from .report import RevisionMixin

TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}


def _file(content, name, kind):
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


class RevisionFileView(ProblemMixin, RevisionMixin, ScopedMixin, View):
    """PDF, XLSX, DOCX, or the frozen JSON itself (whose bytes have the printed checksum)."""

    kind = "pdf"

    def get(self, request, *args, **kwargs):
        revision = self.get_object()
        cube = load(revision)
        name = f"quartalsbericht-{cube['quarter']}-revision-{revision.revision}"
        if self.kind == "json":
            return _file(revision.cube.encode(), name, "json")
        render = {"pdf": pdf.render, "xlsx": xlsx.render, "docx": docx.render}[self.kind]
        return _file(render(ReportView(cube), checksum=revision.sha256), name, self.kind)


class TableFileView(ProblemMixin, RevisionMixin, ScopedMixin, View):
    """One table as CSV."""

    def get(self, request, *args, **kwargs):
        revision = self.get_object()
        view = ReportView(load(revision))
        table = next((t for t in view.tables if t.key == kwargs["key"]), None)
        if table is None:
            raise Http404("Diese Tabelle gibt es nicht.")
        name = f"{view.cube['quarter']}-revision-{revision.revision}-{table.key.replace('.', '-')}"
        return _file(csv.render(view, table), name, "csv")


class DraftFileView(ProblemMixin, ReportMixin, View):
    """The draft with a watermark, for those who work on it."""

    kind = "pdf"

    def get(self, request, *args, **kwargs):
        report = self.get_object()
        if not self.may_see_draft(report) or not report.computed_at:
            raise Http404("Diesen Entwurf gibt es nicht.")
        cube = final_cube(
            report, revision=report.next_revision_number(), at=None, reason=report.correction_reason
        )
        render = {"pdf": pdf.render, "docx": docx.render}[self.kind]
        name = f"entwurf-quartalsbericht-{cube['quarter']}"
        return _file(render(ReportView(cube), draft=True), name, self.kind)
