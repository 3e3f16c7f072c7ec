"""The database of each engine: a consistent copy while people work, and putting one back, whole or not at all."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import transaction
from django.db.backends.sqlite3._functions import register

from .errors import BackupError
from .stored import columns

# Nobody should be signed in again by a restored session; cached values come back by themselves.
TRANSIENT = ("django_session", "soe_cache")
# Stands in the database from the moment it is put back until everything after that has been done (see soe.web.health).
MARK = "soe_restoring"


def _workspace(source):
    """A folder for passing files: beside the backup, where there is room, or the system's when that is read-only."""
    beside = source.parent.parent
    return tempfile.TemporaryDirectory(
        prefix=".soe-restore-", dir=beside if os.access(beside, os.W_OK) else None
    )


class Contents:
    """What the copy holds, read in the very state that was copied."""

    def __init__(self, query, tables, quote=lambda name: f'"{name}"'):
        self.tables = sorted(tables)
        self.rows = {
            name: 0 if name in TRANSIENT else query(f"SELECT count(*) FROM {quote(name)}")[0][0]  # noqa: S608
            for name in self.tables
        }
        done = (
            query("SELECT app, name FROM django_migrations ORDER BY id")
            if "django_migrations" in tables
            else []
        )
        self.migrations = [f"{app}.{name}" for app, name in done]
        self.files = sorted(
            {
                (alias, name)
                for alias, table, column in columns()
                if table in self.rows
                for (name,) in query(
                    f"SELECT {quote(column)} FROM {quote(table)} WHERE {quote(column)} <> ''"  # noqa: S608
                )
            }
        )
        seals = query("SELECT number, digest FROM audit_seal ORDER BY number DESC LIMIT 1")
        self.seal = f"{seals[0][0]}:{seals[0][1]}" if seals else ""
        self.erasures = [
            {"rule": rule, "model": model, "object_id": str(pk).replace("-", ""), "at": str(at)}
            for rule, model, pk, at in query(
                "SELECT rule, model, object_id, at FROM audit_erasure WHERE object_id IS NOT NULL ORDER BY at"
            )
        ]


def copy(connection, target) -> Contents:
    return (
        _postgresql_copy(connection, target)
        if connection.vendor == "postgresql"
        else _sqlite_copy(connection, target)
    )


# --- SQLite -----------------------------------------------------------------------------------------------------------


def _sqlite_copy(connection, target):
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copied:
        register(copied)  # functions that Django's constraints call
        # In one step: a copy in several would begin anew with every write of somebody else.
        connection.connection.backup(copied)
        copied.execute("PRAGMA journal_mode=DELETE")
        copied.execute("PRAGMA secure_delete=ON")
        names = {row[0] for row in copied.execute("SELECT name FROM sqlite_master WHERE type='table'")}
        for table in TRANSIENT:
            if table in names:
                copied.execute(f'DELETE FROM "{table}"')  # noqa: S608
        copied.commit()
        if copied.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise BackupError(
                "Die Datenbank ist beschädigt (PRAGMA quick_check). Es wurde keine Sicherung angelegt."
            )
        tables = {name for name in names if not name.startswith("sqlite_")}
        return Contents(lambda sql: copied.execute(sql).fetchall(), tables)


def _sqlite_put_back(connection, source, erasures):
    with _workspace(source) as folder:
        marked = Path(folder) / "datenbank.sqlite3"
        shutil.copyfile(source, marked)
        with closing(sqlite3.connect(marked)) as copied:
            copied.execute(f"CREATE TABLE {MARK} (rule text, pk text)")
            copied.executemany(f"INSERT INTO {MARK} VALUES (?, ?)", erasures)  # noqa: S608
            copied.commit()
            connection.ensure_connection()
            try:
                copied.backup(connection.connection)  # one transaction: all or nothing
            except sqlite3.OperationalError as error:
                raise BackupError(
                    "Die Datenbank ist in Benutzung. Bitte SOE und den Worker anhalten, dann noch einmal."
                ) from error


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


def _tool(name):
    if not (path := shutil.which(name)):
        raise BackupError(
            f"„{name}“ fehlt. Bitte die Programme von PostgreSQL installieren "
            "(Debian: apt-get install postgresql-client)."
        )
    return path


@contextmanager
def _access(connection):
    """Environment for the client tools; the password is never an argument that others could read."""
    given = connection.get_connection_params()
    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
        "sslmode": "PGSSLMODE",
        "sslrootcert": "PGSSLROOTCERT",
        "sslcert": "PGSSLCERT",
        "sslkey": "PGSSLKEY",
    }
    yield os.environ | {names[key]: str(value) for key, value in given.items() if key in names and value}


def _run(command, env, **kwargs):
    # Fixed programs with our own arguments, no shell.
    done = subprocess.run(command, env=env, capture_output=True, **kwargs)  # noqa: S603
    if done.returncode:
        # Notices come first; what went wrong is the first line that says so.
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        wrong = [line for line in lines if "ERROR" in line or "FATAL" in line] or lines
        raise BackupError(
            f"{Path(command[0]).name} ist gescheitert: {wrong[0] if wrong else done.returncode}"
        )
    return done


def _postgresql_copy(connection, target):
    pg_dump = _tool("pg_dump")
    if connection.in_atomic_block:
        raise BackupError("Eine Sicherung lässt sich nicht innerhalb einer Transaktion anlegen.")
    with (
        _access(connection) as env,
        transaction.atomic(using=connection.alias),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        leave = [f"--exclude-table-data={name}" for name in TRANSIENT]
        _run(
            [pg_dump, "--format=custom", "--no-owner", "--no-privileges", "--no-password", "--compress=6",
             f"--snapshot={snapshot}", f"--file={target}", *leave],
            env,
        )  # fmt: skip

        def query(sql):
            cursor.execute(sql)
            return cursor.fetchall()

        return Contents(query, connection.introspection.table_names(cursor))


# Whatever this database holds of ours: tables (with sequences and indexes), then functions that no extension owns.
EMPTY = """
DO $$ DECLARE r record; BEGIN
  FOR r IN SELECT c.oid::regclass AS name FROM pg_class c
    WHERE c.relkind IN ('r','p') AND c.relnamespace = current_schema()::regnamespace
  LOOP EXECUTE 'DROP TABLE IF EXISTS ' || r.name || ' CASCADE'; END LOOP;
  FOR r IN SELECT p.oid::regprocedure AS name FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP EXECUTE 'DROP FUNCTION IF EXISTS ' || r.name || ' CASCADE'; END LOOP;
END $$;
"""


def _postgresql_put_back(connection, source, erasures):
    pg_restore, psql = _tool("pg_restore"), _tool("psql")
    connection.close()
    with _access(connection) as env, _workspace(source) as folder:
        first, sql, last = (Path(folder) / name for name in ("first.sql", "data.sql", "last.sql"))
        _run([pg_restore, "--no-owner", "--no-privileges", f"--file={sql}", str(source)], env)
        first.write_text(f"SET lock_timeout = '15s';\n{EMPTY}")
        # Tab and newline cannot stand in a rule's code; COPY takes the rest as it is.
        lines = "".join(f"{rule}\t{pk}\n" for rule, pk in erasures if not set(rule) & set("\t\n\\"))
        last.write_text(
            f"CREATE TABLE public.{MARK} (rule text, pk text);\nCOPY public.{MARK} FROM stdin;\n{lines}\\.\n"
        )
        command = [
            psql,
            "--no-psqlrc",
            "--quiet",
            "--no-password",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
        ]
        try:
            _run([*command, *(f"--file={part}" for part in (first, sql, last))], env)
        except BackupError as error:
            if "shared memory" in str(error):
                raise BackupError(
                    "PostgreSQL hat zu wenig Platz für Sperren. Bitte max_locks_per_transaction auf 256 setzen, "
                    "PostgreSQL neu starten und noch einmal. An der Datenbank ist nichts geändert."
                ) from error
            if "lock timeout" in str(error):
                raise BackupError(
                    "Die Datenbank ist in Benutzung. Bitte SOE und den Worker anhalten, dann noch einmal."
                ) from error
            raise


def put_back(connection, source, erasures):
    """Replace everything in the database by the copy, in one transaction. `erasures`: (rule, id) still to be done
    stand in the mark, so that a restore that breaks off does not forget them."""
    if connection.vendor == "postgresql":
        _postgresql_put_back(connection, source, erasures)
    else:
        _sqlite_put_back(connection, source, erasures)


def counts(connection):
    with connection.cursor() as cursor:
        found = {}
        for name in connection.introspection.table_names(cursor):
            if name != MARK:
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")  # noqa: S608
                found[name] = cursor.fetchone()[0]
    return found


def is_marked(connection):
    return MARK in connection.introspection.table_names()


def marked(connection):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT rule, pk FROM {MARK}")  # noqa: S608
        return cursor.fetchall()


def unmark(connection):
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {MARK}")
