"""Who reaches which person and case: the reaches and hard denials that the models' scopes name.

Three depths. `view` is the card: who it is and what a consent opens; `full` is everything; `change` is work. Consent
and referral give `view`, break-glass gives `view` and `full` for an hour, and only the own carrier may `change`.
"""

from django.apps import apps
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from soe.departments.scope import EVERYTHING, NOTHING, departments_granting
from soe.web import rights


def _model(name):
    return apps.get_model("cases", name)


# Reaches -----------------------------------------------------------------------------------------------------------


def of_own_offers(path="offer"):
    """Rows of offers whose carrier grants the permission; `path` leads to the offer over forward keys only."""

    def rows(user, departments):
        return Q(**{f"{path}__carrier__in": departments})

    return rows


def clients(user, departments):
    """Persons for whom the own carrier leads a case: their card, whoever recorded them first."""
    cases = _model("Case").objects.filter(offer__carrier__in=departments)
    return Q(pk__in=cases.order_by().values("person_id"))


def consented(share, path="case"):
    """Rows of cases whose person agreed that this department learns about `share` (a field of Consent)."""

    def rows(user, departments):
        consents = _model("Consent").objects.open_to(departments).filter(**{share: True})
        return Q(**{f"{path}__in": consents.exclude(case=None).order_by().values("case_id")})

    return rows


def consented_household(user, departments):
    """Households of persons who agreed that this department learns where and how they live."""
    consents = _model("Consent").objects.open_to(departments).filter(shares_household=True)
    members = (
        _model("HouseholdMember").objects.current().filter(person__in=consents.order_by().values("person_id"))
    )
    return Q(pk__in=members.order_by().values("household_id"))


def received(user, departments):
    """Referrals to the own department while the consent behind them holds, and refused ones never."""
    Referral, Consent = _model("Referral"), _model("Consent")
    return Q(
        to_department__in=departments,
        state__in=Referral.OPENING,
        consent__in=Consent.objects.in_force().order_by().values("pk"),
    )


# Hard denials ------------------------------------------------------------------------------------------------------


def denied_persons(user):
    """Ids of persons this user must not meet anywhere: restricted without being listed, or a conflict of interest."""
    restricted = (
        _model("Restriction")
        .objects.in_force()
        .exclude(
            pk__in=_model("RestrictionAccess")
            .objects.filter(user_id=user.pk)
            .order_by()
            .values("restriction_id")
        )
    )
    conflicts = _model("ConflictOfInterest").objects.in_force().filter(user_id=user.pk)
    of_households = _model("HouseholdMember").objects.filter(
        household__in=conflicts.exclude(household=None).order_by().values("household_id")
    )
    return (
        restricted.order_by().values("person_id"),
        conflicts.exclude(person=None).order_by().values("person_id"),
        of_households.order_by().values("person_id"),
    )


def denied(path):
    """For `Scope(deny=[…])`: rows whose person (at `path`) is denied to the user."""

    def rows(user):
        result = Q(pk__in=[])
        for persons in denied_persons(user):
            result |= Q(**{f"{path}__in": persons})
        return result

    return rows


def without(permission):
    """For `Scope(deny=[…])`: everything, unless a current membership holds `permission`.

    A grant opens a row, but only a role opens social data at all: the coordination office sees no person even if a
    consent names it by mistake.
    """

    def rows(user):
        return NOTHING if departments_granting(user, permission) else EVERYTHING

    return rows


# Several questions about one row in one query ----------------------------------------------------------------------


def with_depths(rows, user, *actions):
    """Annotates `may_<action>` for each of `actions`: what the reader may do on each row."""
    depths = {
        f"may_{action}": Exists(rows.model.objects.restrict(user, action).filter(pk=OuterRef("pk")))
        for action in actions
    }
    return rows.annotate(**depths)


class Depths:
    """Mixin for detail pages: `may_full` and `may_change` come with the row itself."""

    depths = ("full", "change")

    def get_queryset(self):
        return with_depths(super().get_queryset(), self.request.user, *self.depths)

    def get_object(self, queryset=None):
        obj = super().get_object(queryset)
        cache = rights.answers(self.request)
        for action in self.depths:
            cache[action, obj._meta.label, obj.pk] = getattr(obj, f"may_{action}")
        return obj


# On which basis somebody looks -------------------------------------------------------------------------------------

OWN_WORK = "Fallführung"


def basis_for(user, obj, department) -> str:
    """The ground of a look at `obj`, for the read log and the page: own work, or the grant that opened the row."""
    from soe.departments.grants import grants_on

    if department.pk in departments_granting(user, f"{obj._meta.model_name}.view"):
        return f"{OWN_WORK} {department}"
    mine = set(user.departments.values_list("group_id", flat=True))
    for entry in grants_on(obj):
        if getattr(entry, "user_id", None) == user.pk or getattr(entry, "group_id", None) in mine:
            return entry.get_basis_display()
    return f"{OWN_WORK} im eigenen Angebot"


def end_of(day):
    """The first moment after `day`, local time: until then a consent of that day holds."""
    from datetime import datetime, time, timedelta

    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) if day else None
