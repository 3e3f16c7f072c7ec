import os
import statistics
import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, models, transaction
from django.db.models import QuerySet
from django.utils import timezone

from cases.casework.models import Case
from objects.addresses.importing import import_file
from objects.addresses.models import Address
from objects.register.models import Party, Property
from soe.accounts.models import User
from soe.audit import bulk
from soe.audit.context import acting_as
from soe.demo.bench import data, measuring
from soe.departments.models import Department, Membership, Role
from soe.departments.services import set_up_city

# page, table, order of the raw comparison, address of the admin's list of the same model
PAGES = [
    ("/objekte/", "objects_property", "serial", "objects/property"),
    ("/objekte/?q=probeweg", "objects_property", "serial", "objects/property"),
    ("/massnahmen/", "objects_measure", "due_on, id", "objects/measure"),
    ("/beschwerden/", "objects_complaint", "received_at DESC, id", "objects/complaint"),
    ("/eigentuemer/", "objects_party", "name, id", "objects/party"),
    ("/objekte/karte/", "objects_property", "serial", None),
    ("/objekte/geojson/", "objects_property", "serial", None),
    ("/objekte/geojson/?bezirk=Wanne", "objects_property", "serial", None),
    ("/ogc/collections/objekte/items?limit=100", "objects_property", "serial", None),
    ("/beschwerden/?status=offen", "objects_complaint", "received_at DESC, id", "objects/complaint"),
    ("/fristen/", "objects_measure", "due_on, id", "objects/measure"),
    ("/verfahren/", "objects_proceeding", "opened_on DESC, id", None),
    ("/faelle/", "cases_case", "opened_on DESC, number DESC", "cases/case"),
    ("/personen/", "cases_person", "id DESC", None),
    ("/suche/?q=probeweg+12", "objects_property", "serial", None),
    ("/suche/?q=Probe-Weg+Ba+12", "objects_property", "serial", None),
    ("/suche/?q=brobeweg+babe", "objects_property", "serial", None),  # misspelled
    ("/anschriften/vorschlag/?q=probeweg+ba+12", "objects_address", "id", None),
]


class Command(BaseCommand):
    help = "Baut einen großen Datenbestand auf und nennt, was Seiten und Einlesen im Vergleich kosten."

    def add_arguments(self, parser):
        parser.add_argument(
            "--scale", type=float, default=float(os.environ.get("SCALE", "1")), help="1 = voller Bestand"
        )

    def handle(self, *, scale, **options):
        if not settings.SOE_DEMO:
            raise CommandError("Gemessen wird nie im Betrieb.")
        if not 0.001 <= scale <= 10:
            raise CommandError("SCALE muss zwischen 0,001 und 10 liegen, zum Beispiel SCALE=0.1.")
        self._fresh_database()
        with acting_as(User.objects.system(), reason="Messung"):
            set_up_city()
            user = self._user()
            self._addresses(scale)
            self._bulk(scale)
            start = time.perf_counter()
            data.build(scale, self._say)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")  # autovacuum does it in use
            self._say(f"Bestand nach {time.perf_counter() - start:.0f} s")
        self._pages(user)

    def _say(self, text):
        self.stdout.write(text)
        self.stdout.flush()

    def _fresh_database(self):
        if connection.vendor == "sqlite":
            name = str(connection.settings_dict["NAME"])
            if "memory" not in name and "bench" not in Path(name).name:
                raise CommandError(
                    f"Die Datenbank „{Path(name).name}“ heißt nicht nach der Messung; sie bleibt unberührt."
                )
            connection.close()
            for suffix in ("", "-wal", "-shm"):
                Path(name + suffix).unlink(missing_ok=True)
        call_command("migrate", verbosity=0)
        if Address.objects.exists() or User.objects.people().exists():
            raise CommandError("Die Datenbank ist nicht leer. Bitte eine leere angeben (BENCH_DATABASE_URL).")

    def _user(self):
        user = User(username="messung", last_name="Messung")
        user.set_unusable_password()
        user.save()
        for department, role in (
            ("koordination", "koordination"),
            ("wohnungsaufsicht", "sachbearbeitung"),
            ("planb", "beratung"),
        ):
            Membership(
                user=user,
                department=Department.objects.get(code=department),
                role=Role.objects.get(code=role),
            ).save()
        return user

    def _addresses(self, scale):
        rows = max(2000, round(500_000 * scale))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "gebref.txt"
            data.write_address_file(path, rows)
            taken, result = measuring.once(lambda: import_file(path))
        memory = measuring.peak_memory_mb()  # before the comparison, which holds all rows at once
        self._say(f"\nAnschriften: {result['added']} Zeilen eingelesen in {taken:.1f} s")
        plain = self._plain_load()
        self._say(f"  Datenbank selbst, gleiche Zeilen und Indizes: {plain:.1f} s")
        self._say(f"  Verhältnis {taken / plain:.1f} (Ziel: höchstens 3)")
        self._say(f"  Speicher bisher höchstens {memory:.0f} MB (Ziel: unter 300)")

    def _plain_load(self):
        """The same rows into an empty table of the same columns, then the same indexes."""
        width = len(Address._meta.concrete_fields)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS soe_bench_plain")
            cursor.execute("CREATE TABLE soe_bench_plain AS SELECT * FROM objects_address WHERE 1 = 0")
            if connection.vendor == "postgresql":
                with cursor.cursor.copy("COPY objects_address TO STDOUT") as copy:
                    content = b"".join(bytes(part) for part in copy)
                start = time.perf_counter()
                with cursor.cursor.copy("COPY soe_bench_plain FROM STDIN") as copy:
                    copy.write(content)
            else:
                cursor.execute("SELECT * FROM objects_address")
                content = cursor.fetchall()
                start = time.perf_counter()
                with transaction.atomic():
                    marks = ", ".join(["%s"] * width)
                    cursor.executemany(f"INSERT INTO soe_bench_plain VALUES ({marks})", content)
            cursor.execute("CREATE UNIQUE INDEX soe_bench_pk ON soe_bench_plain (id)")
            cursor.execute("CREATE UNIQUE INDEX soe_bench_key ON soe_bench_plain (street_id, number, suffix)")
            taken = time.perf_counter() - start
            cursor.execute("DROP TABLE soe_bench_plain")
        return taken

    def _bulk(self, scale):
        """The audited bulk service against plain bulk_create of the same rows and of their history rows."""
        number = max(500, round(20_000 * scale))
        taken, _ = measuring.once(
            lambda: bulk.create(
                [Role(code=f"a{i}", name=f"Messung A {i}") for i in range(number)], reason="Messung"
            )
        )

        def plain():
            with transaction.atomic():
                rows = QuerySet(Role).bulk_create(
                    [Role(code=f"b{i}", name=f"Messung B {i}") for i in range(number)], batch_size=2000
                )
                history, now = Role.history.model, timezone.now()
                models.QuerySet(history).bulk_create(
                    [
                        history(
                            history_date=now, history_type="+", id=row.id, code=row.code, name=row.name, version=1,
                            description="", created_at=row.created_at, changed_at=row.changed_at, actor_name="System",
                            actor_role="System", history_change_reason="Messung",
                        )
                        for row in rows
                    ],
                    batch_size=2000,
                )  # fmt: skip

        compared, _ = measuring.once(plain)
        self._say(
            f"\nSammelschreiben mit Verlauf: {number} Zeilen in {taken:.2f} s, von Hand {compared:.2f} s"
        )
        self._say(f"  Verhältnis {taken / compared:.1f} (Ziel: höchstens 2)\n")

    def _pages(self, user):
        client = measuring.client_of(user)
        house, case = (
            Property.objects.order_by("serial").first(),
            Case.objects.restrict(user).order_by("number").first(),
        )
        pages = [
            *PAGES,
            (house.get_absolute_url(), "objects_property", "serial", f"objects/property/{house.pk}/change"),
            (case.get_absolute_url(), "cases_case", "number", f"cases/case/{case.pk}/change"),
            (f"/objekte/{house.pk}/akte/zeitleiste/", "objects_measure", "due_on", None),
            (Party.objects.order_by("name").first().get_absolute_url(), "objects_ownership", "id", None),
            (f"/verlauf/objects.property/{house.pk}/", "objects_historicalproperty", "history_id", None),
        ]
        self._say(f"\n{'Seite':<44}{'ms':>8}{'p95':>8}{'Abfragen':>10}{'÷ SQL':>9}{'÷ Admin':>9}")
        for address, table, order, admin in pages:
            shown = address if len(address) < 42 else f"{address[:38]}…"
            response = client.get(address)
            if response.status_code != 200:
                self._say(f"{shown:<44}  Antwort {response.status_code}")
                continue
            found = measuring.times(lambda a=address: client.get(a), repeat=20)
            page, late = statistics.median(found), measuring.p95(found)
            asked = measuring.queries(lambda a=address: client.get(a))
            bare = measuring.seconds(measuring.rows_by_sql(table, order))
            against = ""
            if admin:
                other = measuring.seconds(lambda a=admin: client.get(f"/bench-admin/{a}/"), repeat=3)
                against = f"{page / other:.2f}"
            self._say(
                f"{shown:<44}{page * 1000:>8.0f}{late * 1000:>8.0f}{asked:>10}{page / bare:>9.0f}{against:>9}"
            )
