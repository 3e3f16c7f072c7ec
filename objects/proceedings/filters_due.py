"""What the list of deadlines can be narrowed by."""

from datetime import timedelta

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone

from soe.departments.models import Department
from soe.departments.scope import departments_granting
from soe.web.filters import FilterSet, WordsFilter

from .filters import _districts
from .models.due import Deadline


class DeadlineFilterSet(FilterSet):
    text = WordsFilter(fields=["property__search"], label="Objekt, Anschrift")
    art = django_filters.ChoiceFilter(label="Art", field_name="kind", choices=Deadline.Kind.choices)
    fb = django_filters.ModelChoiceFilter(
        label="Fachbereich", field_name="department", queryset=Department.objects.active()
    )
    wann = django_filters.ChoiceFilter(
        label="Fällig",
        choices=[("ueber", "überfällig"), ("7", "in 7 Tagen"), ("30", "in 30 Tagen")],
        method="by_day",
    )
    bezirk = django_filters.ChoiceFilter(
        label="Stadtbezirk", field_name="property__district", choices=_districts
    )
    ansicht = django_filters.CharFilter(widget=forms.HiddenInput, method="by_view")

    class Meta(FilterSet.Meta):
        model = Deadline
        fields: list = []
        primary = ("text", "art", "fb", "wann")

    def by_day(self, rows, name, value):
        today = timezone.localdate()
        if value == "ueber":
            return rows.overdue(today)
        return rows.filter(due_on__range=(today, today + timedelta(days=int(value))))

    def by_view(self, rows, name, value):
        user = self.request.user
        if value == "ich":
            return rows.filter(responsible=user)
        if value == "meine":
            return rows.filter(
                Q(department__in=departments_granting(user, "proceeding.change"))
                | Q(department__in=departments_granting(user, "measure.change"))
                | Q(department__in=departments_granting(user, "complaint.route"))
            )
        return rows
