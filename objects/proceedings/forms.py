"""Forms about proceedings, orders, steps, measures and requests."""

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from objects.owners.changing import proposed_addressee
from objects.register.forms.base import OnField
from objects.register.models import Party
from objects.register.reach import acted_on
from soe.accounts.models import User
from soe.departments.models import Department, Membership, Visibility
from soe.departments.scope import departments_granting
from soe.web.forms import Form, FreeText, ModelForm, Pick, ReasonForm

from .deadlines import next_working_day, why_moved
from .models import EnforcementStep, LegalBasis, Measure, Proceeding, StepKind
from .models.requests import LONGEST_DAYS
from .models.service import ServiceKind


class Euro(forms.DecimalField):
    """An amount: 2500, 2.500 or 2.500,00."""

    def __init__(self, **kwargs):
        kwargs |= {"max_digits": 10, "decimal_places": 2, "min_value": 0}
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        kwargs.setdefault(
            "error_messages", {"invalid": "Bitte geben Sie einen Betrag an, zum Beispiel 2.500,00."}
        )
        super().__init__(**kwargs)

    def prepare_value(self, value):
        return f"{value:.2f}".replace(".", ",") if isinstance(value, Decimal) else value

    def to_python(self, value):
        text = str(value or "").replace("€", "").replace(" ", "").replace("\xa0", "")
        if "," in text:
            text = text.replace(".", "").replace(",", ".")
        elif text.count(".") == 1 and len(text.rsplit(".", 1)[1]) == 3:
            text = text.replace(".", "")
        return super().to_python(text)


class ActingDepartment:
    """Somebody acts for one of her departments that leads the property or takes part in it."""

    permission = "proceeding.change"

    def set_up_department(self, house):
        granting = departments_granting(self.user, self.permission)
        acting = Department.objects.filter(pk__in=granting)
        self.own = [
            row
            for row in acting
            if type(house)
            .objects.filter(
                pk=house.pk, pk__in=acted_on(Department.objects.filter(pk=row.pk).order_by().values("pk"))
            )
            .exists()
        ]
        if len(self.own) > 1:
            field = forms.ModelChoiceField(
                Department.objects.filter(pk__in=[row.pk for row in self.own]),
                label="Für welchen Fachbereich?",
                initial=self.own[0],
            )
            self.fields = {"department": field, **self.fields}
            self._dress("department", field)

    def own_department(self, data):
        return data.get("department") or (self.own[0] if self.own else None)


def colleagues(user, permission):
    """Who may be given the work: people whose membership grants it in a department where `user` has it too."""
    people = Membership.objects.current().filter(
        department__in=departments_granting(user, permission), role__grants__permission=permission
    )
    return User.objects.filter(pk__in=people.order_by().values("user"), is_active=True).order_by(
        "last_name", "first_name", "username"
    )


def _usual(department):
    label = Visibility(department.default_visibility).label
    return f"üblich bei {department}: {label}"


VISIBILITY_HELP = (
    "offen: alle im Kataster · beteiligt: wer an dem Objekt handelt · intern: nur Ihr Fachbereich."
)


class ProceedingForm(ActingDepartment, ModelForm):
    class Meta:
        model = Proceeding
        fields = [
            "subject", "kind", "legal_basis", "file_number", "opened_on", "responsible", "visibility", "danger_because",
            "note",
        ]  # fmt: skip
        help_texts = {"subject": "zum Beispiel Instandsetzung", "visibility": VISIBILITY_HELP}

    def __init__(self, *args, house=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["legal_basis"].queryset = LegalBasis.objects.for_orders().restrict(self.user, "view")
        self.fields["legal_basis"].label_from_instance = lambda row: row.words
        self.fields["kind"].required = False  # nothing said: an ordinary proceeding
        self.fields["responsible"].queryset = colleagues(self.user, "proceeding.change")
        self.fields["note"].help_text = "Bitte keine Angaben zur Herkunft."
        if house is not None:
            self.set_up_department(house)
            if self.own:
                self.initial["visibility"] = self.own[0].default_visibility
                self.fields["visibility"].help_text = f"{_usual(self.own[0])}. {VISIBILITY_HELP}"
        else:
            self.fields["reason"] = forms.CharField(
                label="Begründung der Änderung", required=False, max_length=300
            )
            self._dress("reason", self.fields["reason"])
            del self.fields["opened_on"]

    def clean_kind(self):
        return self.cleaned_data["kind"] or self.instance.kind

    def clean_opened_on(self):
        day = self.cleaned_data["opened_on"]
        if day > timezone.localdate():
            raise ValidationError("Die Eröffnung kann nicht in der Zukunft liegen.")
        return day


class CloseForm(Form):
    closing = forms.ChoiceField(label="Ergebnis", choices=Proceeding.Closing.choices, widget=Pick)
    on = OnField(label="Abgeschlossen am")
    reason = forms.CharField(label="Bemerkung", required=False, max_length=500)


class HearingForm(Form):
    on = OnField(label="Anhörung versandt oder durchgeführt am")
    answer_until = forms.DateField(label="Stellungnahme bis", required=False)
    answered_on = OnField(label="Stellungnahme eingegangen am", required=False, initial=None)
    note = forms.CharField(label="Ergebnis in einem Satz", required=False, max_length=500)


class ItemFields(Form):
    """The numbered demand itself, alone or as the first item of an order."""

    text = FreeText(label="Was wird angeordnet?", rows=3, max_length=2000)
    item_basis = forms.ModelChoiceField(
        LegalBasis.objects.for_orders(), label="Rechtsgrundlage", required=False
    )
    deadline = forms.DateField(
        label="Frist bis",
        help_text="Ein Ende am Wochenende oder Feiertag verschiebt sich auf den nächsten Werktag.",
    )
    fee = Euro(label="Gebühr in €", required=False)
    threatened_amount = Euro(
        label="Angedrohtes Zwangsgeld in €", required=False, help_text="in bestimmter Höhe, § 63 VwVG NRW"
    )
    substitute_cost = Euro(label="Angedrohte Ersatzvornahme: voraussichtliche Kosten in €", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item_basis"].label_from_instance = lambda row: row.words

    def item_values(self):
        data = self.cleaned_data
        return {
            "text": data["text"],
            "legal_basis": data["item_basis"],
            "deadline": data["deadline"],
            "fee": data["fee"],
            "threatened_amount": data["threatened_amount"],
            "substitute_cost": data["substitute_cost"],
        }


class OrderForm(ItemFields):
    title = forms.CharField(label="Bezeichnung", max_length=160, initial="Ordnungsverfügung")
    addressee = forms.ModelChoiceField(Party.objects.none(), label="Gerichtet an", required=False)
    issued_on = OnField(label="Erlassen am")
    immediately_enforceable = forms.BooleanField(
        label="Sofortige Vollziehung angeordnet", required=False, help_text="§ 80 Abs. 2 Satz 1 Nr. 4 VwGO"
    )
    no_hearing_because = forms.CharField(
        label="Anhörung entbehrlich, weil",
        required=False,
        max_length=300,
        help_text="nur ohne Anhörung, zum Beispiel Gefahr im Verzug (§ 28 Abs. 2 VwVfG NRW)",
    )

    service_kind = forms.ChoiceField(
        label="Art der Zustellung",
        required=False,
        choices=[("", "noch nicht zugestellt"), *ServiceKind.choices],
    )
    recipient = forms.CharField(
        label="Adressat in Worten",
        required=False,
        max_length=160,
        help_text="nur wenn oben niemand gewählt ist",
    )
    sent_on = OnField(label="Zur Post oder bekannt gemacht am", required=False, initial=None)
    received_on = OnField(
        label="Übergeben am",
        required=False,
        initial=None,
        help_text="laut Urkunde, Rückschein oder Empfangsbekenntnis",
    )

    class Meta:
        fieldsets = [
            (
                "Verfügung",
                ["title", "addressee", "issued_on", "immediately_enforceable", "no_hearing_because"],
            ),
            ("Zustellung", ["service_kind", "recipient", ("sent_on", "received_on")]),
            (
                "Punkt 1",
                ["text", "item_basis", "deadline", ("fee", "threatened_amount"), "substitute_cost"],
            ),
        ]

    def __init__(self, *args, proceeding=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["addressee"].queryset = (
            Party.objects.restrict(self.user, "view")
            .filter(ownerships__property=proceeding.property_id, ownerships__until=None)
            .distinct()
        )
        if not self.is_bound:
            self.initial.setdefault("item_basis", proceeding.legal_basis_id)
            self.initial.setdefault("addressee", proposed_addressee(proceeding))
        if any(row.kind == StepKind.HEARING and row.is_done for row in proceeding.steps.all()):
            del self.fields["no_hearing_because"]

    def clean(self):
        data = super().clean()
        dated = data.get("sent_on") or data.get("received_on")
        if data.get("service_kind"):
            if not dated and not {"sent_on", "received_on"} & set(self.errors):
                self.add_error("sent_on", "Bitte geben Sie mindestens ein Datum der Zustellung an.")
            if not data.get("addressee") and not data.get("recipient"):
                self.add_error("recipient", "Bitte geben Sie an, an wen zugestellt wird.")
        elif dated:
            self.add_error("service_kind", "Bitte wählen Sie, wie zugestellt wurde.")
        return data

    def service(self):
        """What is known of the service; None when it is noted later."""
        data = self.cleaned_data
        if not data["service_kind"]:
            return None
        return {"kind": data["service_kind"]} | {
            name: data[name] for name in ("recipient", "sent_on", "received_on")
        }


class ItemForm(ItemFields):
    class Meta:
        fieldsets = [
            ("", ["text", "item_basis", "deadline", ("fee", "threatened_amount"), "substitute_cost"])
        ]


class OnOnlyForm(Form):
    on = OnField(label="Wann?")


class SuspendForm(Form):
    court = forms.CharField(label="Gericht", max_length=120, initial="VG Gelsenkirchen")
    reference = forms.CharField(label="Aktenzeichen des Gerichts", max_length=60)
    on = OnField(label="Beschluss vom")


class ExtendForm(ReasonForm):
    deadline = forms.DateField(label="Neue Frist bis")
    field_order = ["deadline", "reason"]


class CheckForm(Form):
    on = OnField(label="Geprüft am")
    fulfilled = forms.TypedChoiceField(
        label="Ist der Punkt erfüllt?",
        choices=[("nein", "nicht erfüllt"), ("ja", "erfüllt")],
        coerce=lambda value: value == "ja",
        widget=Pick,
    )
    note = forms.CharField(
        label="Was wurde festgestellt?", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class StepForm(ModelForm):
    """The draft of a step; the gate is asked when it is carried out."""

    amount = Euro(label="Betrag in €", required=False)

    class Meta:
        model = EnforcementStep
        fields = ["means", "amount", "payment_due", "no_penalty_because", "note"]

    SHOWN = {
        StepKind.THREAT: ("means", "amount", "note"),
        StepKind.PENALTY: ("amount", "payment_due", "note"),
        StepKind.SUBSTITUTE: ("amount", "no_penalty_because", "note"),
        StepKind.FORCE: ("no_penalty_because", "note"),
    }

    def __init__(self, *args, kind=None, item=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind or StepKind(self.instance.kind)
        item = item or self.instance.item
        for name in [name for name in self.fields if name not in (*self.SHOWN[self.kind], "version")]:
            del self.fields[name]
        if self.instance._state.adding and self.kind == StepKind.PENALTY and item.threatened_amount:
            self.initial["amount"] = item.threatened_amount
        if "amount" in self.fields:
            self.fields["amount"].widget.attrs["class"] = "soe-input"
        if self.kind == StepKind.THREAT:
            means = self.fields["means"]
            means.required = True
            means.choices = [choice for choice in means.choices if choice[0]]

    def clean(self):
        data = super().clean()
        data = self.cleaned_data if data is None else data
        if self.kind == StepKind.THREAT and data.get("means") != StepKind.FORCE and not data.get("amount"):
            self.add_error("amount", "Eine Androhung braucht einen bestimmten Betrag (§ 63 VwVG NRW).")
        due = data.get("payment_due")
        if due and (why := why_moved(due)):
            self.add_error(
                "payment_due",
                f"Der {due:%d.%m.%Y} ist kein Werktag ({why}). "
                f"Bitte tragen Sie den {next_working_day(due):%d.%m.%Y} ein.",
            )
        return data


class CompleteForm(Form):
    on = OnField(label="Erledigt am")
    effect = forms.ChoiceField(label="Wirkung", choices=Measure.Effect.choices, widget=Pick)
    effect_note = FreeText(label="Wirkung in Worten", required=False, rows=2, max_length=1000)


class PostponeForm(ReasonForm):
    to = forms.DateField(label="Neues Datum")
    field_order = ["to", "reason"]


class DropForm(ReasonForm):
    on = OnField(label="Aufgegeben am")


class RequestForm(Form):
    question = FreeText(label="Was möchten Sie wissen?", rows=3, max_length=1000)
    legal_basis = forms.ModelChoiceField(
        LegalBasis.objects.none(),
        label="Auf welcher Rechtsgrundlage?",
        error_messages={
            "required": "Ohne Rechtsgrundlage darf der Fachbereich nicht antworten. Bitte wählen Sie eine."
        },
    )
    purpose = FreeText(
        label="Wozu brauchen Sie die Auskunft?",
        rows=3,
        max_length=1000,
        help_text="Der Zweck steht in der Anfrage und im Protokoll.",
    )

    def __init__(self, *args, asked=None, **kwargs):
        super().__init__(*args, **kwargs)
        basis = self.fields["legal_basis"]
        basis.queryset = LegalBasis.objects.for_requests().restrict(self.user, "view")
        basis.label_from_instance = lambda row: row.words
        granting = departments_granting(self.user, "proceeding.view")
        self.own = list(Department.objects.filter(pk__in=granting).exclude(pk=asked.pk))
        if len(self.own) > 1:
            field = forms.ModelChoiceField(
                Department.objects.filter(pk__in=[row.pk for row in self.own]),
                label="Für welchen Fachbereich fragen Sie?",
                initial=self.own[0],
            )
            self.fields = {"department": field, **self.fields}
            self._dress("department", field)

    def clean(self):
        data = super().clean()
        data["department"] = data.get("department") or (self.own[0] if self.own else None)
        if data["department"] is None:
            raise ValidationError("Das ist ein Vorgang Ihres eigenen Fachbereichs.")
        return data


class AcceptForm(Form):
    WORDS, LOOK = "words", "look"
    how = forms.ChoiceField(
        label="Wie antworten Sie?",
        choices=[(WORDS, "nur mit der Antwort unten"), (LOOK, "auch mit Einsicht in das Verfahren")],
        initial=WORDS,
    )
    expires_on = forms.DateField(
        label="Einsicht bis einschließlich",
        required=False,
        initial=lambda: timezone.localdate() + timedelta(days=30),
        help_text=f"gilt nur mit Einsicht; höchstens {LONGEST_DAYS} Tage, danach endet sie von selbst",
    )
    answer = FreeText(
        label="Antwort",
        required=False,
        rows=3,
        max_length=2000,
        help_text="liest nur der anfragende Fachbereich",
    )

    def __init__(self, *args, opens=True, **kwargs):
        super().__init__(*args, **kwargs)
        if not opens:
            del self.fields["how"], self.fields["expires_on"]
            self.fields["answer"].required = True

    def clean(self):
        data = super().clean()
        if "how" not in self.fields:
            return data
        if data.get("how") == self.LOOK:
            if not data.get("expires_on") and "expires_on" not in self.errors:
                self.add_error("expires_on", "Bitte geben Sie an, bis wann die Einsicht gilt.")
        else:
            data["expires_on"] = None
            if not data.get("answer"):
                self.add_error("answer", "Ohne Einsicht braucht die Auskunft eine Antwort.")
        return data


class DeclineForm(Form):
    answer = FreeText(label="Warum nicht?", rows=3, max_length=2000)
