"""Send the daily and weekly mails with notices. Run every morning; running it twice sends nothing twice."""

from django.core.management.base import BaseCommand, CommandError

from soe.web.notices import digests


class Command(BaseCommand):
    help = "Verschickt die täglichen und wöchentlichen Sammelmails mit Hinweisen."

    def handle(self, *args, **options):
        sent = digests.send_all()
        self.stdout.write(f"Sammelmails: {sent['daily']} täglich, {sent['weekly']} wöchentlich.")
        if sent["failed"]:
            raise CommandError(
                f"{sent['failed']} Mails konnten nicht verschickt werden. Ein neuer Lauf nach 15 Minuten holt sie nach."
            )
