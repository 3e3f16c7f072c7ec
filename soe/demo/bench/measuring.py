"""Timing: medians of several calls, ratios between ways to the same rows."""

import resource
import statistics
import sys
import time

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def seconds(function, repeat=5):
    """Median wall time of `function` in seconds, after one call that is not counted."""
    function()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


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
