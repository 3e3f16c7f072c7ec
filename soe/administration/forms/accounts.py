"""Accounts of people."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from soe.departments.granting import check_grant, departments_to_staff, give, grantable_roles
from soe.departments.models import KEY, Department, Role
from soe.web.forms import DateInput, ModelForm

from ..models import Account
from .memberships import MembershipFields, check_dates


class AccountForm(ModelForm):
    """Name and phone for everybody in reach; sign-in name and e-mail only for the city's administration.

    Whoever changes an e-mail address can have a new password sent there: that would be a way to another's rights.
    """

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
        if not self.instance._state.adding and not self.user.may(KEY):
            del self.fields["username"], self.fields["email"]

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


class NewAccountForm(MembershipFields, AccountForm):
    """A new person and where she works, in one step: an account without membership may do nothing."""

    department = forms.ModelChoiceField(Department.objects.all(), label="Fachbereich oder Träger")
    role = forms.ModelChoiceField(Role.objects.all(), label="Rolle")
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
        self.fields["department"].queryset = departments_to_staff(self.user)
        self.fields["role"].queryset = grantable_roles(self.user)

    def clean(self):
        cleaned = super().clean()
        check_dates(self, cleaned)
        self.note_refused_choice()
        if cleaned.get("department") and cleaned.get("role"):
            self.guard(
                check_grant,
                self.user,
                person=None,
                department=cleaned["department"],
                role=cleaned["role"],
                field="role",
            )
        return cleaned

    def save(self, commit=True):
        self.instance.set_unusable_password()
        account = super().save(commit)
        data = self.cleaned_data
        give(
            self.user,
            person=account,
            department=data["department"],
            role=data["role"],
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
            reason="Konto angelegt",
        )
        return account
