"""Persons, spellings, households, consents and what protects them."""

from datetime import timedelta

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils import timezone

from soe.departments.models import Department
from soe.departments.scope import departments_granting
from soe.web.forms import Form, ModelForm, Tick

from ..casework.models import Case
from ..choices import Language
from ..fields import AddressField, Watched, few_or_hidden
from .consents import Consent
from .models import Household, HouseholdMember, Person, PersonName
from .search import namesakes

LAST_DAY = timedelta(days=365)


class PersonFields(Watched, ModelForm):
    watched = ("disputed",)

    class Meta:
        model = Person
        fields = [
            "given_name", "family_name", "birth_date", "birth_year", "first_language", "german", "sex", "phone",
            "email", "disputed",
        ]  # fmt: skip
        fieldsets = [
            (
                "Wer ist es?",
                [("given_name", "family_name"), ("birth_date", "birth_year"), ("first_language", "german")],
            ),
            ("Weitere Angaben", ["sex", ("phone", "email"), "disputed"]),
        ]

    def clean_birth_date(self):
        day = self.cleaned_data["birth_date"]
        if day and day > timezone.localdate():
            raise ValidationError("Das Geburtsdatum liegt in der Zukunft. Bitte prüfen Sie das Jahr.")
        return day

    def clean(self):
        data = super().clean()
        day, year = data.get("birth_date"), data.get("birth_year")
        if day and year and day.year != year:
            self.add_error(
                "birth_year", "Das Geburtsjahr passt nicht zum Geburtsdatum. Eines von beiden genügt."
            )
        elif day:
            data["birth_year"] = self.instance.birth_year = day.year
        elif year and not 1900 <= year <= timezone.localdate().year:
            self.add_error(
                "birth_year", "Bitte geben Sie ein Geburtsjahr mit vier Ziffern an, zum Beispiel 1991."
            )
        return data


class PersonCreateForm(PersonFields):
    """With the consent that allows recording at all. Looks for people who may be the same, in every spelling."""

    other_name = forms.CharField(
        label="Andere Schreibweise",
        required=False,
        max_length=160,
        help_text="zum Beispiel in kyrillischer Schrift: Георги Ангелов",
    )
    signed_on = forms.DateField(label="Unterschrieben am", widget=forms.DateInput, initial=timezone.localdate)
    medium = forms.ChoiceField(
        label="Einwilligung", choices=Consent.Medium.choices, initial=Consent.Medium.PAPER
    )
    consent_language = forms.ChoiceField(label="Erklärt auf", choices=Language.choices)
    agreed = forms.BooleanField(
        label="Die Person hat der Beratung und ihrer Dokumentation zugestimmt und weiß, dass sie widerrufen kann.",
        widget=Tick,
        error_messages={
            "required": "Ohne Einwilligung wird keine Person angelegt. Der Kontakt bleibt anonym."
        },
    )
    not_the_same = forms.BooleanField(
        label="Ich habe die ähnlichen Einträge geprüft: Es ist eine andere Person.",
        required=False,
        widget=Tick,
    )

    class Meta(PersonFields.Meta):
        fields = [*PersonFields.Meta.fields[:-1], "own_department"]
        fieldsets = [
            (
                "Wer ist es?",
                [
                    ("given_name", "family_name"),
                    "other_name",
                    ("birth_date", "birth_year"),
                    ("first_language", "german"),
                ],
            ),
            ("Einwilligung", ["own_department", ("signed_on", "medium"), "consent_language", "agreed"]),
            ("Weitere Angaben", ["sex", ("phone", "email")]),
            ("Ähnliche Einträge", ["not_the_same"]),
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.candidates = []
        self.fields["own_department"].label = "Träger"
        self.fields["own_department"].queryset = Department.objects.filter(
            pk__in=departments_granting(self.user, "person.change")
        )
        few_or_hidden(self, "own_department")
        if not self.is_bound:
            del self.fields["not_the_same"]

    def clean_signed_on(self):
        day = self.cleaned_data["signed_on"]
        if day > timezone.localdate():
            raise ValidationError("Die Unterschrift liegt in der Zukunft. Bitte prüfen Sie das Datum.")
        return day

    def clean(self):
        data = super().clean()
        if data.get("given_name"):
            other = [data["other_name"]] if data.get("other_name") else []
            self.candidates = namesakes(
                Person.objects.restrict(self.user, "view"),
                given_name=data["given_name"],
                family_name=data.get("family_name", ""),
                birth_year=data.get("birth_year"),
                others=other,
            )
        if self.candidates and not data.get("not_the_same"):
            self.add_error(
                "not_the_same", "Es gibt ähnliche Einträge. Bitte prüfen Sie sie, bevor Sie neu anlegen."
            )
        elif not self.candidates:
            self.fields.pop("not_the_same", None)
        return data


class NameForm(ModelForm):
    class Meta:
        model = PersonName
        fields = ["given_name", "family_name", "kind"]
        fieldsets = [("", [("given_name", "family_name"), "kind"])]


class HouseholdForm(ModelForm):
    """The household of one person; saving it makes her a member."""

    address = AddressField(required=False)
    role = forms.ChoiceField(
        label="Die Person ist im Haushalt", choices=HouseholdMember.Role.choices, initial="adult"
    )
    since = forms.DateField(label="Seit", widget=forms.DateInput, initial=timezone.localdate)

    class Meta:
        model = Household
        fields = ["adults", "children", "school_children", "address"]
        fieldsets = [("", [("adults", "children"), "school_children", "address", ("role", "since")])]


SHARES = [(name, words) for name, words in Consent.SHARES.items()]


class ConsentForm(Watched, ModelForm):
    """From a person to a department. What is not ticked stays closed."""

    watched = ("purpose",)
    shares = forms.MultipleChoiceField(
        label="Was darf die Stelle erfahren?",
        choices=SHARES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Name, Geburtsjahr und Sprache gehören immer dazu.",
    )

    class Meta:
        model = Consent
        fields = [
            "to_department", "case", "purpose", "shares", "signed_on", "valid_from", "valid_until",
            "language", "medium",
        ]  # fmt: skip
        fieldsets = [
            ("Wer darf was erfahren?", ["to_department", "case", "shares", "purpose"]),
            ("Wie lange?", [("valid_from", "valid_until")]),
            ("Unterschrift", [("signed_on", "medium"), "language"]),
        ]

    def __init__(self, *args, person=None, **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.person = person
        self.fields["to_department"].queryset = Department.objects.active()
        self.fields["case"].queryset = Case.objects.filter(person=person).restrict(self.user, "change")
        self.fields["case"].help_text = "Ohne Fall sieht die Stelle nur die Karte der Person."
        self.fields["case"].empty_label = "kein Fall, nur die Person"
        self.initial.setdefault("valid_until", today + LAST_DAY)
        if person is not None and person.first_language:
            self.initial.setdefault("language", person.first_language)

    def clean(self):
        data = super().clean()
        for name in Consent.SHARES:
            setattr(self.instance, name, name in (data.get("shares") or ()))
        signed, start, until = (data.get(name) for name in ("signed_on", "valid_from", "valid_until"))
        if signed and signed > timezone.localdate():
            self.add_error("signed_on", "Die Unterschrift liegt in der Zukunft. Bitte prüfen Sie das Datum.")
        if start and start > timezone.localdate():
            self.add_error(
                "valid_from", "Eine Einwilligung gilt frühestens ab heute oder ab der Unterschrift."
            )
        if until and until < timezone.localdate():
            self.add_error(
                "valid_until", "Dieser Tag ist schon vorbei. Bitte ein Datum in der Zukunft angeben."
            )
        return data


class WithdrawForm(Watched, Form):
    watched = ("reason",)
    withdrawn_on = forms.DateField(label="Widerrufen am", widget=forms.DateInput, initial=timezone.localdate)
    reason = forms.CharField(
        label="Wie hat die Person widerrufen?",
        max_length=200,
        help_text="zum Beispiel: mündlich im Gespräch.",
    )

    def clean_withdrawn_on(self):
        day = self.cleaned_data["withdrawn_on"]
        if day > timezone.localdate():
            raise ValidationError("Ein Widerruf gilt sofort. Bitte höchstens das heutige Datum angeben.")
        return day


class ExtendForm(Form):
    signed_on = forms.DateField(
        label="Neu unterschrieben am", widget=forms.DateInput, initial=timezone.localdate
    )
    until = forms.DateField(label="Gilt bis", widget=forms.DateInput)


def colleagues(user, permission="person.view"):
    """Accounts that hold `permission` in one of the user's departments."""
    rows = get_user_model().objects.filter(is_active=True)
    return rows.filter(memberships__in=_memberships(user, permission).order_by().values("pk")).distinct()


def _memberships(user, permission):
    from soe.departments.models import Membership

    return Membership.objects.current().filter(
        department__in=departments_granting(user, permission), role__grants__permission=permission
    )


class RestrictForm(Watched, Form):
    watched = ("reason",)
    reason = forms.CharField(
        label="Grund", max_length=300, help_text="zum Beispiel: Angehörige einer Mitarbeiterin, Kindesschutz."
    )
    allowed = forms.ModelMultipleChoiceField(
        get_user_model().objects.none(),
        label="Wer behält den Zugriff außer Ihnen?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["allowed"].queryset = colleagues(self.user).exclude(pk=self.user.pk)


class ConflictForm(Watched, Form):
    watched = ("reason",)
    staff = forms.ModelChoiceField(get_user_model().objects.none(), label="Wer ist befangen?")
    reason = forms.CharField(
        label="Grund", max_length=200, help_text="In wenigen Worten, zum Beispiel: verwandt."
    )
    whole_household = forms.BooleanField(label="gilt für den ganzen Haushalt", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["staff"].queryset = colleagues(self.user)
        self.initial.setdefault("staff", self.user.pk)
