"""Who acts. Every write asks here; without an answer it is refused."""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from .errors import NoActor


@dataclass(frozen=True)
class Actor:
    """The person or job behind a change, as the history keeps it: names are copied, so they survive renaming."""

    user_id: object
    name: str
    role: str
    reason: str = ""
    request_id: str = ""


_actor: ContextVar[Actor | None] = ContextVar("soe_actor", default=None)
_request: ContextVar[object | None] = ContextVar("soe_request", default=None)


def actor_for(user, *, reason="", request_id="") -> Actor:
    return Actor(user.pk, user.audit_name(), user.audit_role(), reason, request_id)


def current_actor() -> Actor:
    """The actor of this write. Raises NoActor when there is none."""
    actor = _actor.get()
    if actor is not None:
        return actor
    request = _request.get()
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        raise NoActor("Business rows are written inside acting_as(user) or a request of a signed-in user.")
    cached = getattr(request, "_soe_actor", None)
    if cached is None or cached.user_id != user.pk:
        cached = actor_for(user, request_id=getattr(request, "request_id", ""))
        request._soe_actor = cached
    return cached


def current_request_id() -> str:
    return getattr(_request.get(), "request_id", "") or ""


@contextmanager
def acting_as(user, *, reason=""):
    """Everything written inside is done by `user`; `reason` stands in each history row that has none of its own."""
    outer = _actor.get()
    if outer is not None and outer.user_id == user.pk:
        actor = replace(outer, reason=reason or outer.reason)
    else:
        actor = actor_for(user, reason=reason, request_id=current_request_id())
    token = _actor.set(actor)
    try:
        yield actor
    finally:
        _actor.reset(token)


@contextmanager
def request_context(request):
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)
