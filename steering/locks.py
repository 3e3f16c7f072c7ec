"""Database triggers behind the locks: approved minutes and drawn numbers do not change, whoever asks."""

from django.db import connections

MESSAGE = "steering: approved minutes and drawn numbers are locked"

# table, verbs, condition with {row} for OLD or NEW
_APPROVED = "EXISTS (SELECT 1 FROM steering_minutes m WHERE m.meeting_id = {row}.%s AND m.sha256 <> '')"
_MINUTED = (
    "EXISTS (SELECT 1 FROM steering_agendaitem i JOIN steering_minutes m ON m.meeting_id = i.meeting_id "
    "WHERE i.id = OLD.item_id AND m.sha256 <> '')"
)
_WORDING = ("title", "text", "outcome", "votes_yes", "votes_no", "votes_abstained", "responsible_id")
_FIXED = ("number", "item_id", "committee_id", "decided_on")
LOCKS = [
    ("steering_minutes", ("UPDATE", "DELETE"), "{row}.sha256 <> ''"),
    ("steering_meeting", ("UPDATE", "DELETE"), _APPROVED % "id"),
    ("steering_agendaitem", ("INSERT", "UPDATE", "DELETE"), _APPROVED % "meeting_id"),
    ("steering_attendance", ("INSERT", "UPDATE", "DELETE"), _APPROVED % "meeting_id"),
    ("steering_addendum", ("UPDATE", "DELETE"), "1 = 1"),
    ("steering_decision", ("DELETE",), "1 = 1"),
]


def _distinct(columns, postgresql):
    operator = "IS DISTINCT FROM" if postgresql else "IS NOT"
    return " OR ".join(f"OLD.{column} {operator} NEW.{column}" for column in columns)


def _locks(postgresql):
    for table, verbs, condition in LOCKS:
        for verb in verbs:
            yield table, verb, condition.format(row="NEW" if verb == "INSERT" else "OLD")
    minuted = f"{_MINUTED} AND ({_distinct(_WORDING, postgresql)})"
    yield "steering_decision", "UPDATE", f"({_distinct(_FIXED, postgresql)}) OR ({minuted})"


PG_FUNCTION = f"""
CREATE OR REPLACE FUNCTION soe_steering_lock() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE locked boolean;
BEGIN
    IF current_setting('soe.maintenance', true) = 'on' THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_TABLE_NAME = 'steering_decision' AND TG_OP = 'UPDATE' THEN
        locked := %(decision)s;
    %(branches)s
    END IF;
    IF locked THEN
        RAISE EXCEPTION '{MESSAGE} (%%)', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$
"""


def _postgresql():
    rules = list(_locks(True))
    decision = next(c for table, verb, c in rules if (table, verb) == ("steering_decision", "UPDATE"))
    branches = "".join(
        f"ELSIF TG_TABLE_NAME = '{table}' AND TG_OP = '{verb}' THEN locked := {condition};\n    "
        for table, verb, condition in rules
        if (table, verb) != ("steering_decision", "UPDATE")
    )
    yield PG_FUNCTION % {"decision": decision, "branches": branches}
    for table in sorted({table for table, _, _ in rules}):
        verbs = " OR ".join(sorted(verb for name, verb, _ in rules if name == table))
        yield (
            f'CREATE OR REPLACE TRIGGER "soe_steering_lock" BEFORE {verbs} ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION soe_steering_lock()"
        )


def _sqlite():
    for table, verb, condition in _locks(False):
        # The prefix lets the test runner's flush lift them together with the append-only triggers.
        name = f'"soe_no_{verb.lower()}_locked_{table}"'
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield (
            f'CREATE TRIGGER {name} BEFORE {verb} ON "{table}" '  # noqa: S608 (names of our own tables)
            f"WHEN NOT EXISTS (SELECT 1 FROM audit_maintenancegate) AND ({condition}) "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        )


def install(connection):
    existing = set(connection.introspection.table_names())
    if not {table for table, _, _ in LOCKS} <= existing:
        return
    with connection.cursor() as cursor:
        for statement in _postgresql() if connection.vendor == "postgresql" else _sqlite():
            cursor.execute(statement)


def install_after_migrate(*, using, **kwargs):
    # After every migrate: SQLite rebuilds tables for schema changes and drops their triggers.
    install(connections[using])
