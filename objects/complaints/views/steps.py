"""Steps on a complaint: take over, forward, answer, close, link."""

from django.http import HttpResponseNotAllowed
from django.urls import reverse
from django.utils import timezone

from soe.audit.context import acting_as
from soe.web.forms import Form, ReasonForm
from soe.web.views import ActionView

from ..forms import (
    AnswerForm,
    AssignForm,
    CloseForm,
    ForwardForm,
    InterimForm,
    InvolveForm,
    LinkForm,
    OpenPropertyForm,
    ReferForm,
    ReporterForm,
)
from ..models import Complaint, ComplaintInvolvement, ComplaintReference, ComplaintReporter
from ..services import answer_deadline, involve, link_complaint, open_property_from, refer


class StepView(ActionView):
    queryset = Complaint.objects.select_related("department", "forwarded_to", "address__street")


class AcceptView(StepView):
    form_class = Form
    method = "accept"
    title = submit_label = "Beschwerde übernehmen"
    lead = "Ihr Fachbereich beginnt mit der Bearbeitung."
    success_message = "Die Beschwerde ist übernommen."


class ForwardView(StepView):
    form_class = ForwardForm
    title = submit_label = "Beschwerde weiterleiten"
    lead = "Bis die andere Stelle annimmt, bleibt Ihr Fachbereich zuständig. Name und Kontakt sieht sie erst danach."
    success_message = "Die Beschwerde ist weitergeleitet und wartet auf Annahme."

    def perform(self, obj, form):
        obj.forward(by=self.request.user, to=form.cleaned_data["to"], reason=form.cleaned_data["reason"])


class TakeOverView(StepView):
    action = "receive"
    form_class = Form
    method = "take_over"
    title = submit_label = "Weiterleitung annehmen"
    lead = "Ihr Fachbereich wird zuständig und sieht, wer gemeldet hat."
    success_message = "Ihr Fachbereich ist jetzt zuständig."


class SendBackView(StepView):
    action = "receive"
    form_class = ReasonForm
    method = "send_back"
    title = submit_label = "Weiterleitung ablehnen"
    success_message = "Die Beschwerde bleibt bei der bisherigen Stelle."


class AnswerView(StepView):
    form_class = AnswerForm
    title = submit_label = "Antwort festhalten"
    success_message = "Die Antwort ist festgehalten."

    def perform(self, obj, form):
        obj.record_answer(by=self.request.user, text=form.cleaned_data["text"], on=form.cleaned_data["on"])


class InterimView(StepView):
    form_class = InterimForm
    method = "record_interim"
    title = submit_label = "Zwischennachricht festhalten"
    lead = "Die Antwort braucht länger. Mit der Nachricht gilt eine neue Frist; die alte bleibt im Verlauf."
    success_message = "Die Zwischennachricht ist festgehalten, die Frist ist verlängert."

    def get_initial(self):
        later = max(self.object.answer_due or timezone.localdate(), timezone.localdate())
        return {"due": answer_deadline(later, [row.category_id for row in self.object.topics.all()])}


class AssignView(StepView):
    form_class = AssignForm
    title = submit_label = "Beschwerde zuweisen"
    success_message = "Die Zuweisung ist gespeichert."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"complaint": self.object}

    def get_initial(self):
        return {"handler": self.object.handler_id}

    def perform(self, obj, form):
        obj.assign(by=self.request.user, handler=form.cleaned_data["handler"])


class ReferView(StepView):
    action = "link"
    form_class = ReferForm
    title = submit_label = "Mit Verfahren oder Kontrolle verknüpfen"
    lead = "Zur Wahl steht, was Sie an den verknüpften Objekten einsehen. Die Verknüpfung sieht, wer den Vorgang sieht."
    success_message = "Die Verknüpfung ist gespeichert."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"complaint": self.object}

    def perform(self, obj, form):
        refer(obj, by=self.request.user, **form.cleaned_data)


class ReferenceEndView(ActionView):
    """A wrong link goes off the pages; the history of both ends keeps it with the reason."""

    queryset = ComplaintReference.objects.current().select_related(
        "complaint", "proceeding", "inspection__day"
    )
    form_class = ReasonForm
    method = "end"
    title = submit_label = "Verknüpfung lösen"
    success_message = "Die Verknüpfung ist gelöst."

    def get_crumbs(self):
        row = self.object.complaint
        return [("Beschwerden", reverse("objects:complaint_list")), (row.number, row.get_absolute_url())]

    @property
    def lead(self):
        row = self.object
        return f"{row.complaint.number} und {row.other}. Im Verlauf bleibt sie mit Ihrer Begründung stehen."


class CloseView(StepView):
    form_class = CloseForm
    method = "close"
    title = submit_label = "Beschwerde abschließen"
    success_message = "Die Beschwerde ist abgeschlossen."


class ReopenView(StepView):
    form_class = ReasonForm
    method = "reopen"
    title = submit_label = "Beschwerde wieder aufnehmen"
    success_message = "Die Beschwerde ist wieder in Bearbeitung."


class InvolveView(StepView):
    form_class = InvolveForm
    title = submit_label = "Fachbereich beteiligen"
    lead = "Der Fachbereich findet die Beschwerde bei seinen Aufgaben. Name und Kontakt sieht er nicht."
    success_message = "Der Fachbereich ist beteiligt."

    def perform(self, obj, form):
        involve(obj, form.cleaned_data["department"], by=self.request.user)


class LinkView(StepView):
    action = "link"
    form_class = LinkForm
    title = submit_label = "Mit Objekt verknüpfen"
    success_message = "Die Beschwerde ist verknüpft."

    def perform(self, obj, form):
        link_complaint(
            obj, form.cleaned_data["property"], by=self.request.user, kind=form.cleaned_data["kind"]
        )


class OpenPropertyView(StepView):
    """Opens a property for the address of the complaint. Needs the right to open properties as well."""

    action = "link"
    form_class = OpenPropertyForm
    title = submit_label = "Objekt anlegen"
    success_message = "Das Objekt ist angelegt und mit der Beschwerde verknüpft."

    @property
    def lead(self):
        return f"{self.object.where} kommt in das Kataster. Beteiligte Fachbereiche werden angefragt."

    def check_access(self):
        from django.core.exceptions import PermissionDenied

        super().check_access()
        if not self.may("register.change"):
            raise PermissionDenied

    def perform(self, obj, form):
        return open_property_from(obj, by=self.request.user, problem_areas=form.cleaned_data["problem_areas"])


class ReporterView(StepView):
    """Name and contact of the person who reported: only the responsible department comes here."""

    action = "reporter"
    form_class = ReporterForm
    title = "Meldende Person"
    submit_label = "Angaben speichern"
    success_message = "Name und Kontakt sind gespeichert."

    def get_initial(self):
        row = (
            ComplaintReporter.objects.restrict(self.request.user, "change")
            .filter(complaint=self.object)
            .first()
        )
        return {"name": row.name, "contact": row.contact} if row else {}

    def perform(self, obj, form):
        row = ComplaintReporter.objects.filter(complaint=obj).first() or ComplaintReporter(complaint=obj)
        row.name, row.contact = form.cleaned_data["name"], form.cleaned_data["contact"]
        with acting_as(self.request.user):
            row.save()


class NoteView(ActionView):
    """„Zur Kenntnis genommen“ by a department that was told."""

    queryset = ComplaintInvolvement.objects.select_related("complaint")
    form_class = Form
    title = submit_label = "Zur Kenntnis genommen"
    success_message = "Zur Kenntnis genommen."

    def get(self, request, *args, **kwargs):
        return HttpResponseNotAllowed(["POST"])

    @classmethod
    def offered_methods(cls):
        return ("POST",)

    def get_crumbs(self):
        return []

    def perform(self, obj, form):
        obj.take_note(by=self.request.user)
        return obj.complaint

    def get_cancel_url(self):
        return self.object.complaint.get_absolute_url()
