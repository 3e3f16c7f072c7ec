"""System gaps: noted from a stuck step, listed for the own carrier, counted for everybody."""

import django_filters

from soe.web.filters import FilterSet
from soe.web.views import ScopedListView

from ... import services
from ...choices import Domain
from ..forms import GapForm
from ..gaps import SystemGap
from ..tables import GapTable
from .common import CRUMBS
from .plans import StepAction


class GapFilterSet(FilterSet):
    domain = django_filters.ChoiceFilter(label="Lebensbereich", choices=Domain.choices)

    class Meta(FilterSet.Meta):
        model = SystemGap
        fields = ["domain"]


class GapListView(ScopedListView):
    queryset = SystemGap.objects.select_related("department")
    filterset_class = GapFilterSet
    table_class = GapTable
    title = "Systemlücken"
    noun = "Systemlücken"
    lead = "Was vielen fehlt. Ab fünf Meldungen steht der Lebensbereich im Quartalsbericht."
    crumbs = (CRUMBS,)
    empty_text = (
        "Steckt ein Schritt fest, weil es das Angebot nicht gibt, melden Sie es von dort: ohne Namen."
    )


class GapCreateView(StepAction):
    """From a stuck step. What is stored does not know which step it was."""

    form_class = GapForm
    title = "Als Systemlücke melden"
    lead = "Gemeldet wird nur, was fehlt. Die Meldung kennt weder Person noch Fall."
    submit_label = "Systemlücke melden"
    success_message = "Die Systemlücke ist gemeldet, ohne Bezug zu diesem Fall."

    def get_initial(self):
        return super().get_initial() | {"text": self.object.stuck, "domain": self.object.goal.domain}

    def perform(self, obj, form):
        data = form.cleaned_data
        services.note_gap(
            by=self.request.user,
            department=self.case().offer.carrier,
            domain=data["domain"],
            text=data["text"],
        )
