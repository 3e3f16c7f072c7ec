"""Departments: a tree without circles."""

from django.core.exceptions import ValidationError

from soe.departments.models import Department
from soe.web.forms import ModelForm


class DepartmentForm(ModelForm):
    class Meta:
        model = Department
        fields = [
            "name", "short_name", "code", "number", "kind", "parent", "competences", "default_visibility",
            "position", "opened_on", "closed_on",
        ]  # fmt: skip
        fieldsets = [
            ("Bezeichnung", ["name", ("short_name", "number"), "code", "kind", "parent"]),
            ("Arbeit", ["competences", "default_visibility"]),
            ("Bestand", [("opened_on", "closed_on"), "position"]),
        ]
        help_texts = {
            "code": "Kleinbuchstaben ohne Umlaute. Bleibt gleich, auch wenn der Name sich ändert.",
            "default_visibility": "So sichtbar sind neue Verfahren dieses Fachbereichs für andere.",
        }

    def clean_parent(self):
        """A tree has no circles."""
        parent = self.cleaned_data["parent"]
        seen, above = {self.instance.pk}, parent
        while above is not None:
            if above.pk in seen:
                raise ValidationError(
                    f"{parent} gehört selbst zu {self.instance}. Bitte wählen Sie etwas anderes."
                )
            seen.add(above.pk)
            above = above.parent
        return parent
