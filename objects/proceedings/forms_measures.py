"""Forms about measures: planning, repeating, linking."""

from django import forms

from objects.inspections.models import Finding
from soe.web.forms import Form, ModelForm, PickMany

from .forms import VISIBILITY_HELP, ActingDepartment, colleagues
from .models import Measure, MeasureSeries, OrderItem, Proceeding

REPEATS = {
    "1w": (1, "weeks", "jede Woche"), "2w": (2, "weeks", "alle 2 Wochen"), "4w": (4, "weeks", "alle 4 Wochen"),
    "1m": (1, "months", "jeden Monat"), "3m": (3, "months", "alle 3 Monate"), "6m": (6, "months", "alle 6 Monate"),
    "12m": (12, "months", "jedes Jahr"),
}  # fmt: skip


class MeasureForm(ActingDepartment, ModelForm):
    permission = "measure.change"
    repeat = forms.ChoiceField(
        label="Wiederholen",
        required=False,
        choices=[("", "nicht wiederholen"), *((key, words) for key, (_, _, words) in REPEATS.items())],
        widget=forms.Select,
    )
    repeat_until = forms.DateField(label="Wiederholen bis", required=False)
    repeat_created = forms.ChoiceField(
        label="Die nächste anlegen",
        required=False,
        choices=MeasureSeries.Created.choices,
        initial=MeasureSeries.Created.COMPLETION,
    )

    class Meta:
        model = Measure
        fields = ["what", "kind", "due_on", "responsible", "proceeding", "visibility"]
        help_texts = {"what": "zum Beispiel Sperrmüll im Hof abfahren lassen", "visibility": VISIBILITY_HELP}
        fieldsets = [
            (
                "Maßnahme",
                ["department", "what", "kind", ("due_on", "responsible"), "proceeding", "visibility"],
            ),
            ("Wiederholung", [("repeat", "repeat_until"), "repeat_created"]),
        ]

    def __init__(self, *args, house=None, **kwargs):
        super().__init__(*args, **kwargs)
        # One of the two always holds; what does not repeat ignores it.
        self.fields["repeat_created"].choices = MeasureSeries.Created.choices
        house = house or self.instance.property
        self.restrict("proceeding", "change", Proceeding.objects.open().filter(property=house))
        if not self.fields["proceeding"].queryset.exists():
            del self.fields["proceeding"]
        self.fields["responsible"].queryset = colleagues(self.user, "measure.change")
        if self.instance._state.adding:
            self.set_up_department(house)
            if self.own:
                self.initial["visibility"] = self.own[0].default_visibility
        else:
            del self.fields["due_on"]  # moved by postponing, with a reason
            for name in ("repeat", "repeat_until", "repeat_created"):
                del self.fields[name]

    def clean(self):
        data = super().clean()
        data = self.cleaned_data if data is None else data
        if data.get("repeat") and not data.get("repeat_until"):
            self.add_error("repeat_until", "Bitte geben Sie an, bis wann sich die Maßnahme wiederholt.")
        return data

    def repeat_values(self):
        data = self.cleaned_data
        if not data.get("repeat"):
            return None
        every, unit, _ = REPEATS[data["repeat"]]
        created = data.get("repeat_created") or MeasureSeries.Created.COMPLETION
        return {"every": every, "unit": unit, "until": data["repeat_until"], "created": created}


class RowsField(forms.ModelMultipleChoiceField):
    """Several records, ticked."""

    def __init__(self, *, words, **kwargs):
        super().__init__(widget=PickMany, required=False, **kwargs)
        self.words = words

    def label_from_instance(self, row):
        return self.words(row)


def finding_words(row):
    return " · ".join(
        part for part in (str(row), row.place, row.text[:60], str(row.department or "")) if part
    )


def item_words(row):
    return f"{row.order}, Punkt {row.number}: {row.text[:60]}"


class LinkForm(Form):
    """Open findings and items of this property that the person may see."""

    findings = RowsField(label="Offene Feststellungen", queryset=Finding.objects.none(), words=finding_words)
    items = RowsField(
        label="Offene Punkte von Verfügungen", queryset=OrderItem.objects.none(), words=item_words
    )

    def __init__(self, *args, measure=None, **kwargs):
        super().__init__(*args, **kwargs)
        found = Finding.objects.of_property(measure.property).open().restrict(self.user, "view")
        self.fields["findings"].queryset = found.select_related("department")
        items = OrderItem.objects.open().filter(order__proceeding__property=measure.property)
        self.fields["items"].queryset = items.restrict(self.user, "view").select_related("order")
        links = measure.links.all()
        self.initial |= {
            "findings": [row.finding_id for row in links if row.finding_id],
            "items": [row.item_id for row in links if row.item_id],
        }
        for name in ("findings", "items"):
            if not self.fields[name].queryset.exists():
                del self.fields[name]

    def offered(self, name):
        return list(self.fields[name].queryset) if name in self.fields else []
