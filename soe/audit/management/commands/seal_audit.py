"""`seal_audit`: hash new history and log rows into the chain. Meant for a timer; safe to repeat and to run twice."""

from django.conf import settings
from django.core.mail import send_mail
from django.core.management.base import BaseCommand

from soe.audit.sealing import chain


class Command(BaseCommand):
    help = "Siegelt neue Zeilen des Verlaufs und der Protokolle und gibt das neueste Siegel aus."

    def add_arguments(self, parser):
        parser.add_argument(
            "--mail", action="store_true", help="neuestes Siegel an SOE_SEAL_RECIPIENTS senden"
        )

    def handle(self, *, mail, verbosity, **options):
        done = 0

        def progress(table, rows):
            nonlocal done
            done += rows
            if self.stderr.isatty():
                self.stderr.write(f"\r{done} Zeilen gesiegelt", ending="")

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
