"""What may be done to many deadlines at once: each through the method of the record it stands in."""

from datetime import date

from django import forms

from objects.complaints.models import Complaint
from soe.accounts.models import User
from soe.web.bulk import BulkAction
from soe.web.forms import ReasonForm

from .bulk_actions import AssignForm, works_there
from .models import Claim, Measure, OrderItem

# The day that an extension moves, by kind of record.
DAYS = ((Measure, "due_on"), (OrderItem, "deadline"), (Claim, "deferred_until"), (Complaint, "answer_due"))
NOT_HERE = "Diese Frist lässt sich hier nicht verlängern."


class NewDayForm(ReasonForm):
    to = forms.DateField(label="Neue Frist bis")
    field_order = ["to", "reason"]


class ExtendAction(BulkAction):
    key, label = "verlaengern", "Verlängern"
    form_class = NewDayForm
    lead = "Das bisherige Datum bleibt im Verlauf. Gesetzliche Fristen lassen sich nicht verlängern."

    def subjects(self, row):
        return (row.source,) if row.source else ()

    def refuse(self, row, data):
        if row.source is None:
            return "Der Eintrag ist nicht mehr da."
        if row.kind not in (row.Kind.ITEM, row.Kind.MEASURE, row.Kind.ANSWER, row.Kind.PAYMENT):
            return NOT_HERE
        if data["to"] <= row.due_on:
            return f"Das neue Datum muss nach dem bisherigen liegen, dem {row.due_on:%d.%m.%Y}."
        return ""

    def describe(self, row, data):
        return f"bis {data['to']:%d.%m.%Y} statt {row.due_on:%d.%m.%Y}"

    def remember(self, row):
        source = row.source
        name = next(name for model, name in DAYS if isinstance(source, model))
        before = getattr(source, name)
        return {"day": before.isoformat() if before else None}

    def perform(self, row, data, *, by):
        source, to, reason = row.source, data["to"], data["reason"]
        if isinstance(source, Measure):
            source.postpone(by=by, to=to, reason=reason)
        elif isinstance(source, OrderItem):
            source.extend(by=by, deadline=to, reason=reason)
        elif isinstance(source, Claim):
            source.defer(by=by, until=to, reason=reason)
        else:
            source.set_answer_due(by=by, due=to, reason=reason)
        return (source,)

    def undo(self, row, before, *, by, reason):
        source, day = row.source, before["day"] and date.fromisoformat(before["day"])
        if isinstance(source, Measure):
            source.take_back_postponement(by=by, to=day, reason=reason)
        elif isinstance(source, OrderItem):
            source.take_back_extension(by=by, deadline=day, reason=reason)
        elif isinstance(source, Claim):
            source.take_back_deferral(by=by, until=day, reason=reason)
        else:
            source.set_answer_due(by=by, due=day, reason=reason)


class AssignDeadlineForm(AssignForm):
    """Whoever does one of the two kinds of work in a department of this person."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        field.queryset = User.objects.filter(
            pk__in=field.queryset.order_by().values("pk")
        ) | User.objects.filter(pk__in=_colleagues(self.user))


def _colleagues(user):
    from .forms import colleagues

    return colleagues(user, "proceeding.change").order_by().values("pk")


class AssignDeadlineAction(BulkAction):
    key, label = "zuweisen", "Zuweisen"
    form_class = AssignDeadlineForm
    lead = "Maßnahmen werden einzeln zugewiesen, alles andere mit seinem Verfahren."

    def subjects(self, row):
        # Not the proceeding: several of its deadlines in one run would stand in each other's way.
        return (row.source,) if row.source else ()

    def refuse(self, row, data):
        subject = _assignable(row)
        if subject is None:
            return "Diese Frist gehört zu keiner Maßnahme und keinem Verfahren."
        permission = "measure.change" if isinstance(subject, Measure) else "proceeding.change"
        if row.responsible_id == data["to"].pk:
            return f"Zuständig ist schon {data['to']}."
        if not works_there(data["to"], subject.department_id, permission):
            return f"{data['to']} arbeitet daran nicht im Fachbereich {row.department}."
        return ""

    def describe(self, row, data):
        subject = _assignable(row)
        return f"zuständig wird {data['to']}" + (
            "" if isinstance(subject, Measure) else ", für das ganze Verfahren"
        )

    def remember(self, row):
        return {"responsible": str(row.responsible_id or "")}

    def perform(self, row, data, *, by):
        subject = _assignable(row)
        subject.refresh_from_db()  # another row of this run may belong to the same proceeding
        if subject.responsible_id == data["to"].pk:
            return ()  # nothing of this row's own to take back
        subject.assign(by=by, to=data["to"])
        return (subject,)

    def undo(self, row, before, *, by, reason):
        if before["touched"]:
            person = User.objects.filter(pk=before["responsible"] or None).first()
            _assignable(row).assign(by=by, to=person, reason=reason)


def _assignable(row):
    source = row.source
    if source is None or isinstance(source, Measure):
        return source
    if row.kind in (row.Kind.ITEM, row.Kind.HEARING, row.Kind.LAWSUIT, row.Kind.PAYMENT):
        return source.order.proceeding if isinstance(source, OrderItem) else source.proceeding
    return None
