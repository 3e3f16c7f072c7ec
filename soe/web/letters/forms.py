"""Forms of letters and their templates."""

from django import forms
from django.utils import timezone

from soe.departments.models import Department

from ..forms import Form, ModelForm, Pick, PickMany
from . import sources
from .models import Letter, LetterTemplate


class TemplateForm(ModelForm):
    kind = forms.ChoiceField(label="für", choices=sources.choices)
    subject = forms.CharField(label="Betreff", max_length=200)
    body = forms.CharField(
        label="Text",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text="Absätze durch eine leere Zeile trennen, Aufzählungen mit „- “ beginnen.",
    )
    reason = forms.CharField(label="Warum ändern Sie die Vorlage?", max_length=200, required=False)

    class Meta:
        model = LetterTemplate
        fields = ["name", "kind", "department", "subject", "body", "active"]


class LetterForm(ModelForm):
    recipient = forms.CharField(
        label="Anschrift",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Höchstens 6 Zeilen, wie sie im Fenster stehen sollen.",
    )
    subject = forms.CharField(label="Betreff", max_length=200)
    body = forms.CharField(
        label="Text",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text="Absätze durch eine leere Zeile trennen, Aufzählungen mit „- “ beginnen.",
    )

    class Meta:
        model = Letter
        fields = ["recipient", "on", "reference", "your_sign", "subject", "body"]
        fieldsets = [
            ("An wen?", ["recipient"]),
            ("Zeichen und Datum", [("reference", "your_sign"), "on"]),
            ("Brief", ["subject", "body"]),
        ]


class SeriesForm(LetterForm):
    """The same letter to several: each becomes a letter of its own."""

    recipients = forms.MultipleChoiceField(
        label="An wen?",
        widget=PickMany,
        error_messages={"required": "Bitte wählen Sie mindestens einen Empfänger."},
    )

    class Meta(LetterForm.Meta):
        fields = ["on", "reference", "your_sign", "subject", "body"]
        fieldsets = [("An wen?", ["recipients"]), *LetterForm.Meta.fieldsets[1:]]

    def __init__(self, *args, addresses=(), **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["recipient"]
        field = self.fields["recipients"]
        field.choices = field.widget.choices = [
            (address, ", ".join(address.splitlines())) for address in addresses
        ]
        if not self.is_bound:
            self.initial["recipients"] = list(addresses)


class SendForm(Form):
    on = forms.DateField(label="Versandt am", initial=timezone.localdate)
    channel = forms.ChoiceField(label="Wie?", choices=Letter.Channel, widget=Pick)


def writable_departments(user, target):
    """Departments in whose name `user` may write a letter on this kind of record."""
    from soe.departments.scope import departments_granting

    permission = target.model.scope.rule(target.write).permission
    return Department.objects.filter(pk__in=departments_granting(user, permission)).order_by(
        "position", "name"
    )
