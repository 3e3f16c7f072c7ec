"""The import of a long list in a process of its own, killed in the middle and repeated: each row exactly once."""

import signal
import time

import pytest
from django.db import connections

from objects.models import Note, Party, Property, PropertyAddress
from soe.web.imports.models import Import
from tests.factories.core import DepartmentFactory
from tests.web.jobs.workers import workers  # noqa: F401

from . import messy

ROWS = 300


def _taken(fleet):
    """How many rows the other process has committed."""
    if not fleet.memory:
        return Import.objects.filter(lines__applied=True).values("lines").count()
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(f"file:{fleet.database}?mode=ro", uri=True)) as file:
        return file.execute("SELECT count(*) FROM web_importrow WHERE applied").fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_killed_and_repeated_each_row_is_there_once(workers, tmp_path):  # noqa: F811
    DepartmentFactory(name="Wohnungsaufsicht", short_name="Wohnungsaufsicht", default_visibility="open")
    messy.city(ROWS)
    file = tmp_path / "liste.csv"
    file.write_bytes(messy.csv_text(ROWS).encode("cp1252"))
    workers.share()
    command = ("import_properties", str(file), "--good-rows")
    process = workers.start(*command)
    while not _taken(workers) and process.poll() is None:
        time.sleep(0.01)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL, "it was through before it could be killed"
    assert 0 < _taken(workers) < ROWS
    assert workers.run(*command) == 0
    workers.fetch()
    connections["default"].ensure_connection()
    record = Import.objects.get()
    assert (record.state, record.rows) == ("done", ROWS)
    assert record.rows == record.imported + record.rejected
    assert Property.objects.count() == record.new == Note.objects.count() > 220
    assert Property.history.filter(history_type="+").count() == record.new
    numbers = PropertyAddress.objects.values_list("address", flat=True)
    assert len(numbers) == len(set(numbers))
    assert Party.objects.filter(name="Muster GmbH").count() == 1
