"""Django's makemigrations, whose initial migrations create all tables of an app in one step (soe.audit.tables)."""

from django.core.management.commands.makemigrations import Command as Makemigrations
from django.db import migrations
from django.db.migrations.state import ProjectState

from soe.audit.tables import CreateTables

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


class Command(Makemigrations):
    def write_migration_files(self, changes, *args, **kwargs):
        for app_migrations in changes.values():
            for migration in app_migrations:
                in_one_step(migration)
        super().write_migration_files(changes, *args, **kwargs)
