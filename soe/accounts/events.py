"""What happens at the door, as rows that nobody can change."""

from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth import get_user_model

from .models import SignInEvent

UNKNOWN = "unbekanntes Konto"


def client_address(request):
    """Where the request comes from; None when that is unknown.

    Behind TRUSTED_PROXIES proxies it is the entry that the outermost of them wrote: whatever stands further left
    in X-Forwarded-For came from the client and may be made up.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if proxies := settings.SOE_TRUSTED_PROXIES:
        entries = [
            part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()
        ]
        address = entries[-proxies] if len(entries) >= proxies else address
    try:
        return str(ip_address(address))
    except ValueError:
        return None


def account_named(login):
    """The account behind what somebody typed, or None. A user name wins over another account's e-mail address."""
    login = (login or "").strip()
    if not login:
        return None
    users = get_user_model().objects
    return users.filter(username__iexact=login).first() or users.filter(email__iexact=login).first()


def record(request, kind, *, user=None):
    """Keep one event. Of a name without an account nothing is kept: people type passwords into that field."""
    return SignInEvent.objects.create(
        kind=kind,
        user_id=user.pk if user else None,
        user_name=user.username if user else UNKNOWN,
        address=client_address(request),
        client=request.META.get("HTTP_USER_AGENT", "")[:200],
        request_id=getattr(request, "request_id", ""),
    )
