"""/beschwerden/auswertung/: complaints counted, on the page and as a spreadsheet."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from soe.audit.events import log_security
from soe.web import export
from soe.web.forms import Form
from soe.web.views import ScopedMixin

from ..models import Complaint
from ..statistics import COLUMNS, TOP, statistics


class SpanForm(Form):
    von = forms.DateField(label="Eingang ab")
    bis = forms.DateField(label="Eingang bis")

    def clean(self):
        data = super().clean()
        if data.get("von") and data.get("bis") and data["bis"] < data["von"]:
            raise ValidationError({"bis": "Das Ende liegt vor dem Anfang."})
        return data


class ComplaintStatisticsView(ScopedMixin, TemplateView):
    queryset = Complaint.objects.all()
    template_name = "objects/complaints/statistics.html"
    title = "Beschwerden in Zahlen"

    @classmethod
    def policy_rows(cls):
        return False

    def get_crumbs(self):
        return [("Beschwerden", reverse("objects:complaint_list"))]

    def get(self, request, *args, **kwargs):
        today = timezone.localdate()
        span = {"von": today - timedelta(days=365), "bis": today}
        asked = "von" in request.GET or "bis" in request.GET
        self.form = SpanForm(request.GET if asked else None, user=request.user, initial=span)
        if asked and not self.form.is_valid():
            return self.render_to_response(self.get_context_data(tables=[]))
        if asked:
            span = self.form.cleaned_data
        tables = statistics(request.user, span["von"], span["bis"], today=today)
        if kind := request.GET.get("export"):
            return self.export(tables, kind)
        return self.render_to_response(self.get_context_data(tables=tables, **span))

    def export(self, tables, kind):
        if kind not in export.CONTENT_TYPES:
            raise Http404("Diesen Export gibt es nicht.")
        log_security("export", model=self.model, detail=kind)
        rows = ([table.title, label, *values] for table in tables for label, values in table.rows)
        answer = export.csv_response if kind == "csv" else export.xlsx_response
        return answer(["Tabelle", "Zeile", *COLUMNS], rows, "beschwerden-zahlen")

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"form": self.form, "columns": COLUMNS, "top": TOP}
