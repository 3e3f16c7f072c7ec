from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from soe.departments.catalogue import PERMISSIONS, areas
from soe.departments.models import Department, Membership, Role
from soe.web.forms import DateInput, Form, ModelForm, ReasonForm

from .models import Account


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


class AccountForm(ModelForm):
    class Meta:
        model = Account
        fields = ["first_name", "last_name", "username", "email", "phone"]
        fieldsets = [("", [("first_name", "last_name"), "username", "email", "phone"])]
        labels = {"username": "Anmeldename", "email": "E-Mail-Adresse"}
        help_texts = {
            "username": "Damit meldet sich die Person an.",
            "email": "An diese Adresse geht der Link für das Kennwort.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["last_name"].required = True

    def clean_username(self):
        name = self.cleaned_data["username"].strip()
        if Account.objects.filter(username__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError("Diesen Anmeldenamen gibt es schon. Bitte wählen Sie einen anderen.")
        return name

    def clean_email(self):
        email = self.cleaned_data["email"].strip()
        if email and Account.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError("Diese Adresse gehört schon zu einem anderen Konto.")
        return email


class MembershipFields:
    """Choices of a membership: only what the administrator may give."""

    def narrow(self):
        if not self.user.may("admin.all"):
            self.fields["department"].queryset = Department.objects.filter(
                pk__in=self.user.departments.filter(
                    memberships__user=self.user, memberships__role__grants__permission="admin.members"
                )
            )
        self.fields["role"].queryset = Role.objects.all()

    def clean_role(self):
        """Nobody hands out administration she does not hold herself."""
        role = self.cleaned_data["role"]
        beyond = {c for c in role.codes() if c.startswith(("admin.", "audit.", "privacy.", "system."))}
        beyond -= set(self.user.permission_codes())
        if beyond and not self.user.may("admin.all"):
            raise ValidationError(
                f"Die Rolle „{role}“ enthält Rechte der Verwaltung, die Sie selbst nicht haben. "
                "Bitte wenden Sie sich an die Administration."
            )
        return role


class NewAccountForm(MembershipFields, AccountForm):
    """A new person and where she works, in one step: an account without membership may do nothing."""

    department = forms.ModelChoiceField(Department.objects.all(), label="Fachbereich oder Träger")
    role = forms.ModelChoiceField(Role.objects.none(), label="Rolle")
    valid_from = forms.DateField(label="ab", initial=timezone.localdate, widget=DateInput)
    valid_until = forms.DateField(
        label="bis", required=False, widget=DateInput, help_text="leer: unbefristet"
    )

    class Meta(AccountForm.Meta):
        fieldsets = [
            ("Person", [("first_name", "last_name"), "username", "email", "phone"]),
            ("Zugehörigkeit", ["department", "role", ("valid_from", "valid_until")]),
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.narrow()

    def save(self, commit=True):
        self.instance.set_unusable_password()
        account = super().save(commit)
        data = self.cleaned_data
        Membership(
            user_id=account.pk,
            department=data["department"],
            role=data["role"],
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
        ).save(reason="Konto angelegt")
        return account


class MembershipForm(MembershipFields, ModelForm):
    class Meta:
        model = Membership
        fields = ["department", "role", "valid_from", "valid_until", "deputy_for"]
        fieldsets = [("", ["department", "role", ("valid_from", "valid_until"), "deputy_for"])]
        help_texts = {
            "deputy_for": "Nur bei einer Vertretung: für wen. Geben Sie dann auch ein Ende an.",
            "valid_until": "Letzter Tag. Leer: unbefristet.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.narrow()
        if not self.instance._state.adding:
            del self.fields["department"], self.fields["role"]
        self.fields["deputy_for"].queryset = Account.objects.restrict(self.user).filter(is_active=True)

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("valid_from"), cleaned.get("valid_until")
        if start and end and end < start:
            self.add_error("valid_until", "Das Ende liegt vor dem Anfang.")
        if cleaned.get("deputy_for"):
            if cleaned["deputy_for"].pk == self.instance.user_id:
                self.add_error("deputy_for", "Niemand vertritt sich selbst.")
            if not end:
                self.add_error("valid_until", "Eine Vertretung braucht ein Ende, zum Beispiel 30.11.2026.")
        return cleaned


class EndForm(ReasonForm):
    """Why a membership or an account ends."""
