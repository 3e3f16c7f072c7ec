"""What may be done to many complaints at once."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from soe.accounts.models import User
from soe.web.bulk import BulkAction
from soe.web.forms import ReasonForm
from soe.web.notices.services import members

from .forms import AssignForm, ForwardForm, InvolveForm
from .services import involve


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


class AssignAction(BulkAction):
    """The people offered work in one of the departments of the chosen rows; row by row it must be the right one."""

    key, label = "zuweisen", "Zuweisen"
    form_class = AssignForm

    def form_kwargs(self, user, rows):
        departments = list(rows.order_by().values_list("department", flat=True).distinct())
        return {"people": members(departments, "complaint.route")}

    def prepare(self, rows):
        return rows.select_related("department", "handler")

    def refuse(self, row, data):
        handler = data["handler"]
        if row.state == row.State.CLOSED:
            return "Die Beschwerde ist abgeschlossen."
        if handler == row.handler:
            return "Das ist schon so."
        if handler and row.department_id not in data["where"]:
            return f"{handler.get_full_name()} bearbeitet bei {row.department} keine Beschwerden."
        return ""

    def describe(self, row, data):
        return f"bearbeitet: {data['handler'].get_full_name() if data['handler'] else 'niemand Bestimmtes'}"

    def remember(self, row):
        return {"handler": str(row.handler_id) if row.handler_id else None}

    def perform(self, row, data, *, by):
        row.assign(by=by, handler=data["handler"])

    def undo(self, row, before, *, by, reason):
        person = User.objects.filter(pk=before["handler"]).first() if before["handler"] else None
        row.assign(by=by, handler=person, reason=reason)


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


class InvolveAction(BulkAction):
    key, label = "beteiligen", "Fachbereich beteiligen"
    form_class = InvolveForm
    lead = "Der Fachbereich findet die Beschwerden bei seinen Aufgaben. Name und Kontakt sieht er nicht."

    def prepare(self, rows):
        return rows.select_related("department").prefetch_related("involvements")

    def refuse(self, row, data):
        department = data["department"]
        if not row.is_open:
            return f"Die Beschwerde ist schon {row.get_state_display()}."
        if row.department_id == department.pk:
            return f"Zuständig ist bereits {department}."
        if any(entry.department_id == department.pk for entry in row.involvements.all()):
            return f"{department} ist schon beteiligt."
        return ""

    def describe(self, row, data):
        return f"{data['department']} wird beteiligt"

    def perform(self, row, data, *, by):
        return (involve(row, data["department"], by=by),)

    def undo(self, row, before, *, by, reason):
        for entry in row.involvements.filter(pk__in=before["touched"]):
            if entry.noted_on is not None:
                raise ValidationError(f"{entry.department} hat die Beschwerde schon zur Kenntnis genommen.")
            entry.delete(reason=reason)
