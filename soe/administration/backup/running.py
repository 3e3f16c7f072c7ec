"""Is SOE running while its database is about to be replaced? What shows it: workers, people, open connections."""

from datetime import timedelta

from django.utils import timezone

from soe.accounts.models import OpenSession
from soe.web.jobs.models import WorkerBeat

LATELY = timedelta(minutes=2)


def signs(connection) -> list[str]:
    """Sentences about what is still at work; empty when nothing shows it."""
    tables, found = set(connection.introspection.table_names()), []
    using = connection.alias
    if WorkerBeat._meta.db_table in tables:
        beats = WorkerBeat.objects.using(using).filter(stopped_at=None)
        if workers := sum(beat.alive for beat in beats):
            found.append("ein Worker läuft" if workers == 1 else f"{workers} Worker laufen")
    if OpenSession._meta.db_table in tables:
        now = timezone.now()
        used = OpenSession.objects.using(using).filter(seen_at__range=(now - LATELY, now + LATELY))
        if people := used.values("user").distinct().count():
            words = "1 Person arbeitet" if people == 1 else f"{people} Personen arbeiten"
            found.append(f"{words} gerade mit SOE")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            if others := cursor.fetchone()[0]:
                words = "1 weitere Verbindung" if others == 1 else f"{others} weitere Verbindungen"
                found.append(f"{words} zur Datenbank {'ist' if others == 1 else 'sind'} offen")
    return found
