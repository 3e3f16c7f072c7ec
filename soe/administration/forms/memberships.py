"""Who works where; nobody gives more than she may, and nobody touches her own."""

from django import forms
from django.core.exceptions import ValidationError

from soe.accounts.models import User
from soe.departments.granting import (
    check_end,
    check_grant,
    departments_to_staff,
    give,
    grantable_roles,
)
from soe.departments.models import Membership, Role
from soe.web.forms import DateInput, ModelForm, ReasonForm

from ..models import Account
from ..refusals import GuardedForm, log_refused


class MembershipFields(GuardedForm):
    """Choices of a membership: only what the administrator may give."""

    def narrow(self, department=None):
        if "department" in self.fields:
            self.fields["department"].queryset = departments_to_staff(self.user)
        if "role" in self.fields:
            self.fields["role"].queryset = grantable_roles(self.user, department)

    def note_refused_choice(self):
        """A role that was never offered: somebody wrote the form herself."""
        posted = self.data.get(self.add_prefix("role"), "")
        if self.has_error("role", "invalid_choice") and (role := _role(posted)):
            log_refused("Rolle außerhalb der eigenen Rechte", obj=role)


def _role(pk):
    try:
        return Role.objects.filter(pk=pk).first()
    except (ValidationError, ValueError):
        return None


def check_dates(form, cleaned):
    start, end = cleaned.get("valid_from"), cleaned.get("valid_until")
    if start and end and end < start:
        form.add_error("valid_until", "Das Ende liegt vor dem Anfang.")


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
        if not self.instance._state.adding:
            del self.fields["department"], self.fields["role"]
        self.narrow()
        self.fields["deputy_for"].queryset = Account.objects.restrict(self.user).filter(is_active=True)

    def clean(self):
        cleaned = super().clean()
        check_dates(self, cleaned)
        end = cleaned.get("valid_until")
        if cleaned.get("deputy_for"):
            if cleaned["deputy_for"].pk == self.instance.user_id:
                self.add_error("deputy_for", "Niemand vertritt sich selbst.")
            if not end:
                self.add_error("valid_until", "Eine Vertretung braucht ein Ende, zum Beispiel 30.11.2026.")
        self.note_refused_choice()
        if self.instance._state.adding:
            if cleaned.get("department") and cleaned.get("role"):
                self.guard(
                    check_grant,
                    self.user,
                    person=self.instance.user,
                    department=cleaned["department"],
                    role=cleaned["role"],
                )
        elif self.has_changed():
            self.check_change(cleaned)
        return cleaned

    def check_change(self, cleaned):
        """Longer is giving, shorter is taking; each asks its own question."""
        before = Membership.objects.get(pk=self.instance.pk)
        if not self.guard(check_end, self.user, before):
            return
        end, start = cleaned.get("valid_until"), cleaned.get("valid_from")
        longer = before.valid_until is not None and (end is None or end > before.valid_until)
        earlier = start is not None and start < before.valid_from
        if longer or earlier:
            self.guard(
                check_grant,
                self.user,
                person=before.user,
                department=before.department,
                role=before.role,
            )


class MemberForm(MembershipFields, ModelForm):
    """The same from the department's side: the place is known, the person is chosen."""

    class Meta:
        model = Membership
        fields = ["user", "role", "valid_from", "valid_until"]
        fieldsets = [("", ["user", "role", ("valid_from", "valid_until")])]
        help_texts = {"valid_until": "Letzter Tag. Leer: unbefristet."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = others(self.user)
        self.narrow(self.instance.department)

    def clean(self):
        cleaned = super().clean()
        check_dates(self, cleaned)
        self.note_refused_choice()
        if cleaned.get("user") and cleaned.get("role"):
            self.guard(
                check_grant,
                self.user,
                person=cleaned["user"],
                department=self.instance.department,
                role=cleaned["role"],
            )
        return cleaned


def others(user):
    """Active people in the administrator's reach, without herself."""
    reach = Account.objects.restrict(user).filter(is_active=True).order_by().values("pk")
    return User.objects.filter(pk__in=reach).exclude(pk=user.pk)


class DeputyForm(MembershipFields, ReasonForm):
    """Who stands in, from when to when."""

    person = forms.ModelChoiceField(User.objects.none(), label="Wer vertritt")
    valid_from = forms.DateField(label="ab", widget=DateInput)
    valid_until = forms.DateField(label="bis", widget=DateInput, help_text="letzter Tag")
    field_order = ["person", "valid_from", "valid_until", "reason"]

    class Meta:
        fieldsets = [("", ["person", ("valid_from", "valid_until"), "reason"])]

    def __init__(self, *args, membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.membership = membership
        self.fields["person"].queryset = others(self.user).exclude(pk=membership.user_id)

    def clean(self):
        cleaned = super().clean()
        check_dates(self, cleaned)
        if cleaned.get("person"):
            self.guard(
                check_grant,
                self.user,
                person=cleaned["person"],
                department=self.membership.department,
                role=self.membership.role,
                field="person",
            )
        return cleaned

    def save(self):
        data, row = self.cleaned_data, self.membership
        return give(
            self.user,
            person=data["person"],
            department=row.department,
            role=row.role,
            reason=data["reason"],
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
            deputy_for=row.user,
        )


class EndForm(GuardedForm, ReasonForm):
    """Why a membership or an account ends."""

    def __init__(self, *args, membership=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.membership = membership

    def clean(self):
        cleaned = super().clean()
        if self.membership is not None:
            self.guard(check_end, self.user, self.membership)
        return cleaned


class LeaveForm(GuardedForm, ReasonForm):
    """A person leaves: who takes over, and why."""

    successor = forms.ModelChoiceField(
        User.objects.none(),
        label="Wer übernimmt",
        required=False,
        empty_label="niemand, es ist nichts offen",
        help_text="Übernimmt alles, was unten als offen steht.",
    )
    field_order = ["successor", "reason"]

    def __init__(self, *args, account, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = others(self.user).exclude(pk=account.pk)
        self.fields["reason"].initial = "verlässt die Stelle"
