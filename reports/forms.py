"""Forms of the report: which quarter, which text, which reason."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from soe.web.figures import Quarter
from soe.web.forms import Form, FreeText, ModelForm, ReasonForm

from . import texts
from .models import QuarterlyReport, SectionText

QUARTERS = 12


class NewReportForm(ModelForm):
    """Which quarter the new report is about; quarters that have one are not offered."""

    quarter = forms.ChoiceField(label="Quartal", help_text="Angeboten werden Quartale ohne Bericht.")

    class Meta:
        model = QuarterlyReport
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        there = set(QuarterlyReport.objects.values_list("year", "number"))
        now = Quarter.of(timezone.localdate())
        free = [q for q in (now.shift(-step) for step in range(QUARTERS)) if (q.year, q.number) not in there]
        choices = [(q.code, f"{q.label}{', läuft noch' if q == now else ''}") for q in free]
        self.fields["quarter"].choices = choices
        self.fields["quarter"].widget = forms.Select(choices=choices, attrs={"class": "soe-input"})
        if len(free) > 1 and "quarter" not in self.initial:
            self.initial["quarter"] = free[1].code if free[0] == now else free[0].code

    def clean_quarter(self):
        return Quarter.parse(self.cleaned_data["quarter"])


class SectionTextForm(ModelForm):
    """The text of one section. Numbers of the report are named in braces."""

    text = FreeText(
        label="Text",
        required=False,
        max_length=4000,
        rows=5,
        help_text="Der erste Satz ist die Kernaussage. Zahlen in geschweiften Klammern kommen aus dem Bericht "
        "und ändern sich mit.",
    )

    class Meta:
        model = SectionText
        fields = ["text"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label = f"Text zu Abschnitt {self.instance.section}"

    def clean_text(self):
        text = self.cleaned_data["text"]
        if names := texts.unknown(text, self.instance.report.draft):
            raise ValidationError(
                f"Der Bericht hat keine Zahl {', '.join(f'{{{name}}}' for name in names)}. "
                "Welche es gibt, steht neben dem Textfeld.",
                code="unknown",
            )
        return text


class PresentForm(Form):
    """Nothing to fill in; the page says what happens."""


class ReleaseForm(Form):
    confirmed = forms.BooleanField(
        label="Ich habe den Bericht gelesen und gebe ihn frei.",
        error_messages={"required": "Bitte bestätigen Sie, dass Sie den Bericht gelesen haben."},
    )


class ReturnForm(ReasonForm):
    """Why the report goes back."""


class CorrectForm(ReasonForm):
    """Why a released report is corrected; the reason is printed in the next revision."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "Steht im Bericht und im Verlauf. Ein Satz reicht."
