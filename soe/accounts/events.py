"""What happens at the door, as rows that nobody can change."""

from axes.helpers import get_client_ip_address
from django.contrib.auth import get_user_model
from django.db.models import Q

from .models import SignInEvent

UNKNOWN = "unbekanntes Konto"


def account_named(login):
    """The account behind what somebody typed, or None."""
    login = (login or "").strip()
    if not login:
        return None
    return (
        get_user_model()
        .objects.filter(Q(username__iexact=login) | Q(email__iexact=login, email__gt=""))
        .first()
    )


def record(request, kind, *, user=None):
    """Keep one event. Of a name without an account nothing is kept: people type passwords into that field."""
    return SignInEvent.objects.create(
        kind=kind,
        user_id=user.pk if user else None,
        user_name=user.username if user else UNKNOWN,
        address=get_client_ip_address(request) or None,
        client=request.META.get("HTTP_USER_AGENT", "")[:200],
        request_id=getattr(request, "request_id", ""),
    )
