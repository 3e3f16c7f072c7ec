"""Forms around owners: relations, decisions about links, merging, planning, change of owner."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from objects.inspections.forms.planning import who_can
from objects.inspections.models.days import MOST_HOUSES
from objects.register.forms.base import OnField, ReasonOnForm
from objects.register.forms.parties import NEW_PARTY, PartyField
from objects.register.models import Ownership, Party
from soe.departments.models import Department
from soe.departments.scope import departments_granting
from soe.web.forms import Form, FreeText, ModelForm, PickMany, ReasonForm

from .changing import Buyer
from .models import OwnerChange, PartyLink, PartyRelation, Readdressing, SuccessionRule

MOST_BUYERS = 3
NOT_ALLOWED = "Bitte wählen Sie nur Einträge von dieser Seite."


class ShareField(forms.RegexField):
    """A fraction like 1/2; (None, None) when empty."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", "Anteil")
        super().__init__(
            r"^\s*\d{1,7}\s*/\s*\d{1,7}\s*$",
            required=False,
            help_text="Als Bruch, zum Beispiel 1/2.",
            error_messages={"invalid": "Bitte geben Sie den Anteil als Bruch an, zum Beispiel 1/2."},
            **kwargs,
        )

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return (None, None)
        top, bottom = (int(part) for part in text.split("/"))
        if not 0 < top <= bottom:
            raise ValidationError("Der Anteil liegt zwischen 0 und 1, zum Beispiel 1/2.")
        return (top, bottom)


class RelationForm(Form):
    """Who belongs to this party or acts for it."""

    part = PartyField(label="Wer?")
    kind = forms.ChoiceField(label="Beziehung", choices=PartyRelation.Kind.choices)
    share = ShareField()
    since = OnField(label="Seit", required=False, initial=None)
    source = forms.CharField(
        label="Quelle", max_length=120, required=False, help_text="zum Beispiel Handelsregister, Erbschein"
    )

    class Meta:
        fieldsets = [("", ["part", "kind", ("share", "since"), "source"])]
        quick_create = {"part": NEW_PARTY}

    def clean(self):
        data = super().clean()
        if data.get("share", (None,))[0] and data.get("kind") not in PartyRelation.WITH_SHARE:
            self.add_error("share", "Einen Anteil gibt es nur bei Gesellschaftern, Miterben und Mitgliedern.")
        return data


class RelationEndForm(ReasonOnForm):
    """When it ended."""


class LinkDecisionForm(ReasonForm):
    """A person says whether two owners belong together."""

    state = forms.ChoiceField(
        label="Gehören die beiden zusammen?",
        choices=[
            (PartyLink.State.CONFIRMED, "Ja, bestätigen"),
            (PartyLink.State.DISMISSED, "Nein, verwerfen"),
        ],
    )
    field_order = ["state", "reason"]


class MergeForm(ReasonForm):
    into = PartyField(label="Welcher Eintrag bleibt?")
    field_order = ["into", "reason"]


class PortfolioDayForm(Form):
    """An inspection day with several houses of one owner."""

    houses = forms.MultipleChoiceField(
        label=f"Welche Objekte? Höchstens {MOST_HOUSES}",
        widget=PickMany(),
        error_messages={
            "required": "Bitte wählen Sie mindestens ein Objekt.",
            "invalid_choice": NOT_ALLOWED,
        },
    )
    date = forms.DateField(label="Einsatztag")
    lead = forms.ModelChoiceField(Department.objects.none(), label="Leitung")
    departments = forms.ModelMultipleChoiceField(
        Department.objects.none(),
        label="Wer nimmt teil?",
        required=False,
        widget=PickMany(),
        help_text="Eingeladen wird erst, wenn Sie auf „Einladen“ gehen.",
    )
    reason = FreeText(label="Anlass", required=False, rows=3, max_length=2000)

    def __init__(self, *args, houses=(), instance=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.known = {str(house.pk): house for house in houses}
        field = self.fields["houses"]
        field.choices = [(pk, str(house)) for pk, house in self.known.items()]
        field.widget.choices = field.choices
        self.fields["lead"].queryset = who_can("inspection.plan", "inspection.record")
        self.fields["departments"].queryset = who_can("inspection.record")
        mine = departments_granting(self.user, "inspection.plan")
        self.initial.setdefault("lead", next(iter(mine), None))

    def clean_date(self):
        day = self.cleaned_data["date"]
        if day < timezone.localdate():
            raise ValidationError(
                "Der Einsatztag liegt in der Vergangenheit. Bitte wählen Sie einen späteren Tag."
            )
        return day

    def clean_houses(self):
        chosen = self.cleaned_data["houses"]
        if len(chosen) > MOST_HOUSES:
            raise ValidationError(
                f"Ein Einsatztag hat höchstens {MOST_HOUSES} Objekte. Bitte wählen Sie {len(chosen) - MOST_HOUSES} ab."
            )
        return [self.known[pk] for pk in chosen]


BUYERS = [[f"party_{n}", f"name_{n}", f"kind_{n}", f"share_{n}"] for n in range(1, MOST_BUYERS + 1)]


class OwnerChangeForm(Form):
    """Who sells, who buys, when, by which source: one page."""

    ends = forms.MultipleChoiceField(
        label="Wessen Recht endet?",
        required=False,
        widget=PickMany(),
        error_messages={"invalid_choice": NOT_ALLOWED},
    )
    on = OnField(label="Wechsel am", initial=None, help_text="Tag der Eintragung im Grundbuch.")
    kind = forms.ChoiceField(label="Art", choices=OwnerChange.Kind.choices, initial=OwnerChange.Kind.SALE)
    source = forms.CharField(
        label="Quelle", max_length=120, help_text="zum Beispiel Grundbuch vom 03.02.2026"
    )
    note = forms.CharField(label="Bemerkung", max_length=300, required=False)

    class Meta:
        fieldsets = [
            ("Wer gibt ab?", ["ends"]),
            *(
                (
                    "Wer erwirbt?" if n == 0 else f"{n + 1}. Erwerber",
                    [names[0], (names[1], names[2]), names[3]],
                )
                for n, names in enumerate(BUYERS)
            ),
            ("Wann und woher?", [("on", "kind"), "source", "note"]),
        ]

    def __init__(self, *args, house=None, **kwargs):
        super().__init__(*args, **kwargs)
        rows = house.ownerships.filter(until=None).restrict(self.user, "view").select_related("party")
        self.rights = {str(row.pk): row for row in rows}
        field = self.fields["ends"]
        field.choices = [
            (pk, f"{row.party}, {row.get_role_display()}{f', {row.share}' if row.share else ''}")
            for pk, row in self.rights.items()
        ]
        field.widget.choices = field.choices
        if not self.is_bound:
            owners = (Ownership.Role.OWNER, Ownership.Role.HEIR)
            self.initial.setdefault("ends", [pk for pk, row in self.rights.items() if row.role in owners])
        for party, name, kind, share in BUYERS:
            self.fields[party] = PartyField(label="Eigentümer", required=False)
            self.fields[party].quick = NEW_PARTY
            self.fields[name] = forms.CharField(
                label="Neu aufnehmen", max_length=160, required=False,
                help_text="Nur wenn der Name oben nicht gefunden wird.",
            )  # fmt: skip
            self.fields[kind] = forms.ChoiceField(
                label="Art des neuen Eintrags",
                choices=Party.Kind.choices,
                required=False,
                initial=Party.Kind.COMPANY,
            )
            self.fields[share] = ShareField()
            for added in (party, name, kind, share):
                self._narrow(self.fields[added])
                self._dress(added, self.fields[added])

    def clean(self):
        data = super().clean()
        self.buyers, seen = [], set()
        for party, name, kind, share in BUYERS:
            chosen, typed = data.get(party), (data.get(name) or "").strip()
            if chosen and typed:
                self.add_error(name, "Oben ist schon ein Name gewählt.")
            if chosen and chosen.pk in seen:
                self.add_error(party, f"„{chosen}“ steht schon weiter oben.")
            if typed and not data.get(kind):
                self.add_error(kind, "Bitte treffen Sie bei „Art des neuen Eintrags“ eine Auswahl.")
            if chosen or typed:
                seen.add(chosen.pk if chosen else None)
                new = None if chosen else Party(kind=data.get(kind) or Party.Kind.OTHER, name=typed)
                self.buyers.append(Buyer(chosen or new, data.get(share) or (None, None)))
        staying = {self.rights[pk].party_id for pk in data.get("ends", ()) if pk in self.rights}
        for buyer in self.buyers:
            if buyer.party.pk in staying:
                self.add_error(None, f"„{buyer.party}“ kann nicht abgeben und erwerben.")
        if not self.buyers and not data.get("ends") and not self.errors:
            self.add_error("ends", "Bitte geben Sie an, wer abgibt oder wer erwirbt.")
        return data

    @property
    def ending(self):
        return [self.rights[pk] for pk in self.cleaned_data["ends"]]


class ReaddressForm(Form):
    """What the change of owner means for one measure or order item."""

    state = forms.ChoiceField(label="Was folgt daraus?")
    addressee = forms.ModelChoiceField(
        Party.objects.none(), label="Richtet sich an", required=False, empty_label="bitte wählen"
    )
    note = forms.CharField(
        label="Begründung", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Bitte begründen Sie die Entscheidung in einem Satz."},
    )  # fmt: skip

    def __init__(self, *args, row=None, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["state"]
        field.choices = [(state.value, state.label) for state in row.answers if state.value != row.state]
        self._dress("state", field)
        field.widget.choices = field.choices
        if row.measure_id:
            current = Ownership.objects.current().filter(property=row.change.property_id)
            self.fields["addressee"].queryset = Party.objects.restrict(self.user, "view").filter(
                pk__in=current.order_by().values("party")
            )
            begun = row.change.begun.first()
            if begun and not self.is_bound:
                self.initial["addressee"] = begun.party_id
        else:
            del self.fields["addressee"]

    def clean(self):
        data = super().clean()
        if data.get("state") == Readdressing.State.MOVED and not data.get("addressee"):
            self.add_error("addressee", "Bitte wählen Sie, an wen sich die Maßnahme jetzt richtet.")
        return data


class SuccessionRuleForm(ModelForm):
    class Meta:
        model = SuccessionRule
        fields = ["law", "paragraph", "effect", "hint", "valid_from", "valid_until", "checked_on"]
        fieldsets = [
            ("", [("law", "paragraph"), "effect", "hint", ("valid_from", "valid_until"), "checked_on"]),
        ]
