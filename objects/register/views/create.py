"""New properties, notes, dwellings, owners."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.html import format_html

from objects.addresses.models import Address
from objects.owners.shares import excess
from objects.owners.suspicion import suggest_for as look_for_links
from soe.web.views import ScopedCreateView, ScopedUpdateView

from .. import services
from ..forms import parties, properties
from ..models import Building, Dwelling, Note, Party, Property
from ..reach import check_acting
from ..selectors import neighbour_hints
from .steps import OnPart, OnProperty


class PropertyCreateView(ScopedCreateView):
    """Opens a property. `?address=<id>` comes from the search and from complaints; neighbours are named."""

    queryset = Property.objects.all()
    form_class = properties.PropertyOpenForm
    title = "Objekt anlegen"
    lead = "Nötig sind nur der Ort und die Federführung."
    submit_label = "Objekt anlegen"
    template_name = "objects/register/property_create.html"
    prefill = ("address",)
    success_message = "{object} ist angelegt."

    def get_crumbs(self):
        return [("Objekte", reverse("objects:property_list"))]

    def get_cancel_url(self):
        return reverse("objects:property_list")

    def save(self, form):
        data = form.cleaned_data
        return services.open_property(
            data["address"],
            by=self.request.user,
            lead_department=data["lead_department"],
            problem_areas=[{"kind": kind, "text": data["reason"]} for kind in data["problem_areas"]],
            on=data["registered_on"],
            text=data["text"],
            district=data["district"],
            reason=data["reason"],
            **form.facts(),
        )

    def after_save(self, form):
        super().after_save(form)
        if address := form.cleaned_data["address"]:
            for near, house in neighbour_hints(address, user=self.request.user)[:2]:
                link = format_html('<a href="{}">{}</a>', house.get_absolute_url(), house.number)
                messages.info(self.request, format_html("Nachbarhaus im Kataster: {}, {}", link, near.line))

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        asked = self.request.GET.get("address", "")
        address = (
            Address.objects.select_related("street").filter(pk=asked).first() if asked.isdigit() else None
        )
        context["hints"] = neighbour_hints(address, user=self.request.user)[:5] if address else []
        return context


class ChildCreateView(ScopedCreateView):
    """A row of a property; only who acts there."""

    parent_queryset = Property.objects.select_related("lead_department")
    parent_action = "change"
    parent_field = "property"

    def get_crumbs(self):
        return [
            ("Objekte", reverse("objects:property_list")),
            (f"{self.parent.number} {self.parent.title}", self.parent.get_absolute_url()),
        ]


class NoteCreateView(ChildCreateView):
    queryset = Note.objects.all()
    form_class = properties.NoteForm
    title = "Eintrag ergänzen"
    submit_label = "Eintrag speichern"
    success_message = "Der Eintrag steht in der Zeitleiste."

    def save(self, form):
        data = form.cleaned_data
        check_acting(self.parent, data["department"])
        return services.add_note(
            self.parent,
            by=self.request.user,
            department=data["department"],
            subject=data["subject"],
            text=data["text"],
            visibility=data["visibility"],
        )


class BuildingCreateView(ChildCreateView):
    queryset = Building.objects.all()
    form_class = properties.BuildingForm
    title = "Gebäude hinzufügen"
    submit_label = "Gebäude hinzufügen"


class BuildingUpdateView(ScopedUpdateView):
    queryset = Building.objects.select_related("property")
    form_class = properties.BuildingForm
    submit_label = "Änderungen speichern"
    get_crumbs = OnPart.get_crumbs


class DwellingCreateView(ChildCreateView):
    queryset = Dwelling.objects.all()
    form_class = properties.DwellingForm
    title = "Wohneinheit hinzufügen"
    submit_label = "Wohneinheit hinzufügen"


class DwellingUpdateView(ScopedUpdateView):
    queryset = Dwelling.objects.select_related("property")
    form_class = properties.DwellingForm
    submit_label = "Änderungen speichern"
    get_crumbs = OnPart.get_crumbs


class OwnershipCreateView(OnProperty):
    """A right in a property; who may not see owners cannot name them either."""

    def check_access(self):
        super().check_access()
        if not self.may("owner.view"):
            raise PermissionDenied

    form_class = parties.OwnershipForm
    title = "Eigentum eintragen"
    submit_label = "Eigentum eintragen"
    success_message = "Das Recht ist eingetragen."

    def perform(self, obj, form):
        data = form.cleaned_data
        party = data["party"]
        if party is None:
            party = Party(kind=data["new_kind"], name=data["new_name"].strip())
            party.full_clean()
            party.save()
        services.add_owner(
            obj,
            party,
            by=self.request.user,
            role=data["role"],
            since=data["since"],
            share=data["share"],
            source=data["source"],
        )
        look_for_links(self.request.user, party)

    def after_save(self, form):
        """More than the whole is shown, not refused: the land register may be behind, too."""
        super().after_save(form)
        if found := excess(self.object.ownerships.all()):
            day, total = found
            when = f"ab {day:%d.%m.%Y} " if day.year > 1 else ""
            messages.warning(
                self.request, f"Die Anteile ergeben {when}zusammen {total}, also mehr als das Ganze."
            )


class LinksMixin:
    """A new name, address or number may say that two owners are one hand."""

    def after_save(self, form):
        super().after_save(form)
        look_for_links(self.request.user, self.object)


class PartyCreateView(LinksMixin, ScopedCreateView):
    queryset = Party.objects.all()
    form_class = parties.PartyForm
    title = "Eigentümer oder Verwalter aufnehmen"
    submit_label = "Aufnehmen"

    def get_crumbs(self):
        return [("Eigentümer und Verwalter", reverse("objects:party_list"))]

    def get_cancel_url(self):
        return reverse("objects:party_list")


class PartyUpdateView(LinksMixin, ScopedUpdateView):
    queryset = Party.objects.standing()
    form_class = parties.PartyForm
    submit_label = "Änderungen speichern"

    def get_crumbs(self):
        return [
            ("Eigentümer und Verwalter", reverse("objects:party_list")),
            (str(self.object), self.object.get_absolute_url()),
        ]
