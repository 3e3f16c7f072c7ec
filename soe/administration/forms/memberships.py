"""Who works where; nobody gives more than she may."""

from django.core.exceptions import ValidationError

from soe.departments.models import Department, Membership, Role
from soe.web.forms import ModelForm, ReasonForm

from ..models import Account


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
