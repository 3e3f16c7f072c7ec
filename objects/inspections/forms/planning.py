"""Planning a day, answering an invitation, who really came, releasing the protocol."""

from django import forms
from django.db.models import Q
from django.utils import timezone

from objects.register.forms.properties import NEW_PROPERTY, PropertyField
from soe.departments.models import Department, Membership
from soe.departments.scope import departments_granting
from soe.web.forms import Form, FreeText, ModelForm, Pick, PickMany

from .. import services
from ..models import InspectionDay
from ..models.days import MOST_HOUSES

HOUSES = [f"house_{n}" for n in range(1, MOST_HOUSES + 1)]
SHOWN_AT_FIRST = 4


def who_can(*permissions):
    """Departments and authorities in which somebody may do that today: only who can answer is asked."""
    members = Membership.objects.current().filter(role__grants__permission__in=permissions)
    return Department.objects.active().filter(pk__in=members.order_by().values("department"))


class DayForm(ModelForm):
    """A day with its houses in the order of visits and the bodies to invite."""

    departments = forms.ModelMultipleChoiceField(
        Department.objects.none(),
        label="Wer nimmt teil?",
        required=False,
        widget=PickMany(),
        help_text="Eingeladen wird erst, wenn Sie auf „Einladen“ gehen.",
    )
    first = forms.ModelChoiceField(
        Department.objects.none(),
        label="Wer geht zuerst hinein?",
        required=False,
        help_text="Meist die Feuerwehr oder die Polizei.",
    )
    reason = FreeText(label="Anlass", required=False, rows=3, max_length=2000)

    class Meta:
        model = InspectionDay
        fields = ("date", "meet_at", "meeting_point", "interpreters", "reason", "lead", "section_due_on")
        fieldsets = (
            ("Wann und wo", [("date", "meet_at"), "meeting_point", "interpreters", "reason"]),
            ("Welche Häuser, in welcher Reihenfolge", HOUSES),
            ("Wer", ["departments", "first", ("lead", "section_due_on")]),
        )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        adding = self.instance._state.adding
        for number, name in enumerate(HOUSES, start=1):
            self.fields[name] = PropertyField(label=f"{number}. Objekt", required=adding and number == 1)
            self.fields[name].quick = NEW_PROPERTY
            self._narrow(self.fields[name])
            self._dress(name, self.fields[name])
        bodies = who_can("inspection.record")
        self.fields["lead"].queryset = who_can("inspection.plan", "inspection.record")
        self.fields["departments"].queryset = bodies
        self.fields["first"].queryset = bodies
        self.fields["first"].empty_label = "niemand im Besonderen"
        self.fields["section_due_on"].help_text = "Leer: 14 Tage nach dem Einsatztag."
        if adding:
            mine = departments_granting(self.user, "inspection.plan")
            self.initial["lead"] = self.initial.get("lead") or next(iter(mine), None)
            return
        for row in self.instance.inspections.select_related("property"):
            if row.property_id:
                self.initial[f"house_{row.position}"] = row.property
        parts = list(self.instance.participations.exclude(department=None))
        self.initial["departments"] = [row.department_id for row in parts]
        self.initial["first"] = next((row.department_id for row in parts if row.enters_first), None)
        if self.instance.state not in (InspectionDay.State.PLANNED, InspectionDay.State.INVITED):
            for name in (*HOUSES, "departments", "first", "date"):
                del self.fields[name]

    def clean_date(self):
        day = self.cleaned_data["date"]
        if self.instance._state.adding and day < timezone.localdate():
            raise forms.ValidationError(
                "Der Einsatztag liegt in der Vergangenheit. Bitte wählen Sie einen späteren Tag."
            )
        return day

    def clean(self):
        data = super().clean()
        houses = [(name, data[name]) for name in HOUSES if data.get(name)]
        seen = set()
        for name, house in houses:
            if house.pk in seen:
                self.add_error(name, f"„{house}“ steht schon weiter oben.")
            seen.add(house.pk)
        self.houses = [house for _, house in houses]
        first, bodies = data.get("first"), data.get("departments") or ()
        if first is not None and first not in bodies:
            self.add_error("first", f"{first} steht nicht unter den Teilnehmenden.")
        return data

    def save(self, commit=True):
        day = super().save(commit)
        if "departments" in self.fields:
            services.set_houses(day, self.houses, by=self.user)
            services.set_departments(
                day, self.cleaned_data["departments"], by=self.user, first=self.cleaned_data["first"]
            )
        return day


class AnswerForm(Form):
    """Accept or decline an invitation."""

    answer = forms.ChoiceField(
        label="Nehmen Sie teil?",
        choices=[("accept", "Ja, wir kommen"), ("decline", "Nein")],
        widget=Pick(large=True),
    )
    headcount = forms.IntegerField(label="Wie viele Personen?", required=False, min_value=1, max_value=99)
    people = forms.CharField(
        label="Wer kommt?",
        required=False,
        max_length=300,
        help_text="Namen der Beschäftigten. Sichtbar nur für die Stellen, die Abschnitte erfassen.",
    )
    reason = forms.CharField(
        label="Begründung der Absage",
        required=False,
        max_length=300,
        help_text="Nur bei Absage, ein Satz reicht.",
    )

    class Meta:
        fieldsets = (("", ["answer", ("headcount", "people"), "reason"]),)

    def clean(self):
        data = super().clean()
        if data.get("answer") == "decline" and not data.get("reason"):
            self.add_error("reason", "Bitte begründen Sie die Absage in einem Satz.")
        return data


class AttendanceForm(Form):
    """Who really came: one answer per body that accepted."""

    CHOICES = (("yes", "war da"), ("no", "fehlte"))

    def __init__(self, *args, day, **kwargs):
        self.rows = list(
            day.participations.filter(Q(state="accepted") | Q(present=True)).select_related("department")
        )
        super().__init__(*args, **kwargs)
        for row in self.rows:
            name = f"present_{row.pk}"
            self.fields[name] = forms.ChoiceField(
                label=str(row), required=False, choices=self.CHOICES, widget=Pick()
            )
            self.initial[name] = {True: "yes", False: "no"}.get(row.present, "")
            self._dress(name, self.fields[name])

    def save(self):
        for row in self.rows:
            answer = {"yes": True, "no": False}.get(self.cleaned_data.get(f"present_{row.pk}"))
            if answer != row.present:
                row.note_presence(answer)


class PublishForm(Form):
    """Release the protocol; a reason is needed when sections are still open."""

    reason = forms.CharField(
        label="Warum ohne die offenen Abschnitte?",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Steht im Verlauf. Das Protokoll nennt die fehlenden Stellen.",
        error_messages={
            "required": "Bitte begründen Sie in einem Satz, warum das Protokoll ohne sie erscheint."
        },
    )

    def __init__(self, *args, missing=(), **kwargs):
        super().__init__(*args, **kwargs)
        if not missing:
            del self.fields["reason"]
