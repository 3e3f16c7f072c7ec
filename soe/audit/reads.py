"""The read log: written before the page is rendered, so that a look that cannot be logged does not happen."""

from .context import current_actor
from .models import ReadLog


def log_read(kind, model, *, obj=None, basis, hits=None) -> ReadLog:
    """Note that the current actor looks at social data of `model`.

    kind: one of ReadLog.Kind. obj: the record, None for lists and searches (then `hits` counts the rows shown).
    basis: the legal or organisational ground in a few words ("Fallführung", "Vermittlung", "Notzugriff").
    Never pass names or contents: the log holds none.
    """
    actor = current_actor()
    return ReadLog.objects.create(
        user_id=actor.user_id,
        user_name=actor.name,
        role=actor.role,
        kind=kind,
        model=model._meta.label_lower,
        object_id=obj.pk if obj is not None else None,
        object_number=str(getattr(obj, "number", "") or "") if obj is not None else "",
        basis=basis,
        hits=hits,
        request_id=actor.request_id,
    )
