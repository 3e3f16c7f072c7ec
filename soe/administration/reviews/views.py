"""Start a review, decide line by line, sign, and take the signed list along."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.views.generic import View

from soe.departments.granting import Escalation
from soe.web import export, text
from soe.web.filters import FilterSet
from soe.web.tables import Column, DateColumn, NumberColumn, Table, TitleColumn
from soe.web.views import (
    Action,
    ActionView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedMixin,
)

from ..refusals import log_refused
from . import forms
from .models import ReviewLine, ReviewSheet, RightsReview

CRUMB = ("Verwaltung", "/verwaltung/")
LIST = ("Überprüfung der Rechte", "/verwaltung/ueberpruefung/")


class SheetTable(Table):
    caption = "Prüflisten"
    department = TitleColumn(
        verbose_name="Stelle", accessor="department__full_name", orderable=False, sub="review"
    )
    due = DateColumn(verbose_name="bis", accessor="review__due_on", orderable=False)
    lines = NumberColumn(verbose_name="Zeilen", accessor="all_lines", orderable=False)
    left = NumberColumn(verbose_name="offen", accessor="open_lines", orderable=False)
    state = Column(
        verbose_name="Stand", accessor="signed_at", orderable=False, default="noch nicht unterschrieben"
    )

    def render_state(self, record):
        return f"unterschrieben von {record.signed_by} am {text.day(record.signed_at)}"

    value_state = render_state


class SheetFilter(FilterSet):
    class Meta(FilterSet.Meta):
        model = ReviewSheet
        fields = ["review"]


class ReviewListView(ScopedListView):
    queryset = (
        ReviewSheet.objects.select_related("review", "department", "signed_by")
        .annotate(
            all_lines=Count("lines"),
            open_lines=Count("lines", filter=Q(lines__decision=ReviewLine.Decision.OPEN)),
        )
        .order_by("-review__due_on", "department__position", "pk")
    )
    title = "Überprüfung der Rechte"
    noun = "Prüflisten"
    singular = "Prüfliste"
    crumbs = (CRUMB,)
    filterset_class = SheetFilter
    table_class = SheetTable
    lead = "Einmal im Jahr bestätigt jede Stelle, wer welche Rechte noch braucht."
    empty_text = "Eine Überprüfung beginnt die Administration. Dann bekommt jede Stelle ihre Liste."
    head_actions = (
        Action(
            "Überprüfung beginnen",
            url_name="administration:review_add",
            action="add",
            model=RightsReview,
            primary=True,
        ),
    )


class ReviewStartView(ScopedCreateView):
    queryset = RightsReview.objects.all()
    form_class = forms.ReviewForm
    title = "Überprüfung beginnen"
    lead = "Jede Stelle bekommt eine Liste ihrer Zugehörigkeiten von heute."
    submit_label = "Überprüfung beginnen"
    crumbs = (CRUMB, LIST)


class ReviewSheetView(ScopedDetailView):
    queryset = ReviewSheet.objects.select_related("review", "department", "signed_by")
    template_name = "administration/review_sheet.html"
    crumbs = (CRUMB, LIST)
    actions = (
        Action(
            "Liste unterschreiben",
            url_name="administration:review_sign",
            primary=True,
            when=lambda sheet: sheet.signed_at is None,
        ),
    )

    def get_title(self):
        return self.object.department.full_name

    def get_context_data(self, **kwargs):
        lines = list(self.object.lines.select_related("decided_by", "membership"))
        return super().get_context_data(**kwargs) | {
            "lines": lines,
            "left": sum(line.decision == ReviewLine.Decision.OPEN for line in lines),
            "may_decide": self.object.signed_at is None and self.can("change", self.object),
        }


class DecideView(ScopedMixin, View):
    """One line, one click; back to the list."""

    queryset = ReviewLine.objects.select_related("sheet__review", "sheet__department", "membership__role")
    action = "change"
    decision = ReviewLine.Decision.CONFIRMED

    def post(self, request, *args, **kwargs):
        line = self.get_object()
        try:
            with transaction.atomic():
                line.decide(self.decision, by=request.user)
        except ValidationError as error:
            if isinstance(error, Escalation):
                log_refused(error.messages[0], obj=line)
            messages.error(request, error.messages[0])
        return HttpResponseRedirect(f"{line.sheet.get_absolute_url()}#zeile-{line.pk}")


class EndLineView(DecideView):
    decision = ReviewLine.Decision.ENDED


class SignView(ActionView):
    queryset = ReviewSheet.objects.select_related("review", "department")
    form_class = forms.SignForm
    submit_label = "Liste unterschreiben"
    success_message = "Die Liste ist unterschrieben."
    crumbs = (CRUMB, LIST)

    def perform(self, obj, form):
        obj.sign(by=self.request.user, statement=form.cleaned_data["statement"])


class SignedListView(ScopedMixin, View):
    """The signed list as PDF or XLSX; before the signature there is nothing to take along."""

    queryset = ReviewSheet.objects.select_related("review", "department", "signed_by")
    form = "pdf"

    def get(self, request, *args, **kwargs):
        sheet = self.get_object()
        if sheet.signed_at is None:
            raise Http404("Diese Liste ist noch nicht unterschrieben.")
        lines = list(sheet.lines.select_related("decided_by"))
        if self.form == "xlsx":
            header = [
                "Person",
                "Rolle",
                "ab",
                "bis",
                "vertritt",
                "Entscheidung",
                "entschieden von",
                "entschieden am",
            ]
            rows = (
                [
                    line.user_name,
                    line.role_name,
                    line.valid_from,
                    line.valid_until,
                    line.deputy_for,
                    line.get_decision_display(),
                    str(line.decided_by or ""),
                    line.decided_at and text.local_date(line.decided_at),
                ]
                for line in lines
            )
            return export.xlsx_response(header, rows, str(sheet), title="Rechte")
        import weasyprint

        html = render_to_string("administration/review_pdf.html", {"sheet": sheet, "lines": lines})
        pdf = weasyprint.HTML(string=html).write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
        response = HttpResponse(pdf, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="pruefliste-{sheet.department.code}.pdf"'
        return response


class SignedPdfView(SignedListView):
    form = "pdf"


class SignedXlsxView(SignedListView):
    form = "xlsx"
