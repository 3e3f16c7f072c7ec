"""One way to change a state: lock the row, look at the table, let the caller set its fields, save once."""

from contextlib import contextmanager

from django.db import transaction

from .context import acting_as
from .errors import IllegalTransition


class Stateful:
    """Mixin for audited models with `state` and `TRANSITIONS` (state → states that may follow)."""

    TRANSITIONS: dict = {}

    @contextmanager
    def transition(self, target, *, by, reason="", start=None):
        """Inside: the row is locked and current, and its state is already `target`; it is saved at the end.

        `start`: the states this step may begin in, when several steps lead to `target`.
        """
        with transaction.atomic(), acting_as(by):
            self.lock()
            now = type(target)(self.state)
            if target not in self.TRANSITIONS[now] or (start is not None and now not in start):
                raise IllegalTransition(now, target)
            self.state = target
            yield self
            self.save(reason=reason)
