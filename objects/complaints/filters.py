"""What the list of complaints can be narrowed by. Nothing here knows who reported."""

import django_filters
from django import forms
from django.utils import timezone

from objects.register.selectors import districts
from soe.departments.models import Department
from soe.departments.scope import departments_granting
from soe.web.filters import FilterSet, WordsFilter

from .models import Complaint, ComplaintCategory

STATES = [("open", "offen"), *Complaint.State.choices]


class ComplaintFilterSet(FilterSet):
    text = WordsFilter(fields=["search"], label="Nummer, Anschrift")
    state = django_filters.ChoiceFilter(label="Stand", choices=STATES, method="by_state")
    art = django_filters.ModelChoiceFilter(
        label="Art", queryset=ComplaintCategory.objects.all(), method="by_category"
    )
    bezirk = django_filters.ChoiceFilter(
        label="Stadtbezirk",
        field_name="address__district",
        choices=lambda: [(name, name) for name in districts()],
    )
    fb = django_filters.ModelChoiceFilter(
        label="Zuständig", field_name="department", queryset=Department.objects.active()
    )
    weg = django_filters.ChoiceFilter(label="Weg", field_name="channel", choices=Complaint.Channel.choices)
    von = django_filters.DateFilter(label="Eingang ab", field_name="received_at", lookup_expr="date__gte")
    bis = django_filters.DateFilter(label="Eingang bis", field_name="received_at", lookup_expr="date__lte")
    ansicht = django_filters.CharFilter(widget=forms.HiddenInput, method="by_view")

    class Meta(FilterSet.Meta):
        model = Complaint
        fields: list = []
        primary = ("text", "state", "art")

    def by_state(self, rows, name, value):
        return rows.open() if value == "open" else rows.filter(state=value)

    def by_category(self, rows, name, value):
        return rows.filter(topics__category=value)

    def by_view(self, rows, name, value):
        mine = departments_granting(self.request.user, "complaint.route")
        if value == "meine":
            return rows.open().filter(department__in=mine)
        if value == "mir":
            return rows.not_closed().filter(handler=self.request.user)
        if value == "neu":
            return rows.waiting_for(mine)
        if value == "beteiligt":
            return rows.open().filter(involvements__department__in=mine).distinct()
        if value == "ueberfaellig":
            return rows.answer_overdue(timezone.localdate())
        return rows
