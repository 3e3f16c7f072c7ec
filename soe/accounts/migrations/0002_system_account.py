"""The account in whose name jobs and commands write. The one row that has no history: nobody was there to write it."""

import uuid

from django.db import migrations


def create(apps, schema_editor):
    # The id is the same everywhere, so that histories of two installations can be compared.
    apps.get_model("accounts", "User").objects.get_or_create(
        username="system",
        defaults={
            "id": uuid.UUID("00000000-0000-7000-8000-000000000001"),
            "last_name": "System",
            "password": "!",
            "is_active": False,
        },
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop, elidable=False)]
