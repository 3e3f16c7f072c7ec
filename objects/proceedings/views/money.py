"""/forderungen/: fees, penalties and costs, with their payments."""

from django.urls import reverse

from soe.web.text import euro
from soe.web.views import Action, ActionView, ScopedDetailView, ScopedListView

from ..filters_money import ClaimFilterSet
from ..forms_money import ClaimForm, CostForm, DeferForm, PayForm, ReverseForm, WaiveForm
from ..models import Claim, EnforcementStep, Payment, StepKind
from ..tables_money import ClaimTable
from .proceedings import ProceedingStep


class ClaimListView(ScopedListView):
    queryset = Claim.objects.select_related("proceeding__property", "proceeding__department", "party")
    filterset_class = ClaimFilterSet
    table_class = ClaimTable
    title = "Forderungen"
    tabs = (
        ("Alle", ""),
        ("Offen", "stand=offen&sortierung=pay_by"),
        ("Überfällig", "stand=ueberfaellig&sortierung=pay_by"),
        ("Mein Fachbereich", "ansicht=meine"),
    )
    empty_text = (
        "Forderungen entstehen in einem Verfahren: Gebühren, Zwangsgelder, Kosten der Ersatzvornahme."
    )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {"legend": f"Zusammen offen: {euro(self.get_rows().open_sum())}"}


def is_open(row):
    return row.is_open


class ClaimDetailView(ScopedDetailView):
    queryset = Claim.objects.select_related(
        "proceeding__property", "proceeding__department", "item", "step", "party"
    ).prefetch_related("payments")
    template_name = "objects/proceedings/claim.html"
    actions = (
        Action("Zahlung buchen", "objects:claim_pay", primary=True, when=is_open),
        Action("Stunden", "objects:claim_defer", when=is_open),
        Action("Erlassen", "objects:claim_waive", when=is_open),
    )

    def get_crumbs(self):
        row = self.object.proceeding
        return [("Forderungen", reverse("objects:claim_list")), (str(row), row.get_absolute_url())]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        row, user = self.object, self.request.user
        history = row.history.filter(deferred_until__isnull=False).order_by("history_date")
        return context | {
            "may_owner": user.may("owner.view"),
            "may_change": self.can("change", row),
            "deferral": history.filter(deferred_until=row.deferred_until).first()
            if row.deferred_until
            else None,
        }


class ClaimCreateView(ProceedingStep):
    form_class = ClaimForm
    title = "Forderung anlegen"
    submit_label = "Forderung speichern"
    lead = "Zwangsgelder und Kosten der Ersatzvornahme entstehen von selbst mit dem Vollstreckungsschritt."
    success_message = "Die Forderung ist angelegt."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": Claim(proceeding=self.object)}

    def perform(self, obj, form):
        obj.check_open()
        return form.instance.raise_(by=self.request.user)


class ClaimStep(ActionView):
    queryset = Claim.objects.select_related("proceeding__property")

    @property
    def lead(self):
        return f"Offen sind {euro(self.object.open_amount)} von {euro(self.object.amount)}."


class ClaimPayView(ClaimStep):
    form_class = PayForm
    method = "pay"
    title = submit_label = "Zahlung buchen"
    success_message = "Die Zahlung ist gebucht."

    def get_initial(self):
        return super().get_initial() | {"amount": self.object.open_amount}


class ClaimDeferView(ClaimStep):
    form_class = DeferForm
    method = "defer"
    title = submit_label = "Forderung stunden"
    success_message = "Die Forderung ist gestundet."


class ClaimWaiveView(ClaimStep):
    form_class = WaiveForm
    method = "waive"
    title = submit_label = "Forderung erlassen"
    danger = True
    success_message = "Der Erlass ist vermerkt."


class PaymentReverseView(ActionView):
    queryset = Payment.objects.select_related("claim__proceeding")
    form_class = ReverseForm
    method = "reverse"
    title = submit_label = "Zahlung zurückbuchen"
    success_message = "Die Zahlung ist zurückgebucht."


class StepCostView(ActionView):
    queryset = EnforcementStep.objects.filter(kind=StepKind.SUBSTITUTE).select_related(
        "proceeding__property", "item__order__addressee"
    )
    form_class = CostForm
    title = submit_label = "Ersatzvornahme abrechnen"
    success_message = "Die Kosten sind vermerkt, die Forderung ist angelegt."

    @property
    def lead(self):
        cost = self.object.item.substitute_cost
        return f"Angedroht waren Kosten von etwa {euro(cost)}." if cost else ""

    def perform(self, obj, form):
        return obj.record_cost(by=self.request.user, **form.cleaned_data)
