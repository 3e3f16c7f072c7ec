"""Emergency access: asking for it, and looking at it afterwards."""

import django_filters

from soe.audit.reads import log_read
from soe.web.filters import FilterSet
from soe.web.views import ActionView, ScopedCreateView, ScopedListView

from ..breakglass import BreakGlass
from ..forms import BreakGlassForm, ReviewForm
from ..models import Case
from ..tables import BreakGlassTable
from .common import CRUMBS

LIST = ("Notzugriffe", "/faelle/notzugriffe/")
NOT_POSSIBLE = "Zu diesem Aktenzeichen ist kein Notzugriff möglich. Bitte prüfen Sie die Schreibweise."


class BreakGlassCreateView(ScopedCreateView):
    queryset = BreakGlass.objects.all()
    form_class = BreakGlassForm
    template_name = "cases/breakglass_create.html"
    title = "Notzugriff"
    submit_label = "Jetzt für 60 Minuten öffnen"
    keep_in_scope = None
    crumbs = (CRUMBS,)
    success_message = "Der Fall ist für 60 Minuten geöffnet. Der Zugriff ist gemeldet."

    def save(self, form):
        from django.core.exceptions import ValidationError

        case = (
            Case.objects.select_related("person")
            .filter(number__iexact=form.cleaned_data["number"].strip())
            .first()
        )
        if case is None:
            raise ValidationError({"number": NOT_POSSIBLE})
        try:
            self.entry = BreakGlass.open(case, by=self.request.user, reason=form.cleaned_data["reason"])
        except ValidationError:
            raise ValidationError({"number": NOT_POSSIBLE}) from None
        return case

    def form_invalid(self, form):
        # A wrong or closed number is a look that failed: the log keeps that it was tried, never the number.
        if form.is_bound and "number" in form.errors and form.cleaned_data.get("reason"):
            log_read("search", Case, basis="Notzugriff, ohne Treffer", hits=0)
        return super().form_invalid(form)


class BreakGlassFilterSet(FilterSet):
    offen = django_filters.ChoiceFilter(
        label="Prüfung", choices=[("ja", "noch zu prüfen"), ("nein", "geprüft")], method="by_review"
    )

    class Meta(FilterSet.Meta):
        model = BreakGlass
        fields = ["offen"]

    def by_review(self, rows, name, value):
        return rows.unreviewed() if value == "ja" else rows.exclude(reviewed_at=None)


class BreakGlassListView(ScopedListView):
    queryset = BreakGlass.objects.select_related("case", "user")
    filterset_class = BreakGlassFilterSet
    table_class = BreakGlassTable
    title = "Notzugriffe"
    noun = "Notzugriffe"
    empty_text = "Hat jemand im Notfall einen fremden Fall geöffnet, steht es hier und wird geprüft."

    def get_crumbs(self):
        # Those who review come without a right to cases: no link that ends in a refusal.
        return [CRUMBS] if self.may("case.view") else []


class BreakGlassReviewView(ActionView):
    queryset = BreakGlass.objects.select_related("case__offer__carrier", "user", "reviewed_by")
    action = "review"
    form_class = ReviewForm
    template_name = "cases/breakglass_review.html"
    title = "Notzugriff prüfen"
    submit_label = "Prüfung speichern"
    success_message = "Die Prüfung ist gespeichert."
    crumbs = (LIST,)

    def get_crumbs(self):
        return [LIST]

    def perform(self, obj, form):
        obj.review(by=self.request.user, verdict=form.cleaned_data["verdict"], note=form.cleaned_data["note"])
