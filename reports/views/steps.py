"""Computing, presenting, returning, releasing, correcting: each a page that says what happens."""

from django.urls import reverse

from ..forms import CorrectForm, PresentForm, ReleaseForm, ReturnForm
from ..freeze import final_cube
from ..readiness import findings
from ..services import build_report
from .base import ReportActionView


class ComputeView(ReportActionView):
    form_class = PresentForm
    title = "Zahlen neu berechnen"
    submit_label = "Neu berechnen"
    success_message = ""
    template_name = "reports/compute.html"

    def perform(self, obj, form):
        self.built = build_report(obj.quarter, by=self.request.user)
        return self.built.report

    def get_success_message(self, form):
        if not self.built.changed:
            return "Neu berechnet: Keine Zahl hat sich geändert."
        return f"Neu berechnet: {self.built.figures} Kennzahlen, {self.built.tables} Tabellen."


class PresentView(ReportActionView):
    form_class = PresentForm
    title = "Zur Freigabe vorlegen"
    submit_label = "Zur Freigabe vorlegen"
    success_message = "Der Bericht ist zur Freigabe vorgelegt."
    template_name = "reports/present.html"

    def perform(self, obj, form):
        obj.present(by=self.request.user)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"findings": findings(self.object)}


class WithdrawView(ReportActionView):
    """Those who prepare take the report back."""

    form_class = ReturnForm
    title = "Vorlage zurückziehen"
    submit_label = "Vorlage zurückziehen"
    success_message = "Der Bericht ist wieder in Arbeit."

    def perform(self, obj, form):
        obj.return_to_preparation(by=self.request.user, reason=form.cleaned_data["reason"])


class ReturnView(WithdrawView):
    """The one who releases asks for a change."""

    action = "release"
    title = "Zurückgeben"
    submit_label = "Bericht zurückgeben"
    success_message = "Der Bericht ist zurückgegeben."


class ReleaseView(ReportActionView):
    action = "release"
    form_class = ReleaseForm
    title = "Bericht freigeben"
    submit_label = "Freigeben und einfrieren"
    success_message = "Der Bericht ist freigegeben. Seine Zahlen ändern sich nicht mehr."
    template_name = "reports/release.html"

    def perform(self, obj, form):
        return obj.release(by=self.request.user)

    def get_context_data(self, **kwargs):
        report = self.object
        context = super().get_context_data(**kwargs)
        context["findings"] = findings(report)
        context["own_presentation"] = report.presented_by_id == self.request.user.pk
        if report.computed_at:
            cube = final_cube(report, revision=report.next_revision_number(), at=None)
            context["hidden_cells"] = cube["disclosure"]["cells"]
        return context

    def get_success_url(self):
        return reverse("reports:report", args=[self.object.code])


class CorrectView(ReportActionView):
    form_class = CorrectForm
    title = "Bericht berichtigen"
    submit_label = "Berichtigung beginnen"
    success_message = "Die nächste Revision ist in Arbeit. Bis zu ihrer Freigabe gilt die bisherige."

    def perform(self, obj, form):
        obj.correct(by=self.request.user, reason=form.cleaned_data["reason"])
