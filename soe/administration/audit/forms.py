"""What a reader of the logs may ask for."""

from django import forms

from soe.departments.models import Department
from soe.web.filters import FilterForm

from .changes import VERBS, sources


class ChangesForm(FilterForm):
    person = forms.CharField(label="Person", max_length=100)
    department = forms.ModelChoiceField(Department.objects.all(), label="Fachbereich")
    label = forms.ChoiceField(label="Datenart")
    record = forms.CharField(label="Nummer oder Kennung", max_length=80)
    kind = forms.ChoiceField(label="was", choices=list(VERBS.items()))
    since = forms.DateField(label="von")
    until = forms.DateField(label="bis")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = sorted(
            ((label, str(model._meta.verbose_name)) for label, model in sources().items()),
            key=lambda pair: pair[1].casefold(),
        )
        self.fields["label"].choices = [("", "alle"), *names]


class PeriodForm(FilterForm):
    days = forms.TypedChoiceField(
        label="Zeitraum",
        coerce=int,
        choices=[
            ("7", "letzte 7 Tage"),
            ("30", "letzte 30 Tage"),
            ("90", "letzte 90 Tage"),
            ("365", "letztes Jahr"),
        ],
    )
