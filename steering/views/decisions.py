"""/beschluesse/: what was decided, how far it is, and whether that is true."""

from django.db.models import Count
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from soe.web import rights
from soe.web.counting import counts
from soe.web.figures import Quarter
from soe.web.files.panel import FilesMixin
from soe.web.tables import tick
from soe.web.views import Action, ActionView, ScopedDetailView, ScopedListView

from ..bulk_actions import RescheduleAction
from ..filters import DecisionFilterSet, decisions_in
from ..forms import decisions as forms
from ..models import AgendaItem, Condition, CouncilPaper, Decision, StatusReport
from ..selectors import conditions_open_though_done, contradictions, report_due, reporting_quarter
from ..tables import COLOURS, DecisionTable

S = Decision.State
CRUMBS = [("Beschlüsse", reverse_lazy("steering:decision_list"))]
TABS = (
    ("Laufend", "laufend"),
    ("Überfällig", "ueberfaellig"),
    ("Bericht fehlt", "ohne-bericht"),
    ("Erledigt", "erledigt"),
    ("Nicht umsetzbar", "nicht-umsetzbar"),
    ("Aufgehoben", "aufgehoben"),
    ("Abgelehnt", "abgelehnt"),
)


def colour_of(decision):
    """(colour, word) of the traffic sign beside a decision."""
    colour = decision.report_colour
    return (colour, COLOURS[colour]) if colour else ("grey", "ohne Bericht")


class DecisionListView(ScopedListView):
    """Opens with what is running; the address says which part is shown, the export is exactly that part."""

    queryset = Decision.objects.select_related("responsible", "committee", "proposal__property")
    filterset_class = DecisionFilterSet
    table_class = DecisionTable
    title = "Beschlüsse"
    template_name = "steering/decision_list.html"
    tabs = TABS
    page_size = 10
    column_choice = False  # drawn as articles; the file has all columns
    bulk_actions = (RescheduleAction(),)
    empty_text = "Beschlüsse entstehen in einer Sitzung: Punkt aufrufen, beschließen, Nummer ziehen."

    def get_queryset(self):
        return super().get_queryset().with_report(reporting_quarter())

    def get_rows(self):
        rows = super().get_rows()
        if not self.request.GET.get("stand") and not self.filterset.chips():
            return rows.running()
        return rows

    def make_table(self, rows):
        table = super().make_table(rows)
        if not self.request.GET.get("sortierung") and self.tab in ("laufend", "ueberfaellig", "ohne-bericht"):
            table.data.data = table.data.data.order_by("due", "number")
        return table

    @property
    def tab(self):
        return self.request.GET.get("stand") or ("" if self.filterset.chips() else "laufend")

    def get_tabs(self):
        rows = Decision.objects.restrict(self.request.user)
        found = counts({key: decisions_in(rows, key) for _, key in TABS})
        return [(label, f"?stand={key}", self.tab == key, found[key]) for label, key in TABS]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        quarter, page = reporting_quarter(), context["page_obj"]
        decisions = list(page.object_list)
        notes = contradictions(decisions, user=self.request.user)
        mine = self._reportable(decisions)
        for decision in decisions:
            decision.sign = colour_of(decision)
            decision.earlier = COLOURS.get(decision.earlier_colour, "")
            decision.notes = notes.get(decision.pk, [])
            decision.late = decision.is_overdue()
            decision.waits_for_report = (
                decision.is_running and not decision.report_colour and (decision.decided_on <= quarter.end)
            )
            decision.tick = tick(decision.pk, decision, "sammel") if context.get("bulk_actions") else ""
            decision.may_report = decision.pk in mine
        running = Decision.objects.restrict(self.request.user).running().with_report(quarter).order_by()
        counted = dict(running.values_list("report_colour").annotate(n=Count("pk")))
        context.update(
            decisions=decisions,
            quarter=quarter,
            report_due=report_due(quarter),
            today=timezone.localdate(),
            colours=[
                (c, label, counted.get(c, 0)) for c, label in COLOURS.items() if c != "grey" or counted.get(c)
            ],
            silent=counted.get(None, 0),
            running_count=sum(counted.values()),
        )
        return context

    def _reportable(self, decisions):
        if "steering.report" not in rights.codes(self.request):
            return set()
        rows = Decision.objects.restrict(self.request.user, "report")
        return set(rows.filter(pk__in=[d.pk for d in decisions]).values_list("pk", flat=True))


class DecisionDetailView(FilesMixin, ScopedDetailView):
    """The chain on one page: problem, proposal, decision with conditions, reports, council paper."""

    queryset = Decision.objects.select_related(
        "responsible",
        "committee",
        "proposal__department",
        "proposal__property",
        "item__meeting__committee",
        "repealed_by",
    )
    template_name = "steering/decision_detail.html"
    crumbs = CRUMBS
    actions = (
        Action("Bericht schreiben", "steering:decision_report", action="report", primary=True,
               when=lambda row: row.is_running),
        Action("Frist verlegen", "steering:decision_due", icon="clock", when=lambda row: row.is_running),
        Action("Auflage hinzufügen", "steering:condition_add", icon="plus",
               when=lambda row: row.is_running and row.item.meeting.state in ("running", "draft")),
        Action("Wortlaut berichtigen", "steering:decision_correct", icon="edit",
               when=lambda row: row.item.meeting.state in ("running", "draft")),
        Action("Wieder aufnehmen", "steering:decision_resume", icon="swap",
               when=lambda row: row.state in Decision.CLOSED and row.outcome != "rejected"),
        Action("Aufheben", "steering:decision_repeal", icon="cross", when=lambda row: row.state != S.REPEALED),
    )  # fmt: skip

    def get_title(self):
        return self.object.title

    def get_context_data(self, **kwargs):
        decision, user = self.object, self.request.user
        house = None
        if decision.proposal_id and decision.proposal.property_id:
            rows = type(decision.proposal.property).objects.restrict(user)
            house = rows.filter(pk=decision.proposal.property_id).first()
        conditions = list(decision.conditions.select_related("department"))
        allowed = Condition.objects.restrict(user, "change").filter(decision=decision, done_on=None)
        fulfillable = set(allowed.values_list("pk", flat=True))
        reports = list(StatusReport.objects.filter(decision=decision).select_related("department"))
        notes = contradictions([decision], user=user).get(decision.pk, [])
        item_seen = AgendaItem.objects.restrict(user).filter(pk=decision.item_id).exists()
        return super().get_context_data(
            house=house,
            conditions=[(row, row.pk in fulfillable) for row in conditions],
            participating=[row.department for row in decision.participations.select_related("department")],
            reports=reports,
            latest=reports[0] if reports else None,
            notes=notes,
            conditions_note=conditions_open_though_done(decision),
            papers=CouncilPaper.objects.restrict(user).filter(decision=decision),
            repeals=Decision.objects.restrict(user).filter(repealed_by=decision),
            late=decision.is_overdue(),
            item_seen=item_seen,
            proposal_seen=decision.proposal_id
            and type(decision.proposal).objects.restrict(user).filter(pk=decision.proposal_id).exists(),
            quarter=reporting_quarter(),
            **kwargs,
        )


class DecisionStepView(ActionView):
    queryset = Decision.objects.select_related("responsible", "item__meeting__committee")
    crumbs = CRUMBS


class DecisionReportView(DecisionStepView):
    """Only the department that is responsible reports."""

    action = "report"
    form_class = forms.ReportForm
    title = "Umsetzungsbericht schreiben"
    submit_label = "Bericht abgeben"
    success_message = "Der Bericht ist abgegeben."
    template_name = "steering/report_form.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"decision": self.object}

    def get_initial(self):
        earlier = self.object.reports.filter(quarter=reporting_quarter().code).first()
        return {"colour": earlier.colour, "text": earlier.text} if earlier else {}

    def perform(self, obj, form):
        obj.file_report(by=self.request.user, **form.cleaned_data)

    def get_context_data(self, **kwargs):
        reports = list(self.object.reports.all()[:4])
        quarter = reporting_quarter()
        return super().get_context_data(**kwargs) | {
            "reports": reports,
            "quarter": quarter,
            "report_due": report_due(quarter),
            "open_conditions": self.object.conditions.filter(done_on=None),
            "now": Quarter.of(timezone.localdate()),
        }


class DecisionDueView(DecisionStepView):
    form_class = forms.DueForm
    title = "Frist verlegen"
    submit_label = "Frist verlegen"
    lead = "Die ursprüngliche Frist bleibt stehen; an ihr wird die Termintreue gemessen."
    success_message = "Die Frist ist verlegt."

    def get_initial(self):
        return {"due": self.object.due}

    def perform(self, obj, form):
        obj.reschedule(by=self.request.user, **form.cleaned_data)


class DecisionRepealView(DecisionStepView):
    form_class = forms.RepealForm
    title = "Beschluss aufheben"
    submit_label = "Beschluss aufheben"
    lead = "Aufgehoben wird ein Beschluss nur durch einen späteren Beschluss desselben Gremiums."
    success_message = "Der Beschluss ist aufgehoben."
    danger = True

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"decision": self.object}

    def perform(self, obj, form):
        obj.repeal(by=self.request.user, **form.cleaned_data)


class DecisionResumeView(DecisionStepView):
    form_class = forms.ReasonForm
    title = "Beschluss wieder aufnehmen"
    submit_label = "Wieder aufnehmen"
    success_message = "Der Beschluss ist wieder in Umsetzung."

    def perform(self, obj, form):
        obj.take_up_again(by=self.request.user, **form.cleaned_data)


class ConditionAddView(DecisionStepView):
    form_class = forms.ConditionForm
    title = "Auflage hinzufügen"
    submit_label = "Auflage hinzufügen"
    success_message = "Die Auflage steht beim Beschluss."

    def get_initial(self):
        return {"department": self.object.responsible_id}

    def perform(self, obj, form):
        obj.add_condition(by=self.request.user, **form.cleaned_data)


class ConditionFulfilView(ActionView):
    queryset = Condition.objects.select_related("decision__responsible")
    form_class = forms.FulfilForm
    title = "Auflage erfüllt melden"
    submit_label = "Auflage erfüllt melden"
    success_message = "Die Auflage ist erfüllt."

    def get_crumbs(self):
        decision = self.object.decision
        return [
            ("Beschlüsse", reverse("steering:decision_list")),
            (decision.number, decision.get_absolute_url()),
        ]

    def perform(self, obj, form):
        obj.fulfil(by=self.request.user, **form.cleaned_data)
