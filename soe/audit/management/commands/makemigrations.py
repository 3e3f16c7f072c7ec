"""Django's makemigrations, whose initial migrations create all tables of an app in one step (soe.audit.tables)."""

from django.core.management.commands.makemigrations import Command as Makemigrations
from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from soe.audit.checks import OUR_APPS
from soe.audit.tables import ChangeTables, CreateTables

FOLDED = (
    migrations.AddField,
    migrations.AddIndex,
    migrations.AddConstraint,
    migrations.AlterUniqueTogether,
)


def in_one_step(migration):
    """Gather the tables a new migration creates, with their fields, indexes and constraints, into one operation."""
    state, names, left = ProjectState(), [], []
    for operation in migration.operations:
        if isinstance(operation, migrations.CreateModel):
            names.append(operation.name)
            operation.state_forwards(migration.app_label, state)
        elif isinstance(operation, FOLDED) and _model_of(operation) in {name.lower() for name in names}:
            operation.state_forwards(migration.app_label, state)
        else:
            left.append(operation)
    if len(names) > 1:
        models = [state.models[migration.app_label, name.lower()] for name in names]
        migration.operations = [CreateTables(operations=[_create(model) for model in models]), *left]


TOGETHER = (migrations.AddField, migrations.AddIndex, migrations.RemoveIndex)


def changes_in_one_step(migration):
    """Gather new fields and indexes of tables that are there into one operation, right after the new tables."""
    together = [operation for operation in migration.operations if isinstance(operation, TOGETHER)]
    if len(together) > 1:
        others = [operation for operation in migration.operations if operation not in together]
        place = 1 if others and isinstance(others[0], CreateTables | migrations.CreateModel) else 0
        migration.operations = [*others[:place], ChangeTables(operations=together), *others[place:]]


def _model_of(operation):
    return getattr(operation, "model_name", getattr(operation, "name", "")).lower()


def _create(model):
    return migrations.CreateModel(
        name=model.name,
        fields=list(model.fields.items()),
        options=model.options,
        bases=model.bases,
        managers=model.managers,
    )


def merge(changes):
    """One initial migration per app: Django cuts a new app in two as soon as it points at another new app."""
    for label, app_migrations in changes.items():
        if len(app_migrations) == 1 or not app_migrations[0].initial or _reaches(changes, label, label):
            continue
        first, *others = app_migrations
        own = {(label, migration.name) for migration in app_migrations}
        for migration in others:
            first.operations = [*first.operations, *migration.operations]
            first.dependencies = [*first.dependencies, *migration.dependencies]
        first.dependencies = sorted({d for d in first.dependencies if d not in own}, key=str)
        changes[label] = [first]
        for migration in (m for rows in changes.values() for m in rows if m is not first):
            migration.dependencies = [(label, first.name) if d in own else d for d in migration.dependencies]


def _reaches(changes, start, goal, seen=()):
    """Whether the new migrations of `start` lead back to `goal` through other apps."""
    named = {d[0] for m in changes.get(start, ()) for d in m.dependencies} - {start, *seen}
    return goal in named or any(_reaches(changes, label, goal, (*seen, start)) for label in named)


def packages_first(changes):
    """The packages' many small migrations run while there are few tables: later each one would cost seconds."""
    for migration in changes.get("departments", ()):
        if migration.initial:
            leaves = MigrationLoader(None).graph.leaf_nodes()
            packages = {node for node in leaves if node[0] not in OUR_APPS}
            migration.dependencies = sorted({*migration.dependencies, *packages}, key=str)


class Command(Makemigrations):
    def write_migration_files(self, changes, *args, **kwargs):
        merge(changes)
        packages_first(changes)
        for app_migrations in changes.values():
            for migration in app_migrations:
                in_one_step(migration)
                changes_in_one_step(migration)
        super().write_migration_files(changes, *args, **kwargs)
