"""Who works where, in which role, until when."""

from soe.departments.models import Membership
from soe.web.views import ActionView, ScopedCreateView, ScopedUpdateView

from .. import forms
from ..models import Account


class MembershipCreateView(ScopedCreateView):
    queryset = Membership.objects.all()
    form_class = forms.MembershipForm
    title = "Zugehörigkeit hinzufügen"
    submit_label = "Zugehörigkeit speichern"
    parent_queryset = Account.objects.filter(is_active=True)
    parent_action = "change"
    parent_field = "user"
    success_message = "Die Zugehörigkeit gilt ab dem gewählten Tag."


class MembershipUpdateView(ScopedUpdateView):
    queryset = Membership.objects.select_related("user", "department", "role")
    form_class = forms.MembershipForm
    submit_label = "Änderung speichern"


class MembershipEndView(ActionView):
    queryset = Membership.objects.select_related("user", "department", "role")
    form_class = forms.EndForm
    title = "Zugehörigkeit beenden"
    submit_label = "Zugehörigkeit beenden"
    lead = "Die Rechte enden mit dem nächsten Klick der Person."
    success_message = "Die Zugehörigkeit ist beendet."
    danger = True

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"membership": self.object}

    def perform(self, obj, form):
        obj.end(reason=form.cleaned_data["reason"])
