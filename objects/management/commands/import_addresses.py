import csv
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from objects.addresses.importing import Refused, import_file
from objects.addresses.reading import UnreadableFile
from soe.accounts.models import User
from soe.audit.context import acting_as

LABELS = {
    "rows": "Zeilen gelesen",
    "added": "neu",
    "changed": "geändert",
    "unchanged": "unverändert",
    "repeated": "doppelt in der Datei",
    "removed": "in der Liste gelöscht",
    "elsewhere": "andere Gemeinden",
    "rejected": "abgewiesen",
    "vanished": "entfallen (bleiben markiert)",
}


class Command(BaseCommand):
    help = (
        "Liest die amtliche Anschriftenliste des Landes (gebref.txt) ein. Wiederholbar; nichts wird gelöscht."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="DATEI", help="entpackte gebref.txt")
        parser.add_argument(
            "--municipality", metavar="SCHLÜSSEL", help="Gemeindeschlüssel, sonst der dieser Stadt"
        )
        parser.add_argument("--whole-state", action="store_true", help="alle Gemeinden des Landes übernehmen")
        parser.add_argument(
            "--good-rows",
            action="store_true",
            help="gute Zeilen übernehmen, auch wenn andere fehlerhaft sind",
        )
        parser.add_argument(
            "--rejected", type=Path, metavar="DATEI", help="abgewiesene Zeilen als CSV schreiben"
        )

    def handle(self, *, file, municipality, whole_state, good_rows, rejected, **options):
        if municipality and not (municipality.isdigit() and len(municipality) == 8):
            raise CommandError("Der Gemeindeschlüssel hat 8 Ziffern, zum Beispiel 05916000 für Herne.")
        if not file.is_file():
            raise CommandError(f"Die Datei „{file}“ gibt es nicht. Bitte prüfen Sie den Pfad.")
        try:
            with acting_as(User.objects.system(), reason="Anschriften eingelesen"):
                result = import_file(
                    file,
                    municipality="" if whole_state else municipality,
                    good_rows=good_rows,
                    progress=self._progress if sys.stderr.isatty() else None,
                )
        except UnreadableFile as error:
            raise CommandError(str(error)) from None
        except Refused as refused:
            self._reasons(refused.result, rejected)
            raise CommandError(
                f"{refused} Bitte verbessern Sie die Zeilen oder rufen Sie den Befehl mit --good-rows auf."
            ) from None
        self._reasons(result, rejected)
        if result["rows"] == result["elsewhere"]:
            raise CommandError(
                "Keine Zeile gehört zu dieser Gemeinde. Bitte prüfen Sie den Gemeindeschlüssel."
            )
        for name, label in LABELS.items():
            self.stdout.write(f"{result[name]:>10}  {label}")

    def _progress(self, rows):
        self.stderr.write(f"\r{rows:>12,} Zeilen".replace(",", "."), ending="")

    def _reasons(self, result, target):
        if not result.rejected:
            return
        for bad in result.reasons[:20]:
            self.stderr.write(f"Zeile {bad.line}, Spalte {bad.column}: {bad.reason}")
        if result.rejected > 20:
            self.stderr.write(f"… und {result.rejected - 20} weitere.")
        if target:
            with target.open("w", encoding="utf-8-sig", newline="") as out:
                writer = csv.writer(out, delimiter=";")
                writer.writerow(["Zeile", "Spalte", "Grund", "Inhalt"])
                # A cell that a spreadsheet would compute gets an apostrophe in front.
                for bad in result.reasons:
                    text = f"'{bad.text}" if bad.text[:1] in "=+-@\t" else bad.text
                    writer.writerow([bad.line, bad.column, bad.reason, text])
