"""Counting people who hold something today."""

from django.db.models import Count, Q
from django.utils import timezone


def _current():
    """Condition on `memberships` of a department or role: in force today."""
    today = timezone.localdate()
    ends = Q(memberships__valid_until=None) | Q(memberships__valid_until__gte=today)
    return ends & Q(
        memberships__valid_from__lte=today, memberships__ended_at=None, memberships__user__is_active=True
    )


def people():
    return Count("memberships__user", filter=_current(), distinct=True)
