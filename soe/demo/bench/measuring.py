"""Timing: medians and 95th percentiles of several calls, ratios between ways to the same rows."""

import resource
import statistics
import sys
import time

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def times(function, repeat=5):
    """Wall times of `function` in seconds, sorted, after one call that is not counted."""
    function()
    found = []
    for _ in range(repeat):
        start = time.perf_counter()
        function()
        found.append(time.perf_counter() - start)
    return sorted(found)


def seconds(function, repeat=5):
    return statistics.median(times(function, repeat))


def p95(found):
    """The time that 95 of 100 calls stay under; with few calls the slowest but one in twenty."""
    return found[max(0, -(-len(found) * 95 // 100) - 1)]


def once(function):
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def peak_memory_mb():
    """Highest memory of this process so far; Linux counts in kB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def queries(function) -> int:
    with CaptureQueriesContext(connection) as captured:
        function()
    return len(captured)


def rows_by_sql(table, order, limit=25):
    """What a page at least costs: counting and fetching its rows, without rights, names or markup."""

    def run():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 1001) AS c")
            cursor.fetchone()
            cursor.execute(f"SELECT * FROM {table} ORDER BY {order} LIMIT {int(limit)}")
            cursor.fetchall()

    return run
