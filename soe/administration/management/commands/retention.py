"""`retention [--dry-run]`: apply the periods. People's records are only proposed; a person approves."""

from django.core.management.base import BaseCommand

from soe.accounts.models import User
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

    def handle(self, *, dry_run, after_restore, **options):
        system = User.objects.system()
        with acting_as(system, reason="Löschfrist"):
            if not dry_run:
                RetentionRule.set_up()
                if after_restore:
                    self.stdout.write(f"Erneut gelöscht: {services.erase_again()} Datensätze.")
            for outcome in services.run(dry_run=dry_run):
                rule, words = outcome.rule, f"{outcome.due} fällig"
                if rule.kind.approval:
                    words += ", warten auf Freigabe unter /verwaltung/loeschung/" if outcome.due else ""
                elif not dry_run:
                    words += f", {outcome.gone} entfernt"
                self.stdout.write(f"{rule.kind.label} ({rule.period}): {words}")
