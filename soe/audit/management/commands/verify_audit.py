"""`verify_audit`: read every sealed row again and say which one was altered, removed or inserted."""

import re
import time

from django.core.management.base import BaseCommand, CommandError

from soe.audit.sealing.verify import verify

SHOWN = 100


class Command(BaseCommand):
    help = "Prüft Verlauf und Protokolle gegen ihre Siegel."

    def add_arguments(self, parser):
        parser.add_argument(
            "--pinned",
            action="append",
            default=[],
            metavar="NUMMER:SIEGEL",
            help="ein außerhalb aufbewahrtes Siegel, das noch in der Kette stehen muss (mehrfach möglich)",
        )

    def handle(self, *, pinned, verbosity, **options):
        known = []
        for entry in pinned:
            if not re.fullmatch(r"\d+:[0-9a-f]{64}", entry):
                raise CommandError(
                    f"--pinned {entry}: erwartet wird NUMMER:SIEGEL, wie seal_audit es ausgibt."
                )
            number, digest = entry.split(":")
            known.append((int(number), digest))
        started, done = time.monotonic(), 0

        def progress(table, rows):
            nonlocal done
            done += rows
            if self.stderr.isatty():
                self.stderr.write(f"\r{done} Zeilen geprüft", ending="")

        report = verify(pinned=known, progress=progress)
        seconds = time.monotonic() - started
        if verbosity:
            self.stdout.write(
                f"{report.rows} Zeilen in {report.seals} Siegeln geprüft, davon {report.erased} mit Löschnachweis "
                f"({report.rows / max(seconds, 0.001):.0f} Zeilen je Sekunde)."
            )
            waiting = sum(report.backlog.values())
            self.stdout.write(
                f"{waiting} Zeilen sind noch nicht gesiegelt." if waiting else "Alles ist gesiegelt."
            )
            if report.newest:
                self.stdout.write(f"Neuestes Siegel: {report.seals}:{report.newest}")
        for finding in report.findings[:SHOWN]:
            self.stderr.write(str(finding))
        if len(report.findings) > SHOWN:
            self.stderr.write(f"… und {len(report.findings) - SHOWN} weitere.")
        if report.findings:
            raise CommandError(f"{len(report.findings)} Abweichungen gefunden.")
        if verbosity:
            self.stdout.write("Keine Abweichung.")
