"""The base of all forms: rights narrow the choices, KERN draws the fields, versions stop lost updates."""

from pathlib import Path

from django import forms
from django.conf import settings
from django.db.models.fields import BLANK_CHOICE_LABEL
from django.forms.renderers import DjangoTemplates
from django.forms.utils import ErrorList
from django.utils.functional import cached_property

from soe.departments.scope import ScopedQuerySet

from .. import wording
from . import widgets
from .fields import FreeText

FEW = 8
GERMAN_DATES = ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"]
GERMAN_MOMENTS = [
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y, %H:%M",
]


class KernRenderer(DjangoTemplates):
    """Our field templates first, Django's own widgets behind them."""

    @cached_property
    def engine(self):
        folders = [settings.BASE_DIR / "templates", Path(forms.__file__).parent / "templates"]
        return self.backend({"APP_DIRS": True, "DIRS": folders, "NAME": "kern-forms", "OPTIONS": {}})

    form_template_name = "web/forms/form.html"
    field_template_name = "web/forms/field.html"


class KernErrors(ErrorList):
    template_name = "web/forms/errors.html"


class FormMixin:
    """For plain and model forms. Keyword `user`: whose rights narrow the choices.

    `class Meta: fieldsets = [("Titel", ["a", "b"]), …]`: sections in order; fields not named follow at the end.
    Rows side by side are tuples: `("Wer meldet?", [("name", "phone"), "answer"])`.
    `Meta: quick_create = {"a": QuickCreate(…)}`: „Neu anlegen“ beside the field, for those who may.
    """

    default_renderer = KernRenderer

    def __init__(self, *args, user=None, **kwargs):
        self.user = user
        kwargs.setdefault("error_class", KernErrors)
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False  # our own German messages, not the browser's
        for name, field in self.fields.items():
            self._narrow(field)
            self._dress(name, field)
        for name, quick in getattr(getattr(self, "Meta", None), "quick_create", {}).items():
            if name in self.fields:
                self.fields[name].quick = quick

    def _narrow(self, field):
        """Choices of scoped models start from what the user may see."""
        if isinstance(field, forms.ModelChoiceField) and isinstance(field.queryset, ScopedQuerySet):
            if self.user is not None:
                field.queryset = field.queryset.restrict(self.user, "view")

    def restrict(self, name, action="view", queryset=None):
        """Narrow the choices of field `name` to rows on which the user may do `action`."""
        field = self.fields[name]
        rows = field.queryset.model.objects.all() if queryset is None else queryset
        field.queryset = rows.restrict(self.user, action)

    def _dress(self, name, field):
        """KERN classes, our widgets for dates and short lists, German error texts."""
        widget = field.widget
        if type(widget) is forms.DateInput:
            widget = field.widget = widgets.DateInput(attrs=widget.attrs)
        elif type(widget) is forms.DateTimeInput:
            widget = field.widget = widgets.DateTimeInput(attrs=widget.attrs)
        elif type(widget) is forms.TimeInput:
            widget = field.widget = widgets.TimeInput(attrs=widget.attrs)
        elif type(widget) is forms.Select and _few(field):
            widget = field.widget = widgets.Pick(choices=_without_blank(field))
        elif type(widget) is forms.RadioSelect:
            widget = field.widget = widgets.Pick(choices=field.choices)
        elif type(widget) in (forms.SelectMultiple, forms.CheckboxSelectMultiple) and not isinstance(
            field, forms.ModelMultipleChoiceField
        ):
            widget = field.widget = widgets.PickMany(choices=field.choices)
        elif type(widget) is forms.CheckboxInput:
            widget = field.widget = widgets.Tick(attrs=widget.attrs)
        elif type(widget) is forms.Textarea and str(widget.attrs.get("rows")) == "10":
            widget.attrs["rows"] = 4  # Django's default is half a screen
        widget.is_required = field.required
        if isinstance(field, forms.DateField):
            field.input_formats = GERMAN_DATES
        elif isinstance(field, forms.DateTimeField):
            field.input_formats = GERMAN_MOMENTS
        if isinstance(widget, widgets.Tick):
            widget.attrs.setdefault("class", "soe-check")
        elif not isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.HiddenInput):
            widget.attrs["class"] = f"soe-input {widget.attrs.get('class', '')}".strip()
        blank = "bitte wählen" if field.required else "keine Angabe"
        if isinstance(field, forms.ModelChoiceField):
            if getattr(field, "empty_label", None) in (BLANK_CHOICE_LABEL, "---------"):
                field.empty_label = blank
        elif isinstance(widget, forms.Select) and not isinstance(widget, widgets.Pick):
            known = (BLANK_CHOICE_LABEL, "---------", "")
            widget.choices = [(v, blank if v in ("", None) and t in known else t) for v, t in widget.choices]
        _german_errors(field, name)

    def fieldset_rows(self):
        """[(legend, rows)], each row a list of bound fields; for templates/web/forms/form.html."""
        named = getattr(getattr(self, "Meta", None), "fieldsets", None) or []
        left = [name for name, field in self.fields.items() if not field.widget.is_hidden]
        result = []
        for legend, entries in named:
            rows = []
            for entry in entries:
                names = [n for n in ((entry,) if isinstance(entry, str) else entry) if n in left]
                if names:
                    rows.append([self[n] for n in names])
                    left = [n for n in left if n not in names]
            if rows:
                result.append((legend, rows))
        if left:
            result.append(("", [[self[n]] for n in left]))
        return result

    def error_entries(self):
        """[(anchor, text)] for the error summary."""
        entries = []
        for name, errors in self.errors.items():
            anchor = "" if name == "__all__" else self[name].id_for_label or self[name].auto_id
            if name != "__all__" and isinstance(
                self.fields[name].widget, forms.RadioSelect | forms.CheckboxSelectMultiple
            ):
                anchor = f"{self[name].auto_id}_0"
            label = "" if name == "__all__" else self[name].label
            entries.extend((anchor, label, error) for error in errors)
        return entries

    def wording_notes(self) -> list[str]:
        """Notes about words that do not belong into free text; shown after saving and at the field."""
        data = getattr(self, "cleaned_data", {})
        notes = []
        for name, field in self.fields.items():
            if isinstance(field, FreeText) or isinstance(field.widget, forms.Textarea):
                if text := wording.note(self[name].label, data.get(name) or ""):
                    notes.append(text)
        return notes

    @property
    def posted_version(self):
        return None


class Form(FormMixin, forms.Form):
    """A plain form."""

    def save(self):
        return None


class ModelForm(FormMixin, forms.ModelForm):
    """A form of one audited row. Carries the version it was read in; a field `reason` goes into the history.

    Fields the user may not read (`field_permissions`) are left out, except while the row is new.
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.stored_version = self.instance.version
        if self.instance._state.adding:
            del self.fields["version"]
            return
        self.initial["version"] = self.instance.version
        needed = getattr(self.instance, "field_permissions", {}) or {}
        for name in [n for n in needed if n in self.fields]:
            if self.user is not None and not self.user.may(needed[name]):
                del self.fields[name]

    @property
    def posted_version(self):
        return self.cleaned_data.get("version")

    def save(self, commit=True):
        """Write the row; ConcurrentChange when somebody was faster."""
        if commit:
            self.instance.save(reason=self.cleaned_data.get("reason") or "")
        return self.instance


class ReasonForm(Form):
    """Why something is moved, reopened or overruled. The reason stands in the history."""

    reason = forms.CharField(
        label="Begründung",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text="Steht im Verlauf. Ein Satz reicht.",
        error_messages={"required": "Bitte begründen Sie den Schritt in einem Satz."},
    )


def _few(field):
    if isinstance(field, forms.ModelChoiceField):
        return False
    choices = list(field.choices)
    if any(isinstance(label, list | tuple) for _, label in choices):
        return False
    real = [label for value, label in choices if value not in ("", None)]
    return 0 < len(real) <= FEW and sum(len(str(label)) for label in real) <= 160


def _without_blank(field):
    real = [(value, label) for value, label in field.choices if value not in ("", None)]
    # A chosen radio button cannot be taken back: an optional one needs a choice for "nothing".
    if field.required:
        return real
    own = next((label for value, label in field.choices if value in ("", None)), BLANK_CHOICE_LABEL)
    return [("", "keine Angabe" if own in (BLANK_CHOICE_LABEL, "---------", "") else own), *real]


def _german_errors(field, name):
    """Texts that say what to do, unless the form already has its own."""
    label = str(field.label or name)
    own = {
        "required": f"Bitte füllen Sie „{label}“ aus.",
        "invalid_choice": f"Bitte treffen Sie bei „{label}“ eine Auswahl aus der Liste.",
        "invalid": f"Die Angabe bei „{label}“ ist nicht gültig.",
    }
    choose = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
    if choose:
        own["required"] = f"Bitte treffen Sie bei „{label}“ eine Auswahl."
    if isinstance(field, forms.DateField):
        own["invalid"] = f"Bitte geben Sie bei „{label}“ ein Datum an, zum Beispiel 17.11.2026."
    elif isinstance(field, forms.DateTimeField):
        own["invalid"] = f"Bitte geben Sie bei „{label}“ Tag und Uhrzeit an, zum Beispiel 17.11.2026 09:30."
    elif isinstance(field, forms.IntegerField):
        own["invalid"] = f"Bitte geben Sie bei „{label}“ eine Zahl an, zum Beispiel 12."
    elif isinstance(field, forms.EmailField):
        own["invalid"] = f"Bitte geben Sie bei „{label}“ eine E-Mail-Adresse an, zum Beispiel name@herne.de."
    for code, text in own.items():
        default = _class_default(type(field), code)
        if default is not None and str(field.error_messages.get(code)) == str(default):
            field.error_messages[code] = text


def _class_default(field_class, code):
    """Django's own text for `code`; None when one of our field classes says something better."""
    for cls in field_class.__mro__:
        messages = cls.__dict__.get("default_error_messages", {})
        if code in messages:
            return messages[code] if cls.__module__.startswith("django.") else None
    return None
