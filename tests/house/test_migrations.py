"""The suite builds its tables from the models; this test walks the way of a real installation: `migrate`.

That migrations and models agree at all, `make check` says (`makemigrations --check`).
"""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]

LOOK = """
import django, io, json; django.setup()
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection as c
from soe.accounts.models import User
from soe.audit.triggers import append_only_tables, missing
call_command("migrate", verbosity=0)
again = io.StringIO(); call_command("migrate", stdout=again)
caches["default"].set("a", 1)
with c.cursor() as k:
    i = c.introspection
    tables = {
        name: [sorted(x.name for x in i.get_table_description(k, name)), sorted(i.get_constraints(k, name))]
        for name in i.django_table_names(only_existing=True, include_views=False)
    }
print(json.dumps({
    "system": str(User.objects.system().pk), "guarded": len(append_only_tables(c)) > 20, "missing": missing(c),
    "cache": caches["default"].get("a"), "again": again.getvalue(), "tables": tables,
}))
"""


def run(url, *arguments, settings="soe.settings.dev"):
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": settings, "DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def empty_database(tmp_path):
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path}/soe.sqlite3"
        return
    given = connection.settings_dict
    name = f"soe_migrate_{os.getpid()}"
    server = {
        "host": given["HOST"],
        "port": given["PORT"] or None,
        "user": given["USER"],
        "password": given["PASSWORD"],
    }
    with psycopg.connect(dbname="postgres", autocommit=True, **server) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            password = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
            yield f"postgres://{given['USER']}{password}@{given['HOST']}:{given['PORT']}/{name}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_migrated_database_has_what_everything_stands_on_and_the_tables_of_the_models(tmp_path, db):
    """What the suite runs on is what an installation has: tables, columns, indexes and constraints."""
    with empty_database(tmp_path) as url:
        found = json.loads(run(url, "-c", LOOK))
    there = found.pop("tables")
    assert "No migrations to apply" in found.pop("again")
    assert found == {
        "system": "00000000-0000-7000-8000-000000000001",
        "guarded": True,
        "missing": [],
        "cache": 1,
    }
    with connection.cursor() as cursor:
        names = connection.introspection.django_table_names(only_existing=True, include_views=False)
        here = {
            name: [
                sorted(c.name for c in connection.introspection.get_table_description(cursor, name)),
                sorted(connection.introspection.get_constraints(cursor, name)),
            ]
            for name in names
        }
    ours = {
        n
        for n in here
        if n.split("_")[0] in {"objects", "cases", "steering", "reports", "departments", "web", "audit"}
    }
    assert {n: there[n][0] for n in ours} == {n: here[n][0] for n in ours}
    named = {n: [[c for c in rows[n][1] if not c.startswith("__")] for rows in (there, here)] for n in ours}
    assert {n: pair for n, pair in named.items() if pair[0] != pair[1]} == {}
