"""The second factor: who must have one, codes that work once, and guessing that gets slower."""

import time
from datetime import timedelta

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import BooleanField, Exists, OuterRef, Value
from django.utils import timezone

from . import events, sessions
from .mails import tell
from .models import SignInEvent

PERIOD = 30
WINDOW = (-1, 0, 1)  # half a minute of clock difference either way
LAST = "last_counter"
EVERY = 5
WAITS = (5, 15, 30, 60)  # minutes, after the 5th, 10th, 15th … wrong code since the last sign-in


class TooManyCodes(Exception):
    def __init__(self, minutes):
        self.minutes = minutes


# --- who must have one ----------------------------------------------------------------------------------------------
def demanded_of(user_id):
    """Whether a role that `user_id` (a value or an OuterRef) holds now demands a second factor."""
    memberships = apps.get_model("departments", "Membership").objects.current()
    return Exists(memberships.filter(user_id=user_id, role__requires_second_factor=True))


def missing_for(user_id):
    """Condition on any table: the account must have a second factor and has none."""
    if not settings.SOE_REQUIRE_SECOND_FACTOR:
        return Value(False, output_field=BooleanField())
    has = Exists(Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP))
    return demanded_of(user_id) & ~has


def demanded(user):
    return settings.SOE_REQUIRE_SECOND_FACTOR and bool(
        get_user_model().objects.filter(demanded_of(OuterRef("pk")), pk=user.pk).exists()
    )


def authenticators(user):
    return {row.type: row for row in Authenticator.objects.filter(user_id=user.pk)}


# --- codes ----------------------------------------------------------------------------------------------------------
def _matching_counter(secret, code, now):
    for step in WINDOW:
        counter = int(now) // PERIOD + step
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))):
            return counter
    return None


def _take_totp(row, code):
    from allauth.mfa.utils import decrypt

    secret = decrypt(row.data["secret"])
    if not secret:
        return False  # encrypted with a key that is gone
    counter = _matching_counter(secret, code, time.time())
    # RFC 6238 § 5.2: a code is accepted once, and none that is older than the last one.
    if counter is None or counter <= row.data.get(LAST, -1):
        return False
    row.data[LAST] = counter
    row.save(update_fields=["data"])
    return True


def take_code(user, code):
    """The authenticator whose code this is, used up now; None for a wrong one. Raises TooManyCodes.

    One at a time per account: two requests with the same code, or fifty guesses at once, stand in line.
    """
    with transaction.atomic():
        get_user_model().objects.select_for_update().get(pk=user.pk)
        if minutes := wait(user):
            raise TooManyCodes(minutes)
        rows = authenticators(user)
        totp, spare = rows.get(Authenticator.Type.TOTP), rows.get(Authenticator.Type.RECOVERY_CODES)
        if totp is not None and _take_totp(totp, code):
            return totp
        if spare is not None and spare.wrap().validate_code(code):
            return spare
        events.record(_request(), SignInEvent.Kind.CODE, user=user)
    return None


def wait(user):
    """Minutes for which no code is looked at, 0 when the next one may be tried."""
    now = timezone.now()
    own = SignInEvent.objects.filter(user_id=user.pk, at__gte=now - timedelta(days=1))
    came_in = own.filter(kind__in=SignInEvent.CAME_IN).order_by("-at").values_list("at", flat=True).first()
    wrong = own.filter(kind=SignInEvent.Kind.CODE)
    if came_in:
        wrong = wrong.filter(at__gt=came_in)
    times = list(wrong.order_by("-at").values_list("at", flat=True))
    if not times or len(times) % EVERY:
        return 0
    minutes = WAITS[min(len(times) // EVERY, len(WAITS)) - 1]
    left = times[0] + timedelta(minutes=minutes) - now
    return max(0, -(-int(left.total_seconds()) // 60))


def _request():
    from allauth.core import context

    return context.request


# --- set and removed ------------------------------------------------------------------------------------------------
@transaction.atomic
def reset(user, request):
    """The recovery path: phone and spare codes are gone. The account signs in by password and sets up a new one."""
    had = Authenticator.objects.filter(user_id=user.pk).delete()[0]
    sessions.end_all(user)
    if had:
        events.record(request, SignInEvent.Kind.FACTOR_OFF, user=user)
        tell(user, "factor_removed")
    return had


def was_set(request):
    """The code that proved the set-up is used up as well."""
    row = Authenticator.objects.get(user_id=request.user.pk, type=Authenticator.Type.TOTP)
    row.data[LAST] = int(time.time()) // PERIOD
    row.save(update_fields=["data"])
    _tell(request, SignInEvent.Kind.FACTOR_ON, "factor_set")


def was_removed(request):
    _tell(request, SignInEvent.Kind.FACTOR_OFF, "factor_removed")


def has_new_codes(request):
    _tell(request, SignInEvent.Kind.CODES, "new_codes")


def _tell(request, kind, mail):
    events.record(request, kind, user=request.user)
    tell(request.user, mail)
