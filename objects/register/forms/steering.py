"""Problem areas, traffic light, goal, participation, lead, leaving the register."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from soe.departments.models import Department
from soe.web.forms import Form, FreeText, PickMany, ReasonForm

from ..models import Assessment, Goal, Participation, ProblemArea, Property
from ..models.scales import Level, Room, Stage
from .base import ForDepartment, OnField, ReasonOnForm, departments_that_act


def whole(choices):
    """Choices of whole numbers: posted text becomes the number."""
    return {"choices": choices, "coerce": int}


class ProblemReportForm(ForDepartment, Form):
    kind = forms.ChoiceField(label="Welche Problemlage?", choices=ProblemArea.Kind.choices)
    severity = forms.TypedChoiceField(label="Wie schwer?", initial=Level.MEDIUM, **whole(Level.choices))
    text = FreeText(label="Was wurde beobachtet?", max_length=500, rows=3, required=False)
    on = OnField(label="Beobachtet am")


class ProblemConfirmForm(ForDepartment, Form):
    severity = forms.TypedChoiceField(label="Wie schwer?", **whole(Level.choices))
    reason = FreeText(label="Wodurch bestätigt?", max_length=500, rows=3, help_text="Steht im Verlauf.")
    on = OnField(label="Bestätigt am")


class ProblemResolveForm(Form):
    outcome = forms.ChoiceField(label="Wie erledigt?", choices=ProblemArea.Outcome.choices)
    reason = FreeText(label="Begründung", max_length=500, rows=3)
    on = OnField(label="Erledigt am")


class AssessForm(ForDepartment, Form):
    department_permission = "register.view"

    pressure = forms.TypedChoiceField(label="Wie hoch ist der Problemdruck?", **whole(Level.choices[::-1]))
    pressure_reason = FreeText(label="Woran liegt das?", max_length=500, rows=2)
    room = forms.TypedChoiceField(
        label="Wie groß ist der Handlungsspielraum der Stadt?", **whole(Room.choices[::-1])
    )
    room_reason = FreeText(label="Warum?", max_length=500, rows=2)
    on = OnField(label="Bewertet am")

    class Meta:
        fieldsets = [
            ("Problemdruck", ["pressure", "pressure_reason"]),
            ("Handlungsspielraum", ["room", "room_reason"]),
            ("Wer und wann", ["department", "on"]),
        ]

    @classmethod
    def initial_of(cls, house):
        last: Assessment | None = house.assessments.order_by("-on", "-created_at").first()
        if last is None:
            return {}
        return {
            "pressure": last.pressure,
            "pressure_reason": last.pressure_reason,
            "room": last.room,
            "room_reason": last.room_reason,
        }


def _in_three_months():
    return timezone.localdate() + timedelta(days=90)


class GoalForm(Form):
    aim = forms.CharField(
        label="Was soll aus dem Objekt werden?",
        max_length=250,
        help_text="Ein Satz, zum Beispiel „Mindeststandard herstellen oder Verkauf an Wohnungsgesellschaft“.",
    )
    stage = forms.TypedChoiceField(label="Auf welcher Stufe?", **whole(Stage.choices))
    lever = forms.CharField(
        label="Hebel", max_length=200, required=False, help_text="Was hilft, das zu erreichen?"
    )
    blocker = forms.CharField(
        label="Hindernis", max_length=200, required=False, help_text="Was steht im Weg?"
    )
    department = forms.ModelChoiceField(Department.objects.active(), label="Verantwortlich")
    next_review = forms.DateField(label="Nächste Überprüfung", initial=_in_three_months)
    on = OnField(label="Festgelegt am")

    class Meta:
        fieldsets = [
            ("Ziel", ["aim", "stage", ("lever", "blocker")]),
            ("Wer und wann", ["department", ("on", "next_review")]),
        ]


class GoalReviewForm(Form):
    stage = forms.TypedChoiceField(label="Stufe", **whole(Stage.choices))
    lever = forms.CharField(label="Hebel", max_length=200, required=False)
    blocker = forms.CharField(label="Hindernis", max_length=200, required=False)
    reason = FreeText(label="Was hat sich getan?", max_length=500, rows=3)
    on = OnField(label="Überprüft am")
    next_review = forms.DateField(label="Nächste Überprüfung", initial=_in_three_months)

    class Meta:
        fieldsets = [
            ("Stand", ["stage", ("lever", "blocker"), "reason"]),
            ("Wann", [("on", "next_review")]),
        ]


class GoalEndForm(ReasonOnForm):
    outcome = forms.ChoiceField(
        label="Ergebnis",
        choices=[choice for choice in Goal.Outcome.choices if choice[0] in ("reached", "dropped")],
    )
    field_order = ["outcome", "reason", "on"]


class OfferForm(Form):
    """Asks one or more departments at once."""

    departments = forms.ModelMultipleChoiceField(
        Department.objects.none(),
        label="Welche Fachbereiche?",
        widget=PickMany,
        help_text="Es erscheinen Stellen, die im Kataster arbeiten und antworten können.",
        error_messages={"required": "Bitte wählen Sie mindestens einen Fachbereich."},
    )
    question = FreeText(
        label="Anlass", max_length=500, rows=3, help_text="Worum geht es, was wird gebraucht?"
    )
    on = OnField(label="Angefragt am")

    def __init__(self, *args, house=None, **kwargs):
        super().__init__(*args, **kwargs)
        busy = [
            house.lead_department_id,
            *house.participations.running().values_list("department", flat=True),
        ]
        self.fields["departments"].queryset = departments_that_act().exclude(pk__in=busy)


class AcceptForm(Form):
    reason = FreeText(
        label="Was übernehmen Sie?",
        required=False,
        max_length=500,
        rows=3,
        help_text="Steht in der Zeitleiste.",
    )
    on = OnField(label="Angenommen am")


class ReofferForm(Form):
    question = FreeText(
        label="Anlass", max_length=500, rows=3, help_text="Was hat sich geändert, was wird gebraucht?"
    )


class DeclineForm(ReasonForm):
    on = OnField(label="Abgelehnt am")


class ParticipationCloseForm(ReasonForm):
    outcome = forms.ChoiceField(
        label="Warum endet die Beteiligung?",
        choices=[c for c in Participation.Closing.choices if c[0] in ("done", "not_competent", "other")],
    )
    on = OnField(label="Beendet am")
    field_order = ["outcome", "reason", "on"]


class LeadForm(ReasonForm):
    department = forms.ModelChoiceField(Department.objects.active(), label="Neue Federführung")
    on = OnField(label="Ab wann?")
    keep_participating = forms.BooleanField(
        label="Der bisherige Fachbereich bleibt beteiligt", required=False, initial=True
    )
    field_order = ["department", "reason", "on", "keep_participating"]

    def __init__(self, *args, house=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments_that_act().exclude(pk=house.lead_department_id)


class RetireForm(ReasonForm):
    """Merging has a page of its own, with a preview."""

    outcome = forms.ChoiceField(
        label="Warum?", choices=[c for c in Property.RetiredReason.choices if c[0] != "merged"]
    )
    despite = FreeText(
        label="Trotz offener Vorgänge, weil",
        required=False,
        max_length=300,
        rows=2,
        help_text="Nur nötig, wenn am Objekt noch Verfahren oder Maßnahmen offen sind.",
    )
    on = OnField(label="Abgeschlossen am")
    field_order = ["outcome", "reason", "despite", "on"]
