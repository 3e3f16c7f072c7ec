"""Lawsuits against an order: filing, the urgent decision, the end."""

from soe.web.forms import ReasonForm
from soe.web.views import ActionView

from ..forms_court import EndLawsuitForm, LawsuitForm, UrgentForm
from ..models import Lawsuit
from .orders import OrderStep


class LawsuitCreateView(OrderStep):
    form_class = LawsuitForm
    title = "Klage erfassen"
    submit_label = "Klage speichern"
    success_message = "Die Klage ist erfasst."

    @property
    def lead(self):
        until = self.object.lawsuit_until
        return (
            f"Die Klagefrist läuft bis {until:%d.%m.%Y}."
            if until
            else "Die Verfügung ist noch nicht zugestellt."
        )

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": Lawsuit(order=self.object)}

    def perform(self, obj, form):
        form.instance.file(by=self.request.user, items=form.cleaned_data["items"])
        return form.instance.get_absolute_url()


class LawsuitStep(ActionView):
    queryset = Lawsuit.objects.select_related("order__proceeding__property")

    def get_crumbs(self):
        proceeding = self.object.order.proceeding
        return [(str(proceeding), proceeding.get_absolute_url())]


class LawsuitDecision(LawsuitStep):
    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"lawsuit": self.object}


class LawsuitUrgentView(LawsuitDecision):
    form_class = UrgentForm
    method = "decide_urgent"
    title = submit_label = "Beschluss im Eilverfahren vermerken"
    success_message = "Der Beschluss ist vermerkt."


class LawsuitEndView(LawsuitDecision):
    form_class = EndLawsuitForm
    method = "end"
    title = submit_label = "Ausgang der Klage vermerken"
    lead = "Aufgehobene Punkte enden. Für die anderen endet die Aussetzung durch dieses Gericht."
    success_message = "Der Ausgang ist vermerkt."


class LawsuitResumeView(LawsuitStep):
    form_class = ReasonForm
    method = "resume"
    title = submit_label = "Klage wieder aufnehmen"
    success_message = "Die Klage ist wieder anhängig."
