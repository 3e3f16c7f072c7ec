"""`restore DIR`: put a backup back. Checks first, erases again what was erased since, says ready only at the end."""

from django.core.management.base import BaseCommand, CommandError

from soe.administration.backup.errors import BackupError
from soe.administration.backup.restoring import restore

from ._progress import Progress


class Command(BaseCommand):
    help = "Spielt eine Sicherung ein. Vorher SOE und den Worker anhalten."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "folder", metavar="DIR", help="eine Sicherung, oder der Ordner mit Sicherungen (dann die jüngste)"
        )
        parser.add_argument(
            "--replace", action="store_true", help="ersetzt alles, was in der Datenbank steht"
        )
        parser.add_argument(
            "--while-running",
            action="store_true",
            help="auch dann, wenn noch ein Worker, Personen oder Verbindungen da zu sein scheinen",
        )
        parser.add_argument(
            "--erasures", metavar="DATEI", action="append", default=[],
            help="Liste von Löschnachweisen, die jünger sind als die Sicherung (retention --list-erasures)",
        )  # fmt: skip

    def handle(self, *, folder, replace, erasures, while_running, verbosity, **options):
        try:
            done = restore(
                folder,
                replace=replace,
                erasures=erasures,
                while_running=while_running,
                progress=Progress(self.stderr),
            )
        except BackupError as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(
                f"{done.path}\nSicherung vom {done.manifest.at[:19]} (SOE {done.manifest.version}): "
                f"{done.rows} Zeilen, {done.files} Dateien, {done.erased} Datensätze erneut gelöscht, Siegel geprüft."
            )
            if done.manifest.missing:
                self.stdout.write(f"{len(done.manifest.missing)} Dateien fehlten schon in der Sicherung.")
            self.stdout.write(
                "SOE ist bereit. Bitte vor dem Start des Workers /verwaltung/auftraege/ ansehen."
            )
