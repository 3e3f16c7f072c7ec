"""What the list of early warnings can be narrowed by."""

import django_filters
from django.db.models import Q

from objects.register.selectors import districts
from soe.web.filters import FilterForm, FilterSet

from .models import EarlyWarning, WarningRule

STATES = [("alle", "alle"), *((s.value, s.label) for s in EarlyWarning.State if s != EarlyWarning.State.OPEN)]
PLACES = [("kataster", "im Kataster"), ("ausserhalb", "nicht im Kataster")]


class WarningFilterForm(FilterForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        widget = self.fields["stand"].widget
        widget.choices = [(value, "offen" if not value else text) for value, text in widget.choices]


class EarlyWarningFilterSet(FilterSet):
    stand = django_filters.ChoiceFilter(label="Stand", choices=STATES, method="by_state")
    regel = django_filters.ModelChoiceFilter(
        label="Regel", field_name="rule", queryset=WarningRule.objects.all()
    )
    bezirk = django_filters.ChoiceFilter(
        label="Stadtbezirk", choices=lambda: [(name, name) for name in districts()], method="by_district"
    )
    wo = django_filters.ChoiceFilter(label="Wo", choices=PLACES, method="by_place")

    class Meta:
        model = EarlyWarning
        fields: list = []
        form = WarningFilterForm

    def filter_queryset(self, queryset):
        queryset = super().filter_queryset(queryset)
        return queryset if self.form.cleaned_data.get("stand") else queryset.open()

    def by_state(self, queryset, name, value):
        return queryset if value == "alle" else queryset.filter(state=value)

    def by_district(self, queryset, name, value):
        return queryset.filter(Q(property__district=value) | Q(address__district=value))

    def by_place(self, queryset, name, value):
        return queryset.filter(address__isnull=value == "kataster")
