"""What may be done to many measures at once."""

from datetime import date

from soe.web.bulk import BulkAction

from .forms import CompleteForm, PostponeForm

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
