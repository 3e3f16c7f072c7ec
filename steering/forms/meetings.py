from django import forms
from django.utils import timezone

from soe.departments.models import Department
from soe.web import text
from soe.web.forms import Form, FreeText, ModelForm, Pick, PickMany, ReasonForm

from ..models import (
    NUMBERED,
    AgendaItem,
    Attendance,
    Committee,
    CouncilPaper,
    Meeting,
    Outcome,
    Proposal,
)
from .base import NEW_COMMITTEE, Departments


class MeetingForm(ModelForm):
    class Meta:
        model = Meeting
        fields = ["committee", "start", "end", "location", "registration_closes_on"]
        fieldsets = [("Sitzung", ["committee", ("start", "end"), "location", "registration_closes_on"])]
        quick_create = {"committee": NEW_COMMITTEE}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["committee"].queryset = Committee.objects.own().active()
        self.fields[
            "registration_closes_on"
        ].help_text = "Leer: so viele Tage vorher, wie beim Gremium steht."


class MeetingChangeForm(ModelForm):
    """What changes without calendars having to move; date and time: RescheduleForm."""

    class Meta:
        model = Meeting
        fields = ["location", "registration_closes_on"]


class RescheduleForm(Form):
    start = forms.DateTimeField(label="neuer Beginn", widget=forms.DateTimeInput)
    end = forms.DateTimeField(label="neues Ende", required=False, widget=forms.DateTimeInput)
    location = forms.CharField(label="Ort", max_length=120, required=False)
    reason = forms.CharField(label="Begründung", max_length=300, help_text="Steht im Verlauf.")

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end <= start:
            self.add_error("end", "Das Ende muss nach dem Beginn liegen.")
        return cleaned


class OpenRegistrationForm(Form):
    closes_on = forms.DateField(label="Vorschläge bis", required=False, widget=forms.DateInput)


class ApproveForm(Form):
    on = forms.DateField(label="genehmigt am", initial=timezone.localdate, widget=forms.DateInput)
    sure = forms.BooleanField(
        label="Ich habe das Protokoll gelesen. Danach sind nur noch Nachträge möglich.",
        error_messages={"required": "Bitte bestätigen Sie, dass Sie das Protokoll gelesen haben."},
    )


class ItemForm(ModelForm):
    late_reason = forms.CharField(
        label="Grund der Nachreichung",
        max_length=300,
        required=False,
        help_text="Nötig, wenn die Tagesordnung schon eingefroren ist (Tischvorlage) oder eine Mitzeichnung fehlt.",
    )

    class Meta:
        model = AgendaItem
        fields = [
            "proposal",
            "name",
            "kind",
            "proposer",
            "minutes_planned",
            "paper",
            "resolution_text",
            "confidential",
            "late_reason",
        ]
        fieldsets = [
            ("Punkt", ["proposal", "name", "kind", ("proposer", "minutes_planned"), "paper"]),
            ("Beratung", ["resolution_text", "confidential", "late_reason"]),
        ]

    def __init__(self, *args, meeting=None, **kwargs):
        super().__init__(*args, **kwargs)
        meeting = meeting or self.instance.meeting
        waiting = Proposal.objects.waiting().filter(committee=meeting.committee)
        if self.instance._state.adding:
            self.restrict("proposal", "manage", waiting)
            self.fields["name"].required = False
            self.fields["name"].help_text = "Leer: der Titel des Vorschlags."
        else:
            del self.fields["proposal"], self.fields["late_reason"]
        self.fields["proposer"].queryset = Department.objects.active()
        self.restrict("paper", "view", CouncilPaper.objects.order_by("-reference"))

    def clean(self):
        cleaned = super().clean()
        if self.instance._state.adding and not cleaned.get("proposal") and not cleaned.get("name"):
            self.add_error("name", "Bitte geben Sie einen Titel an oder wählen Sie einen Vorschlag.")
        return cleaned

    def _get_validation_exclusions(self):
        # Position, meeting and lateness are set by Meeting.add_item(), which checks the whole row.
        return super()._get_validation_exclusions() | {"position", "meeting", "late", "name"}

    def validate_constraints(self):
        """See above."""


class CarryOverForm(Form):
    to = forms.ModelChoiceField(Meeting.objects.none(), label="in die Sitzung")
    reason = forms.CharField(
        label="Grund, falls deren Tagesordnung schon eingefroren ist", max_length=300, required=False
    )

    def __init__(self, *args, item=None, **kwargs):
        super().__init__(*args, **kwargs)
        states = (*Meeting.OPEN_AGENDA, *Meeting.LATE_AGENDA)
        later = Meeting.objects.filter(committee=item.meeting.committee, state__in=states)
        self.restrict(
            "to", "view", later.exclude(pk=item.meeting_id).select_related("committee").order_by("start")
        )
        self.fields["to"].label_from_instance = lambda row: f"{row}, {text.day(row.start)}"


class DecideForm(Form):
    """A decision with its number; the wording is what the minutes will say."""

    text = FreeText(label="Wortlaut", rows=3)
    outcome = forms.ChoiceField(
        label="Ergebnis",
        choices=[(value, Outcome(value).label) for value in NUMBERED],
        widget=Pick(choices=[(value, Outcome(value).label) for value in NUMBERED]),
    )
    yes = forms.IntegerField(label="Ja", min_value=0, max_value=999, required=False)
    no = forms.IntegerField(label="Nein", min_value=0, max_value=999, required=False)
    abstained = forms.IntegerField(label="Enthaltung", min_value=0, max_value=999, required=False)
    responsible = forms.ModelChoiceField(Department.objects.active(), label="Verantwortlich")
    due = forms.DateField(label="Umsetzen bis", required=False, widget=forms.DateInput)
    participating = Departments(label="Wirken mit", required=False)
    condition_1 = forms.CharField(
        label="Auflage 1", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    condition_1_due = forms.DateField(label="Frist der Auflage 1", required=False, widget=forms.DateInput)
    condition_2 = forms.CharField(
        label="Auflage 2", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    condition_2_due = forms.DateField(label="Frist der Auflage 2", required=False, widget=forms.DateInput)

    class Meta:
        fieldsets = [("", ["text", "outcome", ("yes", "no", "abstained"), ("responsible", "due")])]

    def vote_fields(self):
        return [self[name] for name in ("yes", "no", "abstained")]

    @property
    def votes(self):
        votes = tuple(self.cleaned_data.get(name) for name in ("yes", "no", "abstained"))
        return None if all(vote is None for vote in votes) else votes

    @property
    def conditions(self):
        rows = [
            (self.cleaned_data[f"condition_{n}"], self.cleaned_data[f"condition_{n}_due"]) for n in (1, 2)
        ]
        return [(words.strip(), due) for words, due in rows if words.strip()]


class SettleForm(Form):
    """A result that draws no number."""

    WITHOUT_NUMBER = [outcome for outcome in Outcome if outcome not in NUMBERED]

    outcome = forms.ChoiceField(
        label="Ergebnis ohne Beschluss",
        choices=[(o.value, o.label) for o in WITHOUT_NUMBER],
        widget=Pick(choices=[(o.value, o.label) for o in WITHOUT_NUMBER]),
    )
    reason = forms.CharField(
        label="Begründung",
        max_length=500,
        required=False,
        help_text="Nötig beim Vertagen, Zurückstellen und Zurückziehen.",
    )
    referred_to = forms.ModelChoiceField(Committee.objects.all(), label="verwiesen an", required=False)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("outcome") != Outcome.REFERRED:
            cleaned["referred_to"] = None
        return cleaned


class WriteForm(Form):
    text = FreeText(label="Protokolltext", rows=5, required=False)


class MinutesForm(Form):
    opening = FreeText(label="Eröffnung", rows=3, required=False)
    closing = FreeText(label="Schluss", rows=3, required=False)


class AttendanceForm(Form):
    """Status of one seat; who stands in, by name, only when somebody stands in."""

    status = forms.ChoiceField(
        label="Anwesenheit", choices=Attendance.Status, widget=Pick(choices=Attendance.Status.choices)
    )
    substitute = forms.CharField(label="vertreten durch", max_length=120, required=False)
    arrived_at = forms.TimeField(label="gekommen um", required=False, widget=forms.TimeInput)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("substitute") and cleaned.get("status") != Attendance.Status.SUBSTITUTE:
            self.add_error("status", "Eine Vertretung gibt es nur bei „vertreten“.")
        return cleaned


class PresentForm(Form):
    """Ticks for everybody who is in the room."""

    present = forms.MultipleChoiceField(label="Wer ist anwesend?", required=False)

    def __init__(self, *args, rows=(), **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["present"]
        field.choices = [(str(row.pk), str(row.holder)) for row in rows]
        field.widget = PickMany(choices=field.choices)
        self.initial.setdefault("present", [str(row.pk) for row in rows if row.in_the_room])


class GuestForm(Form):
    department = forms.ModelChoiceField(Department.objects.active(), label="Stelle")


class AddendumForm(ReasonForm):
    item = forms.ModelChoiceField(AgendaItem.objects.none(), label="zu TOP", required=False)
    text = FreeText(label="Nachtrag", rows=5)

    field_order = ["item", "text", "reason"]

    def __init__(self, *args, meeting=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.restrict("item", "view", meeting.items.order_by("position"))


class CancelForm(ReasonForm):
    pass


class CorrectForm(ReasonForm):
    """The wording of a decision, while the minutes are a draft."""

    title = forms.CharField(label="Titel", max_length=200)
    text = FreeText(label="Wortlaut", rows=4)
    responsible = forms.ModelChoiceField(Department.objects.active(), label="Verantwortlich")

    field_order = ["title", "text", "responsible", "reason"]
