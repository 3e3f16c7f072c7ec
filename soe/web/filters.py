"""Filters in the URL: KERN fields, chips for what is active, choices narrowed by rights."""

from dataclasses import dataclass

import django_filters
from django import forms
from django.forms.widgets import HiddenInput

from soe.departments.scope import ScopedQuerySet

from . import text
from .folding import tokens
from .forms.base import GERMAN_DATES, Form
from .forms.widgets import DateInput


class FilterForm(Form):
    """The form above a list. Always valid enough to show: a broken value is an error at its field."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("auto_id", "f-%s")
        super().__init__(*args, **kwargs)

    def _narrow(self, field):
        """Done in FilterSet, where the request is known."""

    def _dress(self, name, field):
        field.required = False
        widget = field.widget
        if isinstance(widget, forms.CheckboxSelectMultiple):
            field.widget = forms.Select(choices=widget.choices)
        elif type(widget) is forms.DateInput:
            field.widget = DateInput(attrs=widget.attrs)
        widget = field.widget
        if isinstance(field, forms.DateField):
            field.input_formats = GERMAN_DATES
        css = "soe-input is-set" if self.data.get(self.add_prefix(name)) else "soe-input"
        if not isinstance(widget, HiddenInput):
            widget.attrs["class"] = css
        if isinstance(widget, forms.TextInput) and type(widget) is forms.TextInput:
            widget.input_type = "search"
        if isinstance(field, forms.ModelChoiceField):
            field.empty_label = "alle"
        elif isinstance(widget, forms.Select):
            widget.choices = [("", "alle"), *((v, t) for v, t in widget.choices if v not in ("", None))]


@dataclass(frozen=True)
class Chip:
    """One active filter and the address of the list without it."""

    label: str
    value: str
    query: str


class WordsFilter(django_filters.CharFilter):
    """Free search in a folded column: every typed word must occur (`column__contains`, index-friendly)."""

    def __init__(self, *, fields, **kwargs):
        kwargs.setdefault("label", "Suche")
        super().__init__(**kwargs)
        self.columns = fields

    def filter(self, qs, value):
        from django.db.models import Q

        for token in tokens(value)[:8]:
            condition = Q()
            for column in self.columns:
                condition |= Q(**{f"{column}__contains": token})
            qs = qs.filter(condition)
        return qs


class FilterSet(django_filters.FilterSet):
    """`Meta.model`, `Meta.fields` or declared filters. Choices of scoped models start from what the reader may see.

    Filters on fields the reader may not see do not exist (no oracle). `Meta.primary`: names that stay visible when
    the filters are folded.
    """

    class Meta:
        form = FilterForm

    def __init__(
        self, data=None, queryset=None, *, request=None, prefix=None, hidden=frozenset(), codes=frozenset()
    ):
        super().__init__(data if data is not None else {}, queryset, request=request, prefix=prefix)
        self.is_bound = True
        for name, entry in list(self.filters.items()):
            first = (entry.field_name or name).split("__")[0]
            if first in hidden or (getattr(entry, "permission", None) or None) not in {None, *codes}:
                del self.filters[name]
                continue
            self._narrow(entry)

    def _narrow(self, entry):
        queryset = entry.extra.get("queryset")
        if self.request is None or queryset is None:
            return
        if isinstance(queryset, ScopedQuerySet):
            entry.extra["queryset"] = queryset.restrict(self.request.user, "view")
        elif (
            not callable(queryset) and hasattr(queryset, "all") and isinstance(queryset.all(), ScopedQuerySet)
        ):
            entry.extra["queryset"] = queryset.all().restrict(self.request.user, "view")

    @property
    def words(self):
        """Whether anything is filtered."""
        return bool(self.chips())

    def chips(self) -> list[Chip]:
        """What is active, in words, each with the way to remove it."""
        result = []
        data = self.data if hasattr(self.data, "copy") else {}
        for name, field in self.form.fields.items():
            key = self.form.add_prefix(name)
            raw = data.getlist(key) if hasattr(data, "getlist") else [data[key]] if data.get(key) else []
            raw = [value for value in raw if value != ""]
            if not raw or name in self.form.errors or isinstance(field.widget, HiddenInput):
                continue
            query = data.copy()
            query.pop(key, None)
            query.pop("seite", None)
            result.append(Chip(str(self.form[name].label), self._shown(field, name, raw), query.urlencode()))
        return result

    def _shown(self, field, name, raw):
        value = getattr(self.form, "cleaned_data", {}).get(name)
        if hasattr(value, "pk"):
            return field.label_from_instance(value)
        if hasattr(field, "queryset") and value is not None:
            return ", ".join(field.label_from_instance(row) for row in value)
        choices = {
            str(k): str(v) for k, v in getattr(field, "choices", ()) if not isinstance(v, list | tuple)
        }
        return ", ".join(choices.get(item) or text.plain(value if len(raw) == 1 else item) for item in raw)
