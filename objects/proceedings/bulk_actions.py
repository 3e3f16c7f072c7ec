"""What may be done to many measures at once."""

from datetime import date

from django import forms

from soe.accounts.models import User
from soe.departments.models import Membership
from soe.web.bulk import BulkAction
from soe.web.forms import Form

from .forms import CompleteForm, PostponeForm, colleagues

ENDED = "Die Maßnahme ist schon {}."


class PostponeAction(BulkAction):
    key, label = "verschieben", "Verschieben"
    form_class = PostponeForm
    lead = "Das erste Datum bleibt vermerkt; an ihm wird die Termintreue gemessen."

    def refuse(self, row, data):
        if not row.is_open:
            return ENDED.format(row.get_state_display())
        if data["to"] <= row.due_on:
            return f"Das neue Datum muss nach dem bisherigen liegen, dem {row.due_on:%d.%m.%Y}."
        return ""

    def describe(self, row, data):
        return f"fällig am {data['to']:%d.%m.%Y} statt am {row.due_on:%d.%m.%Y}"

    def remember(self, row):
        return {"due_on": row.due_on.isoformat()}

    def perform(self, row, data, *, by):
        row.postpone(by=by, to=data["to"], reason=data["reason"])

    def undo(self, row, before, *, by, reason):
        row.take_back_postponement(by=by, to=date.fromisoformat(before["due_on"]), reason=reason)


class CompleteAction(BulkAction):
    key, label = "erledigt", "Erledigt melden"
    form_class = CompleteForm

    def refuse(self, row, data):
        return "" if row.is_open else ENDED.format(row.get_state_display())

    def describe(self, row, data):
        return f"erledigt am {data['on']:%d.%m.%Y}: {row.Effect(data['effect']).label}"

    def perform(self, row, data, *, by):
        row.complete(by=by, **data)

    def undo(self, row, before, *, by, reason):
        row.reopen(by=by, reason=reason)


class AssignForm(Form):
    permission = "measure.change"
    to = forms.ModelChoiceField(User.objects.none(), label="Wem?")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues(self.user, self.permission)


class AssignProceedingForm(AssignForm):
    permission = "proceeding.change"


def works_there(person, department_id, permission):
    """Whether a current membership lets this person do it in that department."""
    rows = Membership.objects.current().filter(user=person, department=department_id)
    return rows.filter(role__grants__permission=permission).exists()


class AssignMeasureAction(BulkAction):
    key, label = "zuweisen", "Zuweisen"
    form_class = AssignForm

    def prepare(self, rows):
        return rows.select_related("department", "responsible")

    def refuse(self, row, data):
        if not row.is_open:
            return ENDED.format(row.get_state_display())
        if row.responsible_id == data["to"].pk:
            return f"Zuständig ist schon {data['to']}."
        if not works_there(data["to"], row.department_id, "measure.change"):
            return f"{data['to']} führt keine Maßnahmen für {row.department}."
        return ""

    def describe(self, row, data):
        return f"zuständig wird {data['to']}"

    def remember(self, row):
        return {"responsible": str(row.responsible_id or "")}

    def perform(self, row, data, *, by):
        row.assign(by=by, to=data["to"])

    def undo(self, row, before, *, by, reason):
        row.assign(by=by, to=User.objects.filter(pk=before["responsible"] or None).first(), reason=reason)


class AssignProceedingAction(BulkAction):
    key, label = "zuweisen", "Zuweisen"
    form_class = AssignProceedingForm

    def prepare(self, rows):
        return rows.select_related("department", "responsible")

    def refuse(self, row, data):
        if not row.is_open:
            return "Das Verfahren ist abgeschlossen."
        if row.responsible_id == data["to"].pk:
            return f"Bearbeitet wird es schon von {data['to']}."
        if not works_there(data["to"], row.department_id, "proceeding.change"):
            return f"{data['to']} führt keine Verfahren für {row.department}."
        return ""

    def describe(self, row, data):
        return f"bearbeitet von {data['to']}"

    def remember(self, row):
        return {"responsible": str(row.responsible_id or "")}

    def perform(self, row, data, *, by):
        row.assign(by=by, to=data["to"])

    def undo(self, row, before, *, by, reason):
        row.assign(by=by, to=User.objects.filter(pk=before["responsible"] or None).first(), reason=reason)
