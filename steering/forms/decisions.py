from django import forms
from django.utils import timezone

from soe.departments.models import Department
from soe.web.figures import Quarter
from soe.web.forms import Form, FreeText, Pick, ReasonForm

from ..models import ADOPTED, Decision, StatusReport
from ..models.base import at_most_three_sentences
from ..selectors import reporting_quarter

STATES = [
    (Decision.State.IN_PROGRESS.value, "in Umsetzung"),
    (Decision.State.DONE.value, "erledigt"),
    (Decision.State.INFEASIBLE.value, "nicht umsetzbar"),
]


class ReportForm(Form):
    quarter = forms.ChoiceField(label="Quartal")
    colour = forms.ChoiceField(
        label="Ampel", choices=StatusReport.Colour, widget=Pick(choices=StatusReport.Colour.choices)
    )
    text = FreeText(
        label="Stand in höchstens drei Sätzen",
        rows=4,
        max_length=800,
        help_text="Was ist getan? Was fehlt? Was folgt daraus?",
    )
    state = forms.ChoiceField(label="Stand der Umsetzung", choices=STATES, widget=Pick(choices=STATES))

    def __init__(self, *args, decision=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].validators.append(at_most_three_sentences)
        first = Quarter.of(decision.decided_on)
        last = Quarter.of(timezone.localdate())
        quarters = [last.shift(-n) for n in range(4)]
        choices = [(q.code, q.label) for q in quarters if q >= first]
        self.fields["quarter"].choices = choices
        codes = [code for code, _ in choices]
        usual = reporting_quarter().code
        self.initial.setdefault("quarter", usual if usual in codes else (codes or [""])[0])
        state = decision.state if decision.state != Decision.State.OPEN else Decision.State.IN_PROGRESS
        self.initial.setdefault("state", state)


class DueForm(ReasonForm):
    due = forms.DateField(label="neue Frist", widget=forms.DateInput)
    field_order = ["due", "reason"]


class RepealForm(ReasonForm):
    later = forms.ModelChoiceField(Decision.objects.none(), label="aufgehoben durch Beschluss")
    field_order = ["later", "reason"]

    def __init__(self, *args, decision=None, **kwargs):
        super().__init__(*args, **kwargs)
        later = Decision.objects.filter(
            committee=decision.committee_id, decided_on__gte=decision.decided_on, outcome__in=ADOPTED
        )
        self.restrict("later", "view", later.exclude(pk=decision.pk).order_by("-decided_on", "-number"))


class ConditionForm(Form):
    text = FreeText(label="Auflage", rows=2)
    department = forms.ModelChoiceField(Department.objects.active(), label="zuständig")
    due = forms.DateField(label="Frist", required=False, widget=forms.DateInput)


class FulfilForm(Form):
    note = forms.CharField(
        label="Wie ist die Auflage erfüllt?", max_length=300, help_text="Ein Satz, zum Beispiel die Vorlage."
    )
    on = forms.DateField(label="erfüllt am", initial=timezone.localdate, widget=forms.DateInput)
