"""What `make demo` needs before the server starts, in one process: tables, city, accounts."""

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Legt Tabellen und Demostadt an, wenn sie fehlen, und nennt die Konten."
    requires_system_checks = ()

    def handle(self, **options):
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Tabellen werden angelegt …")
            call_command("migrate", verbosity=0)
        call_command("seed_demo")  # leaves a database with accounts as it is
        self.stdout.write("")
        call_command("demo_accounts")
