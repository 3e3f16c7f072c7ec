"""What may be done to many properties at once."""

from datetime import date

from django import forms

from soe.departments.models import Department
from soe.web.bulk import BulkAction
from soe.web.forms import FreeText, ReasonForm
from soe.web.forms.widgets import PickMany

from .forms.base import departments_that_act
from .forms.steering import _in_three_months
from .models import Participation
from .services import participate


class ReviewForm(ReasonForm):
    next_review = forms.DateField(label="Nächste Überprüfung", initial=_in_three_months)
    field_order = ["next_review", "reason"]


class InviteForm(ReasonForm):
    departments = forms.ModelMultipleChoiceField(
        Department.objects.none(),
        label="Welche Fachbereiche?",
        widget=PickMany,
        error_messages={"required": "Bitte wählen Sie mindestens einen Fachbereich."},
    )
    reason = FreeText(label="Anlass", max_length=500, rows=3, help_text="Worum geht es, was wird gebraucht?")
    field_order = ["departments", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["departments"].queryset = departments_that_act()


class ReviewAction(BulkAction):
    key, label = "ueberpruefung", "Überprüfung setzen"
    action = "steer"
    form_class = ReviewForm
    lead = "Stufe und Ziel bleiben; nur der Tag der nächsten Überprüfung ändert sich."

    def prepare(self, rows):
        return rows.prefetch_related("goals")

    def goal(self, row):
        return next((goal for goal in row.goals.all() if goal.ended_on is None), None)

    def subjects(self, row):
        return tuple(record for record in (row, self.goal(row)) if record)

    def refuse(self, row, data):
        goal = self.goal(row)
        if row.is_retired:
            return "Das Objekt ist abgeschlossen."
        if goal is None:
            return "Es gibt noch kein Ziel, das überprüft wird."
        return "Die Überprüfung ist schon an diesem Tag." if goal.next_review == data["next_review"] else ""

    def describe(self, row, data):
        return f"Überprüfung am {data['next_review']:%d.%m.%Y} statt {self.goal(row).next_review:%d.%m.%Y}"

    def remember(self, row):
        return {"next_review": self.goal(row).next_review.isoformat()}

    def perform(self, row, data, *, by):
        goal = self.goal(row)
        goal.reschedule(by=by, next_review=data["next_review"], reason=data["reason"])
        return (goal,)

    def undo(self, row, before, *, by, reason):
        self.goal(row).reschedule(
            by=by, next_review=date.fromisoformat(before["next_review"]), reason=reason, back=True
        )


class InviteAction(BulkAction):
    key, label = "beteiligen", "Fachbereiche anfragen"
    action = "steer"
    form_class = InviteForm
    lead = "Jeder gewählte Fachbereich bekommt je Objekt eine Anfrage, wenn er nicht schon dabei ist."

    def prepare(self, rows):
        return rows.select_related("lead_department").prefetch_related("participations__department")

    def missing(self, row, data):
        """Those of the chosen departments that neither lead nor take part nor are asked already."""
        busy = {row.lead_department_id}
        busy |= {
            part.department_id
            for part in row.participations.all()
            if part.closed_on is None and part.state != Participation.State.DECLINED
        }
        return [department for department in data["departments"] if department.pk not in busy]

    def refuse(self, row, data):
        if row.is_retired:
            return "Das Objekt ist abgeschlossen."
        return (
            ""
            if self.missing(row, data)
            else "Alle gewählten Fachbereiche sind schon angefragt oder beteiligt."
        )

    def describe(self, row, data):
        return "Anfrage an " + ", ".join(str(department) for department in self.missing(row, data))

    def perform(self, row, data, *, by):
        return [
            participate(row, department, by=by, question=data["reason"], reason="Sammelanfrage")
            for department in self.missing(row, data)
        ]

    def undo(self, row, before, *, by, reason):
        for pk in before["touched"]:
            row.participations.get(pk=pk).withdraw(by=by, reason=reason)
