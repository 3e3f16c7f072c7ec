from django import forms
from django.core.exceptions import ValidationError

from soe.departments.models import Visibility

from ..forms import Form, FreeText

HELP = "Zeilen bleiben erhalten. Mit „@“ und einem Namen erwähnen Sie jemanden, Aktenzeichen werden zu Links."


class TextForm(Form):
    text = FreeText(label="Kommentar", max_length=4000, help_text=HELP)

    def clean_text(self):
        text = self.cleaned_data["text"].strip()
        if not text:
            raise ValidationError("Bitte schreiben Sie etwas.")
        return text


class CommentForm(TextForm):
    visibility = forms.ChoiceField(
        label="Wer darf das lesen?",
        choices=[
            (Visibility.INTERNAL, "intern: nur mein Fachbereich"),
            (Visibility.PARTICIPATING, "beteiligt: wer hier handelt"),
            (Visibility.OPEN, "offen: wer den Datensatz sieht"),
        ],
    )
