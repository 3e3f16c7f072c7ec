"""Print what is expected for every URL, method and role; a route without a declaration is an error."""

import json

from django.core.management.base import BaseCommand, CommandError

from soe.web.routes import table, undeclared


class Command(BaseCommand):
    help = "Nennt für jede Adresse, Methode und Rolle die erwartete Antwort (302, 403, 404, 200)."

    def add_arguments(self, parser):
        parser.add_argument("--format", choices=["json", "table"], default="table")

    def handle(self, *, format, **options):
        if missing := undeclared():
            for route in missing:
                self.stderr.write(f"Ohne Angabe: {route.path} ({route.view})")
            raise CommandError(f"{len(missing)} Adressen sagen nicht, welches Recht sie brauchen.")
        rows = list(table())
        if format == "json":
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for row in rows:
            answers = ", ".join(f"{when} {code}" for when, code in row["expected"].items())
            self.stdout.write(f"{row['method']:<5} {row['route']:<60} {row['role']:<34} {answers}")
        self.stdout.write(f"{len(rows)} Zeilen, {len({row['route'] for row in rows})} Adressen.")
