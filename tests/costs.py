"""What a page costs: the same number of queries for few and for many rows."""

from django.db import connection
from django.test.utils import CaptureQueriesContext


def queries_of(ask):
    """{name: number of queries} of each of `ask`, a dict of functions."""
    found = {}
    for name, function in ask.items():
        with CaptureQueriesContext(connection) as caught:
            function()
        found[name] = len(caught)
    return found


def assert_same_cost(make, ask, *, most, few=2, more=4):
    """Whatever `ask` (one function, or several by name) needs for `few` rows of `make` it needs for many as well,
    and never above `most` queries. Asked once before: a first page writes its session."""
    ask = ask if isinstance(ask, dict) else {"": ask}
    make(few)
    queries_of(ask)
    first = queries_of(ask)
    make(more)
    assert queries_of(ask) == first
    assert max(first.values()) <= most, first
