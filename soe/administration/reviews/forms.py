from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from soe.web.forms import Form, ModelForm

from .models import RightsReview


class ReviewForm(ModelForm):
    class Meta:
        model = RightsReview
        fields = ["title", "due_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["title"].initial = f"Überprüfung der Rechte {timezone.localdate().year}"

    def clean_due_on(self):
        day = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise ValidationError("Dieser Tag liegt in der Vergangenheit.")
        return day

    def save(self, commit=True):
        review = super().save(commit)
        review.freeze()
        return review


class SignForm(Form):
    statement = forms.CharField(
        label="Erklärung",
        max_length=500,
        initial="Ich habe jede Zeile geprüft. Die bestätigten Rechte werden für die Arbeit gebraucht.",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Steht mit Namen und Zeit unter der Liste. Danach lässt sie sich nicht mehr ändern.",
    )
