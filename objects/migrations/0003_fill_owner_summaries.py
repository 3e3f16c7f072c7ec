from django.db import migrations
from django.db.models import Count


def fill(apps, schema_editor):
    """Owners that were there before the summaries; the night completes what depends on more than rights."""
    party, summary = apps.get_model("objects", "Party"), apps.get_model("objects", "PartySummary")
    held = apps.get_model("objects", "Ownership").objects.filter(until=None, property__retired_on=None)
    counts = dict(
        held.order_by().values_list("party").annotate(n=Count("property", distinct=True)).values_list("party", "n")
    )
    rows = party.objects.order_by("pk").values_list("pk", "name").iterator()
    batch = [summary(party_id=pk, name=name, stock=counts.get(pk, 0)) for pk, name in rows]
    summary.objects.bulk_create(batch, batch_size=1000, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("objects", "0002_release_0_2")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
