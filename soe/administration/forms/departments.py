"""Departments: a tree without circles, and how one of them moves, merges or closes."""

from django import forms
from django.core.exceptions import ValidationError

from soe.departments.lifecycle import below
from soe.departments.models import KEY, Department
from soe.web.forms import Form, ModelForm, ReasonForm


class DepartmentForm(ModelForm):
    class Meta:
        model = Department
        fields = [
            "name", "short_name", "code", "number", "kind", "parent", "competences", "default_visibility",
            "position", "opened_on",
        ]  # fmt: skip
        fieldsets = [
            ("Bezeichnung", ["name", ("short_name", "number"), "code", "kind", "parent"]),
            ("Arbeit", ["competences", "default_visibility"]),
            ("Bestand", [("opened_on", "position")]),
        ]
        help_texts = {
            "code": "Kleinbuchstaben ohne Umlaute. Bleibt gleich, auch wenn der Name sich ändert.",
            "default_visibility": "So sichtbar sind neue Verfahren dieses Fachbereichs für andere.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = parents_of(self.instance)

    def clean_parent(self):
        """A tree has no circles; the choices leave them out, this is for those who post something else."""
        parent = self.cleaned_data["parent"]
        if parent is not None and parent.pk in below(self.instance):
            raise ValidationError(
                f"{parent} gehört selbst zu {self.instance}. Bitte wählen Sie etwas anderes."
            )
        return parent


def parents_of(department):
    """Where it may hang: anywhere but under itself."""
    rows = Department.objects.active()
    return rows if department._state.adding else rows.exclude(pk__in=below(department))


class MoveForm(ReasonForm):
    """Hang a department elsewhere."""

    parent = forms.ModelChoiceField(
        Department.objects.all(),
        label="Neue Stelle darüber",
        required=False,
        empty_label="keine, steht ganz oben",
    )
    field_order = ["parent", "reason"]

    def __init__(self, *args, department=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = parents_of(department)


class SuccessorForm(Form):
    """Who follows: asked first, because the preview depends on it (GET)."""

    nachfolge = forms.ModelChoiceField(
        Department.objects.all(),
        label="Nachfolge",
        required=False,
        empty_label="keine, die Stelle wird ersatzlos aufgelöst",
        help_text="Wer die offenen Vorgänge übernimmt.",
    )

    def __init__(self, *args, department=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["nachfolge"].queryset = parents_of(department)


class CloseForm(ReasonForm):
    """The step itself; the successor comes along hidden, as the preview showed it."""

    successor = forms.ModelChoiceField(Department.objects.all(), required=False, widget=forms.HiddenInput)
    move_people = forms.BooleanField(
        label="Personen gehen mit",
        required=False,
        help_text="Alle bekommen dieselbe Rolle in der Nachfolge. Sonst enden ihre Zugehörigkeiten nur.",
    )
    field_order = ["move_people", "reason", "successor"]

    def __init__(self, *args, department=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = parents_of(department)
        successor = self.initial.get("successor") or self.data.get("successor")
        if not successor or not self.user.may(KEY):
            del self.fields["move_people"]
