"""Widgets with templates under templates/web/forms/."""

import re

from django import forms

from ..folding import norm

_ISO = re.compile(r"\d{4}-\d\d-\d\d")


class DateInput(forms.DateInput):
    """The browser's date field. It only understands ISO dates, so German input formats never reach it."""

    input_type = "date"

    def __init__(self, attrs=None, format="%Y-%m-%d"):
        super().__init__(attrs=attrs, format=format)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        # A date field would show nothing for "31.02.2026": as text the mistake stays visible and can be repaired.
        if value and not _ISO.fullmatch(str(context["widget"]["value"] or "")):
            context["widget"]["type"] = "text"
        return context


class DateTimeInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs=None, format="%Y-%m-%dT%H:%M"):
        super().__init__(attrs=attrs, format=format)


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs=None, format="%H:%M"):
        super().__init__(attrs=attrs, format=format)


class Pick(forms.RadioSelect):
    """One out of few: the whole chip is the target. `tiles=True` for the large ones on one-screen forms."""

    template_name = "web/forms/pick.html"
    option_template_name = "web/forms/pick_option.html"

    def __init__(self, attrs=None, choices=(), tiles=False, large=False):
        super().__init__(attrs=attrs, choices=choices)
        self.tiles, self.large = tiles, large

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        css = (
            "soe-pick soe-tile-pick"
            if self.tiles
            else "soe-pick soe-big-pick"
            if self.large
            else "soe-pick soe-pick--s"
        )
        context["widget"]["pick_class"] = css
        return context


class PickMany(Pick, forms.CheckboxSelectMultiple):
    """Several out of few."""

    allow_multiple_selected = True
    input_type = "checkbox"

    def use_required_attribute(self, initial):
        return False

    def value_omitted_from_data(self, data, files, name):
        return False

    def value_from_datadict(self, data, files, name):
        return data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])

    def format_value(self, value):
        return forms.CheckboxSelectMultiple.format_value(self, value)


class Tick(forms.CheckboxInput):
    """A single yes/no; its label stands beside it."""


class Counter(forms.NumberInput):
    """A count on site: minus, number, plus. Without script it is a plain number field."""

    template_name = "web/forms/counter.html"

    def __init__(self, attrs=None):
        super().__init__(attrs={"inputmode": "numeric", "min": 0, "autocomplete": "off"} | (attrs or {}))


class Typed(tuple):
    """(id, text) of a type-ahead; `sure`: the id is known to belong to the text."""

    def __new__(cls, values):
        typed = super().__new__(cls, values[:2])
        typed.sure = values[2]
        return typed


class TypeAhead(forms.TextInput):
    """A text field that suggests while typing (`url`: a SuggestView). Posts `<name>` (id), `<name>_text` (what
    stands in the field) and `<name>_for` (the text the id was chosen with).

    Without script only the text changes: the id then no longer counts, and the field resolves the text itself.
    """

    template_name = "web/forms/typeahead.html"

    def __init__(self, url="", attrs=None, placeholder=""):
        super().__init__(attrs={"autocomplete": "off"} | (attrs or {}))
        self.url, self.placeholder = url, placeholder
        self.candidates = []  # [(id, text)] when the text fits several

    def value_from_datadict(self, data, files, name):
        if picked := data.get(f"{name}_pick", "").strip():  # chosen among the candidates of the last answer
            return (picked, "")
        chosen = str(data.get(name) or "").strip()
        text = str(data.get(f"{name}_text") or "").strip()
        chosen_with = data.get(f"{name}_for")
        if chosen and text and chosen_with is not None and norm(chosen_with) != norm(text):
            chosen = ""
        return Typed((chosen, text, chosen_with is not None))

    def value_omitted_from_data(self, data, files, name):
        return name not in data and f"{name}_text" not in data

    def format_value(self, value):
        return value

    def get_context(self, name, value, attrs):
        context = super().get_context(name, None, attrs)
        chosen, text = value if isinstance(value, list | tuple) else (value or "", "")
        context["widget"].update(
            chosen=str(chosen or ""),
            text=text,
            url=str(self.url),
            placeholder=self.placeholder,
            candidates=self.candidates,
        )
        return context
