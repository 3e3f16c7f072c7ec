"""Roles and their rights."""

from django import forms
from django.core.exceptions import ValidationError

from soe.departments.catalogue import PERMISSIONS, areas
from soe.departments.models import Membership, Role
from soe.web.forms import Form, ModelForm


class RoleForm(ModelForm):
    class Meta:
        model = Role
        fields = ["name", "code", "description"]
        help_texts = {"code": "Kleinbuchstaben ohne Umlaute. Bleibt gleich, auch wenn der Name sich ändert."}


class RoleRightsForm(Form):
    """One tick per permission, by area, and why."""

    reason = forms.CharField(
        label="Begründung",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Steht im Verlauf.",
    )

    def __init__(self, *args, role, **kwargs):
        self.role = role
        super().__init__(*args, **kwargs)
        held = role.codes()
        for code, entry in PERMISSIONS.items():
            self.fields[self.name_of(code)] = forms.BooleanField(
                label=entry.label, required=False, initial=code in held
            )

    @staticmethod
    def name_of(code):
        return f"right-{code.replace('.', '-')}"

    def areas(self):
        """[(area, [(permission, bound field)])] for the matrix."""
        return [
            (area, [(p, self[self.name_of(p.code)]) for p in entries]) for area, entries in areas().items()
        ]

    @property
    def chosen(self):
        return {code for code in PERMISSIONS if self.cleaned_data.get(self.name_of(code))}

    def clean(self):
        cleaned = super().clean()
        before = self.role.codes()
        if "admin.all" in before and "admin.all" not in self.chosen:
            others = Membership.objects.current().exclude(role=self.role)
            if not others.filter(role__grants__permission="admin.all").exists():
                raise ValidationError(
                    "Diese Rolle ist die letzte mit dem Recht „Zugehörigkeiten überall“. Sie muss es behalten."
                )
        return cleaned
