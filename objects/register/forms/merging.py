"""Choosing a duplicate, merging, splitting."""

from django import forms
from django.core.exceptions import ValidationError

from soe.web.forms import Form, PickMany, ReasonForm

from ..models import PropertyAddress
from ..moving import pointers
from .properties import PropertyField

# What may be chosen to go along when a property is split; what stands in the house number goes by itself.
CHOSEN = ("parcel", "building", "proceeding", "measure", "inspection", "complaintlink", "note")

LABELS = {"complaintlink": "Beschwerden"}
# By what people tell apart rows that would read alike: name → (what to read along, words).
WORDS = {
    "measure": ((), lambda row: f"{row.what}, {row.due_on:%d.%m.%Y}"),
    "inspection": (("day",), lambda row: f"{row.day} vom {row.day.date:%d.%m.%Y}"),
    "complaintlink": (("complaint",), lambda row: f"{row.complaint.number}: {row.complaint.title}"),
}


class ChooseForm(Form):
    """Step one: which other property?"""

    mit = PropertyField(label="Anderes Objekt")


class MergeForm(ReasonForm):
    keep = forms.ChoiceField(label="Welche Nummer bleibt?", choices=[])
    field_order = ["keep", "reason"]

    def __init__(self, *args, house, other, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["keep"]
        field.choices = [(str(row.pk), f"{row.number} {row.title}") for row in (house, other) if row]
        if other:
            field.initial = str(min(house, other, key=lambda row: row.serial).pk)
        self._dress("keep", field)


class SplitForm(ReasonForm):
    addresses = forms.ModelMultipleChoiceField(
        PropertyAddress.objects.none(),
        label="Welche Hausnummern werden ein eigenes Objekt?",
        widget=PickMany,
        error_messages={"required": "Bitte wählen Sie mindestens eine Hausnummer."},
    )
    with_owners = forms.BooleanField(
        label="Eigentümer und Verwalter auch dort eintragen", required=False, initial=True
    )
    with_problems = forms.BooleanField(
        label="Offene Problemlagen auch dort eintragen", required=False, initial=True
    )

    class Meta:
        fieldsets = [
            ("Was wird abgeteilt?", ["addresses"]),
            ("Was geht mit?", [*CHOSEN, "with_owners", "with_problems"]),
            ("Warum?", ["reason"]),
        ]

    def __init__(self, *args, house, **kwargs):
        super().__init__(*args, **kwargs)
        rows = house.addresses.current().select_related("address__street")
        self.fields["addresses"].queryset = rows
        self.house, self.chosen = house, []
        known = {pointer.label: pointer for pointer in pointers()}
        for name in CHOSEN:
            model = known[f"objects.{name}"].model
            found = model.objects.filter(property=house).restrict(self.user, "view")
            if name in ("parcel", "building"):
                found = found.filter(ended_on=None)
            if name == "measure":
                found = found.filter(proceeding=None)
            if not found.exists():
                continue
            related, words = WORDS.get(name, ((), str))
            field = forms.ModelMultipleChoiceField(
                found.select_related(*related) if related else found,
                label=LABELS.get(name, str(model._meta.verbose_name_plural)),
                widget=PickMany,
                required=False,
            )
            field.label_from_instance = words
            self.fields[name] = field
            self._dress(name, field)
            self.chosen.append(name)

    def clean(self):
        data = super().clean()
        if len(data.get("addresses") or ()) == self.house.addresses.current().count():
            raise ValidationError(
                {"addresses": "Mindestens eine Hausnummer muss beim bisherigen Objekt bleiben."}
            )
        return data

    def rows(self):
        return [row for name in self.chosen for row in self.cleaned_data[name]]
