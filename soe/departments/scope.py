"""The one place where rights become SQL.

*A user may do ACTION on a ROW if one of her current memberships' roles grants ACTION for that kind of record, and
the row is in that membership's reach; or if a dated grant on that very row names her or her department.*
Hard denials beat everything. Superusers bypass nothing.
"""

from django.apps import apps
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from soe.audit.querysets import AuditedQuerySet

from .catalogue import permission as known_permission

NOTHING = Q(pk__in=[])


def departments_granting(user, permission):
    """Ids of the departments in which a current membership of `user` grants `permission` (None: any membership).

    A subquery: two roles in one department never give a row twice, and a right that ended is gone at once.
    """
    memberships = apps.get_model("departments", "Membership").objects.current().filter(user_id=user.pk)
    if permission is not None:
        memberships = memberships.filter(role__grants__permission=permission)
    return memberships.order_by().values("department_id")


class Reach:
    """Which rows a permission reaches. `permission` given here replaces the rule's own for this reach."""

    words = ""  # the same for readers: "Was darf diese Person?", "Wer darf diesen Datensatz sehen?"

    def __init__(self, permission=None):
        self.permission = permission and known_permission(permission).code

    def q(self, model, user, permission):
        return self.rows(model, user, departments_granting(user, self.permission or permission))

    def rows(self, model, user, departments):
        raise NotImplementedError


class City(Reach):
    """All rows, wherever in the city the permission was granted."""

    words = "ganze Stadt"

    def rows(self, model, user, departments):
        return Q(Exists(departments))


class Everyone(Reach):
    """All rows, for anybody with a current membership."""

    words = "ganze Stadt"

    def rows(self, model, user, departments):
        return Q(Exists(departments))


class OwnDepartment(Reach):
    """Rows whose department (path to a foreign key) is one that grants the permission."""

    words = "eigene Stelle"

    def __init__(self, path="department", permission=None):
        super().__init__(permission)
        self.path = path

    def rows(self, model, user, departments):
        if "__" not in self.path:
            return Q(**{f"{self.path}__in": departments})
        # By primary key, so that a path over several rows never doubles one.
        found = model._base_manager.filter(**{f"{self.path}__in": departments})
        return Q(pk__in=found.order_by().values("pk"))


class Participating(Reach):
    """Rows whose participations (path to rows with `department`, `state`, `closed_on`) name a granting department."""

    words = "wo die eigene Stelle beteiligt ist"

    def __init__(self, path="participations", permission=None):
        super().__init__(permission)
        self.path = path

    def rows(self, model, user, departments):
        found = model._base_manager.filter(
            **{
                f"{self.path}__department__in": departments,
                f"{self.path}__state": "accepted",
                f"{self.path}__closed_on": None,
            }
        )
        return Q(pk__in=found.order_by().values("pk"))


class ViaParent(Reach):
    """Rows whose parent (foreign key path) the user may do `action` on."""

    words = "soweit das Übergeordnete zugänglich ist"

    def __init__(self, path, action="view", permission=None):
        super().__init__(permission)
        self.path, self.action = path, action

    def q(self, model, user, permission):
        parent = model
        for part in self.path.split("__"):
            parent = parent._meta.get_field(part).related_model
        allowed = parent.objects.restrict(user, self.action).order_by().values("pk")
        return Q(Exists(departments_granting(user, self.permission or permission))) & Q(
            **{f"{self.path}__in": allowed}
        )


class Custom(Reach):
    """Rows chosen by `function(user, departments) -> Q`; `departments` is a subquery of granting departments."""

    words = "ausgewählte Datensätze der eigenen Stelle"

    def __init__(self, function, permission=None):
        super().__init__(permission)
        self.function = function

    def rows(self, model, user, departments):
        return self.function(user, departments)


class Rule:
    """One permission and the rows it reaches (the OR of its reaches)."""

    def __init__(self, permission, *reaches):
        self.permission = permission and known_permission(permission).code
        self.reaches = reaches or (City(),)

    @property
    def permissions(self):
        """Every code that opens some row; None stands for any membership."""
        return {reach.permission or self.permission for reach in self.reaches}

    def q(self, model, user):
        result = NOTHING
        for reach in self.reaches:
            result |= reach.q(model, user, self.permission)
        return result


class Scope:
    """The rules of one model by action, and its hard denials (`function(user) -> Q` of rows that are never shown)."""

    def __init__(self, *, deny=(), **rules):
        self.rules, self.deny = rules, tuple(deny)

    def rule(self, action):
        try:
            return self.rules[action]
        except KeyError:
            raise KeyError(f"No rule for action {action!r}; known: {sorted(self.rules)}") from None


def _grant_models(model):
    """The two django-guardian tables of row grants, as named by `row_grants` on the model."""
    return [apps.get_model(label) for label in getattr(model, "row_grants", ())]


def _granted(model, user, action):
    """Row grants in force that name the user or one of her departments."""
    groups = departments_granting(user, None)
    for table in _grant_models(model):
        grants = table.objects.current().filter(permission__codename=f"{action}_{model._meta.model_name}")
        if hasattr(table, "user"):
            yield grants.filter(user_id=user.pk)
        else:
            yield grants.filter(group__department__in=groups)


class ScopedQuerySet(AuditedQuerySet):
    def restrict(self, user, action="view"):
        """Only the rows on which `user` may do `action`. The only text of this rule."""
        if not getattr(user, "is_active", False) or user.pk is None:
            return self.none()
        scope = self.model.scope
        allowed = scope.rule(action).q(self.model, user)
        for grants in _granted(self.model, user, action):
            # The grantee must still belong somewhere: a leaver keeps nothing.
            allowed |= Q(Exists(grants.filter(content_object=OuterRef("pk")))) & Q(
                Exists(departments_granting(user, None))
            )
        rows = self.filter(allowed)
        for denied in scope.deny:
            rows = rows.filter(~denied(user))
        return rows


def may(user, model, action="view") -> bool:
    """The question behind 403: does any current membership, or any row grant, give `action` on `model` at all?"""
    if not getattr(user, "is_active", False) or user.pk is None:
        return False
    for code in model.scope.rule(action).permissions:
        if departments_granting(user, code).exists():
            return True
    return any(grants.exists() for grants in _granted(model, user, action))


def current_grants(now=None):
    """Filter for grants in force; shared by all grant tables (see grants.py)."""
    now = now or timezone.now()
    return Q(ended_at=None) & (Q(valid_until=None) | Q(valid_until__gt=now)) & Q(valid_from__lte=now)
