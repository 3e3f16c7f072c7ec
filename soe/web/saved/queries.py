"""What of an address belongs to a view, and what of it still holds for this reader."""

from django import forms
from django.http import QueryDict

MARK = "gespeichert"  # the view an address came from
OFF = "standard"  # `standard=aus`: the bare list although a default view is set
COLUMNS, ORDER, SIZE = "spalten", "sortierung", "je_seite"
PASSING = {"seite", "export", "wahl", MARK, OFF}  # never part of a view
LONGEST = 1500


def pairs(query):
    """The comparable content of a query: sorted pairs without empty values and without what passes."""
    if not hasattr(query, "lists"):
        query = QueryDict(query)
    return sorted(
        (key, value)
        for key, values in query.lists()
        for value in values
        if key not in PASSING and value != ""
    )


def encoded(found):
    query = QueryDict(mutable=True)
    for key, value in found:
        query.appendlist(key, value)
    return query.urlencode()


def filter_fields(filterset):
    return filterset.form.fields if filterset is not None else {}


def names_people(model, field):
    """Free text typed into a list of social data may be a name: it is not kept in a view."""
    return (
        model.social_data
        and type(field) in (forms.CharField, forms.Field)
        and not isinstance(field.widget, forms.HiddenInput)
    )


def storable(view):
    """(query string, left out) of the list as it stands: only what its own filters know and accept."""
    fields = filter_fields(view.filterset)
    errors = view.filterset.errors if view.filterset is not None else {}
    kept, left_out = [], []
    for key, value in pairs(view.request.GET):
        if key in fields:
            if key in errors or names_people(view.model, fields[key]):
                left_out.append(str(fields[key].label or key))
            else:
                kept.append((key, value))
        elif key in (ORDER, SIZE, *view.list_params):
            kept.append((key, value))
    if columns := view.chosen_columns():
        kept.append((COLUMNS, ",".join(columns)))
    return encoded(sorted(kept))[:LONGEST], list(dict.fromkeys(left_out))
