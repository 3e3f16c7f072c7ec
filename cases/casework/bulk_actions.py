"""What may be done to many cases at once."""

from django import forms
from django.contrib.auth import get_user_model

from soe.web.bulk import BulkAction
from soe.web.forms import ReasonForm

from ..offers.models import Offer
from .forms import leads


class HandOverForm(ReasonForm):
    lead = forms.ModelChoiceField(get_user_model().objects.none(), label="Neue Fallführung")
    field_order = ["lead", "reason"]

    def __init__(self, *args, cases, **kwargs):
        super().__init__(*args, **kwargs)
        offers = Offer.objects.filter(pk__in=cases.order_by().values("offer"))
        self.fields["lead"].queryset = leads(offers)


class HandOverAction(BulkAction):
    """Within the own carrier: who is chosen must be allowed to lead cases of each case's offer."""

    key, label = "uebergeben", "Fallführung übergeben"
    form_class = HandOverForm

    def form_kwargs(self, user, rows):
        return {"cases": rows}

    def prepare(self, rows):
        return rows.select_related("person", "offer", "lead")

    def refuse(self, row, data):
        if not row.is_open:
            return "Der Fall ist abgeschlossen."
        return f"{row.lead} führt den Fall schon." if row.lead_id == data["lead"].pk else ""

    def describe(self, row, data):
        return f"{data['lead']} statt {row.lead}"

    def remember(self, row):
        return {"lead": str(row.lead_id)}

    def perform(self, row, data, *, by):
        row.hand_over(by=by, to=data["lead"], reason=data["reason"])

    def undo(self, row, before, *, by, reason):
        row.hand_over(by=by, to=get_user_model().objects.get(pk=before["lead"]), reason=reason)
