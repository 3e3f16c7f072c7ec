"""Create and change many tables in one migration step.

Django renders the whole project's models again for every single operation. With some two hundred models, each with
its history, the initial migrations took minutes; in one step they take seconds.
"""

from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import AddField


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


class ChangeTables(Operation):
    """New fields, then indexes, of tables that are there, carried out against one state.

    Constraints stay operations of their own: for one SQLite makes the whole table anew, as the state says, and would
    bring others along.
    """

    serialization_expand_args = ["operations"]

    def __init__(self, operations):
        self.operations = operations

    state_forwards = CreateTables.state_forwards

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        fields = [operation for operation in self.operations if isinstance(operation, AddField)]
        for operation in fields:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)
            # SQLite makes a table anew from the model before: the next field must find this one there.
            before = from_state.apps.get_model(app_label, operation.model_name)
            after = to_state.apps.get_model(app_label, operation.model_name)
            after._meta.get_field(operation.name).clone().contribute_to_class(before, operation.name)
        for operation in self.operations:
            if operation not in fields:
                operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        states = [to_state]
        for operation in self.operations:
            states.append(states[-1].clone())
            operation.state_forwards(app_label, states[-1])
        steps = zip(self.operations, states, states[1:], strict=False)
        for operation, before, after in reversed(list(steps)):
            operation.database_backwards(app_label, schema_editor, after, before)

    def references_model(self, name, app_label):
        return True

    def describe(self):
        return f"Change {len({operation.model_name for operation in self.operations})} tables"
