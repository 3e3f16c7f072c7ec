"""Which files belong to the data, and in which storage they lie."""

from django.apps import apps
from django.core.files.storage import default_storage, storages
from django.db.models import FileField

# Names of files that stand in plain text columns, always of the default storage. A test compares this with the code.
NAMED = (("web.Job", "result"), ("web.Import", "stored"))


def aliases():
    """{storage alias: storage} of everything private: static files come with the program."""
    return {alias: storages[alias] for alias in storages.backends if alias != "staticfiles"}


def _alias(field):
    # As declared, not field.storage: a storage chosen by a function is asked again, so it is today's.
    storage = field.deconstruct()[3].get("storage", default_storage)
    if callable(storage):
        storage = storage()
    for alias, known in aliases().items():
        if storage is known:
            return alias
    if hasattr(storage, "_wrapped"):  # default_storage is a lazy name for storages["default"]
        return "default"
    raise LookupError(f"Unknown storage of {field}: a backup would not hold its files.")


def columns():
    """[(storage alias, table, column)] of every column that names a stored file."""
    found = []
    for model in apps.get_models():
        if model._meta.proxy or not model._meta.managed:
            continue
        historical = hasattr(model, "instance_type")  # history names the same files as its rows
        for field in model._meta.local_concrete_fields:
            if isinstance(field, FileField) and not historical:
                found.append((_alias(field), model._meta.db_table, field.column))
    for label, name in NAMED:
        model = apps.get_model(label)
        found.append(("default", model._meta.db_table, model._meta.get_field(name).column))
    return sorted(set(found))
