"""A session ends after an hour without a click, after twelve hours in any case, and with the account."""

import time

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from . import events, resume
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
            else:
                request.session.setdefault(STARTED, now)
                if now - request.session.get(SEEN, 0) >= GRAIN:
                    request.session[SEEN] = now
        return self.get_response(request)


class LoginMiddleware(LoginRequiredMiddleware):
    """Every page needs a login unless its view says otherwise; a form that was being filled in is kept."""

    def handle_no_permission(self, request, view_func):
        if request.headers.get("HX-Request"):
            # Part of a page: load the whole page again, which leads to the login and back.
            return HttpResponse(status=200, headers={"HX-Refresh": "true"})
        if request.method == "POST":
            kept = resume.pack(request, getattr(request, "expired_user_id", None))
            context = {
                "resume_field": resume.FIELD,
                "resume": kept,
                "files": bool(request.FILES),
                "login_url": reverse("account_login"),
            }
            return render(request, "account/expired.html", context, status=401)
        return super().handle_no_permission(request, view_func)
