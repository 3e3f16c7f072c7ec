"""Deciding on a warning, giving a hint, changing a rule."""

from django import forms
from django.core.exceptions import ValidationError

from objects.addresses.forms import AddressField
from objects.register.forms.base import ForDepartment, OnField, ReasonOnForm, departments_that_act
from objects.register.models.scales import Level
from objects.register.selectors import find_property_by_address
from soe.departments.models import Department
from soe.web.forms import FreeText, ModelForm, ReasonForm

from .models import RiskHint, WarningRule


class TakeOverForm(ForDepartment, ReasonForm):
    """`address`: the house becomes a property, so somebody has to lead it."""

    department_permission = "register.steer"

    lead_department = forms.ModelChoiceField(Department.objects.none(), label="Wer hat die Federführung?")
    severity = forms.TypedChoiceField(
        label="Wie schwer?", choices=Level.choices, coerce=int, initial=Level.MEDIUM
    )
    text = FreeText(
        label="Was steht im Kataster?",
        max_length=500,
        rows=2,
        help_text="Das lesen alle im Kataster. Nichts über Rückstände und Eigentümer.",
    )
    field_order = ["lead_department", "severity", "text", "reason"]

    def __init__(self, *args, warning=None, **kwargs):
        super().__init__(*args, **kwargs)
        if warning is not None and warning.address_id:
            self.fields["lead_department"].queryset = departments_that_act()
        else:
            del self.fields["lead_department"]
        self.fields["reason"].help_text = "Steht bei der Frühwarnung und im Verlauf."
        self.fields["reason"].max_length = 500


class DismissForm(ReasonForm):
    pass


class EndHintForm(ReasonOnForm):
    pass


class HintForm(ForDepartment, ModelForm):
    """At a property the place is known; otherwise an address, which may turn out to belong to a property."""

    address = AddressField(label="Anschrift")
    observed_on = OnField(label="Bekannt seit")

    class Meta:
        model = RiskHint
        fields = ["address", "kind", "basis", "observed_on"]
        fieldsets = [("Hinweis", ["department", "address", "kind", "basis", "observed_on"])]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.property_id:
            del self.fields["address"]

    def clean(self):
        data = super().clean() or self.cleaned_data
        if data.get("department"):
            self.instance.department = data["department"]
        address = data.get("address")
        if address and (house := find_property_by_address(address)) and not house.is_retired:
            self.instance.property, data["address"] = house, None
        if data.get("kind") in (RiskHint.Kind.ENERGY, RiskHint.Kind.LEVIES) and not data.get("basis"):
            self.add_error(
                "basis", ValidationError("Bitte nennen Sie, was die Weitergabe von Rückständen erlaubt.")
            )
        return data


class WarningRuleForm(ModelForm):
    class Meta:
        model = WarningRule
        fields = [
            "name", "signal", "at_least", "months", "place", "confirmed_too", "valid_from", "valid_until",
        ]  # fmt: skip
        fieldsets = [
            ("Regel", ["name", "signal", ("at_least", "months")]),
            ("Wo?", ["place", "confirmed_too"]),
            ("Geltung", [("valid_from", "valid_until")]),
        ]
