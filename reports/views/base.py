"""Finding a report by its quarter, and who may see what is not released yet."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from soe.web.views import ActionView, ScopedMixin

from ..models import QuarterlyReport


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
