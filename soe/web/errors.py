"""Error pages: German, without a trace, with the id under which the log knows the event.

They are drawn without session, user and query: they also work when the database is what failed.
"""

import logging
import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from soe.audit.events import log_security

logger = logging.getLogger("soe.errors")

TOO_BIG = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
FOOTER = (("Erklärung zur Barrierefreiheit", "accessibility"), ("Datenschutz", "privacy"))


def page(request, status, template=None, **context):
    # Rendered without the request: its context processors would ask for the session and the user.
    context |= {
        "request_id": getattr(request, "request_id", ""),
        "city": settings.SOE_CITY,
        "shell": {"footer": [(label, reverse(name)) for label, name in FOOTER]},
    }
    response = HttpResponse(render_to_string(template or f"errors/{status}.html", context), status=status)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request, exception=None):
    if isinstance(exception, TOO_BIG):
        return page(request, 413)
    return page(request, 400)


def _note(request, kind):
    """A security event for somebody who is signed in. What failed must not fail again because of its log."""
    try:
        if not request.user.is_authenticated:
            return
        match = getattr(request, "resolver_match", None)
        target = (match.kwargs.get("pk") if match else None) or ""
        with transaction.atomic():
            log_security(kind, detail=f"{request.method} {match.view_name if match else ''} {target}".strip())
    except (AttributeError, DatabaseError):
        logger.exception("security event not written: %s", kind)


def permission_denied(request, exception=None):
    logger.warning("403 %s", request.path)
    _note(request, "denial")
    return page(request, 403)


def csrf_failure(request, reason=""):
    logger.warning("403 (Formularschutz) %s", request.path)
    return page(request, 403, "errors/403_csrf.html")


def page_not_found(request, exception=None):
    """One body for what does not exist and for what this person may not know of: the path is not repeated."""
    match = getattr(request, "resolver_match", None)
    if match is not None and "pk" in match.kwargs:
        # Written whether the row exists or not: otherwise the time of the answer would tell.
        _note(request, "not_found")
    return page(request, 404)


def server_error(request):
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        response = page(request, 503)
        response["Retry-After"] = "10"
        return response
    return page(request, 500)


class EmptyErrorsMiddleware:
    """Gives the answers that Django sends without a body a page: a wrong method, something that is gone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code in (405, 410) and not response.streaming and not response.content:
            answer = page(request, response.status_code)
            if "Allow" in response:
                answer["Allow"] = response["Allow"]
            return answer
        return response
