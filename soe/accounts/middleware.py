"""A session ends after an hour without a click, after twelve hours in any case, and with the account."""

import time

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.db.models import OuterRef
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from . import devices, events, factor, resume, sessions, sso
from .models import SignInEvent

STARTED, SEEN = "soe_started", "soe_seen"
# The time of the last click is written at most this often: otherwise every page view would be a database write.
GRAIN = 60


def expired(session, now):
    started = session.get(STARTED, now)
    seen = session.get(SEEN, now)
    idle = settings.SOE_SESSION_IDLE.total_seconds()
    return now - started > settings.SOE_SESSION_ABSOLUTE.total_seconds() or now - seen > idle


class SessionLimitsMiddleware:
    """Signs out on the server: an old cookie opens nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            now = int(time.time())
            if expired(request.session, now):
                events.record(request, SignInEvent.Kind.EXPIRED, user=request.user)
                request.expired_user_id = request.user.pk
                logout(request)
            elif not self.is_open(request):
                request.expired_user_id = request.user.pk
                logout(request)
            else:
                request.session.setdefault(STARTED, now)
                if now - request.session.get(SEEN, 0) >= GRAIN:
                    request.session[SEEN] = now
                    rows = sessions.OpenSession.objects.filter(pk=sessions.current_id(request))
                    rows.update(seen_at=timezone.now())
        return devices.remember(request, self.get_response(request))

    @staticmethod
    def is_open(request):
        """Whether this sign-in was not ended elsewhere; the same query says whether a second factor is missing."""
        row = (
            sessions.OpenSession.objects.filter(
                pk=sessions.current_id(request), user_id=request.user.pk, ended_at=None
            )
            .annotate(missing=factor.missing_for(OuterRef("user_id")))
            .values("missing")
            .first()
        )
        request.must_set_up_second_factor = bool(
            row and row["missing"] and not sso.second_factor_at_provider(request, request.user)
        )
        return row is not None


class LoginMiddleware(LoginRequiredMiddleware):
    """Every page needs a login unless its view says otherwise; a form that was being filled in is kept."""

    def handle_no_permission(self, request, view_func):
        if request.headers.get("HX-Request"):
            # Part of a page: load the whole page again, which leads to the login and back.
            return HttpResponse(status=200, headers={"HX-Refresh": "true"})
        if request.method == "POST":
            ended = getattr(request, "expired_user_id", None)
            kept = resume.pack(request, ended)
            if ended and kept and sso.config():
                # The way over the city's provider carries no form: what was typed waits in the new session.
                resume.keep(request, kept)
            context = {
                "resume_field": resume.FIELD,
                "resume": kept,
                "files": bool(request.FILES),
                "login_url": reverse("account_login"),
            }
            return render(request, "account/expired.html", context, status=401)
        return super().handle_no_permission(request, view_func)


class SecondFactorMiddleware:
    """Whoever must have a second factor and has none gets nowhere but to its set-up."""

    OPEN = {
        "mfa_activate_totp",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "account_logout",
    }

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not getattr(request, "must_set_up_second_factor", False):
            return None
        if request.resolver_match.view_name in self.OPEN or not getattr(view_func, "login_required", True):
            return None
        target = reverse("mfa_activate_totp")
        if request.headers.get("HX-Request"):
            return HttpResponse(status=200, headers={"HX-Redirect": target})
        if request.method == "POST":
            resume.keep(request, resume.pack(request, request.user.pk))
        return HttpResponseRedirect(target)
