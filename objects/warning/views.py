"""/objekte/fruehwarnung/: what rules noticed before it is a problem; hints of departments; the rules."""

from django.db.models import Exists, OuterRef
from django.urls import reverse

from objects.register.models import Property
from soe.web.views import (
    Action,
    ActionView,
    KeptInList,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
)

from . import services
from .filters import EarlyWarningFilterSet
from .forms import DismissForm, EndHintForm, HintForm, TakeOverForm, WarningRuleForm
from .models import EarlyWarning, RiskHint, WarningRule
from .tables import EarlyWarningTable, RiskHintTable, WarningRuleTable

WARNINGS = EarlyWarning.objects.select_related("rule", "property", "address__street")


def is_open(warning):
    return warning.state == EarlyWarning.State.OPEN


class EarlyWarningListView(ScopedListView):
    queryset = WARNINGS
    filterset_class = EarlyWarningFilterSet
    table_class = EarlyWarningTable
    title = "Frühwarnung"
    noun = "Frühwarnungen"
    singular = "Frühwarnung"
    lead = "Häuser, an denen eine Regel ein Anzeichen bemerkt hat. Sie entscheiden, ob etwas daraus wird."
    head_actions = (
        Action("Hinweise der Fachbereiche", "objects:hint_list", model=RiskHint, action="view"),
        Action("Regeln", "objects:warning_rule_list", model=WarningRule, action="view"),
    )
    empty_title = "Keine offene Frühwarnung"
    empty_text = "Jede Nacht werden die Regeln geprüft. Was auffällt, steht am Morgen hier."
    strict_fetch = True

    def get_crumbs(self):
        return [("Objekte", reverse("objects:property_list"))]


class InWarning:
    def get_crumbs(self):
        return [("Frühwarnung", reverse("objects:warning_list"))]


class EarlyWarningView(InWarning, ScopedDetailView):
    queryset = WARNINGS.select_related("problem_area__property")
    template_name = "objects/warning/detail.html"
    actions = (
        Action("Übernehmen", "objects:warning_take", action="decide", primary=True, when=is_open),
        Action("Ablehnen", "objects:warning_dismiss", action="decide", when=is_open),
    )


class Decision(ActionView):
    queryset = WARNINGS
    action = "decide"
    template_name = "objects/warning/step.html"

    def get_crumbs(self):
        return [("Frühwarnung", reverse("objects:warning_list")), *super().get_crumbs()]


class TakeOverView(Decision):
    form_class = TakeOverForm
    title = submit_label = "Frühwarnung übernehmen"
    success_message = (
        "Die Frühwarnung ist übernommen und steht als „drohende negative Entwicklung“ im Kataster."
    )

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"warning": self.object}

    def get_initial(self):
        return super().get_initial() | {"text": self.object.public_words}

    def perform(self, obj, form):
        return services.take_over(obj, by=self.request.user, **form.cleaned_data)


class DismissView(Decision):
    form_class = DismissForm
    title = submit_label = "Frühwarnung ablehnen"
    success_message = (
        "Die Frühwarnung ist abgelehnt. Sie kommt wieder, wenn die Zahl steigt oder der Zeitraum um ist."
    )

    def perform(self, obj, form):
        services.dismiss(obj, by=self.request.user, reason=form.cleaned_data["reason"])
        return reverse("objects:warning_list")


# --- hints ----------------------------------------------------------------------------------------------------------


class HintListView(ScopedListView):
    queryset = RiskHint.objects.select_related("property", "address__street", "department")
    table_class = RiskHintTable
    title = "Hinweise auf Risiken"
    noun = "Hinweise"
    lead = (
        "Was Fachbereiche über ein Haus wissen, ohne Namen und Beträge. Sie sehen die Ihres Fachbereichs; "
        "die Koordinierungsstelle sieht alle."
    )
    head_actions = (Action("Hinweis geben", "objects:hint_create", action="add", primary=True),)
    empty_title = "Noch keine Hinweise"
    empty_text = "Hinweise auf Leerstand oder Rückstände fließen in die Frühwarnung ein."

    def get_queryset(self):
        mine = RiskHint.objects.restrict(self.request.user, "change")
        return super().get_queryset().annotate(mine=Exists(mine.filter(pk=OuterRef("pk"))))


class HintCreateView(ScopedCreateView):
    """A hint about any address of the city."""

    queryset = RiskHint.objects.all()
    form_class = HintForm
    title = "Hinweis auf ein Risiko geben"
    submit_label = "Hinweis geben"
    success_message = "Der Hinweis ist gespeichert. Er fließt in die nächste Prüfung ein."

    def get_crumbs(self):
        return [("Hinweise auf Risiken", reverse("objects:hint_list"))]

    def get_cancel_url(self):
        return reverse("objects:hint_list")


class HintPropertyView(ScopedCreateView):
    """A hint about a property, from its page."""

    queryset = RiskHint.objects.all()
    form_class = HintForm
    parent_queryset = Property.objects.active()
    parent_field = "property"
    title = HintCreateView.title
    submit_label = HintCreateView.submit_label
    success_message = HintCreateView.success_message

    def get_success_url(self):
        return self.parent.get_absolute_url()


class HintEndView(ActionView):
    queryset = RiskHint.objects.select_related("property", "address__street")
    form_class = EndHintForm
    title = "Trifft nicht mehr zu"
    submit_label = "Hinweis beenden"
    success_message = "Der Hinweis ist beendet."

    def perform(self, obj, form):
        services.end_hint(obj, by=self.request.user, **form.cleaned_data)


# --- rules ----------------------------------------------------------------------------------------------------------


class WarningRuleListView(InWarning, ScopedListView):
    queryset = WarningRule.objects.all()
    table_class = WarningRuleTable
    title = "Regeln der Frühwarnung"
    noun = "Regeln"
    lead = "Ab welcher Zahl in welchem Zeitraum ein Haus auffällt. Geprüft wird jede Nacht."
    head_actions = (Action("Regel anlegen", "objects:warning_rule_create", action="add", primary=True),)
    empty_title = "Noch keine Regeln"
    empty_text = "Die üblichen Regeln entstehen in der nächsten Nacht, oder Sie legen eigene an."

    def get_crumbs(self):
        # The rules are no secret, the list of warnings is.
        return super().get_crumbs() if self.may("register.steer") else []


class RuleForm(KeptInList):
    list_name = "objects:warning_rule_list"
    queryset = WarningRule.objects.all()
    form_class = WarningRuleForm
    success_message = "Die Regel „{object}“ ist gespeichert. Sie wirkt ab der nächsten Prüfung."

    def get_crumbs(self):
        return [
            ("Frühwarnung", reverse("objects:warning_list")),
            ("Regeln", reverse("objects:warning_rule_list")),
        ]


class WarningRuleCreateView(RuleForm, ScopedCreateView):
    title = submit_label = "Regel anlegen"


class WarningRuleUpdateView(RuleForm, ScopedUpdateView):
    title = "Regel ändern"
    lead = "Offene Frühwarnungen, die danach nicht mehr zutreffen, enden bei der nächsten Prüfung von selbst."
