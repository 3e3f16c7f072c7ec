"""Error pages: German, without a trace, with the id under which the log knows the event.

They use no session, no user and no query: they also work when the database is what failed.
"""

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string

logger = logging.getLogger("soe.errors")


def page(request, status, template=None, **context):
    context["request_id"] = getattr(request, "request_id", "")
    # Without the request: its context processors would ask for the session and the user.
    html = render_to_string(template or f"errors/{status}.html", context)
    response = HttpResponse(html, status=status)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request, exception=None):
    return page(request, 400)


def permission_denied(request, exception=None):
    logger.warning("403 %s", request.path)
    return page(request, 403)


def csrf_failure(request, reason=""):
    logger.warning("403 (Formularschutz) %s", request.path)
    return page(request, 403, "errors/403_csrf.html")


def page_not_found(request, exception=None):
    """One body for what does not exist and for what this person may not know of: the path is not repeated."""
    return page(request, 404)


def server_error(request):
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        response = page(request, 503)
        response["Retry-After"] = "10"
        return response
    return page(request, 500)
