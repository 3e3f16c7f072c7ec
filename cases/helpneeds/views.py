"""Help needs from inspections: an offer takes them over, records a contact, later perhaps a case."""

import django_filters
from django import forms
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from objects.services import take_over_help_need
from soe.departments.models import Department
from soe.departments.scope import departments_granting
from soe.web.filters import FilterSet
from soe.web.forms import Form
from soe.web.views import Action, ActionView, ScopedDetailView, ScopedListView

from ..casework.models import Case
from ..contacts.models import Contact
from ..fields import few_or_hidden
from .tables import HelpNeedTable
from .where import where

HelpNeed = apps.get_model("objects", "HelpNeed")
CRUMBS = ("Hilfebedarfe", "/hilfebedarfe/")


class HelpNeedFilterSet(FilterSet):
    kind = django_filters.ChoiceFilter(label="Bedarf", choices=HelpNeed._meta.get_field("kind").choices)
    ansicht = django_filters.CharFilter(widget=forms.HiddenInput, method="by_view")

    class Meta(FilterSet.Meta):
        model = HelpNeed
        fields = ["kind"]

    def filter_queryset(self, queryset):
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("ansicht") else rows.waiting()

    def by_view(self, rows, name, value):
        mine = departments_granting(self.request.user, "helpneed.take")
        if value == "uns":
            return rows.waiting().filter(offered_to__in=mine)
        if value == "uebernommen":
            return rows.filter(state="taken")
        return rows


class HelpNeedListView(ScopedListView):
    queryset = HelpNeed.objects.select_related("day", "inspection__property", "offered_to", "taken_by")
    filterset_class = HelpNeedFilterSet
    table_class = HelpNeedTable
    title = "Hilfebedarfe"
    noun = "Hilfebedarfe"
    lead = "Aus Kontrollen, als Zahl und ohne Namen."
    tabs = (
        ("Offen", ""),
        ("Für uns vorgesehen", "ansicht=uns"),
        ("Übernommen", "ansicht=uebernommen"),
        ("Alle", "ansicht=alle"),
    )
    empty_text = "Findet eine Kontrolle Haushalte, die Hilfe brauchen, steht der Bedarf hier, bis ihn jemand übernimmt."


class HelpNeedDetailView(ScopedDetailView):
    queryset = HelpNeed.objects.select_related(
        "day", "inspection__property", "offered_to", "taken_by", "department"
    )
    template_name = "cases/helpneed_detail.html"
    crumbs = (CRUMBS,)

    def get_actions(self):
        need = self.object
        if need.state == "open":
            return [Action("Übernehmen", "cases:help_need_take", action="take", primary=True)]
        mine = departments_granting(self.request.user, "contact.record")
        if need.state == "taken" and need.taken_by_id in mine:
            url = f"{reverse('cases:contact_create')}?help_need={need.pk}"
            return [
                Action("Kontakt erfassen", url=url, action="add", model=Contact, primary=True, icon="tally")
            ]
        return []

    def get_context_data(self, **kwargs):
        user, need = self.request.user, self.object
        return super().get_context_data(**kwargs) | {
            "where": where(need),
            "contacts": Contact.objects.filter(help_need=need)
            .restrict(user, "view")
            .select_related("topic", "person", "case"),
            "cases": Case.objects.filter(help_need=need).restrict(user, "view").select_related("offer"),
            "may_take": self.can("take", need),
        }


class TakeForm(Form):
    department = forms.ModelChoiceField(Department.objects.all(), label="Wer übernimmt?")
    on = forms.DateField(label="Übernommen am", widget=forms.DateInput, initial=timezone.localdate)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.filter(
            pk__in=departments_granting(self.user, "helpneed.take")
        )
        few_or_hidden(self, "department")


class HelpNeedTakeView(ActionView):
    queryset = HelpNeed.objects.select_related("day", "inspection__property")
    action = "take"
    form_class = TakeForm
    title = "Hilfebedarf übernehmen"
    lead = "Danach kümmert sich Ihr Angebot. Am Objekt steht nur, dass der Bedarf übernommen ist."
    submit_label = "Übernehmen"
    success_message = "Der Hilfebedarf ist übernommen. Erfassen Sie den ersten Kontakt, sobald es ihn gibt."
    crumbs = (CRUMBS,)

    def perform(self, obj, form):
        data = form.cleaned_data
        take_over_help_need(obj, by=self.request.user, department=data["department"], on=data["on"])
