from django.core.management.base import BaseCommand

from soe.web.jobs.worker import Worker


class Command(BaseCommand):
    help = "Arbeitet Aufträge ab, startet fällige Befehle und sendet E-Mails. Mehrere zugleich sind möglich."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="abarbeiten, was wartet, dann enden")
        parser.add_argument(
            "--interval", type=float, default=1.0, help="Sekunden zwischen zwei Blicken, wenn nichts wartet"
        )

    def handle(self, *, once, interval, **options):
        Worker(once=once, interval=max(0.1, interval)).run()
