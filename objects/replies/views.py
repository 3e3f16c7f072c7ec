"""/beschwerden/fristen/ and /beschwerden/eskalation/: how long answers may take, and who hears of it when they do."""

from django.urls import reverse

from objects.complaints.views.rules import crumbs
from soe.web.forms import ModelForm
from soe.web.quick import QuickCreate
from soe.web.tables import Column, DateColumn, Table, TitleColumn
from soe.web.views import Action, KeptInList, ScopedCreateView, ScopedListView, ScopedUpdateView

from .models import EscalationLevel, ReplyPeriod


class PeriodTable(Table):
    subject = TitleColumn(
        accessor="get_subject_display",
        verbose_name="Wofür",
        orderable=False,
        sub=lambda row: (row.category or "jede Art") if row.subject == "complaint" else "",
    )
    days = Column(verbose_name="Tage", orderable=False)
    valid_from = DateColumn(verbose_name="gilt ab", orderable=False)
    valid_until = DateColumn(verbose_name="gilt bis", orderable=False)

    class Meta:
        order_by = ()

    caption = "Antwortfristen"


class LevelTable(Table):
    subject = TitleColumn(accessor="get_subject_display", verbose_name="Wofür", orderable=False)
    when = Column(verbose_name="Wann", orderable=False)
    audience = Column(accessor="get_audience_display", verbose_name="Wer erfährt es", orderable=False)
    active = Column(verbose_name="gilt", orderable=False)

    class Meta:
        order_by = ()

    caption = "Stufen der Eskalation"

    def render_active(self, value):
        return "ja" if value else "nein"


NEW_CATEGORY = QuickCreate(
    ReplyPeriod._meta.get_field("category").related_model, "objects:category_create", "Neue Art anlegen"
)


class PeriodForm(ModelForm):
    class Meta:
        model = ReplyPeriod
        fields = ["subject", "category", "days", "valid_from", "valid_until"]
        quick_create = {"category": NEW_CATEGORY}


class LevelForm(ModelForm):
    class Meta:
        model = EscalationLevel
        fields = ["subject", "offset", "audience", "active"]


class PeriodListView(ScopedListView):
    queryset = ReplyPeriod.objects.select_related("category")
    table_class = PeriodTable
    title = "Antwortfristen"
    lead = "Es gilt, was am Tag des Eingangs galt. Bei mehreren Arten zählt die kürzeste Frist."
    head_actions = (Action("Frist anlegen", "objects:period_create", action="add", primary=True),)
    empty_title = "Noch keine Fristen"
    empty_text = "Bis dahin gelten 14 Tage, für Auskunftsersuchen 7."
    legend = "Endet eine Frist am Wochenende oder an einem Feiertag in NRW, gilt der nächste Werktag."
    get_crumbs = staticmethod(crumbs)


class LevelListView(ScopedListView):
    queryset = EscalationLevel.objects.all()
    table_class = LevelTable
    title = "Eskalation"
    lead = "Wer einen Hinweis bekommt, bevor und nachdem eine Antwort fällig ist. Jeden Morgen wird geprüft."
    head_actions = (Action("Stufe anlegen", "objects:level_create", action="add", primary=True),)
    empty_title = "Noch keine Stufen"
    legend = (
        "Leitung ist, wer die Berechtigung „Ausstehende Antworten beaufsichtigen“ im Fachbereich hat; "
        "gibt es dort niemanden, die Stelle darüber."
    )
    get_crumbs = staticmethod(crumbs)


class PeriodForms(KeptInList):
    list_name = "objects:period_list"
    queryset = ReplyPeriod.objects.select_related("category")
    form_class = PeriodForm
    success_message = "Die Frist ist gespeichert."

    def get_crumbs(self):
        return [*crumbs(), ("Antwortfristen", reverse("objects:period_list"))]


class PeriodCreateView(PeriodForms, ScopedCreateView):
    title = "Frist anlegen"


class PeriodUpdateView(PeriodForms, ScopedUpdateView):
    title = "Frist ändern"


class LevelForms(KeptInList):
    list_name = "objects:level_list"
    queryset = EscalationLevel.objects.all()
    form_class = LevelForm
    success_message = "Die Stufe ist gespeichert."

    def get_crumbs(self):
        return [*crumbs(), ("Eskalation", reverse("objects:level_list"))]


class LevelCreateView(LevelForms, ScopedCreateView):
    title = "Stufe anlegen"


class LevelUpdateView(LevelForms, ScopedUpdateView):
    title = "Stufe ändern"
