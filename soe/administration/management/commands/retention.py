"""`retention [--dry-run]`: apply the periods. People's records are only proposed; a person approves."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from soe.accounts.models import User
from soe.administration.backup.errors import BackupError
from soe.administration.backup.restoring import read_erasures
from soe.administration.retention import services
from soe.administration.retention.models import RetentionRule
from soe.audit.context import acting_as


class Command(BaseCommand):
    help = "Wendet die Löschfristen an; --dry-run zählt nur."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="nur zählen, nichts ändern")
        parser.add_argument(
            "--after-restore",
            action="store_true",
            help="nach dem Einspielen einer Sicherung: alles noch einmal löschen, wofür es einen Nachweis gibt",
        )

        parser.add_argument(
            "--erasures", metavar="DATEI", action="append", default=[],
            help="mit --after-restore: Liste von Löschnachweisen, die jünger sind als die Sicherung",
        )  # fmt: skip
        parser.add_argument(
            "--list-erasures",
            metavar="DATEI",
            help="nur die Liste der Löschnachweise schreiben (ohne Inhalte)",
        )

    def handle(self, *, dry_run, after_restore, erasures, list_erasures, **options):
        if list_erasures:
            listed = services.certificates()
            try:
                Path(list_erasures).write_text(json.dumps(listed))
            except OSError as error:
                raise CommandError(f"{list_erasures}: {error.strerror}.") from error
            self.stdout.write(f"{len(listed)} Löschnachweise in {list_erasures}.")
            return
        try:
            listed = list(read_erasures(erasures)) if erasures else None
        except BackupError as error:
            raise CommandError(str(error)) from error
        system = User.objects.system()
        with acting_as(system, reason="Löschfrist"):
            if not dry_run:
                RetentionRule.set_up()
                if after_restore:
                    self.stdout.write(f"Erneut gelöscht: {services.erase_again(listed)} Datensätze.")
            for outcome in services.run(dry_run=dry_run):
                rule, words = outcome.rule, f"{outcome.due} fällig"
                if rule.kind.approval:
                    words += ", warten auf Freigabe unter /verwaltung/loeschung/" if outcome.due else ""
                elif not dry_run:
                    words += f", {outcome.gone} entfernt"
                self.stdout.write(f"{rule.kind.label} ({rule.period}): {words}")
