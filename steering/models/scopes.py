"""Who reaches confidential rows: members of the committee, besides the coordination office."""

from django.apps import apps
from django.db.models import Q

from soe.departments.scope import NOTHING


def seats(user, departments):
    """Ids of committees in which the user sits now: herself, as a deputy, or through her department."""
    memberships = apps.get_model("steering", "CommitteeMembership").objects.current()
    mine = Q(user_id=user.pk) | Q(deputy_id=user.pk) | Q(department__in=departments)
    return memberships.filter(mine).order_by().values("committee_id")


def open_or_member(committee, confidential="confidential"):
    """Rows that are not confidential, and confidential ones of committees in which the user sits."""

    def rows(user, departments):
        if not departments:
            return NOTHING
        return Q(**{confidential: False}) | Q(**{f"{committee}__in": seats(user, departments)})

    return rows


def minutes_readable(user, departments):
    """The locked text holds all items, so minutes with a confidential item stay with the members."""
    if not departments:
        return NOTHING
    hidden = apps.get_model("steering", "AgendaItem").objects.filter(confidential=True).order_by()
    member = Q(meeting__committee__in=seats(user, departments))
    return ~Q(meeting__in=hidden.values("meeting_id")) | member


def filed_proposals(user, departments):
    """Proposals that left their department; drafts stay at home."""
    return ~Q(state="draft") & open_or_member("committee")(user, departments)


def not_draft(user, departments):
    return ~Q(state="draft") if departments else NOTHING


def public_papers(user, departments):
    return Q(public=True) if departments else NOTHING
