"""Put in the templates of letters that a city starts with; safe to repeat."""

from django.core.management.base import BaseCommand

from soe.accounts.models import User
from soe.audit.context import acting_as
from soe.web.letters.defaults import ensure_letter_templates


class Command(BaseCommand):
    help = "Legt die mitgelieferten Briefvorlagen an; geänderte bleiben, wie sie sind."

    def handle(self, *args, **options):
        with acting_as(User.objects.system(), reason="Grundeinrichtung"):
            count = ensure_letter_templates()
        self.stdout.write(f"{count} Briefvorlagen angelegt.")
