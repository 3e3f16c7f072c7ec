"""Filters of the lists."""

import django_filters
from django.forms import HiddenInput
from django.utils import timezone

from soe.departments.models import Department
from soe.web.filters import FilterSet, WordsFilter

from .models import (
    Committee,
    Consultation,
    CouncilPaper,
    Decision,
    FundingApplication,
    Meeting,
    Outcome,
    Proposal,
)
from .selectors import reporting_quarter


class CommitteeFilterSet(FilterSet):
    name = django_filters.CharFilter(label="Name", lookup_expr="icontains")
    kind = django_filters.ChoiceFilter(label="Art", choices=Committee.Kind)

    class Meta(FilterSet.Meta):
        model = Committee
        fields = []


class MeetingFilterSet(FilterSet):
    committee = django_filters.ModelChoiceFilter(label="Gremium", queryset=Committee.objects.own())
    stand = django_filters.ChoiceFilter(
        label="Stand",
        method="by_state",
        choices=[
            ("kommend", "kommend"),
            ("laufend", "läuft"),
            ("protokoll", "Protokollentwurf"),
            ("genehmigt", "genehmigt"),
            ("abgesagt", "abgesagt"),
        ],
    )
    year = django_filters.NumberFilter(label="Jahr")

    class Meta(FilterSet.Meta):
        model = Meeting
        fields = []

    def by_state(self, rows, name, value):
        states = {
            "kommend": Meeting.COMING,
            "laufend": (Meeting.State.RUNNING,),
            "protokoll": (Meeting.State.DRAFT,),
            "genehmigt": (Meeting.State.APPROVED,),
            "abgesagt": (Meeting.State.CANCELLED,),
        }
        return rows.filter(state__in=states[value])


class ProposalFilterSet(FilterSet):
    q = WordsFilter(fields=["search_text"])
    aim = django_filters.ChoiceFilter(label="Ziel", choices=Proposal.Aim)
    state = django_filters.ChoiceFilter(label="Stand", choices=Proposal.State)
    department = django_filters.ModelChoiceFilter(
        label="Vorschlag von", queryset=Department.objects.filter(proposals__isnull=False).distinct()
    )

    class Meta(FilterSet.Meta):
        model = Proposal
        fields = []


class DecisionFilterSet(FilterSet):
    q = WordsFilter(fields=["search_text"])
    stand = django_filters.ChoiceFilter(
        label="Stand",
        method="by_state",
        widget=HiddenInput,  # the tabs above the list
        choices=[
            ("laufend", "laufend"),
            ("ueberfaellig", "überfällig"),
            ("ohne-bericht", "Bericht fehlt"),
            ("erledigt", "erledigt"),
            ("nicht-umsetzbar", "nicht umsetzbar"),
            ("aufgehoben", "aufgehoben"),
            ("abgelehnt", "abgelehnt"),
        ],
    )
    responsible = django_filters.ModelChoiceFilter(
        label="Verantwortlich", queryset=Department.objects.filter(decisions__isnull=False).distinct()
    )
    committee = django_filters.ModelChoiceFilter(label="Gremium", queryset=Committee.objects.own())
    aim = django_filters.ChoiceFilter(label="Ziel", field_name="proposal__aim", choices=Proposal.Aim)
    due = django_filters.DateFilter(label="Fällig bis", lookup_expr="lte")

    class Meta(FilterSet.Meta):
        model = Decision
        fields = []

    def by_state(self, rows, name, value):
        return decisions_in(rows, value)


def decisions_in(rows, tab):
    """The rows of one tab of the list; also what the tabs count."""
    if tab == "laufend":
        return rows.running()
    if tab == "ueberfaellig":
        return rows.overdue(timezone.localdate())
    if tab == "ohne-bericht":
        return rows.without_report(reporting_quarter())
    if tab == "erledigt":
        return rows.adopted().filter(state=Decision.State.DONE)
    if tab == "nicht-umsetzbar":
        return rows.filter(state=Decision.State.INFEASIBLE)
    if tab == "aufgehoben":
        return rows.repealed()
    return rows.filter(outcome=Outcome.REJECTED)


class PaperFilterSet(FilterSet):
    q = WordsFilter(fields=["search_text"])
    committee = django_filters.CharFilter(
        label="Gremium", field_name="consultations__organization_name", lookup_expr="icontains", distinct=True
    )
    role = django_filters.ChoiceFilter(
        label="Rolle", field_name="consultations__role", choices=Consultation.Role, distinct=True
    )
    body = django_filters.CharFilter(label="Stadt", lookup_expr="icontains")

    class Meta(FilterSet.Meta):
        model = CouncilPaper
        fields = []


class FundingFilterSet(FilterSet):
    q = WordsFilter(fields=["search_text"])
    stand = django_filters.ChoiceFilter(
        label="Stand", method="by_state", choices=[("laufend", "laufend"), *FundingApplication.State.choices]
    )
    department = django_filters.ModelChoiceFilter(
        label="Antrag von", queryset=Department.objects.filter(funding_applications__isnull=False).distinct()
    )

    class Meta(FilterSet.Meta):
        model = FundingApplication
        fields = []

    def by_state(self, rows, name, value):
        return rows.pending() if value == "laufend" else rows.filter(state=value)
