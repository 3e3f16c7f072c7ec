"""`manage.py build_report 2026-Q3`: compute the draft of a quarter. Safe to repeat."""

import sys

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.models import QuarterlyReport
from reports.readiness import findings
from reports.services import build_report
from soe.accounts.models import User
from soe.web.figures import Quarter


class Command(BaseCommand):
    help = "Berechnet die Zahlen eines Quartalsberichts und schützt kleine Zahlen. Wiederholen schadet nicht."

    def add_arguments(self, parser):
        parser.add_argument("quarter", metavar="QUARTAL", help="zum Beispiel 2026-Q3")

    def handle(self, *args, **options):
        try:
            quarter = Quarter.parse(options["quarter"])
        except ValueError as error:
            raise CommandError(str(error)) from None
        if quarter.start > timezone.localdate():
            raise CommandError(f"Das {quarter.label} hat noch nicht begonnen.")
        report = QuarterlyReport.objects.for_quarter(quarter).first()
        if report is not None and report.state != QuarterlyReport.State.PREPARATION:
            self.stdout.write(f"{report} ist {report.get_state_display()}. Nichts geändert.")
            return
        self._progress(f"Berechne {quarter.label} …")
        try:
            built = build_report(quarter, by=User.objects.system())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        word = "angelegt" if built.created else "neu berechnet" if built.changed else "unverändert"
        self.stdout.write(
            f"{built.report}: {word}. {built.figures} Kennzahlen, {built.tables} Tabellen, "
            f"{built.hidden} geschützte Zahlen."
        )
        for finding in findings(built.report):
            sign = "ok  " if finding.done else "fehlt" if finding.blocks else "Hinweis"
            self.stdout.write(f"  {sign:8}{finding.text}")

    def _progress(self, text):
        if sys.stdout.isatty() or self.stdout.isatty():
            self.stdout.write(text)
