"""The one place where rights become SQL.

*A user may do ACTION on a ROW if one of her current memberships' roles grants ACTION for that kind of record, and
the row is in that membership's reach; or if a dated grant on that very row names her or her department.*
Hard denials beat everything. Superusers bypass nothing.
"""

from django.apps import apps
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from soe.audit.querysets import AuditedQuerySet

from .asking import Departments, held, once
from .catalogue import permission as known_permission

NOTHING = Q(pk__in=[])
EVERYTHING = ~NOTHING


def departments_granting(user, permission) -> Departments:
    """Ids of the departments in which a current membership of `user` grants `permission` (None: any membership).

    A value, not a subquery: asked once per page (asking.py), and the database gets short statements.
    """
    return held(user).get(permission, Departments())


class Reach:
    """Which rows a permission reaches. `permission` given here replaces the rule's own for this reach."""

    words = ""  # the same for readers: "Was darf diese Person?", "Wer darf diesen Datensatz sehen?"

    def __init__(self, permission=None):
        self.permission = permission and known_permission(permission).code

    def q(self, model, user, permission):
        return self.rows(model, user, departments_granting(user, self.permission or permission))

    def rows(self, model, user, departments):
        raise NotImplementedError


def anyone(departments):
    """All rows for who has the right anywhere, none for anybody else."""
    return EVERYTHING if departments else NOTHING


class City(Reach):
    """All rows, wherever in the city the permission was granted."""

    words = "ganze Stadt"

    def rows(self, model, user, departments):
        return anyone(departments)


class Everyone(Reach):
    """All rows, for anybody with a current membership."""

    words = "ganze Stadt"

    def rows(self, model, user, departments):
        return anyone(departments)


class OwnDepartment(Reach):
    """Rows whose department (path to a foreign key) is one that grants the permission."""

    words = "eigene Stelle"

    def __init__(self, path="department", permission=None):
        super().__init__(permission)
        self.path = path

    def rows(self, model, user, departments):
        if not departments:
            return NOTHING
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
        if not departments:
            return NOTHING
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
        if not departments_granting(user, self.permission or permission):
            return NOTHING
        parent, optional = model, False
        for part in self.path.split("__"):
            field = parent._meta.get_field(part)
            parent, optional = field.related_model, optional or field.null
        allowed = parent.objects.restrict(user, self.action)
        if allowed.query.is_empty():
            return NOTHING
        if not allowed.query.where:  # every parent: having one is enough
            return Q(**{f"{self.path}__isnull": False}) if optional else EVERYTHING
        return Q(**{f"{self.path}__in": allowed.order_by().values("pk")})


class Custom(Reach):
    """Rows chosen by `function(user, departments) -> Q`; `departments`: ids of the granting departments."""

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
        return either(reach.q(model, user, self.permission) for reach in self.reaches)


def either(conditions):
    """The OR of conditions, as short as possible: what every row fulfils needs no further question."""
    result = NOTHING
    for condition in conditions:
        if condition is EVERYTHING:
            return EVERYTHING
        if condition is not NOTHING:
            result = condition if result is NOTHING else result | condition
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
    tables = _grant_models(model)
    groups = departments_granting(user, None) if tables else ()
    if not groups:
        return  # the grantee must still belong somewhere: a leaver keeps nothing
    for table in tables:
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
        with once():
            return self._restricted(user, action)

    def _restricted(self, user, action):
        scope = self.model.scope
        allowed = scope.rule(action).q(self.model, user)
        if allowed is not EVERYTHING:
            for grants in _granted(self.model, user, action):
                allowed = either([allowed, Q(Exists(grants.filter(content_object=OuterRef("pk"))))])
        denials = [denied for rule in scope.deny if (denied := rule(user)) is not NOTHING]
        if allowed is NOTHING or any(denied is EVERYTHING for denied in denials):
            return self.none()
        rows = self.all() if allowed is EVERYTHING else self.filter(allowed)
        for denied in denials:
            rows = rows.filter(~denied)
        return rows


def may(user, model, action="view") -> bool:
    """The question behind 403: does any current membership, or any row grant, give `action` on `model` at all?"""
    if not getattr(user, "is_active", False) or user.pk is None:
        return False
    with once():
        if any(departments_granting(user, code) for code in model.scope.rule(action).permissions):
            return True
        return any(grants.exists() for grants in _granted(model, user, action))


def current_grants(now=None):
    """Filter for grants in force; shared by all grant tables (see grants.py)."""
    now = now or timezone.now()
    return Q(ended_at=None) & (Q(valid_until=None) | Q(valid_until__gt=now)) & Q(valid_from__lte=now)
