"""Forms of the law as data, and of how an order was served."""

from django import forms

from objects.register.forms.base import OnField
from objects.register.models import Party
from soe.web.forms import ModelForm, ReasonForm

from .models import LegalBasis, OrderService, Rehousing, ServiceRule


class LegalBasisForm(ModelForm):
    class Meta:
        model = LegalBasis
        fields = ["law", "paragraph", "title", "use", "valid_from", "valid_until", "checked_on"]
        fieldsets = [
            ("Vorschrift", [("law", "paragraph"), "title", "use"]),
            ("Geltung", [("valid_from", "valid_until"), "checked_on"]),
        ]


class ServiceRuleForm(ModelForm):
    class Meta:
        model = ServiceRule
        fields = [
            "kind", "law", "paragraph", "counted_from", "days", "proof_decides", "to_working_day", "valid_from",
            "valid_until", "checked_on",
        ]  # fmt: skip
        fieldsets = [
            ("Vorschrift", ["kind", ("law", "paragraph")]),
            ("Wann gilt als zugestellt?", ["counted_from", "days", "proof_decides", "to_working_day"]),
            ("Geltung", [("valid_from", "valid_until"), "checked_on"]),
        ]


class RenewForm(ReasonForm):
    """A new version of the law from a day on."""

    valid_from = forms.DateField(label="Neue Fassung gilt ab")
    paragraph = forms.CharField(label="Paragraf", max_length=40)
    title = forms.CharField(label="Gegenstand", max_length=160)
    days = forms.IntegerField(label="Tage", min_value=0, max_value=60)
    field_order = ["valid_from", "paragraph", "title", "days", "reason"]

    def __init__(self, *args, row=None, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("paragraph", "title", "days"):
            if hasattr(row, name):
                self.initial.setdefault(name, getattr(row, name))
            else:
                del self.fields[name]


class ServiceForm(ModelForm):
    class Meta:
        model = OrderService
        fields = ["role", "party", "recipient", "kind", "sent_on", "received_on", "note"]
        fieldsets = [
            ("An wen?", ["role", "party", "recipient"]),
            ("Wie und wann?", ["kind", ("sent_on", "received_on"), "note"]),
        ]
        help_texts = {"recipient": "wenn nicht in der Liste, zum Beispiel „alle Bewohner, 2. OG links“"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        parties = (
            Party.objects.restrict(self.user, "view")
            .filter(ownerships__property=self.instance.order.proceeding.property_id, ownerships__until=None)
            .distinct()
        )
        self.fields["party"].queryset = parties
        if not parties.exists():
            del self.fields["party"]
        elif not self.is_bound:
            # A new record fills `initial` with None for every field.
            self.initial["party"] = self.initial.get("party") or self.instance.order.addressee_id


class FailedForm(ReasonForm):
    on = OnField(label="Gescheitert am")
    field_order = ["on", "reason"]


class RehousingForm(ModelForm):
    class Meta:
        model = Rehousing
        fields = ["place", "persons", "offered_on", "offer", "answer", "moved_on"]
        fieldsets = [
            ("Haushalt", [("place", "persons")]),
            ("Ersatzwohnraum", [("offered_on", "offer"), "answer", "moved_on"]),
        ]
