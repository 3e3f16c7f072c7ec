"""Forms in KERN markup: sections, help above the field, „freiwillig“ on optional fields, errors in plain German."""

from .base import Form, FormMixin, KernRenderer, ModelForm, ReasonForm
from .fields import FreeText, TypeAheadField
from .widgets import Counter, DateInput, DateTimeInput, Pick, PickMany, Tick, TypeAhead

__all__ = [
    "Counter",
    "DateInput",
    "DateTimeInput",
    "Form",
    "FormMixin",
    "FreeText",
    "KernRenderer",
    "ModelForm",
    "Pick",
    "PickMany",
    "ReasonForm",
    "Tick",
    "TypeAhead",
    "TypeAheadField",
]
