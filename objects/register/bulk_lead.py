"""Handing over the lead, and putting houses on an inspection day, for many properties at once."""

from django import forms
from django.utils import timezone

from objects.inspections.models import InspectionDay
from objects.inspections.models.days import MOST_HOUSES
from objects.inspections.services import set_houses, take_off
from soe.departments.models import Department
from soe.web.bulk import BulkAction
from soe.web.forms import Form, ReasonForm

from .forms.base import departments_that_act


class LeadForm(ReasonForm):
    department = forms.ModelChoiceField(Department.objects.none(), label="Neue Federführung")
    field_order = ["department", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments_that_act()


class LeadAction(BulkAction):
    key, label = "federfuehrung", "Federführung wechseln"
    action = "steer"
    form_class = LeadForm
    lead = "Ab heute. Der bisherige Fachbereich bleibt beteiligt."

    def prepare(self, rows):
        return rows.select_related("lead_department")

    def refuse(self, row, data):
        if row.is_retired:
            return "Das Objekt ist abgeschlossen."
        if row.lead_department_id == data["department"].pk:
            return f"{data['department']} hat die Federführung schon."
        return ""

    def describe(self, row, data):
        return f"{data['department']} statt {row.lead_department}"

    def remember(self, row):
        return {"department": str(row.lead_department_id)}

    def perform(self, row, data, *, by):
        row.change_lead(by=by, department=data["department"], reason=data["reason"])

    def undo(self, row, before, *, by, reason):
        department = Department.objects.get(pk=before["department"])
        row.change_lead(by=by, department=department, reason=reason, keep_participating=False)


class DayForm(Form):
    """Days to come that this person plans."""

    day = forms.ModelChoiceField(
        InspectionDay.objects.none(),
        label="Welcher Einsatztag?",
        help_text="Geplante Tage, deren Planung Sie ändern dürfen.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        days = InspectionDay.objects.own().upcoming(timezone.localdate())
        self.fields["day"].queryset = days.restrict(self.user, "change").order_by("date")


class InspectionDayAction(BulkAction):
    key, label = "einsatztag", "Für Einsatztag vormerken"
    action = "inspect"
    form_class = DayForm
    lead = f"Die Objekte kommen hinter die schon geplanten; ein Tag hat höchstens {MOST_HOUSES}."

    def prepare(self, rows):
        return rows.prefetch_related("inspections")

    def refuse(self, row, data):
        if row.is_retired:
            return "Das Objekt ist abgeschlossen."
        if any(inspection.day_id == data["day"].pk for inspection in row.inspections.all()):
            return "Das Objekt steht schon auf der Liste dieses Tages."
        return ""

    def describe(self, row, data):
        return f"kommt auf die Liste des {data['day'].date:%d.%m.%Y}"

    def perform(self, row, data, *, by):
        day = InspectionDay.objects.get(pk=data["day"].pk)
        set_houses(day, [*_houses(day), row], by=by)
        return (day.inspections.get(property=row),)

    def undo(self, row, before, *, by, reason):
        for inspection in row.inspections.filter(pk__in=before["touched"]).select_related("day"):
            take_off(inspection, by=by, reason=reason)


def _houses(day):
    rows = day.inspections.exclude(property=None).select_related("property").order_by("position")
    return [inspection.property for inspection in rows]
