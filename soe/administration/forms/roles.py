"""Roles and their rights."""

from django import forms
from django.core.exceptions import ValidationError

from soe.departments.catalogue import PERMISSIONS, areas
from soe.departments.granting import Escalation, is_administrative
from soe.departments.models import KEY, Membership, Role
from soe.web.forms import Form, ModelForm, ReasonForm

from ..refusals import GuardedForm, log_refused

CODE_HELP = "Kleinbuchstaben ohne Umlaute. Bleibt gleich, auch wenn der Name sich ändert."


class RoleForm(ModelForm):
    class Meta:
        model = Role
        fields = ["name", "code", "description", "requires_second_factor", "department_may_grant"]
        help_texts = {"code": CODE_HELP}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Whoever ticks this lets others give rights they do not hold; the other one guards the door.
        if not self.user.may(KEY):
            del self.fields["department_may_grant"], self.fields["requires_second_factor"]

    def clean_department_may_grant(self):
        wanted = self.cleaned_data["department_may_grant"]
        if wanted and not self.instance._state.adding and is_administrative(self.instance.codes()):
            raise ValidationError("Eine Rolle mit Rechten der Verwaltung vergibt nur die Administration.")
        return wanted


class RightsForm(GuardedForm, Form):
    """Ticks: permissions × roles. Roles the reader holds herself are shown, never offered."""

    reason = forms.CharField(
        label="Grund der Änderung",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Steht später im Verlauf.",
        error_messages={"required": "Bitte begründen Sie den Schritt in einem Satz."},
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args, roles, preview=False, **kwargs):
        self.roles = list(roles)
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = not preview
        own = set(Membership.objects.current().filter(user_id=self.user.pk).values_list("role_id", flat=True))
        may_all, mine = self.user.may(KEY), self.user.permission_codes()
        self.held = {role.pk: {g.permission for g in role.grants.all()} for role in self.roles}
        self.own = {role.pk for role in self.roles if role.pk in own}
        # What she may not add she may still take away.
        self.open = {
            (role.pk, code)
            for role in self.roles
            if role.pk not in own
            for code in PERMISSIONS
            if may_all or code in mine or code in self.held[role.pk]
        }

    def ticked(self, role, code):
        if not self.is_bound or (role.pk, code) not in self.open:
            return code in self.held[role.pk]
        return self.name_of(role, code) in self.data

    @staticmethod
    def name_of(role, code):
        return f"right-{role.pk}-{code.replace('.', '-')}"

    def rows(self):
        """[(area, [(permission, [cell])])] for the table."""
        return [
            (area, [(entry, [self.cell(role, entry.code) for role in self.roles]) for entry in entries])
            for area, entries in areas().items()
        ]

    def cell(self, role, code):
        ticked = self.ticked(role, code)
        return {
            "role": role,
            "name": self.name_of(role, code),
            "ticked": ticked,
            "open": (role.pk, code) in self.open,
            "changed": ticked != (code in self.held[role.pk]),
        }

    @property
    def wanted(self):
        """role → set of codes, for every role of the form."""
        return {role: {code for code in PERMISSIONS if self.ticked(role, code)} for role in self.roles}

    @property
    def ticks(self):
        """The posted ticks, to carry from the preview to the step."""
        return [
            self.name_of(role, code)
            for role in self.roles
            for code in PERMISSIONS
            if (role.pk, code) in self.open and self.ticked(role, code)
        ]

    def clean(self):
        """A tick that was not offered was written by hand."""
        cleaned = super().clean()
        offered = {self.name_of(role, code) for role in self.roles for code in PERMISSIONS}
        for role in self.roles:
            for code in PERMISSIONS:
                name = self.name_of(role, code)
                beyond = (role.pk, code) not in self.open and code not in self.held[role.pk]
                if beyond and name in self.data:
                    log_refused(f"Recht {code} für Rolle {role.code}", obj=role)
                    raise Escalation(
                        f"Das Recht „{PERMISSIONS[code].label}“ können Sie der Rolle „{role}“ nicht geben."
                    )
        if any(name.startswith("right-") and name not in offered for name in self.data):
            raise ValidationError("Eine der Rollen gibt es nicht mehr. Bitte laden Sie die Seite neu.")
        return cleaned


class RoleCopyForm(ReasonForm):
    """The name of the copy."""

    name = forms.CharField(label="Name der neuen Rolle", max_length=80)
    code = forms.SlugField(label="Kürzel", max_length=40, help_text=CODE_HELP)
    field_order = ["name", "code", "reason"]

    def clean_name(self):
        name = self.cleaned_data["name"].strip()
        if Role.objects.filter(name__iexact=name).exists():
            raise ValidationError("Eine Rolle mit diesem Namen gibt es schon.")
        return name

    def clean_code(self):
        if Role.objects.filter(code=self.cleaned_data["code"]).exists():
            raise ValidationError("Dieses Kürzel gibt es schon.")
        return self.cleaned_data["code"]


class RoleRetireForm(ReasonForm):
    """What stands in its place."""

    successor = forms.ModelChoiceField(
        Role.objects.active(),
        label="Rolle, die an ihre Stelle tritt",
        required=False,
        empty_label="keine, niemand hat sie mehr",
    )
    field_order = ["successor", "reason"]

    def __init__(self, *args, role, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = Role.objects.active().exclude(pk=role.pk)
