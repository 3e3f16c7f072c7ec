from django import forms

from soe.departments.models import Department
from soe.web.forms import Form, FreeText, ModelForm, ReasonForm

from ..models import Committee, Consultation, CouncilPaper, FinanceRow, FundingApplication, Proposal
from .base import NEW_OFFER, EuroField, own_departments

LIMIT = 2 * 1024 * 1024


class PaperForm(ModelForm):
    text = FreeText(label="Text", rows=10, required=False)
    resolution = FreeText(label="Beschlussvorschlag", rows=3, required=False)

    class Meta:
        model = CouncilPaper
        fields = [
            "reference",
            "name",
            "paper_type",
            "body",
            "date",
            "under_direction_of",
            "lead",
            "originator_person",
            "decision",
            "resolution",
            "text",
            "public",
        ]
        fieldsets = [
            ("Vorlage", [("reference", "date"), "name", ("paper_type", "body"), "public"]),
            ("Wer?", ["under_direction_of", ("lead", "originator_person"), "decision"]),
            ("Inhalt", ["resolution", "text"]),
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["under_direction_of"].queryset = Department.objects.active()
        self.fields["reference"].help_text = "wie im Ratsinformationssystem, zum Beispiel 2023/1062"


class PaperImportForm(Form):
    """The text of a paper, pasted or as a file."""

    body = forms.CharField(label="Stadt", max_length=80, initial="Stadt Herne")
    text = forms.CharField(
        label="Text der Vorlage",
        required=False,
        max_length=400_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Die ganze Seite aus dem Ratsinformationssystem kopieren und hier einfügen.",
    )
    file = forms.FileField(label="oder Textdatei", required=False)

    def clean_file(self):
        file = self.cleaned_data.get("file")
        if file and file.size > LIMIT:
            raise forms.ValidationError(
                "Die Datei ist größer als 2 MB. Eine Vorlage als Text ist viel kleiner."
            )
        return file

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not (cleaned.get("text") or "").strip() and not cleaned.get("file"):
            self.add_error("text", "Bitte fügen Sie den Text ein oder wählen Sie eine Textdatei.")
        return cleaned


class ConsultationForm(ModelForm):
    class Meta:
        model = Consultation
        fields = [
            "organization",
            "organization_name",
            "role",
            "date",
            "result",
            "result_text",
            "authoritative",
        ]
        fieldsets = [
            ("Station", ["organization", "organization_name", ("role", "date"), "authoritative"]),
            ("Ergebnis", ["result", "result_text"]),
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Committee.objects.active()
        self.fields["organization_name"].required = False
        self.fields["organization_name"].help_text = "Leer: der Name des Gremiums."

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("organization_name"):
            if not cleaned.get("organization"):
                self.add_error(
                    "organization", "Bitte wählen Sie ein Gremium oder schreiben Sie seinen Namen."
                )
            else:
                cleaned["organization_name"] = cleaned["organization"].name
        return cleaned


class FinanceRowForm(ModelForm):
    income = EuroField(label="Erträge")
    expense = EuroField(label="Aufwendungen")
    own_share_printed = EuroField(label="Eigenanteil laut Vorlage", required=False, min_value=None)

    class Meta:
        model = FinanceRow
        fields = ["period", "income", "expense", "own_share_printed", "is_total"]
        fieldsets = [("", ["period", ("income", "expense"), "own_share_printed", "is_total"])]


class FundingForm(ModelForm):
    amount = EuroField(label="Beantragt in Euro")
    own_share = EuroField(label="Eigenanteil in Euro", required=False)

    class Meta:
        model = FundingApplication
        fields = [
            "title",
            "programme",
            "funder",
            "department",
            "proposal",
            "offer",
            "deadline",
            "amount",
            "own_share",
            "runs_from",
            "runs_until",
        ]
        fieldsets = [
            ("Vorhaben", ["title", ("programme", "funder"), "department", ("proposal", "offer")]),
            ("Antrag", ["deadline", ("amount", "own_share"), ("runs_from", "runs_until")]),
        ]
        quick_create = {"offer": NEW_OFFER}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.user.may("steering.manage"):
            self.fields["department"].queryset = Department.objects.active()
        else:
            self.fields["department"].queryset = own_departments(self.user, "steering.propose")
        self.restrict("proposal", "view", Proposal.objects.exclude(state=Proposal.State.DRAFT))


class GrantForm(Form):
    amount = EuroField(label="Bewilligt in Euro")
    on = forms.DateField(label="Bescheid vom", widget=forms.DateInput)


class RefusalForm(ReasonForm):
    on = forms.DateField(label="Bescheid vom", widget=forms.DateInput)
    field_order = ["on", "reason"]
