"""/beschwerden/ and /beschwerden/verteilung/"""

from django.urls import reverse

from soe.web.views import Action, KeptInList, ScopedCreateView, ScopedListView, ScopedUpdateView

from ..bulk_actions import AssignAction, DeadlineAction, ForwardAction, InvolveAction
from ..filters import ComplaintFilterSet
from ..forms import RuleForm
from ..models import Complaint, RoutingRule
from ..tables import ComplaintTable, RuleTable


class ComplaintListView(ScopedListView):
    queryset = Complaint.objects.select_related(
        "address__street", "department", "forwarded_to", "handler"
    ).prefetch_related("topics__category")
    filterset_class = ComplaintFilterSet
    table_class = ComplaintTable
    title = "Beschwerden"
    lead = "Alle Beschwerden und Hinweise, ohne die Person, die meldet."
    head_actions = (
        Action("Beschwerde aufnehmen", "objects:complaint_create", action="add", primary=True),
        Action("Auswertung", "objects:complaint_statistics"),
        Action("Verteilregeln", "objects:routing_list", model=RoutingRule, action="view"),
    )
    tabs = (
        ("Alle", ""),
        ("Offen", "state=open"),
        ("Neu für uns", "ansicht=neu"),
        ("Mir zugewiesen", "ansicht=mir"),
        ("Mein Fachbereich", "ansicht=meine"),
        ("Beteiligt", "ansicht=beteiligt"),
        ("Antwort überfällig", "ansicht=ueberfaellig"),
    )
    bulk_actions = (ForwardAction(), DeadlineAction(), AssignAction(), InvolveAction())
    empty_title = "Noch keine Beschwerden"
    empty_text = "Sobald die erste Beschwerde aufgenommen ist, steht sie hier."
    empty_action = Action("Beschwerde aufnehmen", "objects:complaint_create", action="add")


class RoutingListView(ScopedListView):
    queryset = RoutingRule.objects.select_related("category", "lead").prefetch_related("joining__department")
    table_class = RuleTable
    title = "Verteilregeln"
    lead = (
        "Die erste passende Regel bestimmt die Federführung. Weitere passende beteiligen ihren Fachbereich."
    )
    head_actions = (
        Action("Regel anlegen", "objects:routing_create", action="add", primary=True),
        Action("Was wäre wenn", "objects:routing_trial"),
        Action("Arten", "objects:category_list"),
        Action("Antwortfristen", "objects:period_list", action="view"),
        Action("Eskalation", "objects:level_list", action="view"),
        Action("Zeiträume für Hinweise", "objects:window_list", action="view"),
    )
    empty_title = "Noch keine Regeln"
    empty_text = "Ohne Regel bleibt eine Beschwerde bei der Stelle, die sie aufnimmt."
    legend = "Eine Regel, deren Fachbereich es nicht mehr gibt, schaltet sich selbst ab und nennt den Grund."

    def get_crumbs(self):
        return [("Beschwerden", reverse("objects:complaint_list"))]


class RuleFormMixin(KeptInList):
    list_name = "objects:routing_list"
    queryset = RoutingRule.objects.select_related("lead", "category")
    form_class = RuleForm
    success_message = "Die Verteilregel ist gespeichert."

    def get_crumbs(self):
        return [
            ("Beschwerden", reverse("objects:complaint_list")),
            ("Verteilregeln", reverse("objects:routing_list")),
        ]


class RoutingCreateView(RuleFormMixin, ScopedCreateView):
    title = "Verteilregel anlegen"


class RoutingUpdateView(RuleFormMixin, ScopedUpdateView):
    title = "Verteilregel ändern"
