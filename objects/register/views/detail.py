"""/objekte/<id>/: how bad, what goal, what next; who acts; tabs put together by every subject (dossier.py)."""

from uuid import UUID

from django.db.models import Prefetch
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property

from soe.departments.scope import departments_granting
from soe.web import registry, rights
from soe.web.counting import counts
from soe.web.views import Action, ScopedDetailView

from ...addresses.models import Address
from .. import dossier
from ..map import plan
from ..models import (
    Assessment,
    Goal,
    LeadPeriod,
    Ownership,
    Participation,
    ProblemArea,
    Property,
    PropertyAddress,
)
from ..selectors import suspected_links, with_pressing

SHOWN = 14


def whole(rows):
    """A property with everything its page and its timeline draw."""
    return rows.select_related("lead_department", "summary__next_department", "merged_into").prefetch_related(
        Prefetch(
            "addresses",
            PropertyAddress.objects.current()
            .select_related("address__street")
            .order_by("-primary", "sort", "created_at"),
        ),
        Prefetch(
            "problem_areas",
            ProblemArea.objects.select_related("department", "confirmed_by").order_by(
                "suspected_on", "created_at"
            ),
        ),
        Prefetch("participations", Participation.objects.select_related("department")),
        Prefetch(
            "assessments", Assessment.objects.select_related("department").order_by("-on", "-created_at")
        ),
        Prefetch(
            "goals",
            Goal.objects.select_related("department")
            .prefetch_related("stages")
            .order_by("-set_on", "-created_at"),
        ),
        Prefetch("lead_periods", LeadPeriod.objects.select_related("department")),
        "periods",
        Prefetch("ownerships", Ownership.objects.select_related("party").order_by("role", "-since")),
    )


class DossierMixin:
    """Head, summary and tabs that all parts of the page share."""

    queryset = whole(Property.objects.all())
    crumbs = ()
    tab = ""

    def get_title(self):
        return self.object.title

    def get_crumbs(self):
        crumbs = [("Objekte", reverse("objects:property_list"))]
        if self.tab:
            crumbs.append((self.object.number, self.object.get_absolute_url()))
        return crumbs

    def get_actions(self):
        """Work first, steering under „Mehr“. Other subjects add theirs (dossier.add_action)."""
        own = [
            (10, Action("Eintrag ergänzen", "objects:note_create", when=stands)),
            (40, Action("Problemlage melden", "objects:problem_report", when=stands)),
            (50, Action("Ampel bewerten", "objects:assess", action="steer", when=stands)),
            (51, Action("Ziel festlegen", "objects:goal_set", action="steer", when=stands)),
            (
                52,
                Action("Fachbereich beteiligen", "objects:participation_offer", action="steer", when=stands),
            ),
            (60, Action("Angaben ändern", "objects:property_update")),
            (70, Action("Federführung wechseln", "objects:property_lead", action="steer", when=stands)),
            (
                75,
                Action("Mit Doppel zusammenführen", "objects:property_merge", action="steer", when=stands),
            ),
            (
                76,
                Action(
                    "Objekt teilen",
                    "objects:property_split",
                    action="steer",
                    when=lambda house: stands(house) and len(house.addresses.all()) > 1,
                ),
            ),
            (80, Action("Objekt abschließen", "objects:property_retire", action="steer", when=stands)),
            (
                81,
                Action(
                    "Wieder aufnehmen",
                    "objects:property_reopen",
                    action="steer",
                    when=lambda house: house.is_retired and not house.merged_into_id,
                ),
            ),
        ]
        rows = sorted([*own, *dossier.actions], key=lambda entry: entry[0])
        return [action for _, action in rows]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        house, codes = self.object, rights.codes(self.request)
        goals = list(house.goals.all())
        goal = next((row for row in goals if row.ended_on is None), None)
        first = next(iter(house.addresses.all()), None)
        context.update(
            goal=goal,
            stages=range(1, 7),
            assessment=next(iter(house.assessments.all()), None),
            main_address=first,
            may_change=self.can("change", house),
            may_steer=self.can("steer", house),
            offers=[
                part
                for part in house.participations.all()
                if part.state == "offered"
                and not part.closed_on
                and part.department_id in self.own_departments
            ],
            mine=[
                part
                for part in house.participations.all()
                if part.state == "accepted"
                and not part.closed_on
                and part.department_id in self.own_departments
            ],
            tabs=self.get_tabs(),
            codes=codes,
        )
        return context

    @property
    def own_departments(self):
        if not hasattr(self, "_own"):
            self._own = set(departments_granting(self.request.user, None))
        return self._own

    @cached_property
    def found(self):
        """What there is at this house, in one statement: {(tab, panel or source of the timeline, place): number}."""
        user, house = self.request.user, self.object
        present = self.timeline_rows | dossier.content_of(self.panels, user, house)
        return counts(dossier.numbers_of(self.allowed_tabs, user, house) | present, present=present)

    panels = ()  # of the overview

    @cached_property
    def timeline_rows(self):
        return registry.timeline.asked(Property, self.request.user, self.object) if self.has_timeline else {}

    def entries(self, limit):
        return registry.timeline.entries(
            Property, self.request.user, self.object, limit, asked=self.timeline_rows, found=self.found
        )

    @cached_property
    def allowed_tabs(self):
        return dossier.allowed_tabs(rights.codes(self.request))

    def number(self, tab):
        numbers = [number for (entry, _), number in self.found.items() if entry is tab]
        return sum(numbers) if numbers else None

    def get_tabs(self):
        """(label, address, current, count)"""
        house = self.object
        rows = [("Überblick", house.get_absolute_url(), not self.tab, None)]
        rows += [
            (
                tab.label,
                reverse("objects:property_tab", args=[house.pk, tab.slug]),
                tab.slug == self.tab,
                self.number(tab),
            )
            for tab in self.allowed_tabs
        ]
        return rows


def stands(house):
    return not house.is_retired


class PropertyDetailView(DossierMixin, ScopedDetailView):
    """The overview. A merged number leads to the one that stayed; `?alt=1` shows what stands at the old one."""

    template_name = "objects/register/property.html"
    has_timeline = True

    def get(self, request, *args, **kwargs):
        if "alt" not in request.GET and (stayed := self.stayed(self.get_object())):
            return HttpResponseRedirect(f"{stayed.get_absolute_url()}?von={self.kwargs['pk']}")
        return super().get(request, *args, **kwargs)

    def get_object(self, queryset=None):
        if not hasattr(self, "_house"):
            self._house = super().get_object(queryset)
        return self._house

    @staticmethod
    def stayed(house):
        """The property at the end of the merges that this number went through; None when it stands for itself."""
        found = house.merged_into
        while found is not None and found.merged_into_id:
            found = Property.objects.filter(pk=found.merged_into_id).only("pk", "merged_into").first()
        return found

    def came_from(self):
        """The old number in `?von=`, if it really ended here."""
        try:
            old = Property.objects.filter(pk=UUID(self.request.GET.get("von", ""))).first()
        except ValueError:
            return None
        return old if old and old.merged_into_id else None

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        house, codes = self.object, context["codes"]
        entries = self.entries(limit=200)
        addresses = [row.address for row in house.addresses.all() if row.address]
        around = _around(addresses)
        context.update(
            timeline=entries[:SHOWN],
            older=max(len(entries) - SHOWN, 0),
            plan=plan(addresses, around),
            neighbours=_neighbours(house, addresses),
            parcels=list(house.parcels.filter(ended_on=None)),
            buildings=list(house.buildings.current().select_related("house__address__street")),
            came_from=self.came_from() if "von" in self.request.GET else None,
            main_panels=self._panels("main"),
            aside_panels=self._panels("aside"),
        )
        if "owner.view" in codes:
            context["owners"] = [row for row in house.ownerships.all() if row.until is None]
            context["stock"], (context["links"], context["more_links"]) = self._stock(context["owners"])
        return context

    @cached_property
    def panels(self):
        codes = rights.codes(self.request)
        return [p for place in ("main", "aside") for p in dossier.allowed_panels(codes, place)]

    def _panels(self, place):
        rows = []
        for panel in self.panels:
            if panel.place != place or (panel.rows and not self.number(panel)):
                continue
            context = panel.context(self.request, self.object)
            if context is not None:
                rows.append({"template": panel.template, "context": context})
        return rows

    def _stock(self, owners):
        """How many properties the owner holds, and who may be the same hand."""
        party = next((row.party for row in owners if row.role == Ownership.Role.OWNER), None)
        if party is None:
            return None, ([], 0)
        rows = with_pressing(type(party).objects.restrict(self.request.user, "view").with_stock())
        found = rows.filter(pk=party.pk).first()
        return found, suspected_links(party, user=self.request.user)


def _around(addresses):
    """Official houses near the property, for the small plan."""
    if not addresses:
        return []
    first = addresses[0]
    rows = (
        Address.objects.filter(
            street=first.street_id,
            number__range=(max(first.number - 24, 1), first.number + 24),
            vanished_on=None,
        )
        .exclude(pk__in=[address.pk for address in addresses])
        .select_related("street")
    )
    return list(rows[:60])


def _neighbours(house, addresses):
    """Properties of the register within ten house numbers."""
    if not addresses:
        return []
    street = addresses[0].street_id
    numbers = [address.number for address in addresses]
    rows = (
        PropertyAddress.objects.filter(
            address__street=street,
            address__number__range=(max(min(numbers) - 10, 1), max(numbers) + 10),
            ended_on=None,
        )
        .exclude(property=house)
        .select_related("property", "address__street")
        .order_by("address__number")
    )
    return list(rows[:6])


class PropertyTabView(DossierMixin, ScopedDetailView):
    """One tab of the page: what a subject shows of this property."""

    def dispatch(self, request, *args, **kwargs):
        self.tab = kwargs["tab"]
        return super().dispatch(request, *args, **kwargs)

    def get_template_names(self):
        return [self.part.template]

    @property
    def part(self):
        part = dossier.tabs.get(self.tab)
        if part is None or (part.permission and part.permission not in rights.codes(self.request)):
            raise Http404("Diesen Bereich gibt es nicht.")
        return part

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["tab"] = self.part
        more = (self.entries(limit=500),) if self.has_timeline else ()
        return context | self.part.context(self.request, self.object, *more)

    @property
    def has_timeline(self):
        return self.part.timeline
