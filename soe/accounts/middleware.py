"""A session ends after an hour without a click, after twelve hours in any case, and with the account."""

import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout

STARTED, SEEN = "soe_started", "soe_seen"
# The time of the last click is written at most this often: otherwise every page view would be a database write.
GRAIN = 60


def expired(session, now):
    started = session.get(STARTED, now)
    seen = session.get(SEEN, now)
    idle = settings.SOE_SESSION_IDLE.total_seconds()
    return now - started > settings.SOE_SESSION_ABSOLUTE.total_seconds() or now - seen > idle


class SessionLimitsMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            now = int(time.time())
            if expired(request.session, now):
                logout(request)
                request.session_expired = True
            else:
                request.session.setdefault(STARTED, now)
                if now - request.session.get(SEEN, 0) >= GRAIN:
                    request.session[SEEN] = now
        return self.get_response(request)
