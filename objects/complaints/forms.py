"""Forms about complaints: taking one down, and each step that follows."""

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import timezone

from objects.addresses.forms import AddressField
from objects.inspections.models import Inspection
from objects.proceedings.models import Proceeding
from objects.register.forms.base import ForDepartment, OnField
from objects.register.forms.properties import NEW_PROPERTY, PropertyField
from objects.register.models import ProblemArea, Property
from objects.register.selectors import find_property_by_address
from soe.accounts.models import User
from soe.departments.models import Department
from soe.departments.scope import departments_granting
from soe.web.forms import Form, FreeText, ModelForm, Pick, PickMany, ReasonForm, Tick
from soe.web.quick import QuickCreate

from .models import Complaint, ComplaintCategory, ComplaintLink, RoutingRule
from .selectors import handling_departments

WHERE = "Bitte geben Sie an, wo es ist: Anfang der Straße und Hausnummer reichen."


class PlaceForm:
    """An official address, or a text that is checked later."""

    def clean_place(self, data):
        address, text = data.get("address"), self.data.get(self.add_prefix("address_text"), "").strip()
        data["place"] = ""
        if address is not None:
            return
        if data.get("unofficial") and text:
            self.errors.pop("address", None)
            data["address"], data["place"] = None, text[:200]


class ComplaintForm(PlaceForm, ForDepartment, Form):
    """One screen while the caller is on the phone. Only place and text are mandatory."""

    NAMED, ANONYMOUS = "named", "anonymous"
    department_permission = "complaint.record"
    department_label = "Aufgenommen von"

    channel = forms.ChoiceField(
        label="Wie kommt die Beschwerde zu uns?",
        choices=Complaint.Channel.choices,
        initial=Complaint.Channel.PHONE,
    )
    address = AddressField(label="Wo?", error_messages={"required": WHERE})
    unofficial = forms.BooleanField(
        label="ohne amtliche Anschrift übernehmen", required=False, help_text="wird später geprüft"
    )
    categories = forms.ModelMultipleChoiceField(
        ComplaintCategory.objects.active(), label="Worum geht es?", required=False, widget=PickMany
    )
    text = FreeText(
        label="Was ist passiert?",
        rows=4,
        max_length=4000,
        help_text="Gefahr für Leben: sofort 112.",
        error_messages={"required": "Ein Satz reicht, zum Beispiel „Haustür schließt nicht“."},
    )
    who = forms.ChoiceField(
        label="Wer meldet?", choices=[(NAMED, "mit Namen"), (ANONYMOUS, "anonym")], initial=NAMED
    )
    name = forms.CharField(label="Name", max_length=120, required=False)
    contact = forms.CharField(label="Telefon oder E-Mail", max_length=200, required=False)
    wants_answer = forms.BooleanField(label="Möchte eine Antwort", required=False)
    received_at = forms.DateTimeField(
        label="Eingegangen am", required=False, help_text="leer: jetzt", error_messages={}
    )
    problem_areas = forms.MultipleChoiceField(
        label="Problemlage", choices=ProblemArea.Kind.choices, required=False, widget=PickMany
    )
    lead = forms.ModelChoiceField(
        Department.objects.none(), label="Federführend", required=False, empty_label="nach Vorschlag"
    )
    joining = forms.ModelMultipleChoiceField(
        Department.objects.none(), label="Beteiligt", required=False, widget=PickMany
    )
    repeats = forms.ModelChoiceField(Complaint.objects.all(), required=False, widget=forms.HiddenInput)
    also_about = forms.ModelMultipleChoiceField(
        Property.objects.active(), required=False, widget=forms.MultipleHiddenInput
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("lead", "joining"):
            self.fields[name].queryset = handling_departments()
        self.fields["address"].widget.url = reverse_lazy("objects:complaint_places")
        for name in ("name", "contact"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean_received_at(self):
        moment = self.cleaned_data["received_at"]
        if moment and moment > timezone.now():
            raise ValidationError("Der Eingang kann nicht in der Zukunft liegen.")
        return moment

    def clean(self):
        data = super().clean()
        self.clean_place(data)
        anonymous = data["anonymous"] = data.get("who") == self.ANONYMOUS
        if anonymous and (data.get("name") or data.get("contact")):
            self.add_error(
                "who",
                "„anonym“ ist gewählt, aber Name oder Kontakt sind eingetragen. Bitte eines von beiden ändern.",
            )
        if anonymous and data.get("wants_answer"):
            self.add_error("wants_answer", "Wer anonym meldet, kann keine Antwort bekommen.")
        if data.get("problem_areas"):
            self._check_register(data)
        return data

    def _check_register(self, data):
        """Problem areas may be noted by those who may open the property, or change the one that stands there."""
        address = data.get("address")
        if address is None:
            if "address" not in self.errors:
                self.add_error("problem_areas", "Eine Problemlage gehört zu einer amtlichen Anschrift.")
            return
        house = find_property_by_address(address)
        allowed = (
            self.user.may("register.change")
            if house is None
            else Property.objects.restrict(self.user, "change").filter(pk=house.pk, retired_on=None).exists()
        )
        if not allowed:
            self.add_error(
                "problem_areas",
                "Problemlagen melden hier die Stellen, die an dem Objekt handeln. "
                "Ohne Problemlage können Sie die Beschwerde speichern.",
            )


class ComplaintUpdateForm(PlaceForm, ModelForm):
    address = AddressField(label="Wo?", error_messages={"required": WHERE})
    unofficial = forms.BooleanField(
        label="ohne amtliche Anschrift übernehmen", required=False, help_text="wird später geprüft"
    )
    categories = forms.ModelMultipleChoiceField(
        ComplaintCategory.objects.all(), label="Worum geht es?", required=False, widget=PickMany
    )
    text = FreeText(label="Sachverhalt", rows=5, max_length=4000)

    class Meta:
        model = Complaint
        fields = ["channel", "received_at", "address", "text", "wants_answer", "answer_due"]
        fieldsets = [
            ("", ["channel", "received_at", "address", "unofficial", "categories", "text"]),
            ("Antwort", ["wants_answer", "answer_due"]),
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["categories"] = [topic.category_id for topic in self.instance.topics.all()]
        if self.instance.place:
            self.initial["address"] = ("", self.instance.place)
            self.initial["unofficial"] = True

    def clean(self):
        data = super().clean()
        data = self.cleaned_data if data is None else data
        self.clean_place(data)
        if data.get("wants_answer") and not data.get("answer_due"):
            self.add_error("answer_due", "Bitte geben Sie an, bis wann geantwortet werden soll.")
        if data.get("wants_answer") and self.instance.anonymous:
            self.add_error("wants_answer", "Wer anonym meldet, kann keine Antwort bekommen.")
        self.instance.place = data.get("place", "")
        return data

    def save(self, commit=True):
        from .services import set_topics

        complaint = super().save(commit)
        set_topics(complaint, self.cleaned_data["categories"], by=self.user)
        return complaint


class ForwardForm(ReasonForm):
    to = forms.ModelChoiceField(Department.objects.none(), label="An welchen Fachbereich?")

    field_order = ["to", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = handling_departments()


class AnswerForm(Form):
    text = FreeText(label="Was wurde geantwortet?", rows=4, max_length=4000)
    on = OnField(label="Wann?")


class InterimForm(Form):
    text = FreeText(label="Was wurde mitgeteilt?", rows=4, max_length=4000)
    on = OnField(label="Wann?")
    due = forms.DateField(label="Antwort jetzt bis")


class AssignForm(Form):
    """The person is one of the responsible department; nobody: the department as a whole."""

    handler = forms.ModelChoiceField(
        User.objects.none(), label="Wer bearbeitet die Beschwerde?", required=False,
        empty_label="niemand Bestimmtes",
    )  # fmt: skip

    def __init__(self, *args, complaint=None, people=None, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["handler"]
        field.queryset = complaint.handlers() if people is None else people
        field.label_from_instance = lambda person: person.get_full_name() or person.username

    def clean(self):
        data = super().clean()
        if person := data.get("handler"):
            data["where"] = set(departments_granting(person, "complaint.route"))
        return data


class ReferForm(Form):
    """A proceeding or an inspection at the properties this complaint is about, of those the person may read."""

    proceeding = forms.ModelChoiceField(
        Proceeding.objects.none(), label="Verfahren", required=False, empty_label="keines"
    )
    inspection = forms.ModelChoiceField(
        Inspection.objects.none(), label="Kontrolle", required=False, empty_label="keine"
    )
    kind = forms.ChoiceField(
        label="Was bedeutet die Verknüpfung?",
        choices=[("cause", "Die Beschwerde war der Anlass"), ("result", "Die Beschwerde ist das Ergebnis")],
        initial="cause",
    )

    def __init__(self, *args, complaint=None, **kwargs):
        super().__init__(*args, **kwargs)
        houses = list(complaint.links.values_list("property_id", flat=True))
        self.fields["proceeding"].queryset = (
            Proceeding.objects.restrict(self.user, "view")
            .filter(property__in=houses)
            .select_related("property")
        )
        self.fields["inspection"].queryset = (
            Inspection.objects.restrict(self.user, "view")
            .filter(property__in=houses)
            .select_related("day", "property")
        )
        self.fields["proceeding"].label_from_instance = lambda row: f"{row} · {row.property.number}"
        self.fields["inspection"].label_from_instance = lambda row: (
            f"{row.day.number} vom {row.day.date:%d.%m.%Y} · {row.property.number}"
        )

    def clean(self):
        data = super().clean()
        if bool(data.get("proceeding")) == bool(data.get("inspection")) and not self.errors:
            raise ValidationError("Bitte wählen Sie entweder ein Verfahren oder eine Kontrolle.")
        return data


class CloseForm(Form):
    outcome = forms.ChoiceField(label="Ergebnis", choices=Complaint.Outcome.choices, widget=Pick)
    on = OnField(label="Wann?")
    reason = forms.CharField(
        label="Bemerkung", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class LinkForm(Form):
    property = PropertyField()
    kind = forms.ChoiceField(
        label="Was bedeutet die Verknüpfung?", choices=ComplaintLink.Kind.choices, initial="hint"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["property"].quick = NEW_PROPERTY


class OpenPropertyForm(Form):
    problem_areas = forms.MultipleChoiceField(
        label="Was ist dort das Problem?", choices=ProblemArea.Kind.choices, widget=PickMany
    )


class InvolveForm(Form):
    department = forms.ModelChoiceField(Department.objects.none(), label="Fachbereich")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = handling_departments()


class ReporterForm(Form):
    name = forms.CharField(label="Name", max_length=120, required=False)
    contact = forms.CharField(label="Telefon oder E-Mail", max_length=200, required=False)

    def clean(self):
        data = super().clean()
        if not (data.get("name") or data.get("contact")):
            raise ValidationError("Bitte geben Sie einen Namen oder einen Kontakt an.")
        return data


class RuleForm(ModelForm):
    category = forms.ModelChoiceField(
        ComplaintCategory.objects.active(), label="Art der Beschwerde", required=False, empty_label="jede Art"
    )
    lead = forms.ModelChoiceField(Department.objects.none(), label="federführend")
    joining = forms.ModelMultipleChoiceField(
        Department.objects.none(), label="beteiligt", required=False, widget=PickMany
    )
    active = forms.BooleanField(label="Die Regel gilt", required=False, widget=Tick)

    class Meta:
        model = RoutingRule
        fields = ["position", "category", "district", "lead", "invites"]
        quick_create = {
            "category": QuickCreate(ComplaintCategory, "objects:category_create", "Neue Art anlegen")
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        from objects.register.selectors import districts

        names = list(districts())
        self.fields["district"] = forms.ChoiceField(
            label="Stadtbezirk",
            required=False,
            choices=[("", "ganze Stadt"), *((name, name) for name in names)],
        )
        self._dress("district", self.fields["district"])
        for name in ("lead", "joining"):
            self.fields[name].queryset = handling_departments()
        self.initial["active"] = self.instance.active
        if not self.instance._state.adding:
            self.initial["joining"] = [row.department_id for row in self.instance.joining.all()]

    def clean(self):
        data = super().clean()
        data = self.cleaned_data if data is None else data
        if data.get("active") and data.get("lead"):
            self.instance.lead, self.instance.category = data["lead"], data.get("category")
            if fault := self.instance.fault():
                self.add_error("active", f"Die Regel kann so nicht gelten: {fault}")
        return data

    def save(self, commit=True):
        from .models import RoutingRuleParticipant

        self.instance.active = self.cleaned_data["active"]
        if self.instance.active:
            self.instance.broken_because = ""
        rule = super().save(commit)
        wanted = {row.pk for row in self.cleaned_data["joining"]} - {rule.lead_id}
        for row in rule.joining.all():
            if row.department_id in wanted:
                wanted.discard(row.department_id)
            else:
                row.delete()
        for pk in wanted:
            RoutingRuleParticipant(rule=rule, department_id=pk).save()
        return rule
