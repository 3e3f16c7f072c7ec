"""Guessing passwords gets slower and slower, without shutting the owner of the account out for good."""

from datetime import timedelta
from hashlib import sha256

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.shortcuts import render
from django.utils import timezone

from .events import account_named, client_address, record
from .models import SignInEvent

# Wrong passwords for one account from one address since the last success -> how long the door stays shut.
STEPS = (
    (20, timedelta(minutes=60)),
    (15, timedelta(minutes=30)),
    (10, timedelta(minutes=15)),
    (0, timedelta(minutes=5)),
)
SPAN = timedelta(minutes=10)
FROM_ONE_ADDRESS = 100  # many names from one address: a whole office behind one address stays below
FOR_ONE_ACCOUNT = 30  # one name from many addresses
KNOWN_ADDRESS = timedelta(days=30)


def typed_login(request, credentials):
    """One key per account, whether name or e-mail was typed; of an unknown name only a digest is kept."""
    credentials = credentials or {}
    login = next((credentials[k] for k in ("username", "email", "login") if credentials.get(k)), None)
    login = login or request.POST.get("login", "")
    user = account_named(login)
    if user is not None:
        return user.username
    return "?" + sha256(f"{settings.SECRET_KEY}:{login.strip().casefold()}".encode()).hexdigest()[:32]


def typed_account(request):
    """Whose password is being tried: at the login the name typed, at a confirmation the person signed in."""
    user = getattr(request, "user", None)
    return account_named(request.POST.get("login", "")) or (user if user and user.is_authenticated else None)


def _failures(**where):
    return SignInEvent.objects.filter(kind=SignInEvent.Kind.FAILURE, **where)


def cool_off(request):
    """The wait grows with every further five failures of the last day."""
    user = typed_account(request) if request else None
    if user is None:
        return STEPS[-1][1]
    address = client_address(request)
    own = SignInEvent.objects.filter(
        user_id=user.pk, address=address, at__gte=timezone.now() - timedelta(days=1)
    )
    last = own.filter(kind=SignInEvent.Kind.SUCCESS).order_by("-at").values_list("at", flat=True).first()
    failures = own.filter(kind=SignInEvent.Kind.FAILURE)
    # The failure that is being counted right now is not recorded yet.
    count = (failures.filter(at__gt=last) if last else failures).count() + 1
    return next(wait for limit, wait in STEPS if count >= limit)


class LockoutHandler(AxesDatabaseHandler):
    """django-axes locks one account at one address; this adds many accounts at one address and the reverse."""

    def is_locked(self, request, credentials=None):
        return (
            super().is_locked(request, credentials)
            or self._sprayed(request)
            or self._surrounded(request, credentials)
        )

    def _sprayed(self, request):
        address = client_address(request)
        return _failures(address=address, at__gte=timezone.now() - SPAN).count() >= FROM_ONE_ADDRESS

    def _surrounded(self, request, credentials):
        user = typed_account(request)
        if user is None:
            return False
        now = timezone.now()
        if _failures(user_id=user.pk, at__gte=now - SPAN).count() < FOR_ONE_ACCOUNT:
            return False
        # Where she signed in lately the owner still gets in: strangers cannot lock her out from elsewhere.
        known = SignInEvent.objects.filter(
            kind=SignInEvent.Kind.SUCCESS,
            user_id=user.pk,
            address=client_address(request),
            at__gte=now - KNOWN_ADDRESS,
        )
        return not known.exists()


def locked_out(request, response=None, credentials=None):
    """The page that says so; the same for names with and without an account."""
    record(request, SignInEvent.Kind.LOCKED, user=typed_account(request))
    minutes = int(cool_off(request).total_seconds() // 60)
    answer = render(request, "errors/429.html", {"minutes": minutes}, status=429)
    answer["Retry-After"] = str(minutes * 60)
    return answer
