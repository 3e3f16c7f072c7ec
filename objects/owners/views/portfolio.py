"""/eigentuemer/<id>/: everything an owner holds, what runs there, who stands near; and planning from there."""

from django.http import HttpResponseRedirect
from django.urls import reverse

from objects.inspections.models import InspectionDay
from objects.inspections.services import plan_day
from objects.register.models import Party, Property
from objects.register.selectors import with_pressing
from soe.web.views import Action, ScopedCreateView, ScopedDetailView

from ..forms import PortfolioDayForm
from ..models import PartyLink, PartyMerge, PartyRelation
from ..network import network
from ..portfolio import portfolio_of

CRUMB = ("Eigentümer und Verwalter", "/eigentuemer/")
MOST_CHOICES = 60


class PartyDetailView(ScopedDetailView):
    """The portfolio. An entry that went up in another one leads there."""

    queryset = with_pressing(Party.objects.with_stock()).select_related("merged_into")
    template_name = "objects/owners/party.html"

    def get(self, request, *args, **kwargs):
        self.object = self.get_object()
        if self.object.is_merged and "alt" not in request.GET:
            return HttpResponseRedirect(f"{self.object.merged_into.get_absolute_url()}?von={self.object.pk}")
        return super().get(request, *args, **kwargs)

    def get_crumbs(self):
        return [CRUMB]

    def get_actions(self):
        standing = {"when": lambda party: not party.is_merged}
        return [
            Action("Angaben ändern", "objects:party_update", **standing),
            Action(
                "Kontrolle für mehrere Objekte planen", "objects:party_inspection", action="add", model=InspectionDay,
                when=lambda party: party.stock > 0 and not party.is_merged,
            ),
            Action("Beziehung eintragen", "objects:relation_create", action="relate", **standing),
            Action("Umfeld ansehen", "objects:party_network", action="view", **standing),
            Action("Doppelten Eintrag zusammenführen", "objects:party_merge", action="merge", **standing),
        ]  # fmt: skip

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        user, party = self.request.user, self.object
        links = PartyLink.objects.restrict(user, "view").of([party.pk]).exclude(state=PartyLink.State.GONE)
        links = list(links.select_related("one__summary", "other__summary", "via"))
        for link in links:
            link.beyond_party = link.beyond(party.pk)
        relations = PartyRelation.objects.restrict(user, "view")
        merges = PartyMerge.objects.restrict(user, "view").filter(kept=party, undone_on=None)
        context.update(
            portfolio=portfolio_of(party, user=user),
            links=[link for link in links if link.state != PartyLink.State.DISMISSED],
            dismissed=[link for link in links if link.state == PartyLink.State.DISMISSED],
            members=list(relations.filter(whole=party).select_related("part")),
            memberships=list(relations.filter(part=party).select_related("whole")),
            merges=list(merges.select_related("gone")),
            may_relate=self.may("register.change"),
            may_merge=self.may("register.steer"),
            came_from=self._came_from(merges),
            house_query=f"{reverse('objects:property_list')}?eigentuemer={party.pk}",
        )
        return context

    def _came_from(self, merges):
        asked = self.request.GET.get("von", "")
        return next((row.gone for row in merges if str(row.gone_id) == asked), None) if asked else None


class PartyNetworkView(ScopedDetailView):
    """Two steps around an owner as a list with reasons."""

    queryset = Party.objects.all()
    template_name = "objects/owners/network.html"

    def get_title(self):
        return f"Umfeld: {self.object}"

    def get_crumbs(self):
        return [CRUMB, (str(self.object), self.object.get_absolute_url())]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        near = network(self.object, user=self.request.user)
        return context | {
            "first": [row for row in near if row.steps == 1],
            "second": [row for row in near if row.steps == 2],
        }


class PartyInspectionView(ScopedCreateView):
    """An inspection day with several houses of one owner: the portfolio action."""

    queryset = InspectionDay.objects.all()
    parent_queryset = Party.objects.standing()
    form_class = PortfolioDayForm
    title = "Kontrolle für mehrere Objekte planen"
    submit_label = "Kontrolle anlegen"
    success_message = "Einsatztag {object} ist angelegt. Die Stellen sind noch nicht eingeladen."

    def get_lead(self):
        return f"Objekte von {self.parent} an einem Tag, in der Reihenfolge der Liste."

    def get_form_kwargs(self):
        current = self.parent.ownerships.current().restrict(self.request.user, "view").order_by()
        houses = Property.objects.active().filter(pk__in=current.values("property"))
        # Most pressing first: these are the ones somebody plans a day for.
        rows = houses.restrict(self.request.user, "view").order_by("-summary__light", "serial")
        return super().get_form_kwargs() | {"houses": list(rows[:MOST_CHOICES])}

    def get_crumbs(self):
        return [CRUMB, (str(self.parent), self.parent.get_absolute_url())]

    def save(self, form):
        data = form.cleaned_data
        return plan_day(
            by=self.request.user, date=data["date"], lead=data["lead"], houses=data["houses"],
            departments=data["departments"], reason=data["reason"],
        )  # fmt: skip

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"lead": self.get_lead()}
