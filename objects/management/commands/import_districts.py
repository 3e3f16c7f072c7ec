"""Outlines of the city districts for the map, from a GeoJSON file of the city."""

from pathlib import Path

from django.core.management import BaseCommand, CommandError

from objects.geo.districts import BadOutlines, draw_hulls, read_outlines
from soe.accounts.models import User
from soe.audit.context import acting_as


class Command(BaseCommand):
    help = "Liest die Umrisse der Stadtbezirke aus einer GeoJSON-Datei (WGS84). Wiederholen ersetzt sie."

    def add_arguments(self, parser):
        parser.add_argument(
            "file", nargs="?", help="GeoJSON-Datei; ohne Datei: Hülle der amtlichen Anschriften"
        )
        parser.add_argument("--name-field", default="", help="Feld mit dem Namen des Stadtbezirks")

    def handle(self, *args, file=None, name_field="", **options):
        with acting_as(User.objects.system(), reason="import_districts"):
            if file is None:
                self.stdout.write(f"{draw_hulls()} Umrisse aus den amtlichen Anschriften gezeichnet.")
                return
            path = Path(file)
            try:
                text = path.read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError) as error:
                raise CommandError(f"Die Datei {file} lässt sich nicht lesen: {error}") from error
            try:
                number = read_outlines(text, source=path.name, name_field=name_field)
            except BadOutlines as error:
                raise CommandError(str(error)) from error
        self.stdout.write(f"{number} Stadtbezirke eingelesen.")
