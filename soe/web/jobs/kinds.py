"""The kinds of jobs there are, and how a running one ends before its time."""

from collections.abc import Callable
from dataclasses import dataclass


class JobFailed(Exception):
    """The job cannot be done. The message is a German sentence without personal data; the starter reads it."""


class RightsWithdrawn(JobFailed):
    """The starter may no longer do this."""

    def __init__(self, text="Ihre Rechte haben sich geändert. Der Auftrag wurde deshalb abgelehnt."):
        super().__init__(text)


class Stopped(BaseException):
    """Ends the function of a job at its next check. No Exception: a job's own `except Exception` must not hold it."""


class Cancelled(Stopped):
    """Somebody cancelled the job."""


class Paused(Stopped):
    """This worker is being stopped; another one goes on from the last checkpoint."""


class Superseded(Stopped):
    """The lease ran out and another worker took the job over: whatever this one still wants to write is refused."""


@dataclass(frozen=True)
class Kind:
    """`permission`: a code, a tuple of codes (one is enough), None for any membership, or
    `function(user, params) -> bool`. `system`: runs in the name of the system account, started by the schedule.
    """

    name: str
    title: str
    function: Callable
    permission: object = None
    system: bool = False
    forgets: tuple = ()  # params that are dropped when the job ends (they may hold what somebody searched for)

    def allowed(self, user, params) -> bool:
        """Asked when the job is started, when it begins, at every check and at every download."""
        if self.system:
            return True
        if not user.is_active:
            return False
        if callable(self.permission):
            return bool(self.permission(user, params))
        codes = user.permission_codes()
        if self.permission is None:
            return user.memberships.current().exists()
        needed = {self.permission} if isinstance(self.permission, str) else set(self.permission)
        return bool(needed & codes)


registered: dict[str, Kind] = {}


def job(name, *, title, permission=None, system=False, forgets=()):
    """Register `function(run, **params)`. A job may be run again after a crash: whatever it writes belongs into
    `with run.step(…)`, and what the last finished step left stands in `run.checkpoint`.
    """

    def wrap(function):
        registered[name] = Kind(name, title, function, permission, system, forgets)
        return function

    return wrap


def kind_of(name) -> Kind:
    try:
        return registered[name]
    except KeyError:
        raise JobFailed("Diese Art von Auftrag gibt es nicht mehr.") from None
