from datetime import timedelta

from django import forms
from django.utils import timezone

from soe.web.forms import Form, PickMany

from .collecting import KINDS


class EvidenceForm(Form):
    """What for, from when to when, and which parts."""

    purpose = forms.CharField(
        label="Zweck",
        max_length=200,
        help_text="Steht auf dem Deckblatt, zum Beispiel das Aktenzeichen des Gerichts.",
    )
    since = forms.DateField(label="von")
    until = forms.DateField(label="bis")
    kinds = forms.MultipleChoiceField(
        label="Welche Teile?",
        choices=KINDS.items(),
        widget=PickMany,
        error_messages={"required": "Bitte wählen Sie mindestens einen Teil."},
    )

    class Meta:
        fieldsets = [("", ["purpose", ("since", "until"), "kinds"])]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.initial = {
            "since": today - timedelta(days=730),
            "until": today,
            "kinds": list(KINDS),
        } | self.initial

    def clean(self):
        data = super().clean()
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", "Das Ende liegt vor dem Anfang.")
        return data
