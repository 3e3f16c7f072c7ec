"""What the list of suspected links can be narrowed by."""

import django_filters

from soe.web.filters import FilterForm, FilterSet

from .models import PartyLink

STATES = [(state.value, state.label) for state in PartyLink.State if state != PartyLink.State.GONE]


class LinkFilterSet(FilterSet):
    grund = django_filters.ChoiceFilter(label="Grund", field_name="kind", choices=PartyLink.Kind.choices)
    stand = django_filters.ChoiceFilter(label="Stand", field_name="state", choices=STATES)

    class Meta:
        model = PartyLink
        fields: list = []
        form = FilterForm
