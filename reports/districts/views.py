"""List, making one as a job, the page, and the files of both versions."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.views.generic import View
from uuid_utils.compat import uuid7

from soe.audit.events import log_security
from soe.web import pdf
from soe.web.jobs import start
from soe.web.tables import Column, DateColumn, MomentColumn, Table, TitleColumn
from soe.web.views import Action, ScopedCreateView, ScopedDetailView, ScopedListView, ScopedMixin

from .forms import NewDistrictReportForm
from .models import DistrictReport
from .presentation import districts_of, load, shown, workbook

CRUMBS = (("Berichte", "reports:report_list"), ("Bezirksberichte", "reports:district_list"))
TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def crumbs(count):
    return [(label, reverse(name)) for label, name in CRUMBS[:count]]


class DistrictReportTable(Table):
    report = TitleColumn(verbose_name="Bericht", accessor="as_of", order_by=("as_of", "revision"))
    since = DateColumn(verbose_name="seit", orderable=False)
    made_at = MomentColumn(verbose_name="erstellt am", orderable=False)
    made_by = Column(verbose_name="erstellt von", orderable=False)

    caption = "Bezirksberichte"

    class Meta(Table.Meta):
        model = DistrictReport
        fields = ("report", "since", "made_at", "made_by")
        order_by = ("-report",)

    def render_report(self, value, record):
        return format_html('<a href="{}">{}</a>', record.get_absolute_url(), record)

    def value_report(self, record):
        return str(record)


class DistrictReportListView(ScopedListView):
    queryset = DistrictReport.objects.select_related("made_by").defer("public", "internal")
    table_class = DistrictReportTable
    title = "Bezirksberichte"
    noun = "Bezirksberichte"
    singular = "Bezirksbericht"
    lead = "Das Kataster je Stadtbezirk, für die Bezirksvertretungen. Ein Bericht ändert sich nicht mehr."
    head_actions = (
        Action(
            "Bezirksbericht erstellen",
            url_name="reports:district_create",
            action="add",
            primary=True,
            icon="plus",
        ),
    )
    empty_title = "Noch kein Bezirksbericht"
    empty_text = (
        "Der erste Bericht zeigt den Bestand und was im letzten Jahr geschah, jeder weitere die Veränderung."
    )
    empty_action = Action("Bezirksbericht erstellen", url_name="reports:district_create", action="add")

    def get_crumbs(self):
        return crumbs(1)


class DistrictReportCreateView(ScopedCreateView):
    queryset = DistrictReport.objects.all()
    form_class = NewDistrictReportForm
    title = "Bezirksbericht erstellen"
    lead = "Der Bericht beginnt, wo der letzte endete. Er entsteht im Hintergrund und ist danach eingefroren."
    submit_label = "Bezirksbericht erstellen"
    keep_in_scope = None
    success_message = ""

    def save(self, form):
        data = form.cleaned_data
        self.job = start(
            self.request.user, "district_report",
            params={"report": str(uuid7()), "as_of": data["day"].isoformat(), "reason": data["reason"].strip()},
        )  # fmt: skip
        return None

    def get_success_url(self):
        return self.job.get_absolute_url()

    def get_crumbs(self):
        return crumbs(2)

    def get_cancel_url(self):
        return reverse("reports:district_list")


class DistrictReportView(ScopedDetailView):
    queryset = DistrictReport.objects.select_related("made_by")
    template_name = "reports/districts/report.html"

    def get_crumbs(self):
        return crumbs(2)

    def history_url(self):
        return ""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        inside = self.may("register.view")
        data = load(self.object, "internal" if inside else "public")
        district = _district(self.request, data)
        return context | {
            "view": shown(data, district),
            "inside": inside,
            "district": district,
            "districts": districts_of(data),
            "query": f"?bezirk={district}" if district else "",
        }


def _district(request, data):
    name = request.GET.get("bezirk", "")
    if name and name not in districts_of(data):
        raise Http404
    return name


class DistrictReportFileView(ScopedMixin, View):
    """`version`: "oeffentlich" or "nichtoeffentlich"; the second needs the register and is noted."""

    queryset = DistrictReport.objects.select_related("made_by")
    kind, version = "pdf", "public"

    def get(self, request, *args, **kwargs):
        report = self.get_object()
        if self.version == "internal":
            if not DistrictReport.objects.restrict(request.user, "internal").filter(pk=report.pk).exists():
                raise PermissionDenied
            log_security("export", detail=f"Bezirksbericht nichtöffentlich als {self.kind}", obj=report)
        data = load(report, self.version)
        district = _district(request, data)
        checksum = getattr(report, f"{self.version}_sha256")
        if self.kind == "pdf":
            context = {"view": shown(data, district), "report": report, "checksum": checksum, "district": district,
                       "inside": self.version == "internal"}  # fmt: skip
            content = pdf.tagged("reports/districts/paper.html", context)
        else:
            content = workbook(data, checksum, district)
        word = "nichtoeffentlich" if self.version == "internal" else "oeffentlich"
        name = f"bezirksbericht-{report.as_of:%Y-%m-%d}-{word}"
        response = HttpResponse(content, content_type=TYPES[self.kind])
        response["Content-Disposition"] = f'attachment; filename="{name}.{self.kind}"'
        response["X-Content-Type-Options"] = "nosniff"
        return response
