"""Fields with German behaviour: type-ahead choices and watched free text."""

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy

from ..folding import norm
from ..wording import HINT
from .widgets import TypeAhead


class FreeText(forms.CharField):
    """Several lines of free text. Says what does not belong there; words about ethnicity lead to a note."""

    widget = forms.Textarea

    def __init__(self, *, rows=4, help_text="", **kwargs):
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(help_text=f"{help_text} {HINT}".strip(), **kwargs)


class TypeAheadField(forms.ModelChoiceField):
    """One row found by typing. `find(rows, text)` gets the restricted rows and returns a queryset of what fits.

    A chosen id counts only together with its own text: who changes the text afterwards means something else.
    """

    default_error_messages = {
        "invalid_choice": "Bitte wählen Sie einen Eintrag aus den Vorschlägen.",
        "none": "„%(text)s“ ist nicht bekannt. Bitte prüfen Sie die Schreibweise.",
        "several": "„%(text)s“ passt auf %(count)s Einträge. Bitte wählen Sie einen aus.",
    }

    def __init__(self, queryset, *, find, url_name="", placeholder="", label_from=str, limit=8, **kwargs):
        kwargs.setdefault(
            "widget", TypeAhead(url=reverse_lazy(url_name) if url_name else "", placeholder=placeholder)
        )
        super().__init__(queryset, **kwargs)
        self.find, self.label_from, self.limit = find, label_from, limit

    def __deepcopy__(self, memo):
        result = super().__deepcopy__(memo)
        result.widget.candidates = []
        return result

    def label_from_instance(self, obj):
        return self.label_from(obj)

    # ModelChoiceField hands its choices to the widget; a type-ahead has none and must not load the table.
    def _get_choices(self):
        return ()

    choices = property(
        _get_choices, forms.ChoiceField._set_choices if hasattr(forms.ChoiceField, "_set_choices") else None
    )

    def prepare_value(self, value):
        """(id, text) for the widget, from an instance, an id or posted values."""
        if isinstance(value, tuple | list):
            chosen, text = value
            if chosen and not text and (obj := self._by_id(chosen)):
                text = self.label_from(obj)
            return (chosen, text)
        if value in self.empty_values:
            return ("", "")
        obj = value if hasattr(value, "pk") else self._by_id(value)
        return (str(obj.pk), self.label_from(obj)) if obj else ("", "")

    def _by_id(self, value):
        try:
            return self.queryset.filter(pk=value).first()
        except (ValueError, TypeError, ValidationError):
            return None

    def clean(self, value):
        chosen, text = value if isinstance(value, tuple | list) else (value, "")
        obj = self._by_id(chosen) if chosen else None
        sure = not text or getattr(value, "sure", False)
        if obj is not None and (sure or norm(text) == norm(self.label_from(obj))):
            return obj
        if not text:
            if chosen:
                raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        found = list(self.find(self.queryset, text)[: self.limit + 1])
        exact = [row for row in found if norm(self.label_from(row)) == norm(text)]
        if len(exact) == 1:
            return exact[0]
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(self.error_messages["none"], code="none", params={"text": text[:60]})
        self.widget.candidates = [(str(row.pk), self.label_from(row)) for row in found[: self.limit]]
        count = f"mehr als {self.limit}" if len(found) > self.limit else str(len(found))
        raise ValidationError(
            self.error_messages["several"], code="several", params={"text": text[:60], "count": count}
        )

    def has_changed(self, initial, data):
        chosen = data[0] if isinstance(data, tuple | list) else data
        return str(getattr(initial, "pk", initial) or "") != str(chosen or "")
