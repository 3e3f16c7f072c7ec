"""Print who can sign in to the demo city."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from soe.demo.accounts import PASSWORD


class Command(BaseCommand):
    help = "Nennt die Konten der Demostadt und ihr gemeinsames Kennwort."

    def handle(self, **options):
        people = get_user_model().objects.people().filter(is_active=True).order_by("username")
        if not people:
            raise CommandError("Es gibt noch keine Konten. Bitte zuerst „manage.py seed_demo“ ausführen.")
        width = max(len(user.username) for user in people) + 2
        self.stdout.write(f"Kennwort aller Konten: {PASSWORD}\n\n")
        for user in people:
            self.stdout.write(f"  {user.username:<{width}}{user}, {user.audit_role()}")
