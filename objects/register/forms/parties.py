"""Owners and their rights in properties."""

from django import forms

from soe.web.forms import Form, ModelForm, TypeAheadField
from soe.web.quick import QuickCreate

from ..models import Ownership, Party
from ..selectors import search_parties
from .base import OnField, ReasonOnForm

NEW_PARTY = QuickCreate(Party, "objects:party_create", "Mit allen Angaben aufnehmen")


class PartyField(TypeAheadField):
    """An owner or manager, found by any spelling of the name."""

    def __init__(self, **kwargs):
        super().__init__(
            Party.objects.standing(),
            find=lambda rows, text: search_parties(rows, text)[:9],
            url_name="objects:party_suggest",
            placeholder="Name",
            **kwargs,
        )


class PartyForm(ModelForm):
    class Meta:
        model = Party
        fields = [
            "kind", "name", "register_number", "birth_date", "street", "postcode", "city", "country", "phone",
            "email", "note",
        ]  # fmt: skip
        fieldsets = [
            ("Wer?", ["kind", "name", ("register_number", "birth_date")]),
            ("Erreichbar unter", ["street", ("postcode", "city"), "country", ("phone", "email")]),
            ("Hinweis", ["note"]),
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Who may not read contact data may not write it either, also not for a new record.
        for name, permission in Party.field_permissions.items():
            if name in self.fields and not self.user.may(permission):
                del self.fields[name]

    def clean(self):
        data = super().clean()
        if data.get("birth_date") and data.get("kind") != Party.Kind.PERSON:
            self.add_error("birth_date", "Ein Geburtsdatum gibt es nur bei Personen.")
        return data


class OwnershipForm(Form):
    """A right of a party in a property; a new party can be named on the spot."""

    party = PartyField(label="Eigentümer oder Verwalter", required=False)
    new_name = forms.CharField(
        label="Neu aufnehmen",
        max_length=160,
        required=False,
        help_text="Nur wenn der Name oben nicht gefunden wird.",
    )
    new_kind = forms.ChoiceField(
        label="Art", choices=Party.Kind.choices, required=False, initial=Party.Kind.COMPANY
    )
    role = forms.ChoiceField(label="Rolle", choices=Ownership.Role.choices, initial=Ownership.Role.OWNER)
    share = forms.RegexField(
        r"^\s*\d{1,7}\s*/\s*\d{1,7}\s*$",
        label="Anteil",
        required=False,
        help_text="Als Bruch, zum Beispiel 1/2.",
        error_messages={"invalid": "Bitte geben Sie den Anteil als Bruch an, zum Beispiel 1/2."},
    )
    since = OnField(label="Seit", required=False, initial=None)
    source = forms.CharField(
        label="Quelle", max_length=120, required=False, help_text="zum Beispiel Grundbuch vom 03.02.2026"
    )

    class Meta:
        fieldsets = [
            ("Wer?", ["party", ("new_name", "new_kind")]),
            ("Welches Recht?", ["role", ("share", "since"), "source"]),
        ]
        quick_create = {"party": NEW_PARTY}

    def clean_share(self):
        if not (text := self.cleaned_data["share"]):
            return (None, None)
        top, bottom = (int(part) for part in text.split("/"))
        if not 0 < top <= bottom:
            raise forms.ValidationError("Der Anteil liegt zwischen 0 und 1, zum Beispiel 1/2.")
        return (top, bottom)

    def clean(self):
        data = super().clean()
        name = (data.get("new_name") or "").strip()
        if not data.get("party") and "party" not in self.errors:
            if not name:
                self.add_error("party", "Bitte wählen Sie einen Namen oder nehmen Sie unten einen neuen auf.")
            elif not data.get("new_kind"):
                self.add_error("new_kind", "Bitte treffen Sie bei „Art“ eine Auswahl.")
        elif name and data.get("party"):
            self.add_error("new_name", "Oben ist schon ein Name gewählt.")
        return data


class OwnershipEndForm(ReasonOnForm):
    """When a right ended; portfolio and history keep it."""
