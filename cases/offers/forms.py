from django import forms

from soe.departments.models import Department
from soe.web.forms import ModelForm
from soe.web.quick import QuickCreate

from ..fields import AddressField
from .models import FundingPeriod, Offer, Site


class OfferForm(ModelForm):
    class Meta:
        model = Offer
        fields = [
            "name", "kind", "carrier", "prefix", "description", "target_group", "paper",
            "places", "has_waiting_list", "starts_on", "ends_on",
        ]  # fmt: skip
        fieldsets = [
            ("Das Angebot", ["name", "kind", "carrier", "prefix", "description", "target_group", "paper"]),
            ("Plätze", [("places", "has_waiting_list")]),
            ("Laufzeit", [("starts_on", "ends_on")]),
        ]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
        quick_create = {
            "carrier": QuickCreate(Department, "administration:department_add", "Neuen Träger anlegen")
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["carrier"].queryset = Department.objects.active()
        if not self.instance._state.adding and self.instance.cases.exists():
            # File numbers in use keep their meaning.
            self.fields["prefix"].disabled = True
            self.fields["prefix"].help_text = "Steht fest, seit es Fälle gibt."


class SiteForm(ModelForm):
    address = AddressField(required=False)

    class Meta:
        model = Site
        fields = ["name", "address", "place", "hours"]


class FundingForm(ModelForm):
    class Meta:
        model = FundingPeriod
        fields = ["programme", "reference", "amount", "starts_on", "ends_on", "duties"]
        fieldsets = [
            ("Förderung", ["programme", "reference", "amount"]),
            ("Zeitraum", [("starts_on", "ends_on")]),
            ("Pflichten", ["duties"]),
        ]
        widgets = {"duties": forms.Textarea(attrs={"rows": 3})}
