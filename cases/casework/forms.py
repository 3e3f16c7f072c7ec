"""Opening, leading and closing cases; needs, goals, steps, referrals, emergency access."""

from datetime import timedelta

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils import timezone

from soe.departments.models import Department, Membership
from soe.web.forms import DateInput, Form, FreeText, ModelForm

from ..choices import Domain, Language
from ..fields import NEW_OFFER, NEW_PERSON, PersonField, Watched, few_or_hidden
from ..offers.models import Offer
from ..offers.places import own_offers
from ..people.consents import Consent
from ..people.forms import SHARES
from .breakglass import BreakGlass
from .models import Case
from .needs import AssessmentScore
from .plans import HelpPlan, PlanGoal, PlanStep
from .referrals import Referral


def leads(offers):
    """Accounts that may lead cases of `offers`."""
    memberships = Membership.objects.current().filter(
        department__in=offers.order_by().values("carrier_id"), role__grants__permission="case.change"
    )
    return get_user_model().objects.filter(pk__in=memberships.order_by().values("user_id"))


class UpToToday:
    """A day that may lie in the past, never in the future: `on`."""

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day and day > timezone.localdate():
            raise ValidationError(
                "Dieser Tag liegt in der Zukunft. Bitte höchstens das heutige Datum angeben."
            )
        return day


def day_field(label="Am"):
    return forms.DateField(label=label, widget=DateInput, initial=timezone.localdate)


class CaseCreateForm(UpToToday, Form):
    person = PersonField(help_text="Eine Einwilligung für den Träger des Angebots muss vorliegen.")
    offer = forms.ModelChoiceField(Offer.objects.all(), label="Angebot")
    lead = forms.ModelChoiceField(get_user_model().objects.none(), label="Fallführung")
    on = day_field("Eröffnet am")

    class Meta:
        quick_create = {"person": NEW_PERSON, "offer": NEW_OFFER}

    def __init__(self, *args, instance=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["offer"].queryset = own_offers(self.user, "case.change").running()
        few_or_hidden(self, "offer")
        self.fields["lead"].queryset = leads(own_offers(self.user, "case.change"))
        self.initial.setdefault("lead", self.user.pk)

    def clean(self):
        data = super().clean()
        if data.get("offer") and data.get("lead"):
            if not leads(Offer.objects.filter(pk=data["offer"].pk)).filter(pk=data["lead"].pk).exists():
                self.add_error("lead", f"{data['lead']} führt keine Fälle bei {data['offer'].carrier}.")
        return data


class LeadForm(ModelForm):
    reason = forms.CharField(
        label="Begründung", required=False, max_length=200, help_text="Steht im Verlauf."
    )

    class Meta:
        model = Case
        fields = ["lead"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = leads(Offer.objects.filter(pk=self.instance.offer_id))


class DayForm(UpToToday, Form):
    on = day_field()


class WaitForm(UpToToday, Watched, Form):
    watched = ("waiting_for",)
    waiting_for = forms.CharField(label="Wartet auf", max_length=200, help_text="zum Beispiel: freien Platz.")
    on = day_field("Seit")


class CloseForm(UpToToday, Form):
    on = day_field("Abgeschlossen am")
    close_reason = forms.ChoiceField(label="Warum endet der Fall?", choices=Case.CloseReason.choices)
    outcome = forms.ChoiceField(label="Wie steht die Person jetzt?", choices=Case.Outcome.choices)
    reason = FreeText(
        label="Erläuterung", rows=2, required=False, max_length=400, help_text="Steht im Verlauf."
    )


class ReopenForm(UpToToday, Form):
    on = day_field("Wieder eröffnet am")
    reason = FreeText(
        label="Begründung",
        rows=2,
        max_length=400,
        help_text="Steht im Verlauf.",
        error_messages={"required": "Bitte begründen Sie in einem Satz, warum der Fall weitergeht."},
    )


class NeedsForm(UpToToday, Form):
    """Eight domains; the value of the time before stands beside each."""

    on = day_field("Stand")

    def __init__(self, *args, previous=None, **kwargs):
        super().__init__(*args, **kwargs)
        for domain in Domain:
            before = (previous or {}).get(domain.value)
            field = self.fields[domain.value] = forms.TypedChoiceField(
                label=domain.label,
                choices=[("", "keine Angabe"), *AssessmentScore.Score.choices],
                coerce=int,
                empty_value=None,
                required=False,
                help_text=f"Zuletzt: {AssessmentScore.Score(before).label}" if before else "",
            )
            self._dress(domain.value, field)

    def clean(self):
        data = super().clean()
        self.scores = {domain: data.get(domain.value) for domain in Domain if data.get(domain.value)}
        if not self.scores and not self.errors:
            raise ValidationError("Bitte bewerten Sie mindestens einen Lebensbereich.")
        return data


class PerspectiveForm(Watched, ModelForm):
    watched = ("perspective",)

    class Meta:
        model = HelpPlan
        fields = ["perspective"]


class GoalForm(Watched, ModelForm):
    watched = ("title",)

    class Meta:
        model = PlanGoal
        fields = ["title", "domain", "due"]
        fieldsets = [("", ["title", "domain", "due"])]


class StepForm(Watched, ModelForm):
    watched = ("title", "who")

    class Meta:
        model = PlanStep
        fields = ["title", "department", "who", "due"]
        fieldsets = [("", ["title", ("department", "who"), "due"])]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.active()


class StuckForm(Watched, Form):
    watched = ("on_what",)
    on_what = forms.CharField(
        label="Woran hängt es?", max_length=200, help_text="zum Beispiel: kein Angebot ohne Vorkasse."
    )


class GapForm(Watched, Form):
    watched = ("text",)
    text = forms.CharField(
        label="Was fehlt?", max_length=200, help_text="Ohne Namen, zum Beispiel: Übersetzungen ohne Vorkasse."
    )
    domain = forms.ChoiceField(label="Lebensbereich", choices=Domain.choices)


class OutcomeForm(Form):
    outcome = forms.ChoiceField(label="Ergebnis", choices=PlanGoal.Outcome.choices)


class ReferralForm(Watched, Form):
    """Who gets the person, why, and the consent that was signed for it: one page, one signature."""

    watched = ("reason", "wanted", "purpose")
    to_department = forms.ModelChoiceField(
        Department.objects.active(), label="An welche Stelle?", required=False
    )
    to_offer = forms.ModelChoiceField(
        Offer.objects.all(),
        label="In welches Angebot?",
        required=False,
        help_text="Eines von beiden genügt: das Angebot oder die Stelle.",
    )
    reason = forms.CharField(label="Warum?", max_length=300)
    wanted = forms.CharField(label="Was soll am Ende erreicht sein?", max_length=300, required=False)
    answer_until = forms.DateField(label="Antwort bis", required=False, widget=DateInput)
    purpose = forms.CharField(label="Wozu dient die Weitergabe?", max_length=200)
    shares = forms.MultipleChoiceField(
        label="Was darf die Stelle erfahren?",
        choices=SHARES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Name, Geburtsjahr und Sprache gehören immer dazu.",
    )
    on = day_field("Unterschrieben und gesendet am")
    until = forms.DateField(label="Einwilligung gilt bis", widget=DateInput)
    medium = forms.ChoiceField(
        label="Unterschrift", choices=Consent.Medium.choices, initial=Consent.Medium.PAPER
    )
    language = forms.ChoiceField(label="Erklärt auf", choices=Language.choices)
    agreed = forms.BooleanField(
        label="Die Person hat dieser Weitergabe zugestimmt.",
        error_messages={"required": "Ohne Einwilligung wird nicht weitervermittelt."},
    )

    class Meta:
        quick_create = {"to_offer": NEW_OFFER}
        fieldsets = [
            ("Wohin?", ["to_offer", "to_department", "reason", "wanted", "answer_until"]),
            ("Einwilligung", ["shares", "purpose", ("on", "until"), ("medium", "language"), "agreed"]),
        ]

    def __init__(self, *args, case=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["to_offer"].queryset = (
            Offer.objects.running().restrict(self.user, "view").exclude(carrier=case.offer.carrier_id)
        )
        self.fields["to_department"].queryset = Department.objects.active().exclude(pk=case.offer.carrier_id)
        today = timezone.localdate()
        self.initial.setdefault("until", today + timedelta(days=365))
        self.initial.setdefault("answer_until", today + timedelta(days=14))
        self.initial.setdefault("language", case.person.first_language or Language.GERMAN)

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise ValidationError(
                "Dieser Tag liegt in der Zukunft. Bitte höchstens das heutige Datum angeben."
            )
        return day

    def clean(self):
        data = super().clean()
        offer, department = data.get("to_offer"), data.get("to_department")
        if offer and department and offer.carrier_id != department.pk:
            self.add_error(
                "to_department", f"Das Angebot „{offer}“ gehört zu {offer.carrier}. Eines von beiden genügt."
            )
        elif offer:
            data["to_department"] = offer.carrier
        elif not department:
            self.add_error("to_offer", "Bitte wählen Sie ein Angebot oder eine Stelle.")
        if data.get("until") and data.get("on") and data["until"] < data["on"]:
            self.add_error(
                "until", "Die Einwilligung endet vor der Unterschrift. Bitte prüfen Sie die Daten."
            )
        return data


class DeclineForm(Watched, Form):
    watched = ("note",)
    decline_reason = forms.ChoiceField(label="Warum?", choices=Referral.DeclineReason.choices)
    note = forms.CharField(label="Erläuterung", max_length=200, required=False)


class BreakGlassForm(Form):
    number = forms.CharField(
        label="Aktenzeichen des Falls", max_length=24, help_text="zum Beispiel KIM-2026-0187."
    )
    reason = FreeText(
        label="Warum müssen Sie jetzt hineinsehen?",
        rows=3,
        max_length=400,
        help_text="Der Datenschutz und der Träger lesen diesen Grund.",
    )

    def __init__(self, *args, instance=None, **kwargs):
        super().__init__(*args, **kwargs)

    def clean_reason(self):
        reason = self.cleaned_data["reason"].strip()
        if len(reason) < 15:
            raise ValidationError("Bitte begründen Sie den Notzugriff in einem ganzen Satz.")
        return reason


class ReviewForm(Form):
    verdict = forms.ChoiceField(label="Urteil", choices=BreakGlass.Verdict.choices)
    note = forms.CharField(label="Begründung", max_length=400, widget=forms.Textarea(attrs={"rows": 2}))
