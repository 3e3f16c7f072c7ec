"""What may this person do, and who may see this record: the same rules as restrict(), told in words.

`viewers()` asks restrict() itself for every candidate, so the page cannot say anything else than what happens.
"""

from dataclasses import dataclass

from django.apps import apps
from django.db.models import Q

from .catalogue import PERMISSIONS
from .grants import grantable_models
from .models import Membership
from .scope import Scope, _grant_models, may

DIRECT = ("view", "change", "add")


@dataclass
class Right:
    permission: object
    sources: list  # memberships
    reach: str


def _scoped_models():
    return [
        m for m in apps.get_models() if isinstance(getattr(m, "scope", None), Scope) and not m._meta.proxy
    ]


def reach_words():
    """code → where it reaches, in words, over all rules that name it."""
    words: dict[str, dict] = {}
    for model in _scoped_models():
        for action in DIRECT:
            rule = model.scope.rules.get(action)
            for reach in rule.reaches if rule else ():
                code = reach.permission or rule.permission
                if code and reach.words:
                    words.setdefault(code, {})[reach.words] = True
    return {code: "; ".join(found) for code, found in words.items()}


def rights_of(user) -> list[Right]:
    """Every permission in force today with the memberships it comes from."""
    rows = list(
        Membership.objects.current()
        .filter(user_id=user.pk)
        .select_related("department", "role", "deputy_for")
        .prefetch_related("role__grants")
    )
    sources: dict[str, list] = {}
    for row in rows:
        for grant in row.role.grants.all():
            sources.setdefault(grant.permission, []).append(row)
    words = reach_words()
    return [Right(PERMISSIONS[c], sources[c], words.get(c, "")) for c in PERMISSIONS if c in sources]


def exceptions_of(user):
    """[(model, grant)] of dated grants in force that name her or one of her departments."""
    groups = Membership.objects.current().filter(user_id=user.pk).order_by().values("department__group_id")
    found = []
    for model in grantable_models():
        for table in _grant_models(model):
            rows = table.objects.current()
            if hasattr(table, "user"):
                rows = rows.filter(user_id=user.pk)
            else:
                rows = rows.filter(group_id__in=groups).select_related("group__department")
            found += [
                (model, entry) for entry in rows.select_related("permission").order_by("valid_until")[:200]
            ]
    return found


def denials_of(user):
    """[(kind in plural, number)] of rows that are hidden from her although her role would show that kind."""
    found = []
    for model in _scoped_models():
        if not model.scope.deny or not may(user, model):
            continue
        hidden = Q(pk__in=[])
        for denied in model.scope.deny:
            hidden |= denied(user)
        if count := model._base_manager.filter(hidden).count():
            found.append((str(model._meta.verbose_name_plural), count))
    return found


@dataclass
class Viewer:
    user: object
    reasons: list  # sentences


def candidates(row, action="view"):
    """Accounts that could be able at all: a membership with a fitting permission, or an exception on this row."""
    from soe.accounts.models import User

    codes = type(row).scope.rule(action).permissions
    members = Membership.objects.current()
    able = Q() if None in codes else Q(role__grants__permission__in=codes)
    ids = Q(pk__in=members.filter(able).order_by().values("user_id"))
    for grants in _grants_on(row, action):
        if hasattr(grants.model, "user"):
            ids |= Q(pk__in=grants.order_by().values("user_id"))
        else:
            groups = grants.order_by().values("group_id")
            ids |= Q(pk__in=members.filter(department__group_id__in=groups).order_by().values("user_id"))
    return User.objects.filter(ids, is_active=True)


def _grants_on(row, action):
    code = f"{action}_{row._meta.model_name}"
    for table in _grant_models(type(row)):
        yield table.objects.current().filter(content_object=row, permission__codename=code)


def viewers(row, action="view") -> list:
    """The accounts that may do `action` on `row` right now: restrict() decides on each."""
    rows = type(row).objects
    return [
        user for user in candidates(row, action) if rows.restrict(user, action).filter(pk=row.pk).exists()
    ]


def why(row, user, action="view") -> list[str]:
    """Where the right comes from: memberships whose reach holds the row, and exceptions."""
    model, rule = type(row), type(row).scope.rule(action)
    memberships = list(
        Membership.objects.current()
        .filter(user_id=user.pk)
        .select_related("department", "role", "deputy_for")
        .prefetch_related("role__grants")
    )
    reasons: dict[str, bool] = {}
    for reach in rule.reaches:
        if not model._base_manager.filter(reach.q(model, user, rule.permission), pk=row.pk).exists():
            continue
        code = reach.permission or rule.permission
        for held in memberships:
            if code is None or code in {grant.permission for grant in held.role.grants.all()}:
                deputy = f", vertritt {held.deputy_for}" if held.deputy_for_id else ""
                reasons[
                    f"{held.role}, {held.department}{deputy} ({reach.words or 'nach besonderer Regel'})"
                ] = True
    places = {held.department.group_id: held.department for held in memberships}
    for grants in _grants_on(row, action):
        for entry in grants:
            whom = getattr(entry, "user_id", None)
            place = places.get(getattr(entry, "group_id", None))
            if whom == user.pk or place:
                until = f" bis {entry.valid_until:%d.%m.%Y}" if entry.valid_until else ""
                reasons[f"Freigabe: {entry.get_basis_display()}{until}{f' für {place}' if place else ''}"] = (
                    True
                )
    return list(reasons)
