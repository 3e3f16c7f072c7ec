"""Sign-in with the city's own account: to the provider, back, and a clear page when it does not work."""

import logging

from allauth.account.internal.decorators import login_not_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.internal import statekit
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from soe.accounts import events, sso
from soe.accounts.models import SignInEvent
from soe.departments.groups import sync_groups

from ..policy import declare, public

log = logging.getLogger("soe.accounts.sso")


def _provider(request):
    if sso.config() is None:
        raise Http404
    return sso.CityProvider(request)


@login_not_required
@declare(public("Anmeldung mit dem Stadtkonto", methods=("GET",)))
@never_cache
@require_GET
def start(request):
    """Off to the provider. A plain link: our content policy lets no form lead to another host."""
    provider = _provider(request)
    try:
        return provider.start(request, get_next_redirect_url(request))
    except (sso.Refused, OSError, ValueError) as error:
        return _refuse(
            request, error if isinstance(error, sso.Refused) else sso.Refused("away", str(type(error)))
        )


@login_not_required
@declare(public("Rückkehr vom Stadtkonto", methods=("GET",)))
@never_cache
@require_GET
def callback(request):
    """Back from the provider. Everything that counts happens in one transaction."""
    provider = _provider(request)
    conf = provider.conf
    state = statekit.unstash_state(
        request, provider_id=provider.sub_id, state_id=request.GET.get("state", "")
    )
    try:
        if state is None:
            raise sso.Refused("stale", "state")
        if "code" not in request.GET:
            cancelled = request.GET.get("error") == "access_denied"
            raise sso.Refused("cancelled" if cancelled else "failed", "the provider sent no code")
        claims = provider.claims(request, state)
        with transaction.atomic():
            user = sso.account_of(claims, conf=conf, request=request)
            if user.is_active:
                sync_groups(user, sso.groups_of(claims, conf))
            record_authentication(
                request,
                user,
                sso.METHOD,
                provider=sso.PROVIDER_ID,
                second_factor=sso.did_second_factor(claims, conf),
            )
            return perform_login(request, Login(user=user, redirect_url=state.get("next")))
    except sso.Refused as refused:
        return _refuse(request, refused)
    except (IntegrityError, PermissionDenied):
        return _refuse(request, sso.Refused("failed", "two sign-ins at once"))


def _refuse(request, refused):
    log.warning("single sign-on refused: %s", refused)
    events.record(request, SignInEvent.Kind.SSO_REFUSED)
    if refused.code == "cancelled":
        return redirect("account_login")
    status = {"unknown": 403, "away": 503}.get(refused.code, 400)
    context = {"code": refused.code, "subject": refused.subject, "name": sso.config().name}
    return render(request, "account/sso_refused.html", context, status=status)
