"""What may this person do, and who may see this record: the same rules as restrict(), told in words.

`viewers()` asks restrict() itself for every candidate, many in one query, so the page cannot say anything else than
what happens.
"""

from dataclasses import dataclass

from django.apps import apps
from django.db.models import Q, UUIDField, Value

from .asking import together
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


TOGETHER = 100  # accounts asked for in one query


def _among(users, question) -> set:
    """Ids of the `users` whose `question(user)`, a queryset, holds anything; many in one query."""
    found, users = set(), list(users)
    for start in range(0, len(users), TOGETHER):
        some = users[start : start + TOGETHER]
        with together(some):
            asked = [
                question(user)
                .order_by()
                .annotate(asked_by=Value(user.pk, output_field=UUIDField()))
                .values_list("asked_by", flat=True)
                for user in some
            ]
        # Emptied once more: a union takes up the default order of the model again.
        found |= set(asked[0].union(*asked[1:], all=True).order_by() if len(asked) > 1 else asked[0])
    return found


def viewers(row, action="view") -> list:
    """The accounts that may do `action` on `row` right now: restrict() decides on each."""
    rows, able = type(row).objects, list(candidates(row, action))
    may = _among(able, lambda user: rows.restrict(user, action).filter(pk=row.pk))
    return [user for user in able if user.pk in may]


def reasons(row, users, action="view") -> dict:
    """{id of account: sentences}: memberships whose reach holds the row, and exceptions."""
    model, rule = type(row), type(row).scope.rule(action)
    held_by: dict = {user.pk: [] for user in users}
    memberships = (
        Membership.objects.current()
        .filter(user__in=held_by)
        .select_related("department", "role", "deputy_for")
        .prefetch_related("role__grants")
    )
    for held in memberships:
        held_by[held.user_id].append(held)
    found: dict = {user.pk: {} for user in users}
    for reach in rule.reaches:
        reached = _among(
            users,
            lambda user, reach=reach: model._base_manager.filter(
                reach.q(model, user, rule.permission), pk=row.pk
            ),
        )
        code = reach.permission or rule.permission
        for pk in reached:
            for held in held_by[pk]:
                if code is None or code in {grant.permission for grant in held.role.grants.all()}:
                    deputy = f", vertritt {held.deputy_for}" if held.deputy_for_id else ""
                    found[pk][
                        f"{held.role}, {held.department}{deputy} ({reach.words or 'nach besonderer Regel'})"
                    ] = True
    exceptions = [entry for grants in _grants_on(row, action) for entry in grants]
    for pk, memberships in held_by.items():
        places = {held.department.group_id: held.department for held in memberships}
        for entry in exceptions:
            place = places.get(getattr(entry, "group_id", None))
            if getattr(entry, "user_id", None) == pk or place:
                until = f" bis {entry.valid_until:%d.%m.%Y}" if entry.valid_until else ""
                words = f"Freigabe: {entry.get_basis_display()}{until}{f' für {place}' if place else ''}"
                found[pk][words] = True
    return {pk: list(sentences) for pk, sentences in found.items()}
