"""`backup DIR`: a consistent copy of database and private files, made while people work. Safe to repeat."""

import time

from django.core.management.base import BaseCommand, CommandError

from soe.administration.backup.errors import BackupError
from soe.administration.backup.making import make

from ._progress import Progress


class Command(BaseCommand):
    help = "Sichert Datenbank und Dateien in einen neuen Ordner unter DIR."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "folder", metavar="DIR", help="Ordner für Sicherungen; jede bekommt darin einen eigenen"
        )

    def handle(self, *, folder, verbosity, **options):
        started = time.monotonic()
        try:
            path, made = make(folder, progress=Progress(self.stderr))
        except BackupError as error:
            raise CommandError(str(error)) from error
        if verbosity:
            size = made.database["size"] + sum(entry["size"] for entry in made.files)
            self.stdout.write(
                f"{sum(made.rows.values())} Zeilen aus {len(made.rows)} Tabellen "
                f"und {len(made.files)} Dateien gesichert "
                f"({size / 1_000_000:.1f} MB, {time.monotonic() - started:.1f} Sekunden).\n{path}"
            )
        if made.missing:
            names = ", ".join(entry["name"] for entry in made.missing[:5])
            raise CommandError(
                f"Die Sicherung ist angelegt, aber {len(made.missing)} Dateien fehlen in der Ablage: {names}."
            )
