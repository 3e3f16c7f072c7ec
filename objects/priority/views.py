"""/objekte/punkte/: what gives a property its points. A changed rule is applied to all properties at once, as a job."""

from django.urls import reverse

from soe.web.jobs import schedule
from soe.web.views import Action, KeptInList, ScopedCreateView, ScopedListView, ScopedUpdateView

from .forms import ScoreRuleForm
from .models import ScoreRule
from .tables import ScoreRuleTable

JOB = "scores"


class ScoreRuleListView(ScopedListView):
    queryset = ScoreRule.objects.all()
    table_class = ScoreRuleTable
    title = "Punkteregeln"
    noun = "Punkteregeln"
    lead = (
        "Wofür ein Objekt Punkte bekommt, zusammen höchstens 100. Gezählt wird nur, was alle im Kataster wissen "
        "dürfen; Internes eines Fachbereichs bringt keine Punkte."
    )
    head_actions = (Action("Regel anlegen", "objects:score_rule_create", action="add", primary=True),)
    empty_title = "Noch keine Regeln"
    empty_text = "Ohne Regeln hat kein Objekt Punkte. Die üblichen Regeln entstehen in der nächsten Nacht."

    def get_crumbs(self):
        return [("Objekte", reverse("objects:property_list"))]


class RuleForm(KeptInList):
    list_name = "objects:score_rule_list"
    queryset = ScoreRule.objects.all()
    form_class = ScoreRuleForm
    success_message = "Die Regel ist gespeichert. Die Punkte aller Objekte werden jetzt neu berechnet."
    title = ""

    def get_crumbs(self):
        return [
            ("Objekte", reverse("objects:property_list")),
            ("Punkteregeln", reverse("objects:score_rule_list")),
        ]

    def save(self, form):
        rule = super().save(form)
        schedule.run_now(JOB)
        return rule


class ScoreRuleCreateView(RuleForm, ScopedCreateView):
    title = submit_label = "Regel anlegen"


class ScoreRuleUpdateView(RuleForm, ScopedUpdateView):
    title = "Punkteregel ändern"
    lead = (
        "Soll ab einem Tag etwas anderes gelten, beenden Sie diese Regel und legen Sie eine neue an. "
        "Hier berichtigen Sie Fehler."
    )
