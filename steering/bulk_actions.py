"""What may be done to many decisions at once."""

from datetime import date

from soe.web.bulk import BulkAction

from .forms.decisions import DueForm


class RescheduleAction(BulkAction):
    key, label = "frist", "Frist verlegen"
    form_class = DueForm
    lead = "Die ursprüngliche Frist bleibt stehen; an ihr wird die Termintreue gemessen."

    def refuse(self, row, data):
        if not row.is_running:
            return "Der Beschluss läuft nicht mehr."
        if row.due is None:
            return "Der Beschluss hat noch keine Frist. Bitte setzen Sie die erste auf seiner Seite."
        return "Die Frist ist schon an diesem Tag." if row.due == data["due"] else ""

    def describe(self, row, data):
        return f"fällig am {data['due']:%d.%m.%Y} statt am {row.due:%d.%m.%Y}"

    def remember(self, row):
        return {"due": row.due.isoformat()}

    def perform(self, row, data, *, by):
        row.reschedule(by=by, due=data["due"], reason=data["reason"])

    def undo(self, row, before, *, by, reason):
        row.reschedule(by=by, due=date.fromisoformat(before["due"]), reason=reason)
