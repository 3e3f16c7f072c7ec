"""Form parts that several subjects use."""

from django import forms
from django.apps import apps

from objects.addresses.selectors import suggest
from soe.web import wording
from soe.web.forms import TypeAheadField
from soe.web.quick import QuickCreate

from .offers.models import Offer
from .people.models import Person
from .people.search import find_people


class Watched:
    """Short free-text fields named in `watched` say what does not belong there and are looked at after saving."""

    watched: tuple[str, ...] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Said once per page; every watched field is looked at.
        if first := next((name for name in self.watched if name in self.fields), None):
            field = self.fields[first]
            field.help_text = f"{_sentence(field.help_text)} {wording.HINT}".strip()

    def wording_notes(self):
        data = getattr(self, "cleaned_data", {})
        notes = [
            wording.note(self[name].label, data.get(name) or "")
            for name in self.watched
            if name in self.fields
        ]
        return [*super().wording_notes(), *(note for note in notes if note)]


def _sentence(text):
    text = str(text or "")
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith((".", "?", ":")) else f"{text}."


def person_label(person):
    return f"{person.full_name}, {person.born}, {person.number}"


NEW_PERSON = QuickCreate(Person, "cases:person_create", "Neue Person anlegen", dialog=False)
NEW_OFFER = QuickCreate(Offer, "cases:offer_create", "Neues Angebot anlegen")


class PersonField(TypeAheadField):
    """A person within reach, found in every spelling."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", "Person")
        super().__init__(
            Person.objects.all(),
            find=lambda rows, text: [hit.person for hit in find_people(rows, text, limit=9)],
            url_name="cases:person_suggest",
            label_from=person_label,
            **kwargs,
        )


class AddressField(TypeAheadField):
    """An official address."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", "Anschrift")
        kwargs.setdefault("help_text", "Anfang der Straße und Hausnummer reichen, zum Beispiel „lamp 14“.")
        super().__init__(
            apps.get_model("objects", "Address").objects.select_related("street"),
            find=lambda rows, text: suggest(text, rows=rows, limit=9),
            url_name="objects:address_suggest",
            label_from=lambda address: address.full,
            **kwargs,
        )


def few_or_hidden(form, name):
    """One possible choice only: taken without asking."""
    field = form.fields[name]
    rows = list(field.queryset[:2])
    if len(rows) == 1:
        form.initial.setdefault(name, rows[0].pk)
        field.initial = rows[0].pk
        field.widget = forms.HiddenInput()
    return rows
