"""Create many tables in one migration step.

Django renders the whole project's models again for every single operation. With some two hundred models, each with
its history, the initial migrations took minutes; in one step they take seconds.
"""

from django.db.migrations.operations.base import Operation


class CreateTables(Operation):
    """A list of CreateModel operations, with indexes and constraints inside, carried out against one state."""

    serialization_expand_args = ["operations"]

    def __init__(self, operations):
        self.operations = operations

    def state_forwards(self, app_label, state):
        state.clear_delayed_apps_cache()
        state.__dict__.pop("apps", None)  # rendered once, afterwards, instead of once per table
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def references_model(self, name, app_label):
        return True

    def describe(self):
        return f"Create {len(self.operations)} tables"
