"""Records that other records are about: files, comments and watching hang on any registered model.

    targets.register(Complaint, files=True, comments=True)          # in AppConfig.ready()

Who may read or write such a record follows from the rights of what it is about (`OfTarget`): nothing here knows
a right of its own. Several calls for one model add up.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from soe.audit.models import AuditedModel
from soe.departments.scope import NOTHING, Reach, ScopedQuerySet, departments_granting, may

KINDS = ("files", "comments", "watch", "letters")


@dataclass(frozen=True)
class Target:
    """What may hang on one model, and which of its rules stand behind reading and writing it."""

    model: type
    kinds: frozenset = frozenset()
    read: str = "view"
    write: str = "change"
    # acting(departments) -> Q of rows of `model` that these departments take part in (visibility „beteiligt“)
    acting: Callable | None = None

    def action(self, name):
        """The rule of the model behind "view" and "change" of what hangs on it; other names stand for themselves."""
        return {"view": self.read, "change": self.write}.get(name, name)

    def allows(self, name) -> bool:
        return self.action(name) in self.model.scope.rules

    def rows(self, user, name="view"):
        """The rows on which `user` may do `name`."""
        return self.model.objects.restrict(user, self.action(name))


_targets: dict[str, Target] = {}


def register(model, *, files=False, comments=False, watch=False, read=None, write=None, acting=None):
    """Let files, comments or watching hang on `model`. `read` and `write`: its rules for seeing and adding them."""
    label = model._meta.label_lower
    known = _targets.get(label) or Target(model)
    wanted = {"files": files, "comments": comments, "watch": watch}
    changes = {"kinds": known.kinds | {kind for kind in wanted if wanted[kind]}}
    changes |= {
        name: value
        for name, value in (("read", read), ("write", write), ("acting", acting))
        if value is not None
    }
    _targets[label] = replace(known, **changes)


def target_for(model_or_label, kind=None) -> Target | None:
    """What is registered for a model or its label, None when nothing (of this kind) is."""
    label = model_or_label if isinstance(model_or_label, str) else model_or_label._meta.label_lower
    found = _targets.get(label)
    return found if found is not None and (kind is None or kind in found.kinds) else None


def registered(kind=None) -> list[Target]:
    return [target for target in _targets.values() if kind is None or kind in target.kinds]


def find(user, label, pk, *, kind, action="view"):
    """The record an address names. 404: no such kind of record or out of reach; 403: no right at all."""
    target = target_for(label, kind)
    if target is None or not target.allows(action):
        raise Http404
    if not may(user, target.model, target.action(action)):
        raise PermissionDenied
    return get_object_or_404(target.rows(user, action), pk=pk)


def load(rows):
    """Set `target` on each of `rows`, one query per kind of record; None where it is gone. Asks no rights."""
    wanted: dict[str, set] = {}
    for row in rows:
        wanted.setdefault(row.target_model, set()).add(row.target_id)
    found = {
        label: apps.get_model(label)._base_manager.in_bulk(ids)
        for label, ids in wanted.items()
        if label in _targets
    }
    for row in rows:
        row._target = found.get(row.target_model, {}).get(row.target_id)
    return rows


# The one kind of record a query is already narrowed to: no need to ask the rights of all the others.
_only: ContextVar[str | None] = ContextVar("soe_only_target", default=None)


class OfTarget(Reach):
    """Rows about records on which the reader may do `action`, for every model registered for `kind`."""

    def __init__(self, kind, action="view", permission=None):
        super().__init__(permission)
        if kind not in KINDS:
            raise ValueError(f"Unknown kind {kind!r}; known: {KINDS}")
        self.kind, self.action = kind, action

    def q(self, model, user, permission):
        needed = self.permission or permission
        if needed and not departments_granting(user, needed):
            return NOTHING
        result = NOTHING
        for target in self.reachable(user):
            about = Q(target_model=target.model._meta.label_lower)
            result |= about & self.part(user, target, target.rows(user, self.action).order_by().values("pk"))
        return result

    def part(self, user, target, allowed):
        """Which rows about one kind of record, `allowed` being the records in reach. Subclasses ask for more."""
        return Q(target_id__in=allowed)

    def reachable(self, user):
        only = _only.get()
        if only is not None:
            target = target_for(only, self.kind)
            return [target] if target is not None and target.allows(self.action) else []
        codes = user.permission_codes()
        return [
            target
            for target in registered(self.kind)
            if target.allows(self.action) and self._possible(target, codes)
        ]

    def _possible(self, target, codes):
        needed = target.model.scope.rule(target.action(self.action)).permissions
        return None in needed or bool(needed & codes) or bool(getattr(target.model, "row_grants", ()))


class AboutQuerySet(ScopedQuerySet):
    _about_model = None

    def about(self, target):
        """Rows about this one record."""
        rows = self.filter(target_model=target._meta.label_lower, target_id=target.pk)
        rows._about_model = target._meta.label_lower
        return rows

    def about_all(self, model, ids):
        """Rows about these records of one model (`ids`: a list or a subquery)."""
        return self.of_model(model._meta.label_lower).filter(target_id__in=ids)

    def of_model(self, label):
        """Rows about one kind of record."""
        rows = self.filter(target_model=label)
        rows._about_model = label
        return rows

    def _clone(self):
        clone = super()._clone()
        clone._about_model = self._about_model
        return clone

    def restrict(self, user, action="view"):
        token = _only.set(self._about_model)
        try:
            return super().restrict(user, action)
        finally:
            _only.reset(token)


class AboutRecord(AuditedModel):
    """A record about another one. Give it `scope = Scope(view=Rule(None, OfTarget("comments")), …)`."""

    target_model = models.CharField("Datenart", max_length=80, editable=False)
    target_id = models.UUIDField("Datensatz", editable=False)

    objects = AboutQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["target_model", "target_id"], name="%(app_label)s_%(class)s_about"),
        ]

    @property
    def target(self):
        """The record this is about, None when it is gone. Asks no rights: start from restrict()."""
        if not hasattr(self, "_target"):
            load([self])
        return self._target

    @target.setter
    def target(self, record):
        if target_for(type(record)) is None:
            raise ValueError(f"{type(record)._meta.label} is not registered in soe.web.targets")
        self.target_model, self.target_id, self._target = record._meta.label_lower, record.pk, record

    def refresh_from_db(self, *args, **kwargs):
        self.__dict__.pop("_target", None)
        super().refresh_from_db(*args, **kwargs)

    def get_absolute_url(self):
        return self.target.get_absolute_url() if self.target is not None else ""
