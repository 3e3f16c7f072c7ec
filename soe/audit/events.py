"""Security events: one row each, in the transaction of what they speak about. Sign-ins are rows of their own
(soe.accounts.events). No names of citizens, no texts of records, no query strings: a reader of the log learns that
something happened, and looks the rest up where rights apply."""

from .context import current_actor, current_request_id
from .errors import NoActor
from .models import SecurityEvent

Kind = SecurityEvent.Kind


def one_line(text, limit):
    """`text` without control characters: a log line that starts a second one is a forged entry."""
    clean = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in str(text))
    return clean[:limit]


def log_security(kind, *, detail="", obj=None, model=None) -> SecurityEvent:
    """Note a security event of the current actor; without one it says "unbekannt".

    kind: one of SecurityEvent.Kind. obj: the record it is about; model: its kind when there is no single record.
    detail: words of ours (a route name, a role, a file type), never what a person typed.
    """
    try:
        actor = current_actor()
        who = {"user_id": actor.user_id, "user_name": actor.name, "role": actor.role}
    except NoActor:
        who = {"user_name": "unbekannt"}
    about = type(obj) if obj is not None else model
    return SecurityEvent.objects.create(
        kind=Kind(kind),
        detail=one_line(detail, 300),
        model=about._meta.label_lower if about is not None else "",
        object_id=obj.pk if obj is not None else None,
        request_id=current_request_id(),
        **{name: one_line(value, 300) if isinstance(value, str) else value for name, value in who.items()},
    )
