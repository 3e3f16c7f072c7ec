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

from ..bulk_actions import CompleteAction, PostponeAction
from ..filters import MeasureFilterSet
from ..forms import CompleteForm, DropForm, MeasureForm, PostponeForm
from ..models import Measure
from ..services import add_measure
from ..tables import MeasureTable
from .proceedings import stubs_with_houses


class MeasureListView(ScopedListView):
    queryset = Measure.objects.select_related("property", "department")
    filterset_class = MeasureFilterSet
    table_class = MeasureTable
    template_name = "objects/proceedings/list.html"
    title = "Maßnahmen"
    tabs = (
        ("Alle", ""),
        ("Offen", "stand=open"),
        ("Überfällig", "ansicht=ueberfaellig"),
        ("Mein Fachbereich", "ansicht=meine"),
    )
    bulk_actions = (PostponeAction(), CompleteAction())
    empty_text = "Eine Maßnahme legen Sie auf der Seite des Objekts an, an dem Ihr Fachbereich handelt."

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if not context["filtered"] and context["page_obj"].number == 1:
            context["stubs"] = stubs_with_houses(Measure.objects.open(), self.request.user)
        return context


class MeasureDetailView(FilesMixin, ScopedDetailView):
    queryset = Measure.objects.select_related("property", "department", "proceeding", "finding")
    template_name = "objects/proceedings/measure.html"
    actions = (
        Action("Verschieben", "objects:measure_postpone", when=lambda row: row.is_open),
        Action("Erledigt melden", "objects:measure_complete", primary=True, when=lambda row: row.is_open),
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
    title = submit_label = "Maßnahme erledigt melden"
    success_message = "Die Maßnahme ist erledigt."

    def perform(self, obj, form):
        obj.complete(by=self.request.user, **form.cleaned_data)


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
    title = submit_label = "Maßnahme wieder öffnen"
    success_message = "Die Maßnahme ist wieder offen."

    def perform(self, obj, form):
        obj.reopen(by=self.request.user, reason=form.cleaned_data["reason"])
