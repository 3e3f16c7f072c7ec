"""Writing notices. Everything happens in the caller's transaction: no change, no notice."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from soe.accounts.models import SYSTEM_USERNAME
from soe.audit.context import current_actor
from soe.audit.errors import NoActor

from ..text import local_date
from .kinds import channel_of, kinds, number_of
from .models import Notice

# What is entered later than this after it happened is history, not news.
STALE = timedelta(days=14)


@transaction.atomic
def notify(users, kind, *, title, url, target=None, key="", bundle=False, on=None) -> int:
    """Tell `users` about something; returns how many notices were written.

    Whoever did it herself, switched the kind off or is deactivated gets none. Rights are asked when a notice is
    shown. `key`: at most once per person, whoever runs when. `bundle`: an unread notice of the same kind and record
    counts up instead of a second one. `on`: the day it happened; long past events tell nobody.
    """
    entry = kinds.get(kind)
    if on is not None and timezone.localdate() - local_date(on) > STALE:
        return 0
    label = target._meta.concrete_model._meta.label_lower if target is not None else ""
    if label and label not in (kinds.models() if entry.about is None else entry.about):
        raise ValueError(f"Notices of kind {kind!r} are not about {label}; declare it in `about`.")
    people = {
        user.pk: user
        for user in users
        if user.is_active and user.username != SYSTEM_USERNAME and user.pk != _actor_id()
        if channel_of(user, entry) != "off"
    }
    if not people:
        return 0
    if key:
        known = set(
            Notice.objects.filter(recipient__in=people, key=key).values_list("recipient_id", flat=True)
        )
        people = {pk: user for pk, user in people.items() if pk not in known}
    title, now = entry.checked(title), timezone.now()
    if bundle:
        same = Notice.objects.unread().filter(
            recipient__in=people, kind=kind, target_model=label, target_id=target and target.pk
        )
        known = set(same.values_list("recipient_id", flat=True))
        same.update(times=F("times") + 1, at=now, title=title, url=url[:300], digest=None)
        people = {pk: user for pk, user in people.items() if pk not in known}
    rows = [
        Notice(
            recipient=user,
            kind=kind,
            title=title,
            number=number_of(target),
            url=url[:300],
            target_model=label,
            target_id=target and target.pk,
            key=key or None,
            at=now,
        )
        for user in people.values()
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=bool(key))
    return len(rows)


def _actor_id():
    try:
        return current_actor().user_id
    except NoActor:
        return None


def members(departments, permission):
    """The people whose current membership in one of `departments` grants `permission`."""
    from soe.departments.models import Membership

    held = Membership.objects.current().filter(
        department__in=departments if isinstance(departments, list | tuple) else [departments],
        role__grants__permission=permission,
    )
    return get_user_model().objects.filter(pk__in=held.order_by().values("user_id"), is_active=True)


def mark_read(notices) -> int:
    return notices.filter(read_at=None).update(read_at=timezone.now())
