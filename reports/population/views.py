"""Entering population figures. Unprotected numbers: only for those who manage them."""

from django.shortcuts import redirect
from django.urls import reverse

from soe.web.views import (
    Action,
    PageView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
)

from .filters import PopulationFilterSet
from .forms import PopulationFigureForm
from .models import PopulationFigure
from .spec import PopulationImport
from .tables import PopulationTable

IMPORT = Action("Datei einlesen", url=f"/import/{PopulationImport.name}/", action="add")


class PopulationPage:
    """The trail of crumbs all these pages share."""

    def get_crumbs(self):
        return [
            ("Berichte", reverse("reports:report_list")),
            ("Bevölkerungszahlen", reverse("reports:population_list")),
        ]


class PopulationListView(ScopedListView):
    queryset = PopulationFigure.objects.all()
    filterset_class = PopulationFilterSet
    table_class = PopulationTable
    title = "Bevölkerungszahlen"
    lead = "Summen aus dem Melderegister und aus Vorlagen, nie Personen. Der Bericht schützt kleine Zahlen."
    head_actions = (
        Action(
            "Zahl eintragen", url_name="reports:population_create", action="add", primary=True, icon="plus"
        ),
        IMPORT,
    )
    empty_text = "Tragen Sie eine Zahl ein oder lesen Sie eine Datei des Meldewesens ein."
    empty_action = IMPORT

    def get_crumbs(self):
        return [("Berichte", reverse("reports:report_list"))]


class PopulationDetailView(PopulationPage, ScopedDetailView):
    queryset = PopulationFigure.objects.all()
    template_name = "reports/population/detail.html"
    actions = (Action("Ändern", url_name="reports:population_update", primary=True),)


class PopulationCreateView(PopulationPage, ScopedCreateView):
    queryset = PopulationFigure.objects.all()
    form_class = PopulationFigureForm
    title = "Bevölkerungszahl eintragen"
    lead = "Pflicht sind Stand, Quelle und eine Anzahl oder ein Anteil."
    submit_label = "Zahl speichern"

    def get_cancel_url(self):
        return reverse("reports:population_list")


class PopulationUpdateView(PopulationPage, ScopedUpdateView):
    queryset = PopulationFigure.objects.all()
    form_class = PopulationFigureForm
    title = "Bevölkerungszahl ändern"
    submit_label = "Zahl speichern"

    def get_crumbs(self):
        return [*PopulationPage.get_crumbs(self), (str(self.object), self.object.get_absolute_url())]


class OldImportView(PageView):
    """Where figures were read in before the general import page."""

    permission = "population.manage"

    def get(self, request, *args, **kwargs):
        return redirect("web:import_upload", name=PopulationImport.name, permanent=True)
