from django.urls import path, register_converter

from .converters import QuarterConverter
from .districts import views as districts
from .population import views as population
from .views import files, lists, report, steps

register_converter(QuarterConverter, "quarter")

app_name = "reports"
R = "berichte/<quarter:quarter>/"
N = f"{R}revision/<int:revision>/"
P = "berichte/bevoelkerung/"
B = "berichte/bezirke/"
FILE = districts.DistrictReportFileView.as_view

urlpatterns = [
    path("berichte/", lists.ReportListView.as_view(), name="report_list"),
    path("berichte/neu/", lists.ReportCreateView.as_view(), name="report_create"),
    path(P, population.PopulationListView.as_view(), name="population_list"),
    path(f"{P}neu/", population.PopulationCreateView.as_view(), name="population_create"),
    path(f"{P}einlesen/", population.OldImportView.as_view(), name="population_import"),
    path(f"{P}<uuid:pk>/", population.PopulationDetailView.as_view(), name="population_detail"),
    path(f"{P}<uuid:pk>/aendern/", population.PopulationUpdateView.as_view(), name="population_update"),
    path(B, districts.DistrictReportListView.as_view(), name="district_list"),
    path(f"{B}neu/", districts.DistrictReportCreateView.as_view(), name="district_create"),
    path(f"{B}<uuid:pk>/", districts.DistrictReportView.as_view(), name="district"),
    path(f"{B}<uuid:pk>/oeffentlich.pdf", FILE(kind="pdf"), name="district_public_pdf"),
    path(f"{B}<uuid:pk>/oeffentlich.xlsx", FILE(kind="xlsx"), name="district_public_xlsx"),
    path(
        f"{B}<uuid:pk>/nichtoeffentlich.pdf",
        FILE(kind="pdf", version="internal"),
        name="district_internal_pdf",
    ),
    path(
        f"{B}<uuid:pk>/nichtoeffentlich.xlsx",
        FILE(kind="xlsx", version="internal"),
        name="district_internal_xlsx",
    ),
    path(R, report.ReportDetailView.as_view(), name="report"),
    path(f"{R}abschnitt/<int:section>/", report.SectionTextView.as_view(), name="text"),
    path(f"{R}berechnen/", steps.ComputeView.as_view(), name="compute"),
    path(f"{R}vorlegen/", steps.PresentView.as_view(), name="present"),
    path(f"{R}zurueckziehen/", steps.WithdrawView.as_view(), name="withdraw"),
    path(f"{R}zurueckgeben/", steps.ReturnView.as_view(), name="return"),
    path(f"{R}freigeben/", steps.ReleaseView.as_view(), name="release"),
    path(f"{R}berichtigen/", steps.CorrectView.as_view(), name="correct"),
    path(f"{R}entwurf.pdf", files.DraftFileView.as_view(kind="pdf"), name="draft_pdf"),
    path(f"{R}entwurf.docx", files.DraftFileView.as_view(kind="docx"), name="draft_docx"),
    path(N, report.RevisionDetailView.as_view(), name="revision"),
    path(f"{N}bericht.pdf", files.RevisionFileView.as_view(kind="pdf"), name="pdf"),
    path(f"{N}bericht.xlsx", files.RevisionFileView.as_view(kind="xlsx"), name="xlsx"),
    path(f"{N}bericht.docx", files.RevisionFileView.as_view(kind="docx"), name="docx"),
    path(f"{N}bericht.json", files.RevisionFileView.as_view(kind="json"), name="json"),
    path(f"{N}tabelle/<str:key>.csv", files.TableFileView.as_view(), name="csv"),
]
