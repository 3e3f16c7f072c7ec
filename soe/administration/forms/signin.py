"""How an account signs in, and which groups of the directory give which role."""

from django import forms
from django.core.exceptions import ValidationError

from soe.departments.granting import check_grant, departments_to_staff, grantable_roles
from soe.departments.groups import GroupMapping
from soe.web.forms import ModelForm, ReasonForm

from ..models import Account


class SignInSettingsForm(ModelForm):
    class Meta:
        model = Account
        fields = ["sso_allowed", "emergency"]


class LinkForm(ReasonForm):
    """The city's identity provider calls a person by one lasting name of its own: that, and nothing else, is linked."""

    subject = forms.CharField(
        label="Kennung beim Stadtkonto",
        max_length=255,
        help_text="Steht auf der Seite, die die Person nach einem Versuch sieht, und im Verzeichnisdienst als „sub“. "
        "Keine E-Mail-Adresse.",
    )
    field_order = ["subject", "reason"]

    def clean_subject(self):
        subject = self.cleaned_data["subject"].strip()
        if "@" in subject and "." in subject.rpartition("@")[2]:
            raise ValidationError(
                "Das sieht nach einer E-Mail-Adresse aus. Adressen wechseln die Person; bitte nehmen Sie die Kennung."
            )
        return subject


class GroupMappingForm(ModelForm):
    class Meta:
        model = GroupMapping
        fields = ["group", "department", "role"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = departments_to_staff(self.user)
        self.fields["role"].queryset = grantable_roles(self.user)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("department") and cleaned.get("role"):
            check_grant(self.user, person=None, department=cleaned["department"], role=cleaned["role"])
        return cleaned
