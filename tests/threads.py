"""Steps that start at the same moment, each with a connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection, connections


def at_once(*steps):
    """Run the steps in parallel; what each returned or raised."""
    barrier = Barrier(len(steps))

    def run(step):
        try:
            barrier.wait(timeout=30)
            return step()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def need_a_file():
    """Threads do not share a SQLite database in memory."""
    if connection.vendor == "sqlite" and not settings.DATABASES["default"].get("TEST", {}).get("NAME"):
        pytest.fail("TEST_SQLITE_FILE=1 pytest -m browser …", pytrace=False)
