"""What the lists of the register can be narrowed by."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone

from soe.departments.models import Department
from soe.departments.scope import departments_granting
from soe.web.counting import LIMIT, counts
from soe.web.filters import FilterForm, FilterSet

from .models import Ownership, Party, ProblemArea, Property
from .models.scales import Stage
from .reach import acted_on
from .selectors import districts, search_parties, search_properties

LIGHTS = [
    ("33", "Druck hoch, Spielraum gut"),
    ("3", "Druck hoch"),
    ("2", "Druck mittel"),
    ("1", "Druck gering"),
    ("0", "nicht bewertet"),
]
STAGES = [*((str(value), f"{value} {label}") for value, label in Stage.choices), ("0", "ohne Ziel")]
STANDING = [("abgeschlossen", "abgeschlossen"), ("alle", "alle, auch abgeschlossene")]
VIEWS = ("meine", "beteiligt", "ueberfaellig", "ohne")


class PropertyFilterForm(FilterForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        widget = self.fields["stand"].widget
        widget.choices = [(value, "im Kataster" if not value else text) for value, text in widget.choices]


class PropertyFilterSet(FilterSet):
    text = django_filters.CharFilter(label="Anschrift, Nummer, Eigentümer", method="by_text")
    bezirk = django_filters.ChoiceFilter(
        label="Stadtbezirk", field_name="district", choices=lambda: [(name, name) for name in districts()]
    )
    lage = django_filters.ChoiceFilter(
        label="Problemlage", choices=ProblemArea.Kind.choices, method="by_problem"
    )
    ampel = django_filters.ChoiceFilter(label="Ampel", choices=LIGHTS, method="by_light")
    stufe = django_filters.ChoiceFilter(label="Stufe", choices=STAGES, method="by_stage")
    fb = django_filters.ModelChoiceFilter(
        label="Fachbereich", queryset=Department.objects.active(), method="by_department"
    )
    stand = django_filters.ChoiceFilter(label="Stand", choices=STANDING, method="by_standing")
    eigentuemer = django_filters.ModelChoiceFilter(
        label="Eigentümer", queryset=Party.objects.all(), method="by_owner", widget=forms.HiddenInput
    )
    eigentuemer.permission = "owner.view"
    ansicht = django_filters.CharFilter(widget=forms.HiddenInput, method="by_view")

    class Meta:
        model = Property
        fields: list = []
        form = PropertyFilterForm

    def __init__(self, *args, codes=frozenset(), **kwargs):
        super().__init__(*args, codes=codes, **kwargs)
        self.codes = codes
        if "owner.view" not in codes:
            self.filters["text"].label = "Anschrift, Nummer"

    def filter_queryset(self, queryset):
        queryset = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("stand"):
            return queryset
        # Both say the same; the second lets one index cut and sort by what the summary holds.
        return queryset.active().filter(summary__standing=True)

    def by_text(self, queryset, name, value):
        return search_properties(queryset, value, owners="owner.view" in self.codes)

    def by_problem(self, queryset, name, value):
        areas = ProblemArea.objects.open().filter(kind=value)
        return queryset.filter(pk__in=areas.order_by().values("property"))

    def by_light(self, queryset, name, value):
        if value == "0":
            return queryset.filter(summary__light=0)
        queryset = queryset.filter(summary__pressure=int(value[0]))
        return queryset.filter(summary__room=int(value[1])) if len(value) == 2 else queryset

    def by_stage(self, queryset, name, value):
        return queryset.filter(summary__stage=int(value) or None)

    def by_department(self, queryset, name, value):
        mine = Department.objects.filter(pk=value.pk).values("pk")
        return queryset.filter(pk__in=acted_on(mine))

    def by_owner(self, queryset, name, value):
        held = Ownership.objects.current().filter(party=value)
        return queryset.filter(pk__in=held.order_by().values("property"))

    def by_standing(self, queryset, name, value):
        return queryset.filter(retired_on__isnull=False) if value == "abgeschlossen" else queryset

    def by_view(self, queryset, name, value):
        return queryset.filter(view_q(self.request.user, value))


def view_q(user, view) -> Q:
    """The ready-made views of the list: meine, beteiligt, ueberfaellig, ohne (nächsten Schritt)."""
    own = departments_granting(user, "register.view")
    if view == "meine":
        return Q(lead_department__in=own)
    if view == "ohne":
        return Q(lead_department__in=own, summary__next_on=None)
    if view == "beteiligt":
        return Q(pk__in=acted_on(own))
    if view == "ueberfaellig":
        return Q(pk__in=acted_on(own), summary__next_on__lt=timezone.localdate())
    return Q()


def view_counts(user) -> dict:
    """How many properties stand in each view, in one query, up to 999; "alle" are all."""
    rows = Property.objects.restrict(user, "view").filter(summary__standing=True)
    found = counts({"alle": rows, **{view: rows.filter(view_q(user, view)) for view in VIEWS}})
    return {name: "999+" if number >= LIMIT else number for name, number in found.items()}


class PartyFilterSet(FilterSet):
    text = django_filters.CharFilter(label="Name", method="by_text")
    art = django_filters.ChoiceFilter(label="Art", field_name="kind", choices=Party.Kind.choices)
    bestand = django_filters.ChoiceFilter(
        label="Bestand",
        choices=[
            ("1", "mit Objekten im Kataster"),
            ("2", "mehrere Objekte"),
            ("5", "fünf und mehr Objekte"),
            ("0", "ohne Objekt"),
        ],
        method="by_stock",
    )
    druck = django_filters.ChoiceFilter(
        label="Hoher Druck",
        choices=[("1", "mindestens ein Objekt"), ("2", "mehrere Objekte")],
        method="by_pressing",
    )
    verbindung = django_filters.ChoiceFilter(
        label="Verbindungen", choices=[("offen", "mit offenen Vermutungen")], method="by_links"
    )
    ort = django_filters.ChoiceFilter(
        label="Sitz", choices=[("auswaertig", "auswärtig"), ("hier", "in der Stadt")], method="by_place"
    )
    ort.permission = "owner.personal"  # where somebody lives is contact data

    class Meta:
        model = Party
        fields: list = []
        form = FilterForm

    def by_text(self, queryset, name, value):
        return search_parties(queryset, value)

    def by_stock(self, queryset, name, value):
        if value == "0":
            return queryset.filter(summary__stock=0)
        return queryset.filter(summary__stock__gte=int(value))

    def by_pressing(self, queryset, name, value):
        return queryset.filter(summary__pressing__gte=int(value))

    def by_links(self, queryset, name, value):
        return queryset.filter(summary__links__gte=1)

    def by_place(self, queryset, name, value):
        if value == "auswaertig":
            return queryset.filter(summary__away=True)
        return queryset.filter(summary__away=False).exclude(city="")
