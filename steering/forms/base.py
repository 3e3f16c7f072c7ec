"""Fields that several forms of steering share."""

from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError

from objects.selectors import search_properties
from soe.departments.models import Department
from soe.departments.scope import departments_granting
from soe.web import text
from soe.web.forms import TypeAheadField
from soe.web.quick import QuickCreate

from ..models import Committee, Proposal


def own_departments(user, permission):
    """Departments in whose name `user` may act."""
    return Department.objects.active().filter(pk__in=departments_granting(user, permission))


NEW_COMMITTEE = QuickCreate(Committee, "steering:committee_add", "Neues Gremium anlegen")
NEW_OFFER = QuickCreate(
    Proposal._meta.get_field("offer").related_model, "cases:offer_create", "Neues Angebot anlegen"
)
NEW_PROPERTY = QuickCreate(
    Proposal._meta.get_field("property").related_model,
    "objects:property_create",
    "Neues Objekt anlegen",
    dialog=False,
)


class PropertyField(TypeAheadField):
    """A property of the register, found by address or number."""

    def __init__(self, **kwargs):
        rows = Proposal._meta.get_field("property").related_model.objects.all()
        super().__init__(
            rows,
            find=lambda found, typed: search_properties(found, typed).order_by("serial")[:9],
            url_name="objects:property_suggest",
            placeholder="Anschrift oder Objektnummer",
            **kwargs,
        )


class EuroField(forms.DecimalField):
    """An amount as people type it: 184.000,00 or 184000.5 or 184 000 €."""

    def __init__(self, **kwargs):
        kwargs = {"max_digits": 14, "decimal_places": 2, "min_value": 0} | kwargs
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)
        self.error_messages["invalid"] = "Bitte geben Sie einen Betrag an, zum Beispiel 184.000,00."
        self.error_messages["min_value"] = "Der Betrag darf nicht negativ sein."

    def to_python(self, value):
        if value in self.empty_values:
            return None
        raw = str(value).replace("€", "").replace("\xa0", "").replace(" ", "").strip()
        if "," in raw:
            raw = raw.replace(".", "").replace(",", ".")
        elif raw.count(".") > 1 or (raw.count(".") == 1 and len(raw.rsplit(".", 1)[1]) == 3):
            raw = raw.replace(".", "")
        try:
            amount = Decimal(raw)
        except InvalidOperation:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        if not amount.is_finite():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return amount

    def prepare_value(self, value):
        return text.number(value, 2).replace("−", "-") if isinstance(value, Decimal) else value


class Departments(forms.ModelMultipleChoiceField):
    """Several departments, as tick boxes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(Department.objects.active(), **kwargs)
