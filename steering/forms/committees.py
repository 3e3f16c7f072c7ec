from django import forms
from django.utils import timezone

from soe.administration.models import Account
from soe.departments.models import Department
from soe.web.forms import Form, ModelForm
from soe.web.quick import QuickCreate

from ..models import Committee, CommitteeMembership

NEW_ACCOUNT = QuickCreate(Account, "administration:account_add", "Neues Konto anlegen")


class CommitteeForm(ModelForm):
    class Meta:
        model = Committee
        fields = [
            "name",
            "code",
            "kind",
            "chair",
            "quorum_rule",
            "quorum_votes",
            "public",
            "registration_days",
            "location",
            "start_date",
            "end_date",
        ]
        fieldsets = [
            ("Gremium", ["name", ("code", "kind"), "chair", ("start_date", "end_date")]),
            ("Sitzungen", [("quorum_rule", "quorum_votes"), "registration_days", "location", "public"]),
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding and self.instance.meetings.exists():
            # It stands in every decision number of this committee.
            self.fields["code"].disabled = True
            self.fields["code"].help_text = "steht schon in Beschlussnummern und bleibt"


class SeatForm(ModelForm):
    class Meta:
        model = CommitteeMembership
        fields = ["department", "user", "role", "voting_right", "deputy", "start_date"]
        fieldsets = [
            ("Wer?", ["department", "user", "deputy"]),
            ("Wie?", ["role", "voting_right", "start_date"]),
        ]
        quick_create = {
            "department": QuickCreate(Department, "administration:department_add", "Neue Stelle anlegen"),
            "user": NEW_ACCOUNT,
            "deputy": NEW_ACCOUNT,
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.active()
        self.fields["department"].help_text = "Eine Stelle oder eine Person, nicht beide."
        for name in ("user", "deputy"):
            people = self.fields[name].queryset.model.objects.people().filter(is_active=True)
            self.fields[name].queryset = people


class SeatEndForm(Form):
    on = forms.DateField(label="letzter Tag", initial=timezone.localdate, widget=forms.DateInput)
    reason = forms.CharField(label="Begründung", max_length=300)
