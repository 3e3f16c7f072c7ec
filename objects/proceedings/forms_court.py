"""Forms about lawsuits."""

from django import forms

from objects.register.forms.base import OnField
from objects.register.models import Party
from soe.web.forms import Form, ModelForm, Pick, PickMany

from .models import Lawsuit


class ItemsField(forms.TypedMultipleChoiceField):
    """Items of one order, ticked by number; the value is the list of rows."""

    def __init__(self, **kwargs):
        super().__init__(widget=PickMany, empty_value=[], **kwargs)
        self.rows = {}

    def offer(self, items):
        self.rows = {str(item.pk): item for item in items}
        self.choices = [(pk, f"Punkt {item.number}") for pk, item in self.rows.items()]
        self.widget.choices = self.choices
        self.coerce = self.rows.__getitem__  # the form copied this field


class LawsuitForm(ModelForm):
    items = ItemsField(label="Gegen welche Punkte?")

    class Meta:
        model = Lawsuit
        fields = [
            "against", "plaintiff", "court", "file_number", "filed_on", "urgent_filed_on", "urgent_file_number", "note",
        ]  # fmt: skip
        fieldsets = [
            ("Klage", ["against", "items", "plaintiff", ("court", "file_number"), "filed_on"]),
            ("Eilverfahren, wenn beantragt", [("urgent_filed_on", "urgent_file_number")]),
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        order = self.instance.order
        items = list(order.items.order_by("number"))
        self.fields["items"].offer(items)
        if not self.is_bound:
            self.initial["items"] = [str(item.pk) for item in items]
        parties = (
            Party.objects.restrict(self.user, "view")
            .filter(ownerships__property=order.proceeding.property_id)
            .distinct()
        )
        self.fields["plaintiff"].queryset = parties
        if not parties.exists():
            del self.fields["plaintiff"]
        elif not self.is_bound:  # whoever got the order sues
            self.initial["plaintiff"] = self.initial.get("plaintiff") or order.addressee_id


class LawsuitStepForm(Form):
    on = OnField(label="Entscheidung vom")
    items = ItemsField(label="Welche Punkte?", required=False)

    def __init__(self, *args, lawsuit=None, **kwargs):
        super().__init__(*args, **kwargs)
        rows = lawsuit.items.select_related("item__order__proceeding").order_by("item__number")
        self.fields["items"].offer([row.item for row in rows])


class UrgentForm(LawsuitStepForm):
    outcome = forms.ChoiceField(label="Beschluss", choices=Lawsuit.Urgent.choices, widget=Pick)
    field_order = ["on", "outcome", "items"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["items"].label = "Ausgesetzte Punkte"
        self.fields["items"].help_text = "Die anderen Punkte gelten weiter."


class EndLawsuitForm(LawsuitStepForm):
    outcome = forms.ChoiceField(label="Ausgang", choices=Lawsuit.Outcome.choices, widget=Pick)
    reason = forms.CharField(label="Bemerkung", required=False, max_length=300)
    field_order = ["on", "outcome", "items", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["items"].label = "Vom Gericht aufgehobene Punkte"
