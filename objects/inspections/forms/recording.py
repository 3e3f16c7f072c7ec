"""What a department writes into its section."""

from django import forms
from django.utils import timezone

from objects.proceedings.models import Measure
from soe.departments.models import Department
from soe.web.forms import Form, FreeText, ModelForm

from ..models import (
    DwellingVisit,
    Finding,
    HelpNeed,
    ImmediateMeasure,
    Inspection,
    InspectionNote,
    MeasureKind,
)


class InSectionForm(ModelForm):
    """Narrows house and dwelling to the day of the section."""

    def __init__(self, *args, section, **kwargs):
        self.section = section
        super().__init__(*args, **kwargs)
        if "inspection" in self.fields:
            field = self.fields["inspection"]
            field.queryset = Inspection.objects.filter(day=section.day_id).select_related("property")
            field.empty_label = "ganzer Tag"
            if len(field.queryset) == 1 and self.instance._state.adding:
                self.initial["inspection"] = self.initial.get("inspection") or field.queryset[0].pk
        if "visit" in self.fields:
            field = self.fields["visit"]
            field.queryset = DwellingVisit.objects.filter(inspection__day=section.day_id).select_related(
                "inspection__property"
            )
            field.label_from_instance = lambda visit: f"{visit.inspection}, {visit.location}"
            field.empty_label = "keine bestimmte"
        if "visibility" in self.fields:
            self.fields[
                "visibility"
            ].help_text = "Andere Stellen sehen sonst nur, dass es den Abschnitt gibt."

    def clean(self):
        data = super().clean()
        visit, inspection = data.get("visit"), data.get("inspection")
        if visit is not None:
            if inspection is not None and visit.inspection_id != inspection.pk:
                self.add_error("visit", "Diese Wohneinheit gehört zu einem anderen Haus.")
            data["inspection"] = visit.inspection
        return data

    def save(self, commit=True):
        obj = self.instance
        if obj._state.adding:
            visibility = obj.visibility if "visibility" in self.fields else None
            obj.belong_to(self.section)
            obj.visibility = visibility or obj.visibility
        return super().save(commit)


class FindingForm(InSectionForm):
    text = FreeText(label="Beschreibung", required=False, max_length=2000, rows=3)

    class Meta:
        model = Finding
        fields = (
            "inspection", "visit", "category", "severity", "certainty", "level", "place", "text", "count", "affected",
            "due_on", "visibility",
        )  # fmt: skip
        fieldsets = (
            ("Wo", ["inspection", "visit", "level", "place"]),
            ("Was", ["category", "severity", "certainty", "text", ("count", "affected")]),
            ("Wie weiter", ["due_on", "visibility"]),
        )


class ImmediateMeasureForm(InSectionForm):
    text = FreeText(label="Beschreibung", required=False, max_length=2000, rows=2)

    class Meta:
        model = ImmediateMeasure
        fields = (
            "kind", "count", "amount", "inspection", "visit", "ground", "condition", "recipient", "due_on", "text",
            "visibility",
        )  # fmt: skip
        fieldsets = (
            ("Was", ["kind", ("count", "amount")]),
            ("Wo", ["inspection", "visit"]),
            ("Näheres", ["ground", "condition", "recipient", "due_on", "text", "visibility"]),
        )

    def clean(self):
        data = super().clean()
        if data.get("amount") is not None and data.get("kind") not in (
            "",
            None,
            MeasureKind.AMOUNT_COLLECTED,
        ):
            self.add_error("amount", "Einen Betrag gibt es nur bei „Betrag eingezogen“.")
        return data


class HelpNeedForm(InSectionForm):
    note = FreeText(
        label="Hinweis",
        required=False,
        max_length=1000,
        rows=3,
        help_text="Keine Namen, keine Wohnungsnummer.",
    )

    class Meta:
        model = HelpNeed
        fields = ("kind", "households", "inspection", "visit", "languages", "urgent", "offered_to", "note")
        fieldsets = (
            ("Was gebraucht wird", ["kind", ("households", "languages"), "urgent"]),
            ("Wo", ["inspection", "visit"]),
            ("Für wen gedacht", ["offered_to", "note"]),
        )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["offered_to"]
        # Whoever has a role that may take help needs over: carriers and the city's own offers.
        field.queryset = (
            Department.objects.active()
            .filter(memberships__role__grants__permission="helpneed.take")
            .distinct()
            .order_by("position")
        )
        field.empty_label = "wer zuerst Platz hat"


class NoteForm(InSectionForm):
    text = FreeText(
        label="Notiz", max_length=4000, rows=6, help_text="Keine Namen von Bewohnerinnen und Bewohnern."
    )

    class Meta:
        model = InspectionNote
        fields = ("text", "inspection", "visibility")


class CloseSectionForm(Form):
    """Nothing to fill in; the page says what closing means."""


class ResolveForm(Form):
    on = forms.DateField(label="Behoben am", initial=timezone.localdate)
    reason = forms.CharField(label="Wie festgestellt?", required=False, max_length=300)

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise forms.ValidationError("Das Datum liegt in der Zukunft.")
        return day


class MeasureForm(Form):
    """A measure out of a finding."""

    what = forms.CharField(label="Was ist zu tun?", max_length=200)
    kind = forms.ChoiceField(label="Art", choices=Measure.Kind.choices)
    due_on = forms.DateField(label="Fällig am")

    def clean_due_on(self):
        day = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise forms.ValidationError("Die Frist liegt in der Vergangenheit.")
        return day
