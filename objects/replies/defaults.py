"""Periods and levels a city starts with. Idempotent: a subject that has any rows is left alone."""

from datetime import date

from .models import EscalationLevel, ReplyPeriod, Subject

SINCE = date(2020, 1, 1)
DAYS = {Subject.COMPLAINT: 14, Subject.PARTICIPATION: 14, Subject.REQUEST: 7, Subject.FORWARD: 5}
LEVELS = {
    Subject.COMPLAINT: [(-3, "acting"), (1, "acting"), (3, "head"), (7, "coordination")],
    Subject.PARTICIPATION: [(-3, "acting"), (1, "acting"), (3, "head"), (7, "coordination")],
    Subject.REQUEST: [(-2, "acting"), (1, "acting"), (3, "head")],
    Subject.FORWARD: [(1, "acting"), (3, "head"), (5, "coordination")],
}


def ensure_reply_defaults(*, reason="Grundeinrichtung") -> int:
    """Create what is missing; returns how many rows. Needs an actor."""
    added = 0
    for subject in Subject:
        if not ReplyPeriod.objects.filter(subject=subject).exists():
            ReplyPeriod(subject=subject, days=DAYS[subject], valid_from=SINCE).save(reason=reason)
            added += 1
        if not EscalationLevel.objects.filter(subject=subject).exists():
            for offset, audience in LEVELS[subject]:
                EscalationLevel(subject=subject, offset=offset, audience=audience).save(reason=reason)
                added += 1
    return added
