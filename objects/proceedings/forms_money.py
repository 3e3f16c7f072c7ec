"""Forms about claims and payments."""

from django import forms

from objects.owners.changing import proposed_addressee
from objects.register.forms.base import OnField
from objects.register.models import Party
from soe.web.forms import Form, ModelForm, ReasonForm

from .forms import Euro
from .models import Claim, OrderItem


class ClaimForm(ModelForm):
    amount = Euro(label="Betrag in €")

    class Meta:
        model = Claim
        fields = ["kind", "item", "party", "amount", "claimed_on", "due_on", "reference"]
        fieldsets = [
            ("Forderung", ["kind", "item", "party"]),
            ("Betrag und Frist", [("amount", "reference"), ("claimed_on", "due_on")]),
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        proceeding = self.instance.proceeding
        # A penalty comes out of the ladder, once; it cannot be claimed by hand.
        kinds = [choice for choice in Claim.Kind.choices if choice[0] in ("fee", "costs")]
        self.fields["kind"].choices = self.fields["kind"].widget.choices = kinds
        self.fields["item"].queryset = OrderItem.objects.filter(order__proceeding=proceeding).select_related(
            "order"
        )
        self.fields["item"].label_from_instance = lambda row: f"{row.order}: Punkt {row.number}"
        parties = (
            Party.objects.restrict(self.user, "view")
            .filter(ownerships__property=proceeding.property_id)
            .distinct()
        )
        self.fields["party"].queryset = parties
        if not parties.exists():
            del self.fields["party"]
        elif not self.is_bound:
            self.initial["party"] = self.initial.get("party") or proposed_addressee(proceeding)


class PayForm(Form):
    amount = Euro(label="Betrag in €")
    on = OnField(label="Eingegangen am")
    note = forms.CharField(label="Bemerkung", required=False, max_length=200)


class DeferForm(ReasonForm):
    until = forms.DateField(label="Gestundet bis")
    field_order = ["until", "reason"]


class WaiveForm(ReasonForm):
    amount = Euro(label="Erlassener Betrag in €")
    field_order = ["amount", "reason"]


class ReverseForm(ReasonForm):
    on = OnField(label="Zurückgebucht am")
    field_order = ["on", "reason"]


class CostForm(Form):
    amount = Euro(label="Tatsächliche Kosten in €")
    on = OnField(label="Kostenbescheid vom")
    due_on = forms.DateField(label="Zahlbar bis")
