"""Headers that Django's own middleware does not set."""

from django.conf import settings


class HeadersMiddleware:
    """Permissions policy everywhere; nothing that a signed-in person saw stays in a cache."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.SOE_PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # Looking at request.user would query the database: the session cookie says enough.
        if (
            settings.SESSION_COOKIE_NAME in request.COOKIES
            or settings.SESSION_COOKIE_NAME in response.cookies
        ):
            response.headers["Cache-Control"] = "no-store"
        return response
