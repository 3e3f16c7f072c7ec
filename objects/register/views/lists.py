"""/objekte/ and /eigentuemer/, and what type-ahead fields ask."""

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse

from objects.owners.bulk_actions import InviteHousesAction, ReviewHousesAction
from soe.departments.asking import memberships
from soe.departments.scope import departments_granting
from soe.web.views import Action, ScopedListView, SuggestView

from ..bulk_actions import InviteAction, ReviewAction
from ..bulk_lead import InspectionDayAction, LeadAction
from ..filters import PartyFilterSet, PropertyFilterSet, view_counts
from ..map import overview
from ..models import Party, Property
from ..selectors import search_parties, search_properties, with_signs
from ..tables import PartyTable, PropertyTable

CREATE = Action("Objekt anlegen", "objects:property_create", action="add", primary=True, icon="plus")


class PropertyListView(ScopedListView):
    queryset = with_signs(Property.objects.filter(summary__isnull=False))
    filterset_class = PropertyFilterSet
    table_class = PropertyTable
    template_name = "objects/register/property_list.html"
    title = "Objekte"
    noun = "Objekte"
    head_actions = (
        CREATE,
        Action("Doppel prüfen", "objects:property_duplicates", action="steer"),
    )
    strict_fetch = True
    list_params = ("darstellung",)
    bulk_actions = (ReviewAction(), InviteAction(), LeadAction(), InspectionDayAction())
    empty_title = "Noch keine Objekte im Kataster"
    empty_text = "Objekte entstehen aus Beschwerden oder werden hier angelegt."
    empty_action = CREATE
    legend = (
        "Problemlagen: gestrichelt mit Fragezeichen bedeutet Verdacht, ausgefüllt bestätigt, durchgestrichen "
        "erledigt. Handelnde: Quadrat federführend, Punkt beteiligt, Ring angefragt, Haken abgeschlossen."
    )

    def get_tabs(self):
        """Ready-made views with counts; the other filters stay as they are."""
        counts = view_counts(self.request.user)
        granting = departments_granting(self.request.user, "register.view")
        own = {row.department for row in memberships(self.request.user) if row.department_id in granting}
        name = f"{own.pop()} beteiligt" if len(own) == 1 else "Mein Fachbereich beteiligt"
        current = self.request.GET.get("ansicht", "")
        return [
            (
                label,
                f"?{query}"
                if (query := self.address(ansicht=view or None, seite=None))
                else self.request.path,
                current == view,
                counts[view or "alle"],
            )
            for view, label in (
                ("meine", "Meine Objekte"),
                ("beteiligt", name),
                ("ueberfaellig", "Überfällige Schritte"),
                ("ohne", "Ohne nächsten Schritt"),
                ("", "Alle"),
            )
        ]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["standing"], context["part"] = context["tabs"][-1][3], context["tabs"][1][3]
        shown = self.request.GET.get("darstellung") == "karte"
        context["with_map"] = shown
        context["score_query"] = self.address(sortierung="score", seite=None)
        context["list_query"] = self.address(darstellung=None)
        context["map_query"] = self.address(darstellung="karte")
        if shown:
            context["map"] = overview(self.get_rows())
            context["basemap"] = settings.SOE_BASEMAP
            context["map_data"] = f"{reverse('objects:property_map')}?{self.address(seite=None)}"
        return context


class PartyListView(ScopedListView):
    queryset = Party.objects.filter(summary__standing=True).select_related("summary")
    filterset_class = PartyFilterSet
    table_class = PartyTable
    title = "Eigentümer und Verwalter"
    noun = "Eigentümer und Verwalter"
    bulk_actions = (InviteHousesAction(), ReviewHousesAction())
    head_actions = (
        Action("Eigentümer aufnehmen", "objects:party_create", action="add", primary=True, icon="plus"),
        Action("Vermutete Verbindungen", "objects:link_list", action="view", query="?stand=suggested"),
        Action("Datei einlesen", url="/import/eigentuemer/", action="add"),
        Action("Rechtsnachfolge", "objects:succession_rules", action="merge"),
    )
    empty_title = "Noch keine Eigentümer"
    empty_text = "Eigentümer werden beim Objekt oder hier aufgenommen."
    empty_action = head_actions[0]


class PropertySuggestView(SuggestView):
    queryset = Property.objects.active()
    limit = 9

    def find(self, rows, query):
        return search_properties(rows, query).order_by("serial")

    def text(self, obj):
        return str(obj)

    def note(self, obj):
        return obj.district


class PartySuggestView(SuggestView):
    queryset = Party.objects.standing()
    limit = 9

    def find(self, rows, query):
        return search_parties(rows, query).order_by("name")

    def note(self, obj):
        return obj.get_kind_display()


def list_address(**filters):
    """Address of the list with these filters."""
    query = QueryDict(mutable=True)
    query.update(filters)
    return f"{reverse('objects:property_list')}?{query.urlencode()}"
