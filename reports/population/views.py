"""Entering population figures, one by one or from a file. Unprotected numbers: only for those who manage them."""

import csv
import io
import re

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from soe.web.export import BOM, safe_text
from soe.web.views import (
    Action,
    PageView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
)

from .filters import PopulationFilterSet
from .forms import PopulationFigureForm, PopulationImportForm
from .importing import EXAMPLE, HEADER, Unreadable, import_figures
from .models import PopulationFigure
from .tables import PopulationTable

# "-9" is a number and no formula; with an apostrophe it could not be read in again.
NUMBER = re.compile(r"[-+−]?[\d.,]+")


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
        Action("Datei einlesen", url_name="reports:population_import", action="add"),
    )
    empty_text = "Tragen Sie eine Zahl ein oder lesen Sie eine Datei des Meldewesens ein."
    empty_action = Action("Datei einlesen", url_name="reports:population_import", action="add")

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


class PopulationImportView(PopulationPage, PageView):
    """Choose a file, read the answer: every row is imported or rejected with its reason."""

    permission = "population.manage"
    template_name = "reports/population/import.html"
    title = "Bevölkerungszahlen einlesen"

    def post(self, request, *args, **kwargs):
        form = PopulationImportForm(request.POST, request.FILES, user=request.user)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            content = form.cleaned_data["file"].read()
            outcome = import_figures(content, only_good_rows=form.cleaned_data["only_good_rows"])
        except Unreadable as error:
            form.add_error("file", error)
            return self.render_to_response(self.get_context_data(form=form))
        if outcome.rejected:
            return self.render_to_response(self.get_context_data(form=form, outcome=outcome))
        messages.success(
            request,
            f"{outcome.rows} Zeilen eingelesen: {outcome.new} neu, {outcome.changed} geändert, "
            f"{outcome.unchanged} unverändert.",
        )
        return redirect("reports:population_list")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context.setdefault("form", PopulationImportForm(user=self.request.user))
        outcome = context.get("outcome")
        return context | {
            "columns": HEADER,
            "submit_label": "Datei einlesen",
            "cancel_url": reverse("reports:population_list"),
            "rejected_csv": outcome.rejected_csv() if outcome else "",
        }


def _csv(name, text):
    response = HttpResponse(BOM + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


class TemplateFileView(PageView):
    """An empty list with the right columns and three example rows."""

    permission = "population.manage"

    def get(self, request, *args, **kwargs):
        out = io.StringIO()
        csv.writer(out, delimiter=";", lineterminator="\r\n").writerows([HEADER, *EXAMPLE])
        return _csv("bevoelkerungszahlen-vorlage.csv", out.getvalue())


class RejectedFileView(PageView):
    """The rejected rows, as the page before showed them, to be repaired and read in again."""

    permission = "population.manage"
    http_method_names = ["post"]

    @classmethod
    def offered_methods(cls):
        return ("POST",)

    def post(self, request, *args, **kwargs):
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
        for row in csv.reader(io.StringIO(request.POST.get("rows", "")[:4_000_000]), delimiter=";"):
            writer.writerow([cell if NUMBER.fullmatch(cell) else safe_text(cell) for cell in row])
        return _csv("bevoelkerungszahlen-abgelehnt.csv", out.getvalue())
