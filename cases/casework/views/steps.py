"""The states of a case: active, waiting, closed, open again."""

from ..forms import CloseForm, DayForm, ReopenForm, WaitForm
from .common import CaseStep


class CaseActivateView(CaseStep):
    form_class = DayForm
    title = "Fall aktivieren"
    submit_label = "Fall aktivieren"
    success_message = "Der Fall ist aktiv."

    def perform(self, obj, form):
        obj.activate(by=self.request.user, on=form.cleaned_data["on"])


class CaseWaitView(CaseStep):
    form_class = WaitForm
    title = "Fall warten lassen"
    submit_label = "Warten lassen"
    success_message = "Der Fall wartet."

    def perform(self, obj, form):
        obj.wait(by=self.request.user, **form.cleaned_data)


class CaseCloseView(CaseStep):
    form_class = CloseForm
    title = "Fall abschließen"
    lead = "Grund und Ergebnis sind zweierlei: warum es endet, und wie es der Person jetzt geht."
    submit_label = "Fall abschließen"
    success_message = "Der Fall ist abgeschlossen."

    def perform(self, obj, form):
        obj.close(by=self.request.user, **form.cleaned_data)


class CaseReopenView(CaseStep):
    form_class = ReopenForm
    title = "Fall wieder eröffnen"
    lead = "Das Aktenzeichen bleibt, es beginnt ein neuer Abschnitt."
    submit_label = "Fall wieder eröffnen"
    success_message = "Der Fall ist wieder eröffnet."

    def perform(self, obj, form):
        obj.reopen(by=self.request.user, **form.cleaned_data)
