"""What may be done to many complaints at once."""

from datetime import date

from django import forms

from soe.web.bulk import BulkAction
from soe.web.forms import ReasonForm

from .forms import ForwardForm


class DeadlineForm(ReasonForm):
    due = forms.DateField(label="Antwort bis")
    field_order = ["due", "reason"]


class ForwardAction(BulkAction):
    key, label = "weiterleiten", "Weiterleiten"
    form_class = ForwardForm
    lead = "Bis die andere Stelle annimmt, bleibt Ihr Fachbereich zuständig."

    def prepare(self, rows):
        return rows.select_related("department", "forwarded_to", "address__street")

    def refuse(self, row, data):
        if not row.is_open:
            return f"Die Beschwerde ist schon {row.get_state_display()}."
        if row.department_id == data["to"].pk:
            return f"Zuständig ist bereits {row.department}."
        if row.forwarded_to_id:
            return f"Die Beschwerde liegt schon bei {row.forwarded_to} zur Annahme."
        return ""

    def describe(self, row, data):
        return f"geht von {row.department} an {data['to']}, wartet dort auf Annahme"

    def perform(self, row, data, *, by):
        row.forward(by=by, to=data["to"], reason=data["reason"])

    def undo(self, row, before, *, by, reason):
        row.recall(by=by, reason=reason)


class DeadlineAction(BulkAction):
    key, label = "antwortfrist", "Antwortfrist setzen"
    form_class = DeadlineForm

    def refuse(self, row, data):
        if not row.awaits_answer:
            return "Hier steht keine Antwort mehr aus."
        return "Die Frist ist schon dieser Tag." if row.answer_due == data["due"] else ""

    def describe(self, row, data):
        return f"Antwort bis {data['due']:%d.%m.%Y} statt {row.answer_due:%d.%m.%Y}"

    def remember(self, row):
        return {"due": row.answer_due.isoformat()}

    def perform(self, row, data, *, by):
        row.set_answer_due(by=by, due=data["due"], reason=data["reason"])

    def undo(self, row, before, *, by, reason):
        row.set_answer_due(by=by, due=date.fromisoformat(before["due"]), reason=reason)
