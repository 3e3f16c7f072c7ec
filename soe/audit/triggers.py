"""Database triggers that refuse UPDATE and DELETE on history rows and other append-only tables, on both engines."""

from contextlib import contextmanager

from django.apps import apps
from django.db import connections, transaction

MESSAGE = "audit: this table is append-only"

PG_FUNCTION = f"""
CREATE OR REPLACE FUNCTION soe_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('soe.maintenance', true) = 'on' THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '{MESSAGE} (%)', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""


def append_only_models():
    """Every history model, and every model that declares `append_only = True`."""
    for model in apps.get_models():
        attribute = getattr(model._meta, "simple_history_manager_attribute", None)
        if attribute:
            yield getattr(model, attribute).model
        elif getattr(model, "append_only", False):
            yield model


def append_only_tables(connection):
    existing = set(connection.introspection.table_names())
    return sorted({m._meta.db_table for m in append_only_models()} & existing)


def _statements(connection, table):
    quoted = connection.ops.quote_name(table)
    if connection.vendor == "postgresql":
        yield (
            f'CREATE OR REPLACE TRIGGER "soe_append_only" BEFORE UPDATE OR DELETE ON {quoted} '
            "FOR EACH ROW EXECUTE FUNCTION soe_append_only()"
        )
        yield (
            f'CREATE OR REPLACE TRIGGER "soe_no_truncate" BEFORE TRUNCATE ON {quoted} '
            "FOR EACH STATEMENT EXECUTE FUNCTION soe_append_only()"
        )
    else:
        for verb in ("UPDATE", "DELETE"):
            name = connection.ops.quote_name(f"soe_no_{verb.lower()}_{table}")
            yield f"DROP TRIGGER IF EXISTS {name}"
            yield (
                f"CREATE TRIGGER {name} BEFORE {verb} ON {quoted} "
                "WHEN NOT EXISTS (SELECT 1 FROM audit_maintenancegate) "
                f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )


def install(connection):
    """Create or renew the triggers of all append-only tables; returns the number of tables."""
    tables = append_only_tables(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(PG_FUNCTION)
        for table in tables:
            for statement in _statements(connection, table):
                cursor.execute(statement)
    return len(tables)


def missing(connection):
    """Append-only tables that have no trigger right now: for `verify_audit` and the readiness check."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT c.relname, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE t.tgname IN ('soe_append_only', 'soe_no_truncate') AND t.tgenabled <> 'D' GROUP BY 1"
            )
        else:
            cursor.execute(
                "SELECT tbl_name, count(*) FROM sqlite_master "
                "WHERE type='trigger' AND name LIKE 'soe_no_%' GROUP BY 1"
            )
        guarded = {name for name, count in cursor.fetchall() if count == 2}
    return [table for table in append_only_tables(connection) if table not in guarded]


def problems(connection):
    """Tables whose protection is missing or is no longer what was installed."""
    found = missing(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'soe_append_only'")
            body = PG_FUNCTION.split("$$")[1]
            if [row[0] for row in cursor.fetchall()] != [body]:
                found.append("soe_append_only")
        else:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type='trigger' AND name LIKE 'soe_no_%'"
            )
            stands = {sql for _, sql in cursor.fetchall()}
            for table in append_only_tables(connection):
                wanted = [s for s in _statements(connection, table) if s.startswith("CREATE")]
                if table not in found and not set(wanted) <= stands:
                    found.append(table)
    return found


def install_after_migrate(*, using, **kwargs):
    install(connections[using])


@contextmanager
def gate(purpose, using="default"):
    """Let the erasure service change history inside its own transaction. Nothing else may use this."""
    from .models import MaintenanceGate

    connection = connections[using]
    with transaction.atomic(using=using):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('soe.maintenance', 'on', true)")
            yield
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('soe.maintenance', 'off', true)")
        else:
            row = MaintenanceGate.objects.using(using).create(purpose=purpose)
            yield
            row.delete()


@contextmanager
def maintenance(connection):
    """For the test runner's flush: no triggers inside, all of them again afterwards."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('soe.maintenance', 'on', false)")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('soe.maintenance', 'off', false)")
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM sqlite_master WHERE type='trigger' AND name LIKE 'soe_no_%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
        try:
            yield
        finally:
            install(connection)
