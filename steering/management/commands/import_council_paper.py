"""Reads council papers from text files as the council information system prints them."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from soe.accounts.models import User
from steering.allris import NotAPaper
from steering.papers import decode, import_council_paper

LIMIT = 2 * 1024 * 1024


class Command(BaseCommand):
    help = "Liest Ratsvorlagen aus Textdateien ein. Was schon da ist, bleibt unverändert."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="DATEI")
        parser.add_argument("--body", default="Stadt Herne", help="Stadt der Vorlage (Vorgabe: Stadt Herne)")

    def handle(self, *, files, body, **options):
        new = 0
        for name in files:
            path = Path(name)
            try:
                if path.stat().st_size > LIMIT:
                    raise CommandError(f"{name}: größer als 2 MB, das ist keine Vorlage.")
                text = decode(path.read_bytes())
            except OSError as error:
                raise CommandError(f"{name}: nicht lesbar ({error.strerror}).") from None
            try:
                paper, created, notes = import_council_paper(text, by=User.objects.system(), body=body)
            except NotAPaper as error:
                raise CommandError(f"{name}: {error}") from None
            new += created
            self.stdout.write(f"{paper.reference}: {'übernommen' if created else 'schon da'} – {paper.name}")
            for note in notes:
                self.stdout.write(f"  Hinweis: {note}")
        self.stdout.write(f"{len(files)} gelesen, {new} neu, {len(files) - new} schon da.")
