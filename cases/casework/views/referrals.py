"""Referrals: sending, answering, and the day somebody arrived."""

import django_filters
from django import forms
from django.urls import reverse

from soe.departments.scope import departments_granting
from soe.web.filters import FilterSet
from soe.web.forms import Form
from soe.web.views import Action, ActionView, ScopedDetailView, ScopedListView

from ... import services
from ...access import OWN_WORK, basis_for
from ..forms import DayForm, DeclineForm, ReferralForm
from ..models import Case
from ..referrals import Referral
from ..tables import ReferralTable
from .common import CRUMBS, CaseStep

LIST = ("Vermittlungen", "/faelle/vermittlungen/")
RECEIVED = "Vermittlung"


class ReferralFilterSet(FilterSet):
    state = django_filters.ChoiceFilter(label="Stand", choices=Referral.State.choices)
    ansicht = django_filters.CharFilter(widget=forms.HiddenInput, method="by_view")

    class Meta(FilterSet.Meta):
        model = Referral
        fields = ["state"]

    def by_view(self, rows, name, value):
        mine = departments_granting(self.request.user, "case.change")
        if value == "eingang":
            return rows.waiting().filter(to_department__in=mine)
        if value == "unterwegs":
            return rows.filter(state=Referral.State.ACCEPTED)
        return rows


class ReferralListView(ScopedListView):
    queryset = Referral.objects.select_related("case__offer", "to_department", "to_offer")
    filterset_class = ReferralFilterSet
    table_class = ReferralTable
    title = "Vermittlungen"
    noun = "Vermittlungen"
    read_basis = OWN_WORK
    crumbs = (CRUMBS,)
    tabs = (
        ("Alle", ""),
        ("Wartet auf uns", "ansicht=eingang"),
        ("Angenommen, noch nicht angekommen", "ansicht=unterwegs"),
    )
    empty_text = "Vermittlungen beginnen auf der Seite eines Falls mit „Weitervermitteln“."


class ReferralCreateView(CaseStep):
    form_class = ReferralForm
    template_name = "cases/referral_create.html"
    title = "Weitervermitteln"
    lead = "Mit einer Unterschrift: wohin, warum und was die Stelle erfahren darf."
    submit_label = "Vermittlung senden"
    success_message = "Die Vermittlung ist gesendet."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"case": self.object}

    def perform(self, obj, form):
        data = form.cleaned_data
        services.refer(
            obj,
            by=self.request.user,
            to=data["to_department"],
            to_offer=data["to_offer"],
            purpose=data["purpose"],
            reason=data["reason"],
            wanted=data["wanted"],
            shares=data["shares"],
            on=data["on"],
            until=data["until"],
            answer_until=data["answer_until"],
            medium=data["medium"],
            language=data["language"],
        )


class ReferralDetailView(ScopedDetailView):
    queryset = Referral.objects.select_related(
        "case__person", "case__offer__carrier", "to_department", "to_offer__carrier", "consent__department"
    )
    template_name = "cases/referral_detail.html"
    crumbs = (CRUMBS, LIST)
    S = Referral.State
    actions = (
        Action(
            "Annehmen", "cases:referral_accept", action="answer", primary=True,
            when=lambda referral: referral.state == "sent",
        ),
        Action(
            "Ablehnen", "cases:referral_decline", action="answer",
            when=lambda referral: referral.state in ("sent", "accepted"),
        ),
        Action(
            "Ankunft bestätigen", "cases:referral_arrive", action="arrive", primary=True,
            when=lambda referral: referral.state == "accepted",
        ),
        Action(
            "Als verfallen eintragen", "cases:referral_expire",
            when=lambda referral: referral.state in ("sent", "accepted"),
        ),
    )  # fmt: skip

    def get_read_basis(self):
        return self.basis()

    def basis(self):
        if self.object.to_department_id in departments_granting(self.request.user, "case.view"):
            return RECEIVED
        return basis_for(self.request.user, self.object.case, self.object.case.offer.carrier)

    def get_actions(self):
        entries = list(self.actions)
        if self.object.state in ("accepted", "arrived") and self.can("answer", self.object):
            if not self.own_cases():
                url = f"{reverse('cases:case_create')}?person={self.object.case.person_id}"
                if self.object.to_offer_id:
                    url += f"&offer={self.object.to_offer_id}"
                entries.append(Action("Eigenen Fall eröffnen", url=url, action="add", model=Case))
        return entries

    def own_cases(self):
        return (
            Case.objects.filter(
                person=self.object.case.person_id, offer__carrier=self.object.to_department_id
            )
            .restrict(self.request.user, "view")
            .exists()
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {
            "basis": self.basis(),
            "case_visible": self.can("view", self.object.case),
            "person_visible": self.can("view", self.object.case.person),
        }


class ReferralStep(ActionView):
    queryset = Referral.objects.select_related("case__person", "consent__person", "to_department")
    read_basis = RECEIVED
    crumbs = (CRUMBS, LIST)


class ReferralAcceptView(ReferralStep):
    action = "answer"
    form_class = DayForm
    title = "Vermittlung annehmen"
    submit_label = "Annehmen"
    success_message = "Angenommen. Bitte bestätigen Sie die Ankunft, sobald die Person da war."

    def perform(self, obj, form):
        obj.accept(by=self.request.user, on=form.cleaned_data["on"])


class ReferralDeclineView(ReferralStep):
    action = "answer"
    form_class = DeclineForm
    title = "Vermittlung ablehnen"
    lead = "Danach ist Ihr Zugriff auf diese Person beendet."
    submit_label = "Ablehnen"
    success_message = "Abgelehnt. Die vermittelnde Stelle sieht den Grund."

    def perform(self, obj, form):
        data = form.cleaned_data
        obj.decline(by=self.request.user, decline_reason=data["decline_reason"], note=data["note"])
        return reverse("cases:referral_list")


class ReferralArriveView(ReferralStep):
    action = "arrive"
    form_class = DayForm
    title = "Ankunft bestätigen"
    lead = "Die Person war da. Erst damit ist die Vermittlung gelungen."
    submit_label = "Ankunft bestätigen"
    success_message = "Die Ankunft ist festgehalten."

    def perform(self, obj, form):
        obj.arrive(by=self.request.user, on=form.cleaned_data["on"])


class ReferralExpireView(ReferralStep):
    form_class = Form
    title = "Vermittlung als verfallen eintragen"
    lead = "Niemand hat geantwortet oder die Person ist nicht gekommen. Der Zugriff der Stelle endet."
    submit_label = "Als verfallen eintragen"
    success_message = "Die Vermittlung ist verfallen."

    def perform(self, obj, form):
        obj.expire(by=self.request.user)
