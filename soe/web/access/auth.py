"""Signing in by key: `Authorization: Bearer <key>`, or Basic with the key as password (what GIS programs offer)."""

import base64
import binascii

from django.http import JsonResponse

from .models import AccessKey

CHALLENGE = 'Basic realm="SOE", charset="UTF-8"'
REFUSED = "Bitte mit einem gültigen Zugang anmelden. Zugänge legen Sie unter „Mein Konto“ an."


def secret_of(request) -> str:
    """The key that the request carries in its header; empty without one. Never in the address: addresses are logged."""
    kind, _, value = request.headers.get("Authorization", "").strip().partition(" ")
    value = value.strip()
    if kind.lower() == "bearer":
        return value
    if kind.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


class KeyMixin:
    """For views that programs read: a key or a session; 401 instead of the login page. First in the bases.

    The key only says who asks. What the answer holds is decided as for a page of that person: `restrict()`.
    """

    api = True

    @classmethod
    def as_view(cls, **initkwargs):
        view = super().as_view(**initkwargs)
        view.login_required = False  # LoginMiddleware leaves it to dispatch()
        return view

    def dispatch(self, request, *args, **kwargs):
        if "Authorization" in request.headers:
            key = AccessKey.objects.by_secret(secret_of(request))
            if key is None:
                return self.refuse()
            request.user = key.user
        if not request.user.is_authenticated:
            return self.refuse()
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Vary"] = "Authorization, Cookie"
        return response

    def refuse(self):
        return JsonResponse(
            {"title": REFUSED, "status": 401},
            status=401,
            content_type="application/problem+json",
            headers={"WWW-Authenticate": CHALLENGE, "Cache-Control": "no-store"},
        )
