"""What the list of population figures can be narrowed by."""

import django_filters

from soe.web.filters import FilterSet

from .models import District, Nationality, PopulationFigure, Subject

DISTRICTS = [("gesamt", District.CITY.label), *[c for c in District.choices if c[0]]]


class PopulationFilterSet(FilterSet):
    stand = django_filters.DateFilter(label="Stand", field_name="as_of")
    von = django_filters.DateFilter(label="Stand ab", field_name="as_of", lookup_expr="gte")
    bis = django_filters.DateFilter(label="Stand bis", field_name="as_of", lookup_expr="lte")
    staat = django_filters.ChoiceFilter(
        label="Staatsangehörigkeit", field_name="nationality", choices=Nationality.choices
    )
    bezirk = django_filters.ChoiceFilter(label="Stadtbezirk", choices=DISTRICTS, method="by_district")
    merkmal = django_filters.ChoiceFilter(label="Merkmal", field_name="subject", choices=Subject.choices)

    class Meta(FilterSet.Meta):
        model = PopulationFigure
        fields: list = []
        primary = ("stand", "staat", "merkmal")

    def by_district(self, rows, name, value):
        return rows.filter(district="" if value == "gesamt" else value)
