"""The rules a city starts with. Idempotent: a city that has any rule keeps its own."""

from datetime import date

from .models import WarningRule

SINCE = date(2020, 1, 1)
SIGNAL, PLACE = WarningRule.Signal, WarningRule.Place
# name, signal, from, months, where, also where something is confirmed
RULES = [
    ("Mehrere Beschwerden in kurzer Zeit", SIGNAL.COMPLAINTS, 3, 6, PLACE.BOTH, False),
    ("Leerstand", SIGNAL.VACANCY, 1, 12, PLACE.BOTH, False),
    ("Eigentümerwechsel", SIGNAL.OWNER_CHANGES, 1, 6, PLACE.REGISTERED, False),
    ("Schnelle Eigentümerwechsel", SIGNAL.OWNER_CHANGES, 2, 36, PLACE.REGISTERED, True),
    ("Rückstände bei Energie oder Abgaben", SIGNAL.ARREARS, 1, 12, PLACE.BOTH, False),
    ("Mängel, die wiederkehren", SIGNAL.REPEATED, 2, 24, PLACE.REGISTERED, False),
]


def ensure_warning_rules(*, reason="Grundeinrichtung") -> int:
    """Create the usual rules where there are none; returns how many. Needs an actor."""
    if WarningRule.objects.exists():
        return 0
    for name, signal, at_least, months, place, confirmed_too in RULES:
        WarningRule(
            name=name, signal=signal, at_least=at_least, months=months, place=place,
            confirmed_too=confirmed_too, valid_from=SINCE,
        ).save(reason=reason)  # fmt: skip
    return len(RULES)
