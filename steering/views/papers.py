"""/vorlagen/: council papers with the order of their consultations and their finance tables; funding."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Max, OuterRef, Subquery
from django.urls import reverse_lazy

from soe.web.files.panel import FilesMixin
from soe.web.forms import Form
from soe.web.views import (
    Action,
    ActionView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
)

from ..allris import NotAPaper
from ..filters import FundingFilterSet, PaperFilterSet
from ..forms import papers as forms
from ..models import AgendaItem, Consultation, CouncilPaper, Decision, FinanceRow, FundingApplication
from ..papers import decode, import_council_paper
from ..tables import FundingTable, PaperTable

CRUMBS = [("Vorlagen", reverse_lazy("steering:paper_list"))]
FUNDING_CRUMBS = [*CRUMBS, ("Förderanträge", reverse_lazy("steering:funding_list"))]


class PaperListView(ScopedListView):
    queryset = CouncilPaper.objects.all()
    filterset_class = PaperFilterSet
    table_class = PaperTable
    title = "Vorlagen"
    lead = "Vorlagen für Rat, Ausschüsse und Bezirksvertretungen"
    template_name = "steering/paper_list.html"
    head_actions = (
        Action(
            "Vorlage anlegen",
            "steering:paper_add",
            action="add",
            primary=True,
            icon="plus",
            model=CouncilPaper,
        ),
        Action("Vorlage einlesen", "steering:paper_import", action="add", icon="paper", model=CouncilPaper),
    )
    empty_text = "Legen Sie eine Vorlage an, oder lesen Sie den Text aus dem Ratsinformationssystem ein."

    def get_queryset(self):
        last = Consultation.objects.filter(paper=OuterRef("pk")).order_by(
            F("date").desc(nulls_last=True), "-position"
        )
        stations = Consultation.objects.filter(paper=OuterRef("pk")).order_by().values("paper")
        return (
            super()
            .get_queryset()
            .annotate(
                stations=Subquery(stations.annotate(n=Count("pk")).values("n")),
                last_organization=Subquery(last.values("organization_name")[:1]),
                last_date=Subquery(last.values("date")[:1]),
                last_result=Subquery(last.values("result")[:1]),
            )
        )


class PaperDetailView(FilesMixin, ScopedDetailView):
    queryset = CouncilPaper.objects.select_related("under_direction_of", "decision")
    template_name = "steering/paper_detail.html"
    crumbs = CRUMBS
    actions = (
        Action("Station hinzufügen", "steering:consultation_add", icon="plus"),
        Action("Vorlage ändern", "steering:paper_change", icon="edit"),
        Action("Finanzzeile hinzufügen", "steering:finance_add", icon="plus"),
    )

    def get_title(self):
        return self.object.name

    def get_context_data(self, **kwargs):
        paper, user = self.object, self.request.user
        decision = paper.decision
        seen = decision and Decision.objects.restrict(user).filter(pk=decision.pk).exists()
        items = AgendaItem.objects.restrict(user).filter(paper=paper)
        return super().get_context_data(
            consultations=paper.consultations.select_related("organization"),
            finance=paper.finance_rows.all(),
            finance_notes=paper.finance_warnings(),
            decision=decision if seen else None,
            items=items.select_related("meeting__committee").order_by("meeting__start"),
            can_change=self.can("change", paper),
            **kwargs,
        )


class PaperCreateView(ScopedCreateView):
    queryset = CouncilPaper.objects.all()
    form_class = forms.PaperForm
    title = "Vorlage anlegen"
    submit_label = "Vorlage anlegen"
    crumbs = CRUMBS
    prefill = ("decision",)


class PaperUpdateView(ScopedUpdateView):
    queryset = CouncilPaper.objects.all()
    form_class = forms.PaperForm
    submit_label = "Vorlage speichern"
    crumbs = CRUMBS


class PaperImportView(ScopedCreateView):
    """The printed text becomes a record; what is there already is shown, not changed."""

    queryset = CouncilPaper.objects.all()
    form_class = forms.PaperImportForm
    title = "Vorlage einlesen"
    submit_label = "Vorlage einlesen"
    lead = "Nummer, Betreff und Beratungsfolge werden erkannt. Bitte prüfen Sie das Ergebnis."
    crumbs = CRUMBS
    success_message = ""

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        del kwargs["instance"]
        return kwargs

    def save(self, form):
        data = form.cleaned_data
        text = data["text"] if (data["text"] or "").strip() else decode(data["file"].read())
        if "\x00" in text:
            raise ValidationError("Das ist keine Textdatei. Bitte fügen Sie den Text der Vorlage ein.")
        try:
            paper, new, notes = import_council_paper(text, by=self.request.user, body=data["body"])
        except NotAPaper as error:
            raise ValidationError(f"Das lässt sich nicht als Vorlage lesen. {error}") from error
        told = (
            f"Vorlage {paper.reference} ist übernommen."
            if new
            else f"Vorlage {paper.reference} gab es schon."
        )
        messages.success(self.request, told)
        for note in notes:
            messages.warning(self.request, note)
        return paper


class ChildCreateView(ScopedCreateView):
    """A row of a paper, put at the end."""

    parent_queryset = CouncilPaper.objects.all()
    parent_action = "change"
    parent_field = "paper"

    def save(self, form):
        last = (
            self.queryset.model.objects.filter(paper=self.parent).aggregate(last=Max("position"))["last"] or 0
        )
        form.instance.position = last + 1
        return form.save()


class ConsultationCreateView(ChildCreateView):
    queryset = Consultation.objects.all()
    form_class = forms.ConsultationForm
    title = "Station der Beratungsfolge hinzufügen"
    submit_label = "Station hinzufügen"
    success_message = "Die Station ist hinzugefügt."


class ConsultationUpdateView(ScopedUpdateView):
    queryset = Consultation.objects.select_related("paper")
    form_class = forms.ConsultationForm
    submit_label = "Station speichern"

    def get_crumbs(self):
        return [*CRUMBS, (str(self.object.paper), self.object.paper.get_absolute_url())]


class FinanceRowCreateView(ChildCreateView):
    queryset = FinanceRow.objects.all()
    form_class = forms.FinanceRowForm
    title = "Finanzzeile hinzufügen"
    submit_label = "Finanzzeile hinzufügen"
    success_message = "Die Finanzzeile ist hinzugefügt."

    def after_save(self, form):
        super().after_save(form)
        if self.object.warning:
            messages.warning(self.request, self.object.warning)


# --- funding -----------------------------------------------------------------------------------------------------


class FundingListView(ScopedListView):
    queryset = FundingApplication.objects.select_related("department")
    filterset_class = FundingFilterSet
    table_class = FundingTable
    title = "Förderanträge"
    crumbs = CRUMBS
    tabs = (("Alle", ""), ("Laufend", "stand=laufend"), ("Bewilligt", "stand=granted"))
    head_actions = (
        Action("Förderantrag anlegen", "steering:funding_add", action="add", primary=True, icon="plus",
               model=FundingApplication),
    )  # fmt: skip
    empty_text = "Anträge mit Programm, Frist und Betrag stehen hier und im Quartalsbericht."


class FundingDetailView(ScopedDetailView):
    queryset = FundingApplication.objects.select_related("department", "proposal")
    template_name = "steering/funding_detail.html"
    crumbs = FUNDING_CRUMBS
    actions = (
        Action(
            "Eingereicht melden",
            "steering:funding_submit",
            primary=True,
            when=lambda r: r.state == "preparing",
        ),
        Action(
            "Bewilligung festhalten",
            "steering:funding_grant",
            primary=True,
            when=lambda r: r.state == "submitted",
        ),
        Action("Antrag ändern", "steering:funding_change", icon="edit", when=lambda r: r.is_pending),
        Action("Ablehnung festhalten", "steering:funding_refuse", when=lambda r: r.state == "submitted"),
        Action("Zurückziehen", "steering:funding_withdraw", when=lambda r: r.is_pending),
    )

    def get_context_data(self, **kwargs):
        proposal = self.object.proposal
        seen = proposal and type(proposal).objects.restrict(self.request.user).filter(pk=proposal.pk).exists()
        return super().get_context_data(proposal=proposal if seen else None, **kwargs)


class FundingCreateView(ScopedCreateView):
    queryset = FundingApplication.objects.all()
    form_class = forms.FundingForm
    title = "Förderantrag anlegen"
    submit_label = "Förderantrag anlegen"
    crumbs = FUNDING_CRUMBS
    keep_in_scope = "change"


class FundingUpdateView(ScopedUpdateView):
    queryset = FundingApplication.objects.filter(state__in=FundingApplication.PENDING)
    form_class = forms.FundingForm
    submit_label = "Förderantrag speichern"
    crumbs = FUNDING_CRUMBS


class FundingStepView(ActionView):
    queryset = FundingApplication.objects.select_related("department")
    crumbs = FUNDING_CRUMBS
    form_class = Form
    step = ""
    success_message = "Der Stand des Antrags ist festgehalten."

    def perform(self, obj, form):
        getattr(obj, self.step)(by=self.request.user, **form.cleaned_data)


class FundingSubmitView(FundingStepView):
    step = "submit"
    submit_label = "Eingereicht melden"


class FundingGrantView(FundingStepView):
    step = "grant"
    form_class = forms.GrantForm
    submit_label = "Bewilligung festhalten"

    def get_initial(self):
        return {"amount": self.object.amount}


class FundingRefuseView(FundingStepView):
    step = "refuse"
    form_class = forms.RefusalForm
    submit_label = "Ablehnung festhalten"


class FundingWithdrawView(FundingStepView):
    step = "withdraw"
    form_class = forms.ReasonForm
    submit_label = "Antrag zurückziehen"
