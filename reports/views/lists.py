"""The list of reports, and opening a new one."""

from django.db.models import OuterRef, Subquery
from django.urls import reverse, reverse_lazy

from soe.web.views import Action, ScopedCreateView, ScopedListView

from ..forms import NewReportForm
from ..models import DistrictReport, QuarterlyReport, ReportRevision
from ..population.models import PopulationFigure
from ..services import build_report
from ..tables import ReportTable

LATEST = ReportRevision.objects.filter(report=OuterRef("pk")).order_by("-revision")


class ReportListView(ScopedListView):
    queryset = QuarterlyReport.objects.defer("draft", "notes").annotate(
        latest=Subquery(LATEST.values("revision")[:1]), released=Subquery(LATEST.values("released_at")[:1])
    )
    table_class = ReportTable
    title = "Quartalsberichte"
    noun = "Quartalsberichte"
    lead = "Zahlen und Texte für den Lenkungskreis. Nach der Freigabe ändern sie sich nicht mehr."
    head_actions = (
        Action("Bericht anlegen", url_name="reports:report_create", action="add", primary=True, icon="plus"),
        Action(
            "Bevölkerungszahlen", url_name="reports:population_list", action="view", model=PopulationFigure
        ),
        Action("Bezirksberichte", url_name="reports:district_list", action="view", model=DistrictReport),
    )
    empty_title = "Noch kein Quartalsbericht"
    empty_text = "Hier stehen die freigegebenen Berichte."
    empty_action = Action("Bericht anlegen", url_name="reports:report_create", action="add")


class ReportCreateView(ScopedCreateView):
    """Opens the report of a quarter and computes its numbers."""

    queryset = QuarterlyReport.objects.all()
    form_class = NewReportForm
    title = "Quartalsbericht anlegen"
    lead = "Die Zahlen werden sofort berechnet und lassen sich bis zur Vorlage neu berechnen."
    submit_label = "Bericht anlegen"
    success_message = "„{object}“ ist angelegt, die Zahlen sind berechnet."
    success_url = ""

    def save(self, form):
        return build_report(form.cleaned_data["quarter"], by=self.request.user).report

    def get_crumbs(self):
        return [("Berichte", reverse("reports:report_list"))]

    def get_cancel_url(self):
        return reverse_lazy("reports:report_list")
