"""How an order was served, and the replacement housing of a declaration of unfitness."""

from soe.web.views import ActionView, ScopedUpdateView

from ..forms import OnOnlyForm
from ..forms_law import FailedForm, RehousingForm, ServiceForm
from ..models import OrderService, Proceeding, Rehousing
from .orders import OrderStep


class OrderServeView(OrderStep):
    """One addressee after the other; the order counts as served when the last one has it."""

    form_class = ServiceForm
    title = "Zustellung vermerken"
    submit_label = "Zustellung speichern"
    success_message = "Die Zustellung ist vermerkt."
    lead = "Je Adressat eine Zustellung. Ab wann sie gilt, rechnet SOE nach den Regeln des LZG NRW."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": OrderService(order=self.object)}

    def perform(self, obj, form):
        form.instance.record(by=self.request.user)


class ServiceStep(ActionView):
    queryset = OrderService.objects.select_related("order__proceeding__property", "party", "rule")

    def get_crumbs(self):
        proceeding = self.object.order.proceeding
        return [(str(proceeding), proceeding.get_absolute_url())]

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs)


class ServiceProveView(ServiceStep):
    form_class = OnOnlyForm
    method = "prove"
    title = submit_label = "Nachweis ergänzen"
    lead = "Der Tag laut Urkunde, Rückschein oder Empfangsbekenntnis."
    success_message = "Der Nachweis ist vermerkt."


class ServiceFailView(ServiceStep):
    form_class = FailedForm
    method = "fail"
    title = submit_label = "Zustellung gescheitert"
    lead = "Sie zählt dann nicht. Bitte stellen Sie dem Adressaten noch einmal zu."
    success_message = "Vermerkt. Die Verfügung gilt diesem Adressaten gegenüber als nicht zugestellt."


class RehousingCreateView(ActionView):
    queryset = Proceeding.objects.filter(kind=Proceeding.Kind.UNFIT).select_related("property", "department")
    form_class = RehousingForm
    title = "Haushalt und Ersatzwohnraum"
    submit_label = "Haushalt speichern"
    lead = "Ein Eintrag je Haushalt, ohne Namen."
    success_message = "Der Haushalt ist festgehalten."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": Rehousing(proceeding=self.object)}

    def perform(self, obj, form):
        form.instance.record(by=self.request.user)
        return form.instance.get_absolute_url()


class RehousingUpdateView(ScopedUpdateView):
    queryset = Rehousing.objects.select_related("proceeding__property")
    form_class = RehousingForm
    title = "Haushalt und Ersatzwohnraum ändern"

    def save(self, form):
        form.instance.record(by=self.request.user)
        return form.instance
