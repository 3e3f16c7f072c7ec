"""Which kinds of records may be removed on a page at all: those an app names here, nothing else."""

from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Removable:
    """`action`: the rule of the model's Scope that allows removing and restoring. `parent`: foreign key of the record
    it belongs to; there the person comes back to."""

    model: type
    action: str = "change"
    parent: str = ""
    hint: str = ""  # what ending instead of removing would be, e.g. for a right that really existed


_known: dict[str, Removable] = {}


def register(model, *, action="change", parent="", hint=""):
    if getattr(model, "history_excluded", ()):
        raise ImproperlyConfigured(
            f"{model._meta.label}: history keeps only a part, nothing could be restored."
        )
    model.scope.rule(action)
    _known[model._meta.label_lower] = Removable(model, action, parent, hint)


def find(label) -> Removable | None:
    return _known.get(label)


def all_kinds():
    return list(_known.values())
