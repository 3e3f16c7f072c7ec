"""Periods, holds, approval."""

from uuid import UUID

from django import forms

from soe.web.forms import Form, ModelForm, ReasonForm

from .models import LegalHold, RetentionRule

AT_ONCE = 50


class RuleForm(ModelForm):
    reason = forms.CharField(label="Grund der Änderung", max_length=300)

    class Meta:
        model = RetentionRule
        fields = ["months", "days", "basis", "active"]
        fieldsets = [("Frist", [("months", "days"), "basis", "active"]), ("Verlauf", ["reason"])]
        help_texts = {"active": "Aus: Diese Daten werden weder vorgeschlagen noch entfernt."}


class HoldForm(ModelForm):
    class Meta:
        model = LegalHold
        fields = ["reason", "until"]


class ApproveForm(Form):
    """The chosen records, and why they go. Choices are what is due right now."""

    selected = forms.TypedMultipleChoiceField(
        label="Datensätze",
        coerce=UUID,
        error_messages={"required": "Bitte wählen Sie mindestens einen Datensatz."},
    )
    reason = forms.CharField(
        label="Begründung",
        max_length=300,
        help_text="Steht im Löschnachweis. Bitte ohne Namen.",
        error_messages={"required": "Bitte begründen Sie die Löschung in einem Satz."},
    )

    def __init__(self, *args, choices=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["selected"].choices = choices


__all__ = ["AT_ONCE", "ApproveForm", "HoldForm", "ReasonForm", "RuleForm"]
