from django.core.management.base import BaseCommand, CommandError

from soe.web.jobs import schedule


class Command(BaseCommand):
    help = (
        "Stellt fällige Befehle in die Warteschlange; ohne Arbeiter daneben danach „worker --once“ aufrufen."
    )

    def add_arguments(self, parser):
        parser.add_argument("--now", metavar="KENNUNG", help="diesen Befehl außer der Reihe starten")
        parser.add_argument("--list", action="store_true", help="nur zeigen, was es gibt")

    def handle(self, *, now, list, **options):
        if list:
            for entry in schedule.entries.values():
                self.stdout.write(f"{entry.name:<24} {entry.rhythm:<28} {entry.title}")
            return
        if now:
            if now not in schedule.entries:
                raise CommandError(f"„{now}“ gibt es nicht. „run_due --list“ zeigt alle.")
            started = [schedule.run_now(now)]
        else:
            started = schedule.run_due()
        for job in started:
            self.stdout.write(f"gestartet: {job.title}")
        self.stdout.write(f"{len(started)} Befehle gestartet")
