"""Write the notices about deadlines. Run every morning before `send_digests`; each is written once."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from django.utils import timezone

from soe.audit.context import acting_as
from soe.web.notices import reminders


class Command(BaseCommand):
    help = "Schreibt Hinweise auf Fristen, die nahen oder überschritten sind."

    def handle(self, *args, **options):
        with acting_as(get_user_model().objects.system(), reason="Erinnerung an Fristen"):
            written = reminders.send(timezone.localdate())
        self.stdout.write(f"Erinnerungen: {written}.")
