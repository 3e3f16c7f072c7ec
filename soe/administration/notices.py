"""What those who administer hear of: lists of rights to look at, and rights that a new version brings."""

import hashlib

from django.contrib.auth import get_user_model

from soe.web.notices import kinds, notify, reminders
from soe.web.notices.reminders import Deadline, People

SOON, LATE = "Rechte prüfen bis {date}", "Rechte sind nicht geprüft seit {date}"
NEW_RIGHTS = "Neue Rechte in dieser Fassung"


def register():
    kinds.add("review_due", "Überprüfung der Rechte", about=("administration.reviewsheet",), titles=(SOON, LATE),
              group="Verwaltung", permission="admin.members")  # fmt: skip
    kinds.add("new_rights", NEW_RIGHTS, group="Verwaltung", permission="admin.roles")
    reminders.add("review_due", reviews_due)
    reminders.also(new_rights)


def _administrators(department_id, people):
    """Those of the department; where there are none, those of the city."""
    return people(department_id, "admin.members") or _of_the_city()


def _of_the_city():
    from soe.departments.models import Membership

    held = Membership.objects.current().filter(role__grants__permission="admin.all")
    return list(get_user_model().objects.filter(pk__in=held.order_by().values("user_id"), is_active=True))


def _due(sheet, people):
    day = f"{sheet.review.due_on:%d.%m.%Y}"
    return Deadline(
        record=sheet,
        due=sheet.review.due_on,
        people=_administrators(sheet.department_id, people),
        url=sheet.get_absolute_url(),
        soon=SOON.replace("{date}", day),
        late=LATE.replace("{date}", day),
    )


def reviews_due(first, last):
    """Unsigned lists whose day comes near or has passed."""
    from .reviews.models import ReviewSheet

    rows = ReviewSheet.objects.filter(signed_at=None, review__due_on__range=(first, last))
    people = People()
    for sheet in rows.select_related("review"):
        yield _due(sheet, people)


def review_began(sheets):
    """Told at once: the list waits from today."""
    people = People()
    for sheet in sheets:
        deadline = _due(sheet, people)
        notify(deadline.people, "review_due", title=deadline.soon, url=deadline.url, target=sheet)


def new_rights(today):
    """Once per version: what missing_defaults() offers has to be given by somebody."""
    from soe.departments.models import Membership
    from soe.departments.roles import missing_defaults

    missing = missing_defaults()
    if not missing:
        return 0
    words = "|".join(
        sorted(f"{role.code}:{entry.code}" for role, entries in missing.items() for entry in entries)
    )
    held = Membership.objects.current().filter(role__grants__permission="admin.roles")
    people = get_user_model().objects.filter(pk__in=held.order_by().values("user_id"), is_active=True)
    key = f"new_rights:{hashlib.sha256(words.encode()).hexdigest()[:32]}"
    return notify(people, "new_rights", title=NEW_RIGHTS, url="/verwaltung/", key=key)
