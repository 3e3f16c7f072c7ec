"""`manage.py import_… FILE` for a spec: the same rows, the same outcome, the same promise as on the page.

class Command(ImportCommand):
    spec_name = "eigentuemer"
    help = "Liest Eigentümer und Verwalter ein."
"""

import hashlib
import sys
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from soe.accounts.models import User
from soe.audit.context import acting_as

from .. import export
from ..jobs import JobFailed
from . import process
from .mapping import missing
from .models import Import
from .reading import UnreadableFile
from .spec import registered


class CommandRun:
    """What a job's run is, without a job: the file itself is the checkpoint."""

    def __init__(self, user, say=None):
        self.user, self.say, self.checkpoint = user, say, {}

    def check(self):
        """Nobody cancels a command but its caller."""

    def progress(self, done, total=None, note=None):
        if self.say:
            self.say(done, total)

    @contextmanager
    def step(self, *, done=None, total=None, note=None, **checkpoint):
        with transaction.atomic():
            yield self
        self.progress(done, total)

    def summary(self, text, url=""):
        """The command prints the counts itself."""


def run_file(spec, path: Path, user, *, good_rows=False, known=Import.Known.UPDATE, say=None) -> Import:
    """Read `path` in; calling it again after a crash goes on with the same file. Raises UnreadableFile, JobFailed."""
    content = path.read_bytes()
    run = CommandRun(user, say)
    with acting_as(user, reason=f"Import: {spec.title}"):
        begun = Import.objects.filter(
            spec=spec.name, user=user, state=Import.State.RUNNING, sha256=hashlib.sha256(content).hexdigest()
        ).first()
        record = begun
        if record is None:
            record = process.upload(spec, user, content, path.name, known=known)
            if lacking := missing(spec.columns_for(user), record.mapping):
                raise UnreadableFile(
                    f"Diese Spalten fehlen: {', '.join(lacking)}. Gefunden wurden: {', '.join(record.header)}."
                )
            process.check(record, run)
            record.mode = Import.Mode.GOOD if good_rows else Import.Mode.ALL
            record.state = Import.State.RUNNING
            record.save(reason="Übernahme gestartet")
        try:
            return process.take(record, run)
        except JobFailed as error:
            record.refresh_from_db()
            error.record = record
            raise


class ImportCommand(BaseCommand):
    spec_name = ""

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="DATEI", help="CSV, XLSX oder ODS")
        parser.add_argument("--user", metavar="ANMELDENAME", help="in wessen Namen; sonst das Systemkonto")
        parser.add_argument(
            "--good-rows",
            action="store_true",
            help="gute Zeilen übernehmen, auch wenn andere fehlerhaft sind",
        )
        parser.add_argument(
            "--known",
            choices=Import.Known.values,
            default=Import.Known.UPDATE,
            help="was mit Zeilen geschieht, die es schon gibt: ergänzen, lassen oder abweisen",
        )
        parser.add_argument(
            "--rejected", type=Path, metavar="DATEI", help="abgewiesene Zeilen als CSV schreiben"
        )

    def handle(self, *, file, user, good_rows, known, rejected, **options):
        spec = registered[self.spec_name]
        if not file.is_file():
            raise CommandError(f"Die Datei „{file}“ gibt es nicht. Bitte prüfen Sie den Pfad.")
        who = User.objects.filter(username=user).first() if user else User.objects.system()
        if who is None:
            raise CommandError(f"Das Konto „{user}“ gibt es nicht.")
        say = self._say if sys.stderr.isatty() else None
        try:
            record = run_file(spec, file, who, good_rows=good_rows, known=known, say=say)
        except UnreadableFile as error:
            raise CommandError(str(error)) from None
        except JobFailed as error:
            self._reasons(error.record, rejected)
            raise CommandError(
                f"{error} Bitte verbessern Sie die Zeilen oder rufen Sie den Befehl mit --good-rows auf."
            ) from None
        self._reasons(record, rejected)
        for name, label in (
            ("rows", "Zeilen gelesen"),
            ("new", "neu"),
            ("changed", "geändert"),
            ("unchanged", "unverändert"),
            ("rejected", "abgewiesen"),
        ):
            self.stdout.write(f"{getattr(record, name):>10}  {label}")

    def _say(self, done, total):
        self.stderr.write(f"\r{done or 0:>10} von {total or 0}", ending="")

    def _reasons(self, record, target):
        lines = record.lines.filter(state="rejected")
        for row in lines[:20]:
            for label, reason in row.errors:
                self.stderr.write(
                    f"Zeile {row.line}, {f'Spalte {label}' if label else 'ganze Zeile'}: {reason}"
                )
        if record.rejected > 20:
            self.stderr.write(f"… und {record.rejected - 20} weitere.")
        if target and record.rejected:
            header, rows = process.rejected_rows(record)
            with target.open("wb") as out:
                for chunk in export.csv_response(header, rows, "abgewiesen").streaming_content:
                    out.write(chunk)
