"""What lists of proceedings and measures can be narrowed by."""

import django_filters
from django import forms
from django.utils import timezone

from objects.register.selectors import districts
from soe.departments.models import Department
from soe.departments.scope import departments_granting
from soe.web.filters import FilterSet, WordsFilter

from .models import InformationRequest, LegalBasis, Measure, OrderItem, Proceeding


def _districts():
    return [(name, name) for name in districts()]


class ProceedingFilterSet(FilterSet):
    text = WordsFilter(fields=["search", "property__search"], label="Aktenzeichen, Gegenstand, Objekt")
    stand = django_filters.ChoiceFilter(
        label="Stand",
        choices=[("laufend", "laufend"), ("abgeschlossen", "abgeschlossen")],
        method="by_status",
    )
    fb = django_filters.ModelChoiceFilter(
        label="Führt", field_name="department", queryset=Department.objects.active()
    )
    grundlage = django_filters.ModelChoiceFilter(
        label="Rechtsgrundlage", field_name="legal_basis", queryset=LegalBasis.objects.for_orders()
    )
    bezirk = django_filters.ChoiceFilter(
        label="Stadtbezirk", field_name="property__district", choices=_districts
    )
    ansicht = django_filters.CharFilter(widget=forms.HiddenInput, method="by_view")

    class Meta(FilterSet.Meta):
        model = Proceeding
        fields: list = []
        primary = ("text", "stand", "fb")

    def by_status(self, rows, name, value):
        return rows.open() if value == "laufend" else rows.closed()

    def by_view(self, rows, name, value):
        if value == "meine":
            return rows.open().filter(
                department__in=departments_granting(self.request.user, "proceeding.change")
            )
        if value == "frist":
            late = OrderItem.objects.overdue(timezone.localdate()).order_by()
            return rows.filter(pk__in=late.values("order__proceeding"))
        return rows


class MeasureFilterSet(FilterSet):
    text = WordsFilter(fields=["property__search"], label="Objekt, Anschrift")
    stand = django_filters.ChoiceFilter(label="Stand", field_name="state", choices=Measure.State.choices)
    art = django_filters.ChoiceFilter(label="Art", field_name="kind", choices=Measure.Kind.choices)
    fb = django_filters.ModelChoiceFilter(
        label="Fachbereich", field_name="department", queryset=Department.objects.active()
    )
    bezirk = django_filters.ChoiceFilter(
        label="Stadtbezirk", field_name="property__district", choices=_districts
    )
    ansicht = django_filters.CharFilter(widget=forms.HiddenInput, method="by_view")

    class Meta(FilterSet.Meta):
        model = Measure
        fields: list = []
        primary = ("text", "stand", "fb")

    def by_view(self, rows, name, value):
        if value == "meine":
            return rows.open().filter(
                department__in=departments_granting(self.request.user, "measure.change")
            )
        if value == "ueberfaellig":
            return rows.overdue(timezone.localdate())
        if value == "widerspruch":
            return rows.filter(contradicted=True)
        return rows


class RequestFilterSet(FilterSet):
    stand = django_filters.ChoiceFilter(
        label="Stand", field_name="state", choices=InformationRequest.State.choices
    )
    ansicht = django_filters.CharFilter(widget=forms.HiddenInput, method="by_view")

    class Meta(FilterSet.Meta):
        model = InformationRequest
        fields: list = []
        primary = ("stand",)

    def by_view(self, rows, name, value):
        mine = departments_granting(self.request.user, "proceeding.view")
        if value == "an":
            return rows.waiting().filter(asked_department__in=mine)
        if value == "von":
            return rows.waiting().filter(asking_department__in=mine)
        if value == "laeuft":
            return rows.running()
        return rows
