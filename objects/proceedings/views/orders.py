"""Orders, their items, and the rungs of enforcement."""

from soe.web.forms import Form, ReasonForm
from soe.web.views import ActionView, ScopedUpdateView

from ..forms import CheckForm, ExtendForm, ItemForm, OnOnlyForm, OrderForm, StepForm, SuspendForm
from ..models import EnforcementStep, Order, OrderItem, Proceeding, StepKind
from ..services import add_item, draft_step, issue_order, record_check


class OrderCreateView(ActionView):
    """An order with its first item; further items follow on the page."""

    queryset = Proceeding.objects.select_related("property", "department", "legal_basis").prefetch_related(
        "steps"
    )
    form_class = OrderForm
    title = "Verfügung erfassen"
    submit_label = "Verfügung speichern"
    lead = "Jede Anordnung ist ein Punkt mit eigener Frist. Weitere Punkte ergänzen Sie nach dem Speichern."
    success_message = "Die Verfügung ist erfasst. Weitere Punkte können Sie auf dieser Seite ergänzen."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"proceeding": self.object}

    def perform(self, obj, form):
        data = form.cleaned_data
        issue_order(
            obj,
            by=self.request.user,
            issued_on=data["issued_on"],
            title=data["title"],
            addressee=data["addressee"],
            service=form.service(),
            immediately_enforceable=data["immediately_enforceable"],
            no_hearing_because=data.get("no_hearing_because", ""),
            items=[form.item_values()],
        )


class OrderStep(ActionView):
    queryset = Order.objects.select_related("proceeding__property")

    def get_crumbs(self):
        proceeding = self.object.proceeding
        return [(str(proceeding), proceeding.get_absolute_url())]


class OrderFinalView(OrderStep):
    form_class = OnOnlyForm
    method = "become_final"
    title = submit_label = "Bestandskraft vermerken"
    success_message = "Die Verfügung ist bestandskräftig."

    @property
    def lead(self):
        until = self.object.lawsuit_until
        if until is None:
            return "Die Verfügung ist noch nicht zugestellt."
        return f"Die Klagefrist läuft bis {until:%d.%m.%Y}. Ohne Klage ist sie ab dem Tag danach bestandskräftig."


class ItemCreateView(OrderStep):
    form_class = ItemForm
    title = "Punkt ergänzen"
    submit_label = "Punkt speichern"
    success_message = "Der Punkt ist ergänzt."

    def perform(self, obj, form):
        return add_item(obj, by=self.request.user, **form.item_values())


class ItemStep(ActionView):
    queryset = OrderItem.objects.select_related("order__proceeding__property")

    def get_crumbs(self):
        proceeding = self.object.order.proceeding
        return [(str(proceeding), proceeding.get_absolute_url())]

    @property
    def lead(self):
        return f"Punkt {self.object.number}: {self.object.text[:140]}"

    def get_success_url(self):
        proceeding = self.object.order.proceeding
        return f"{proceeding.get_absolute_url()}?punkt={self.object.pk}#leiter"


class CheckView(ItemStep):
    form_class = CheckForm
    title = submit_label = "Nachkontrolle festhalten"
    success_message = "Die Nachkontrolle ist festgehalten."

    def perform(self, obj, form):
        record_check(obj, by=self.request.user, **form.cleaned_data)


class ItemFulfilView(ItemStep):
    form_class = OnOnlyForm
    method = "fulfil"
    title = submit_label = "Als erfüllt vermerken"
    success_message = "Der Punkt ist erfüllt."


class ItemReopenView(ItemStep):
    form_class = ReasonForm
    method = "reopen"
    title = submit_label = "Punkt wieder öffnen"
    success_message = "Der Punkt ist wieder offen."


class ItemExtendView(ItemStep):
    form_class = ExtendForm
    method = "extend"
    title = submit_label = "Frist verlängern"
    success_message = "Die Frist ist verlängert."


class ItemSuspendView(ItemStep):
    form_class = SuspendForm
    method = "suspend"
    title = submit_label = "Aussetzung vermerken"
    success_message = "Die Aussetzung ist vermerkt. Die anderen Punkte gelten weiter."


class ItemLiftView(ItemStep):
    form_class = ReasonForm
    method = "lift_suspension"
    title = submit_label = "Ende der Aussetzung vermerken"
    success_message = "Der Punkt kann wieder vollstreckt werden."


class StepDraftView(ItemStep):
    """Prepare a rung; it is carried out later, when the gate is open."""

    form_class = StepForm
    kind = StepKind.PENALTY
    submit_label = "Entwurf speichern"
    success_message = "Der Entwurf ist gespeichert."
    TITLES = {StepKind.PENALTY: "Festsetzung des Zwangsgelds", StepKind.FORCE: "Unmittelbaren Zwang"}

    def get_title(self):
        return f"{self.TITLES.get(self.kind, self.kind.label)} vorbereiten"

    def get_initial(self):
        means = self.request.GET.get("means", "")
        return super().get_initial() | ({"means": means} if means in StepKind.values else {})

    def get_form_kwargs(self):
        draft = EnforcementStep.objects.filter(
            item=self.object, kind=self.kind, state=EnforcementStep.State.DRAFT
        ).first()
        draft = draft or EnforcementStep(
            proceeding=self.object.order.proceeding, item=self.object, kind=self.kind
        )
        return super().get_form_kwargs() | {"instance": draft, "kind": self.kind, "item": self.object}

    def perform(self, obj, form):
        names = [name for name in form.fields if name != "version"]
        draft_step(obj, self.kind, by=self.request.user, **{name: form.cleaned_data[name] for name in names})


class ThreatView(StepDraftView):
    kind = StepKind.THREAT


class SubstituteView(StepDraftView):
    kind = StepKind.SUBSTITUTE


class ForceView(StepDraftView):
    kind = StepKind.FORCE


class StepMixin:
    queryset = EnforcementStep.objects.select_related("proceeding__property", "item__order__proceeding")

    def get_crumbs(self):
        proceeding = self.object.proceeding
        return [(str(proceeding), proceeding.get_absolute_url())]

    def get_success_url(self):
        item = f"?punkt={self.object.item_id}" if self.object.item_id else ""
        return f"{self.object.proceeding.get_absolute_url()}{item}#leiter"


class StepUpdateView(StepMixin, ScopedUpdateView):
    queryset = StepMixin.queryset.filter(state=EnforcementStep.State.DRAFT)
    form_class = StepForm
    success_message = "Der Entwurf ist gespeichert."

    def get_title(self):
        return f"{self.object.get_kind_display()} ändern"


class StepCarryOutView(StepMixin, ActionView):
    """The step itself. The gate refuses it, and names what is missing, until everything is documented."""

    form_class = OnOnlyForm
    method = "carry_out"
    success_message = "Der Schritt ist festgehalten."

    def get_title(self):
        return f"{self.object.get_kind_display()}: als erfolgt festhalten"

    submit_label = "Als erfolgt festhalten"


class StepDropView(StepMixin, ActionView):
    """A draft that is not needed any more."""

    queryset = StepMixin.queryset.filter(state=EnforcementStep.State.DRAFT)
    form_class = Form
    title = submit_label = "Entwurf verwerfen"
    lead = "Der Entwurf wird entfernt; der Verlauf behält ihn."
    success_message = "Der Entwurf ist verworfen."

    def perform(self, obj, form):
        address = self.get_success_url()
        obj.delete(reason="Entwurf verworfen")
        return address
