"""What the list of claims can be narrowed by."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone

from objects.register.models import Party
from soe.departments.models import Department
from soe.departments.scope import departments_granting
from soe.web.filters import FilterSet, WordsFilter

from .models import Claim


class ClaimFilterSet(FilterSet):
    text = WordsFilter(
        fields=["proceeding__search", "proceeding__property__search"],
        label="Aktenzeichen, Gegenstand, Objekt",
    )
    stand = django_filters.ChoiceFilter(
        label="Stand",
        choices=[("offen", "offen"), ("ueberfaellig", "überfällig"), ("beglichen", "beglichen")],
        method="by_status",
    )
    art = django_filters.ChoiceFilter(label="Art", field_name="kind", choices=Claim.Kind.choices)
    fb = django_filters.ModelChoiceFilter(
        label="Fachbereich", field_name="proceeding__department", queryset=Department.objects.active()
    )
    eigentuemer = django_filters.ModelChoiceFilter(
        label="Schuldet",
        field_name="party",
        # An entry that went up in another one keeps its claims; they are found with the one that stays.
        queryset=Party.objects.standing()
        .filter(Q(claims__isnull=False) | Q(merged__claims__isnull=False))
        .distinct(),
        method="by_debtor",
    )
    ansicht = django_filters.CharFilter(widget=forms.HiddenInput, method="by_view")

    class Meta(FilterSet.Meta):
        model = Claim
        fields: list = []
        primary = ("text", "stand", "fb")

    def by_status(self, rows, name, value):
        if value == "ueberfaellig":
            return rows.overdue(timezone.localdate())
        return rows.open() if value == "offen" else rows.filter(open_amount=0)

    def by_debtor(self, rows, name, value):
        return rows.filter(Q(party=value) | Q(party__merged_into=value))

    def by_view(self, rows, name, value):
        if value == "meine":
            mine = departments_granting(self.request.user, "proceeding.change")
            return rows.open().filter(proceeding__department__in=mine)
        return rows
