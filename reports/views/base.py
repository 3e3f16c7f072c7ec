"""Finding a report by its quarter, and who may see what is not released yet."""

import logging

from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from soe.web.views import ActionView, ScopedMixin

from ..freeze import Altered
from ..models import QuarterlyReport
from ..rendering.pdf import PdfNotPossible, UntaggedPdf

log = logging.getLogger(__name__)


class ReportMixin(ScopedMixin):
    """The report named by its quarter in the address; 404 when the reader may not see it."""

    queryset = QuarterlyReport.objects.all()

    def get_object(self, queryset=None):
        quarter = self.kwargs["quarter"]
        rows = self.get_queryset() if queryset is None else queryset
        return get_object_or_404(rows, year=quarter.year, number=quarter.number)

    def get_crumbs(self):
        return [("Berichte", reverse("reports:report_list"))]

    def may_see_draft(self, report) -> bool:
        """Those who prepare always; those who release once it was presented; nobody else."""
        if report.state == QuarterlyReport.State.RELEASED:
            return False
        return self.can("change", report) or self.can("release", report)


class ReportActionView(ReportMixin, ActionView):
    """One step of a report on a page of its own."""

    keep_in_scope = None  # what is returned to preparation leaves the reach of the one who releases

    def get_crumbs(self):
        return [*super().get_crumbs(), (str(self.object), self.object.get_absolute_url())]

    def get_success_url(self):
        visible = self.queryset.all().restrict(self.request.user, "view").filter(pk=self.object.pk).exists()
        return self.object.get_absolute_url() if visible else reverse("reports:report_list")


class ProblemMixin:
    """What can stand in the way of showing a frozen report, each with a clear page instead of an error."""

    def dispatch(self, request, *args, **kwargs):
        try:
            return super().dispatch(request, *args, **kwargs)
        except Altered:
            log.error("Frozen report altered: %s", request.path)
            return self.problem(
                409,
                "Prüfsumme stimmt nicht",
                "Die gespeicherten Zahlen passen nicht zu der Prüfsumme ihrer Freigabe. Der Bericht wird deshalb nicht "
                "gezeigt. Bitte melden Sie das der Verwaltung von SOE; sie kann ihn aus der Sicherung herstellen.",
            )
        except PdfNotPossible as error:
            return self.problem(503, "Gerade kein PDF", str(error))
        except UntaggedPdf:
            log.exception("PDF refused: %s", request.path)
            return self.problem(
                503,
                "Gerade kein PDF",
                "Das PDF wäre nicht barrierefrei geworden und wurde deshalb nicht erstellt. "
                "Bitte melden Sie das der Verwaltung von SOE. XLSX, DOCX und CSV stehen zur Verfügung.",
            )

    def problem(self, status, title, text):
        context = {"title": title, "text": text, "crumbs": [("Berichte", reverse("reports:report_list"))]}
        return render(self.request, "reports/problem.html", context, status=status)
