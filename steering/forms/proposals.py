from django import forms
from django.utils import timezone

from objects.selectors import measures_of
from soe.departments.models import Department
from soe.web.forms import Form, FreeText, ModelForm, Pick, ReasonForm

from ..models import Committee, CoSignature, Meeting, Proposal, ProposalMeasure
from .base import (
    NEW_COMMITTEE,
    NEW_OFFER,
    NEW_PROPERTY,
    Departments,
    EuroField,
    PropertyField,
    own_departments,
)


class ProposalForm(ModelForm):
    problem = FreeText(label="Problem", rows=3)
    text = FreeText(label="Was wird vorgeschlagen?", rows=4)
    resolution = FreeText(label="Beschlussvorschlag", rows=3, help_text="So soll der Beschluss lauten.")
    expected_effect = FreeText(label="Erwartete Wirkung", rows=2, required=False)
    cost = EuroField(label="Kosten in Euro", required=False)
    funding = EuroField(label="davon Förderung in Euro", required=False)
    property = PropertyField(label="Objekt", required=False)

    class Meta:
        model = Proposal
        fields = [
            "title",
            "department",
            "committee",
            "aim",
            "problem",
            "text",
            "resolution",
            "expected_effect",
            "cost",
            "funding",
            "funding_source",
            "staff",
            "property",
            "offer",
            "confidential",
        ]
        fieldsets = [
            ("Vorschlag", ["title", ("department", "committee"), "aim", "problem", "text", "resolution"]),
            ("Wirkung und Aufwand", ["expected_effect", ("cost", "funding"), ("funding_source", "staff")]),
            ("Bezug", ["property", "offer", "confidential"]),
        ]
        quick_create = {"property": NEW_PROPERTY, "offer": NEW_OFFER, "committee": NEW_COMMITTEE}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        own = own_departments(self.user, "steering.propose")
        self.fields["department"].queryset = own
        if self.instance._state.adding and not self.initial.get("department") and own.count() == 1:
            self.initial["department"] = own.get().pk
        committees = Committee.objects.own().active()
        self.fields["committee"].queryset = committees
        if self.instance._state.adding and not self.initial.get("committee"):
            self.initial["committee"] = (
                committees.filter(kind="steering").values_list("pk", flat=True).first()
            )


class MeasuresForm(Form):
    """Measures of the proposal's property, or of any that the reader sees when there is none."""

    measures = forms.ModelMultipleChoiceField(
        ProposalMeasure._meta.get_field("measure").related_model.objects.none(),
        label="Maßnahmen, auf denen der Vorschlag beruht",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, proposal=None, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["measures"]
        if proposal.property_id:
            field.queryset = measures_of(proposal.property, user=self.user)
        else:
            field.help_text = "Bitte wählen Sie zuerst im Vorschlag ein Objekt."
        field.label_from_instance = lambda row: f"{row.what} ({row.department}, {row.get_state_display()})"


class AskToCosignForm(Form):
    departments = Departments(label="Wer soll mitzeichnen?")
    due_on = forms.DateField(label="Antwort bis", required=False, widget=forms.DateInput)

    def __init__(self, *args, proposal=None, **kwargs):
        super().__init__(*args, **kwargs)
        asked = proposal.cosignatures.values("department_id")
        left = Department.objects.active().exclude(pk=proposal.department_id).exclude(pk__in=asked)
        # Only units of the city and others whose people could answer at all.
        self.fields["departments"].queryset = left.exclude(kind__in=("school", "city"))


class CosignForm(Form):
    advice = forms.ChoiceField(
        label="Zeichnet Ihre Stelle mit?",
        choices=CoSignature.Advice,
        widget=Pick(choices=CoSignature.Advice.choices),
    )
    note = FreeText(
        label="Hinweis",
        rows=2,
        required=False,
        help_text="Nötig bei „mit Hinweis“ und „nicht mitgezeichnet“.",
    )


class ScheduleForm(Form):
    meeting = forms.ModelChoiceField(Meeting.objects.none(), label="Sitzung")
    reason = forms.CharField(
        label="Begründung",
        max_length=300,
        required=False,
        help_text="Nötig, wenn die Tagesordnung eingefroren ist oder eine Mitzeichnung fehlt.",
    )

    def __init__(self, *args, proposal=None, **kwargs):
        super().__init__(*args, **kwargs)
        states = (*Meeting.OPEN_AGENDA, *Meeting.LATE_AGENDA)
        rows = Meeting.objects.filter(committee=proposal.committee, state__in=states)
        self.restrict("meeting", "change", rows.select_related("committee").order_by("start"))
        self.fields["meeting"].label_from_instance = lambda row: (
            f"{row}, {timezone.localtime(row.start):%d.%m.%Y}"
        )


class WithdrawForm(ReasonForm):
    pass
