"""/vorschlaege/: from the draft of a department to the agenda."""

from django.urls import reverse_lazy

from soe.web.files.panel import FilesMixin
from soe.web.forms import Form
from soe.web.views import (
    Action,
    ActionView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
)

from ..filters import ProposalFilterSet
from ..forms import proposals as forms
from ..models import AgendaItem, CoSignature, Decision, Proposal, ProposalMeasure
from ..selectors import open_and_done
from ..tables import ProposalTable

S = Proposal.State
CRUMBS = [("Vorschläge", reverse_lazy("steering:proposal_list"))]
WITH_PLACE = Proposal.objects.select_related("department", "committee", "property")


def in_state(*states):
    return lambda proposal: proposal.state in states


class ProposalListView(ScopedListView):
    queryset = Proposal.objects.select_related("department")
    filterset_class = ProposalFilterSet
    table_class = ProposalTable
    title = "Vorschläge"
    tabs = (
        ("Alle", ""),
        ("Entwürfe", "state=draft"),
        ("Eingereicht", "state=submitted"),
        ("Mitzeichnung", "state=cosigning"),
        ("Terminiert", "state=scheduled"),
        ("Entschieden", "state=decided"),
    )
    head_actions = (
        Action(
            "Vorschlag schreiben",
            "steering:proposal_add",
            action="add",
            primary=True,
            icon="plus",
            model=Proposal,
        ),
    )
    empty_text = "Was ein Fachbereich im Lenkungskreis entscheiden lassen will, beginnt hier."


class ProposalDetailView(FilesMixin, ScopedDetailView):
    """The problem, what is proposed, who co-signed, and what became of it."""

    queryset = WITH_PLACE
    template_name = "steering/proposal_detail.html"
    crumbs = CRUMBS
    actions = (
        Action("Vorschlag einreichen", "steering:proposal_submit", primary=True, when=in_state(S.DRAFT, S.RETURNED)),
        Action("Auf eine Tagesordnung setzen", "steering:proposal_schedule", action="manage", primary=True,
               when=in_state(S.SUBMITTED, S.COSIGNING)),
        Action("Vorschlag ändern", "steering:proposal_change", icon="edit", when=lambda row: row.is_editable),
        Action("Maßnahmen verknüpfen", "steering:proposal_measures", icon="link",
               when=lambda row: row.property_id and row.state not in (S.DECIDED, S.WITHDRAWN)),
        Action("Mitzeichnung anfragen", "steering:proposal_cosign", action="manage",
               when=in_state(S.SUBMITTED, S.COSIGNING)),
        Action("Zurückgeben", "steering:proposal_return", action="manage", when=in_state(S.SUBMITTED, S.COSIGNING)),
        Action("Zurückziehen", "steering:proposal_withdraw", icon="cross",
               when=in_state(S.DRAFT, S.SUBMITTED, S.COSIGNING, S.RETURNED)),
    )  # fmt: skip

    def get_title(self):
        return self.object.title

    def get_context_data(self, **kwargs):
        proposal, user = self.object, self.request.user
        cosignatures = CoSignature.objects.filter(proposal=proposal).select_related("department")
        mine = CoSignature.objects.restrict(user, "change").filter(proposal=proposal).pending()
        items = AgendaItem.objects.restrict(user).filter(proposal=proposal)
        property_type = type(proposal)._meta.get_field("property").related_model
        shown = (
            property_type.objects.restrict(user).filter(pk=proposal.property_id).first()
            if proposal.property_id
            else None
        )
        measures = ProposalMeasure.objects.filter(proposal=proposal)
        offer_type = type(proposal)._meta.get_field("offer").related_model
        return super().get_context_data(
            measures=open_and_done(measures, user),
            offer=offer_type.objects.restrict(user).filter(pk=proposal.offer_id).first()
            if proposal.offer_id
            else None,
            cosignatures=cosignatures,
            to_sign=mine.select_related("department") if proposal.state in (S.SUBMITTED, S.COSIGNING) else [],
            items=items.select_related("meeting__committee", "referred_to").order_by("meeting__start"),
            decisions=Decision.objects.restrict(user).filter(proposal=proposal).select_related("responsible"),
            house=shown,
            **kwargs,
        )


class ProposalCreateView(ScopedCreateView):
    queryset = Proposal.objects.all()
    form_class = forms.ProposalForm
    title = "Vorschlag schreiben"
    submit_label = "Entwurf speichern"
    crumbs = CRUMBS
    keep_in_scope = "change"
    prefill = ("property",)
    success_message = "Der Entwurf ist gespeichert. Ihn sieht nur Ihre Stelle, bis Sie ihn einreichen."


class ProposalUpdateView(ScopedUpdateView):
    # Filed proposals are what others signed: they change only after being returned.
    queryset = Proposal.objects.filter(state__in=Proposal.EDITABLE)
    form_class = forms.ProposalForm
    submit_label = "Vorschlag speichern"
    crumbs = CRUMBS


class ProposalStepView(ActionView):
    queryset = WITH_PLACE
    crumbs = CRUMBS
    step = ""
    form_class = Form

    def perform(self, obj, form):
        getattr(obj, self.step)(by=self.request.user, **form.cleaned_data)


class ProposalSubmitView(ProposalStepView):
    step = "submit"
    submit_label = "Vorschlag einreichen"
    lead = "Der Vorschlag bekommt seine Nummer. Ändern können Sie ihn danach nur, wenn er zurückgegeben wird."
    success_message = "„{object}“ ist eingereicht."


class ProposalReturnView(ProposalStepView):
    action = "manage"
    step = "return_to_department"
    form_class = forms.ReasonForm
    submit_label = "Vorschlag zurückgeben"
    success_message = "Der Vorschlag ist zurückgegeben."


class ProposalWithdrawView(ProposalStepView):
    step = "withdraw"
    form_class = forms.WithdrawForm
    submit_label = "Vorschlag zurückziehen"
    success_message = "Der Vorschlag ist zurückgezogen."
    danger = True


class ProposalMeasuresView(ProposalStepView):
    form_class = forms.MeasuresForm
    title = "Maßnahmen verknüpfen"
    submit_label = "Verknüpfung speichern"
    lead = "Wird der Beschluss erledigt gemeldet, während eine davon offen ist, weist SOE darauf hin."
    success_message = "Die Maßnahmen sind verknüpft."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"proposal": self.object}

    def get_initial(self):
        return {"measures": list(self.object.measure_links.values_list("measure_id", flat=True))}

    def perform(self, obj, form):
        obj.link_measures(form.cleaned_data["measures"], by=self.request.user)


class ProposalCosignView(ProposalStepView):
    action = "manage"
    form_class = forms.AskToCosignForm
    submit_label = "Mitzeichnung anfragen"
    lead = "Die gewählten Stellen finden die Anfrage unter ihren Aufgaben."
    success_message = "Die Mitzeichnung ist angefragt."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"proposal": self.object}

    def perform(self, obj, form):
        obj.ask_to_cosign(
            form.cleaned_data["departments"], by=self.request.user, due_on=form.cleaned_data["due_on"]
        )


class ProposalScheduleView(ProposalStepView):
    action = "manage"
    form_class = forms.ScheduleForm
    submit_label = "Auf die Tagesordnung setzen"
    success_message = "Der Vorschlag steht auf der Tagesordnung."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"proposal": self.object}

    def perform(self, obj, form):
        meeting = form.cleaned_data["meeting"]
        return meeting.add_item(by=self.request.user, proposal=obj, late_reason=form.cleaned_data["reason"])


class CosignView(ActionView):
    """The advice of one asked department."""

    queryset = CoSignature.objects.select_related("proposal", "department")
    form_class = forms.CosignForm
    submit_label = "Mitzeichnung abgeben"
    success_message = "Ihre Mitzeichnung ist festgehalten."
    template_name = "steering/cosign.html"

    def get_title(self):
        return f"Mitzeichnung für {self.object.department}"

    def get_crumbs(self):
        return [*CRUMBS, (str(self.object.proposal), self.object.proposal.get_absolute_url())]

    def perform(self, obj, form):
        obj.give(by=self.request.user, **form.cleaned_data)
