"""allauth's pages of the second factor; what happened is an event and a mail in the same transaction."""

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.db import transaction

from soe.accounts import factor, sso


class ActivateView(ActivateTOTPView):
    def get_context_data(self, **kwargs):
        missing = getattr(self.request, "must_set_up_second_factor", False)
        return super().get_context_data(**kwargs) | {"must": missing}

    @transaction.atomic
    def form_valid(self, form):
        self.request.soe_first_codes = True  # the first spare codes replace no old ones: nothing to announce
        response = super().form_valid(form)
        factor.was_set(self.request)
        # Whoever has just shown a code is asked for none to see the spare codes.
        record_authentication(self.request, self.request.user, "mfa", type="totp", reauthenticated=True)
        return response


class DeactivateView(DeactivateTOTPView):
    def get_context_data(self, **kwargs):
        demanded = factor.demanded(self.request.user)
        at_provider = sso.second_factor_at_provider(self.request, self.request.user)
        return super().get_context_data(**kwargs) | {"demanded": demanded and not at_provider}

    @transaction.atomic
    def form_valid(self, form):
        response = super().form_valid(form)
        factor.was_removed(self.request)
        return response


class NewCodesView(GenerateRecoveryCodesView):
    @transaction.atomic
    def form_valid(self, form):
        response = super().form_valid(form)
        factor.has_new_codes(self.request)
        return response
