"""Relations, decisions about suspected links, merging and taking a merge back."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from objects.register.models import Party
from soe.web.forms import ReasonForm
from soe.web.views import ActionView, ScopedListView

from .. import forms, merging
from ..bulk_actions import DecideLinksAction
from ..filters import LinkFilterSet
from ..models import PartyLink, PartyMerge, PartyRelation
from ..suspicion import suggest_for
from ..tables import LinkTable
from .portfolio import CRUMB


class NeedsOwners:
    """Who may not read owners' names is not asked about them either."""

    def check_access(self):
        super().check_access()
        if not self.may("owner.view"):
            raise PermissionDenied


class OnParty(NeedsOwners, ActionView):
    queryset = Party.objects.standing()

    def get_crumbs(self):
        return [CRUMB, (str(self.object), self.object.get_absolute_url())]


class RelationCreateView(OnParty):
    action = "relate"
    form_class = forms.RelationForm
    submit_label = "Beziehung eintragen"
    success_message = "Die Beziehung ist eingetragen."

    def get_title(self):
        return f"Beziehung eintragen: {self.object}"

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        form.fields["part"].help_text = f"Wer gehört zu „{self.object}“ oder handelt dafür?"
        return form

    def perform(self, obj, form):
        data = form.cleaned_data
        row = PartyRelation(
            whole=obj, part=data["part"], kind=data["kind"], since=data["since"], source=data["source"],
            numerator=data["share"][0], denominator=data["share"][1],
        )  # fmt: skip
        row.full_clean()
        row.save()
        suggest_for(self.request.user, obj, data["part"])


class RelationEndView(NeedsOwners, ActionView):
    queryset = PartyRelation.objects.select_related("whole", "part")
    form_class = forms.RelationEndForm
    submit_label = "Beziehung beenden"
    success_message = "Die Beziehung ist beendet; im Verlauf bleibt sie stehen."

    def get_title(self):
        return f"{self.object.get_kind_display()} beenden: {self.object.part}"

    def get_crumbs(self):
        return [CRUMB, (str(self.object.whole), self.object.whole.get_absolute_url())]

    def perform(self, obj, form):
        obj.end(by=self.request.user, **form.cleaned_data)
        suggest_for(self.request.user, obj.whole, obj.part)


class LinkDecideView(NeedsOwners, ActionView):
    queryset = PartyLink.objects.exclude(state=PartyLink.State.GONE).select_related("one", "other", "via")
    form_class = forms.LinkDecisionForm
    method = "decide"
    template_name = "objects/owners/link_decide.html"
    submit_label = "Entscheidung speichern"
    success_message = "Die Entscheidung ist gespeichert."
    title = "Gehören die beiden zusammen?"

    def get_crumbs(self):
        return [CRUMB, ("Vermutete Verbindungen", reverse("objects:link_list"))]

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        field = form.fields["state"]
        field.choices = field.widget.choices = [row for row in field.choices if row[0] != self.object.state]
        return form


class LinkListView(ScopedListView):
    """All suspicions that wait for somebody, and what was decided."""

    queryset = PartyLink.objects.exclude(state=PartyLink.State.GONE).select_related("one", "other", "via")
    filterset_class = LinkFilterSet
    table_class = LinkTable
    title = "Vermutete Verbindungen"
    noun = "Verbindungen"
    bulk_actions = (DecideLinksAction(),)
    lead = "Von Regeln gefunden. Ob zwei Eigentümer zusammengehören, entscheidet immer ein Mensch."
    crumbs = (CRUMB,)
    tabs = (("Zu entscheiden", "stand=suggested"), ("Bestätigt", "stand=confirmed"), ("Alle", ""))
    empty_title = "Keine vermuteten Verbindungen"
    empty_text = (
        "Gesucht wird jede Nacht nach gleicher Anschrift, Telefonnummer, Verwaltung und ähnlichen Namen."
    )


class MergeView(OnParty):
    """`?in=<id>`: shows both side by side, and what moves."""

    action = "merge"
    form_class = forms.MergeForm
    template_name = "objects/owners/merge.html"
    submit_label = "Zusammenführen"
    success_message = "Die Einträge sind zusammengeführt. Das lässt sich auf dieser Seite rückgängig machen."
    FIELDS = (
        "kind",
        "name",
        "register_number",
        "birth_date",
        "street",
        "postcode",
        "city",
        "phone",
        "email",
        "note",
    )

    def get_title(self):
        return f"Zusammenführen: {self.object}"

    def get_initial(self):
        return super().get_initial() | ({"into": self.kept.pk} if self.kept else {})

    @property
    def kept(self):
        if not hasattr(self, "_kept"):
            asked = self.request.POST.get("into") or self.request.GET.get("in", "")
            rows = self.queryset.all().restrict(self.request.user, "view").exclude(pk=self.object.pk)
            try:
                self._kept = rows.filter(pk=asked).first() if asked else None
            except (ValueError, ValidationError):  # not an id
                self._kept = None
        return self._kept

    def perform(self, obj, form):
        row = merging.merge(
            obj, form.cleaned_data["into"], by=self.request.user, reason=form.cleaned_data["reason"]
        )
        return row.kept

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        links = PartyLink.objects.restrict(self.request.user, "view").of([self.object.pk])
        links = links.filter(state__in=("suggested", "confirmed")).select_related("one", "other")
        context["candidates"] = list(dict.fromkeys(link.beyond(self.object.pk) for link in links[:20]))
        if self.kept:
            names = [name for name in self.FIELDS if name not in self.hidden]
            context["compare"] = [
                (Party._meta.get_field(name).verbose_name, _shown(self.object, name), _shown(self.kept, name))
                for name in names
            ]
            context["moves"] = list(merging.plan(self.object, self.kept).items())
            context["kept"] = self.kept
        return context


def _shown(party, name):
    display = getattr(party, f"get_{name}_display", None)
    return display() if display else getattr(party, name)


class MergeUndoView(NeedsOwners, ActionView):
    queryset = PartyMerge.objects.filter(undone_on=None).select_related("kept", "gone")
    form_class = ReasonForm
    submit_label = "Zusammenführung rückgängig machen"
    success_message = "Beide Einträge stehen wieder für sich."

    def get_crumbs(self):
        return [CRUMB, (str(self.object.kept), self.object.kept.get_absolute_url())]

    def perform(self, obj, form):
        merging.undo(obj, by=self.request.user, reason=form.cleaned_data["reason"])
        return obj.gone
