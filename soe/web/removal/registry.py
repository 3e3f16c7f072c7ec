"""Which kinds of records may be removed on a page at all: those an app names here, nothing else."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Max


def _nothing(obj):
    return ""


def _plainly(obj, *, by, reason):
    obj.delete(reason=reason)


@dataclass(frozen=True)
class Removable:
    """`action`: the rule of the model's Scope that allows removing and restoring. `parent`: foreign key of the record
    it belongs to; there the person comes back to. Whoever may change the parent finds in her bin what others removed.
    """

    model: type
    action: str = "change"
    parent: str = ""
    hint: str = ""  # what ending instead of removing would be, e.g. for a right that really existed
    # Q(user) of history rows: narrows what others find, where the rows do not follow their parent's rights.
    shared: Callable | None = None
    refuses: Callable = _nothing  # German words why this row may be neither removed nor restored now
    remove: Callable = _plainly
    mend: Callable = _nothing  # before it is saved again, inside the transaction: a free place in a sequence
    restored: Callable | None = None  # function(obj, by=, reason=) after it was saved again

    @property
    def parent_field(self):
        return self.model._meta.get_field(self.parent)


_known: dict[str, Removable] = {}


def register(model, **kwargs):
    if getattr(model, "history_excluded", ()):
        raise ImproperlyConfigured(
            f"{model._meta.label}: history keeps only a part, nothing could be restored."
        )
    kind = Removable(model, **kwargs)
    model.scope.rule(kind.action)
    _known[model._meta.label_lower] = kind


def find(label) -> Removable | None:
    return _known.get(label)


def all_kinds():
    return list(_known.values())


def at_end(parent):
    """For rows with a `position` below `parent`: what comes back takes its old place when free, else the last."""

    def mend(obj):
        getattr(obj, parent).lock()
        siblings = type(obj)._base_manager.filter(**{parent: getattr(obj, f"{parent}_id")})
        if siblings.filter(position=obj.position).exists():
            obj.position = siblings.aggregate(last=Max("position"))["last"] + 1

    return mend
