"""/massnahmen/: what departments do at properties, until when, with which effect."""

from django.urls import reverse

from objects.register.models import Property
from soe.web.files.panel import FilesMixin
from soe.web.forms import ReasonForm
from soe.web.views import (
    Action,
    ActionView,
    ScopedCreateView,
    ScopedDetailView,
    ScopedListView,
    ScopedUpdateView,
)

from ..bulk_actions import AssignMeasureAction, CompleteAction, PostponeAction
from ..filters import MeasureFilterSet
from ..forms import CompleteForm, DropForm, PostponeForm
from ..forms_measures import LinkForm, MeasureForm
from ..models import Measure, MeasureSeries
from ..models.dissent import in_dissent, open_findings, open_items
from ..services import add_measure, link_measure
from ..tables import MeasureTable
from .proceedings import stubs_with_houses


class MeasureListView(ScopedListView):
    queryset = Measure.objects.select_related("property", "department", "responsible")
    filterset_class = MeasureFilterSet
    table_class = MeasureTable
    template_name = "objects/proceedings/list.html"
    title = "Maßnahmen"
    tabs = (
        ("Alle", ""),
        ("Offen", "stand=open&sortierung=due_on"),
        ("Überfällig", "ansicht=ueberfaellig&sortierung=due_on"),
        ("Mein Fachbereich", "ansicht=meine"),
        ("Widersprüche", "ansicht=widerspruch"),
    )
    bulk_actions = (PostponeAction(), CompleteAction(), AssignMeasureAction())
    empty_text = "Eine Maßnahme legen Sie auf der Seite des Objekts an, an dem Ihr Fachbereich handelt."

    def get_queryset(self):
        return super().get_queryset().annotate(contradicted=in_dissent(self.request.user))

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if not context["filtered"] and context["page_obj"].number == 1:
            context["stubs"] = stubs_with_houses(Measure.objects.open(), self.request.user)
        return context


class MeasureDetailView(FilesMixin, ScopedDetailView):
    queryset = Measure.objects.select_related(
        "property", "department", "proceeding", "finding", "responsible", "series"
    )
    template_name = "objects/proceedings/measure.html"
    actions = (
        Action("Verschieben", "objects:measure_postpone", when=lambda row: row.is_open),
        Action("Erledigt melden", "objects:measure_complete", primary=True, when=lambda row: row.is_open),
        Action("Verknüpfen", "objects:measure_link"),
        Action("Maßnahme ändern", "objects:measure_update", when=lambda row: row.is_open),
        Action("Aufgeben", "objects:measure_drop", when=lambda row: row.is_open),
        Action("Wieder öffnen", "objects:measure_reopen", when=lambda row: not row.is_open),
    )

    def get_crumbs(self):
        house = self.object.property
        return [("Maßnahmen", reverse("objects:measure_list")), (house.number, house.get_absolute_url())]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        row = self.object
        context["proceeding"] = (
            row.proceeding if row.proceeding_id and self.can("view", row.proceeding) else None
        )
        user = self.request.user
        links = row.links.restrict(user, "view").select_related("finding__day", "item__order__proceeding")
        context["links"] = links
        context["may_change"] = self.can("change", row)
        if row.state == row.State.DONE:
            context["open_findings"] = list(open_findings(user, row).select_related("day", "section"))
            context["open_items"] = list(open_items(user, row).select_related("order__proceeding"))
        return context


class MeasureCreateView(ScopedCreateView):
    queryset = Measure.objects.all()
    parent_queryset = Property.objects.filter(retired_on=None)
    parent_action = "measure"
    form_class = MeasureForm
    title = "Maßnahme anlegen"
    submit_label = "Maßnahme anlegen"
    success_message = "Die Maßnahme ist angelegt."
    prefill = ("what", "kind", "proceeding", "due_on")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"house": self.parent}

    def save(self, form):
        data = form.cleaned_data
        return add_measure(
            self.parent,
            by=self.request.user,
            department=form.own_department(data),
            kind=data["kind"],
            what=data["what"],
            due_on=data["due_on"],
            proceeding=data.get("proceeding"),
            responsible=data["responsible"],
            repeat=form.repeat_values(),
            visibility=data["visibility"],
        )


class MeasureUpdateView(ScopedUpdateView):
    queryset = Measure.objects.open().select_related("property")
    form_class = MeasureForm
    title = "Maßnahme ändern"
    success_message = "Die Maßnahme ist geändert."


class MeasureStep(ActionView):
    queryset = Measure.objects.select_related("property", "department")


class MeasureCompleteView(MeasureStep):
    form_class = CompleteForm
    method = "complete"
    title = submit_label = "Maßnahme erledigt melden"
    success_message = "Die Maßnahme ist erledigt."


class MeasurePostponeView(MeasureStep):
    form_class = PostponeForm
    title = submit_label = "Maßnahme verschieben"
    success_message = "Die Maßnahme ist verschoben. Das erste Datum bleibt vermerkt."

    @property
    def lead(self):
        return f"Jetzt fällig am {self.object.due_on:%d.%m.%Y}, zuerst am {self.object.original_due_on:%d.%m.%Y}."

    def perform(self, obj, form):
        obj.postpone(by=self.request.user, to=form.cleaned_data["to"], reason=form.cleaned_data["reason"])


class MeasureDropView(MeasureStep):
    form_class = DropForm
    title = submit_label = "Maßnahme aufgeben"
    success_message = "Die Maßnahme ist aufgegeben."

    def perform(self, obj, form):
        obj.drop(by=self.request.user, on=form.cleaned_data["on"], reason=form.cleaned_data["reason"])


class MeasureReopenView(MeasureStep):
    form_class = ReasonForm
    method = "reopen"
    title = submit_label = "Maßnahme wieder öffnen"
    success_message = "Die Maßnahme ist wieder offen."


class MeasureLinkView(MeasureStep):
    form_class = LinkForm
    title = "Maßnahme verknüpfen"
    submit_label = "Verknüpfungen speichern"
    lead = "Was soll diese Maßnahme erledigen? SOE warnt, wenn sie erledigt gemeldet wird und davon etwas offen ist."
    success_message = "Die Verknüpfungen sind gespeichert."

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"measure": self.object}

    def perform(self, obj, form):
        data = form.cleaned_data
        link_measure(
            obj,
            by=self.request.user,
            findings=data.get("findings", ()),
            items=data.get("items", ()),
            among_findings=form.offered("findings"),
            among_items=form.offered("items"),
        )


class MeasureDissentView(MeasureStep):
    form_class = ReasonForm
    method = "resolve_dissent"
    title = submit_label = "Widerspruch klären"
    lead = "Die Maßnahme bleibt erledigt, obwohl Verknüpftes offen ist. Bitte schreiben Sie, warum."
    success_message = "Der Widerspruch ist geklärt."


class SeriesEndView(ActionView):
    queryset = MeasureSeries.objects.select_related("property", "department")
    form_class = ReasonForm
    method = "end"
    title = submit_label = "Wiederholung beenden"
    lead = "Es folgt keine weitere Maßnahme. Die jetzige bleibt."
    success_message = "Die Wiederholung ist beendet."
