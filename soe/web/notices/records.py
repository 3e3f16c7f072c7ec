"""Which records notices may point at, and whether a reader reaches one of them."""

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from .. import targets


def watchable() -> list[str]:
    """Labels of the records that can be watched or commented."""
    kinds = ("watch", "comments")
    return sorted({target.model._meta.label_lower for kind in kinds for target in targets.registered(kind)})


def rows_of(label, user):
    """The records of one kind that `user` may read."""
    target = targets.target_for(label)
    return target.rows(user) if target is not None else apps.get_model(label).objects.restrict(user)


def possible(label, codes) -> bool:
    """Whether somebody holding `codes` can reach any record of this kind: spares the question otherwise."""
    target, model = targets.target_for(label), apps.get_model(label)
    needed = model.scope.rule(target.read if target is not None else "view").permissions
    return None in needed or bool(needed & set(codes)) or bool(getattr(model, "row_grants", ()))


def reachable(user, labels, codes=None):
    """Rows about no record, or about one that `user` may view right now. One EXISTS per kind of record."""
    codes = user.permission_codes() if codes is None else codes
    allowed = Q(target_model="")
    for label in labels:
        if possible(label, codes):
            rows = rows_of(label, user).order_by().filter(pk=OuterRef("target_id"))
            allowed |= Q(target_model=label) & Q(Exists(rows.values("pk")))
    return allowed
