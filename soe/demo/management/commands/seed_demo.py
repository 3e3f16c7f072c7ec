import random
import sys
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from objects.priority.once import scores_once
from soe.accounts.models import User
from soe.audit.context import acting_as
from soe.demo.builder import PARTS
from soe.demo.city import City


class Command(BaseCommand):
    help = "Füllt eine leere Datenbank mit der Demostadt. Gleiche Angaben ergeben die gleiche Stadt."

    def add_arguments(self, parser):
        parser.add_argument("--scale", type=float, default=1.0, help="Größe der Stadt (1 = 70 Objekte)")
        parser.add_argument("--seed", type=int, default=2023, help="Startwert des Zufalls")

    def handle(self, *, scale, seed, **options):
        if not settings.SOE_DEMO:
            raise CommandError("Die Demostadt gibt es nur in Entwicklung und Test, nie im Betrieb.")
        if not 0.05 <= scale <= 200:
            raise CommandError("--scale muss zwischen 0,05 und 200 liegen, zum Beispiel --scale 2.")
        if User.objects.people().exists():
            self.stdout.write("Es gibt schon Konten; die Demostadt bleibt, wie sie ist.")
            return
        started = time.monotonic()
        with scores_once(), transaction.atomic(), acting_as(User.objects.system(), reason="Demostadt"):
            city = City(today=timezone.localdate(), rng=random.Random(seed), scale=scale, say=self._say)  # noqa: S311
            for part in PARTS:
                part(city)
        self.stdout.write(f"Demostadt fertig nach {time.monotonic() - started:.0f} Sekunden.")

    def _say(self, text):
        if sys.stdout.isatty() or self.stdout._out is not sys.stdout:
            self.stdout.write(f"  {text}")
        else:
            self.stdout.write(text)
