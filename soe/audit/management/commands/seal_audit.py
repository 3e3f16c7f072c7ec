"""`seal_audit`: hash new history and log rows into the chain. Meant for a timer; safe to repeat and to run twice."""

from django.conf import settings
from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from soe.audit.events import log_security
from soe.audit.sealing import chain
from soe.audit.sealing.verify import verify

# How a finding begins that a change of the tables explains.
SCHEMA = ("Gesiegelte Spalten fehlen", "Die Tabelle gibt es nicht mehr")


class Command(BaseCommand):
    help = "Siegelt neue Zeilen des Verlaufs und der Protokolle und gibt das neueste Siegel aus."

    def add_arguments(self, parser):
        parser.add_argument(
            "--mail", action="store_true", help="neuestes Siegel an SOE_SEAL_RECIPIENTS senden"
        )

        parser.add_argument(
            "--reseal",
            metavar="GRUND",
            default="",
            help="nach einer Umstellung, die gesiegelte Spalten umbenannt oder entfernt hat: diese Zeilen neu siegeln",
        )

    def handle(self, *, mail, reseal, verbosity, **options):
        done = 0

        def progress(table, rows):
            nonlocal done
            done += rows
            if self.stderr.isatty():
                self.stderr.write(f"\r{done} Zeilen gesiegelt", ending="")

        if reseal:
            self.reseal(reseal, progress)
        result = chain.seal(progress=progress)
        newest = chain.newest_seal()
        if verbosity:
            self.stdout.write(f"{result.rows} Zeilen in {result.seals} Siegeln.")
            if result.busy:
                self.stdout.write(f"Wird gerade beschrieben, beim nächsten Mal: {', '.join(result.busy)}.")
        if newest is None:
            return
        text = f"{newest.number}:{newest.digest}"
        if verbosity:
            self.stdout.write(f"Neuestes Siegel: {text}")
        if mail and settings.SOE_SEAL_RECIPIENTS:
            send_mail(
                "SOE: neuestes Siegel",
                "Bitte bewahren Sie diese Zeile außerhalb von SOE auf. Damit lässt sich später beweisen, dass bis "
                f"hierhin nichts verändert wurde:\n\n{text}\n\nPrüfen: manage.py verify_audit --pinned {text}\n",
                settings.DEFAULT_FROM_EMAIL,
                settings.SOE_SEAL_RECIPIENTS,
            )

    def reseal(self, reason, progress):
        """Refused while anything else is wrong: a new seal must never cover up a change."""
        with transaction.atomic():
            other = [finding for finding in verify().findings if not finding.text.startswith(SCHEMA)]
            if other:
                raise CommandError(
                    f"{len(other)} Abweichungen, die nicht von der Umstellung kommen. Es wurde nichts neu gesiegelt. "
                    f"Zuerst: {other[0]}"
                )
            try:
                result = chain.reseal(reason=reason, progress=progress)
            except chain.NothingToReseal as error:
                raise CommandError("Keine gesiegelte Spalte fehlt. Es gibt nichts neu zu siegeln.") from error
            log_security("seal", detail=f"Neu gesiegelt: {result.rows} Zeilen")
        self.stdout.write(f"{result.rows} Zeilen in {result.seals} Siegeln neu gesiegelt.")
