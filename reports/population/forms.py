"""Entering one figure, and choosing a file."""

from django import forms

from soe.web.forms import ModelForm, Pick

from .models import CATEGORIES, PopulationFigure, Subject


class PopulationFigureForm(ModelForm):
    class Meta:
        model = PopulationFigure
        fields = [
            "as_of",
            "source",
            "nationality",
            "district",
            "subject",
            "category",
            "count",
            "share",
            "approximate",
            "quote",
        ]
        fieldsets = [
            ("Woher?", [("as_of", "source")]),
            ("Wer wird gezählt?", ["nationality", "district"]),
            ("Was wird gezählt?", ["subject", "category"]),
            ("Zahl", [("count", "share"), "approximate", "quote"]),
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        field.choices = [
            ("", "keine, beim Bestand"),
            *[
                (subject.label, [(c.value, c.label) for c in classes])
                for subject, classes in CATEGORIES.items()
                if subject != Subject.STOCK
            ],
        ]
        field.widget = forms.Select(choices=field.choices, attrs={"class": "soe-input"})
        self.fields["district"].widget = Pick(choices=PopulationFigure._meta.get_field("district").choices)
        self.fields[
            "approximate"
        ].help_text = "Die Quelle sagt es nur ungefähr; dann steht ihr Wortlaut im Bericht."

    def clean(self):
        data = super().clean()
        if data.get("quote") and not data.get("approximate"):
            self.add_error(
                "approximate", "Ein Wortlaut gehört zu einer ungefähren Zahl. Bitte ankreuzen oder leeren."
            )
        return data
