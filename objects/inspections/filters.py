import django_filters
from django import forms
from django.utils import timezone

from soe.departments.models import Department
from soe.web.filters import FilterSet, WordsFilter

from .models import InspectionDay

VIEWS = [("kommend", "kommende"), ("laufend", "laufende"), ("vergangen", "vergangene")]
CITIES = [("eigene", "unsere Stadt"), ("andere", "andere Städte")]


class InspectionDayFilterSet(FilterSet):
    suche = WordsFilter(fields=["search"], label="Nummer, Treffpunkt, Stadt")
    stand = django_filters.ChoiceFilter(
        label="Stand", field_name="state", choices=InspectionDay.State.choices
    )
    stelle = django_filters.ModelChoiceFilter(
        label="Teilnehmende Stelle", queryset=Department.objects.active(), method="by_department"
    )
    stadt = django_filters.ChoiceFilter(label="Stadt", choices=CITIES, method="by_city")
    von = django_filters.DateFilter(label="von", field_name="date", lookup_expr="gte", widget=forms.DateInput)
    bis = django_filters.DateFilter(label="bis", field_name="date", lookup_expr="lte", widget=forms.DateInput)
    ansicht = django_filters.ChoiceFilter(
        label="Ansicht", choices=VIEWS, method="by_view", widget=forms.HiddenInput
    )

    class Meta:
        model = InspectionDay
        fields: list = []
        form = FilterSet.Meta.form

    def by_view(self, rows, name, value):
        today = timezone.localdate()
        if value == "kommend":
            return rows.upcoming(today)
        return rows.current(today) if value == "laufend" else rows.past()

    def by_department(self, rows, name, value):
        return rows.filter(pk__in=value.inspection_participations.order_by().values("day"))

    def by_city(self, rows, name, value):
        return rows.filter(reference_city=value == "andere")
