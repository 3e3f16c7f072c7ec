"""When points are computed: after the transaction that moved something, once per property and request.

Inside the transaction other people's rows that are not committed yet could not be counted: two saves at the same
moment would leave points that know only one of them. After the commit, under the lock of the summary, the last one
to compute sees both.
"""

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from django.db import transaction

from . import scoring

logger = logging.getLogger("soe.scores")
# Tests that roll their transaction back never commit: they set this and compute at once.
AT_ONCE = False
_waiting: ContextVar[set | None] = ContextVar("soe_scores_waiting", default=None)


def rescore_soon(property_ids):
    """Compute the points of these properties when the transaction is through; nothing when it is rolled back."""
    ids = [pk for pk in property_ids if pk is not None]
    if not ids:
        return
    if AT_ONCE:
        scoring.rescore(ids)
    else:
        # A failure here must not turn a saved change into an error page: the nightly round repairs it.
        transaction.on_commit(partial(_due, ids), robust=True)


def _due(ids):
    waiting = _waiting.get()
    if waiting is None:
        scoring.rescore(ids)
    else:
        waiting.update(ids)


@contextmanager
def scores_once():
    """Everything that becomes due inside is computed together at the end."""
    token = _waiting.set(set())
    try:
        yield
    finally:
        ids = _waiting.get()
        _waiting.reset(token)
        if ids:
            try:
                scoring.rescore(sorted(ids))
            except Exception:
                logger.exception("points of %d properties not computed", len(ids))


class ScoresOnceMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return self.get_response(request)
        with scores_once():
            return self.get_response(request)
