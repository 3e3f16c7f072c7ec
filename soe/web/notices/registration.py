"""The bell, and the kinds of notices that need no app."""

from datetime import time

from ..jobs import schedule
from ..registry import navigation
from .kinds import kinds


def register():
    kinds.add("mention", "Jemand hat Sie erwähnt", about=None, group="Zusammenarbeit",
              titles=("Sie wurden in einem Kommentar zu {number} erwähnt",))  # fmt: skip
    kinds.add("comment", "Kommentar zu einem beobachteten Datensatz", about=None, group="Zusammenarbeit",
              titles=("Neuer Kommentar zu {number}", "{count} neue Kommentare zu {number}"))  # fmt: skip
    kinds.add("watched", "Änderung an einem beobachteten Datensatz", about=None, group="Zusammenarbeit",
              titles=("Änderung an {number}",), channel="bell")  # fmt: skip
    navigation.add_badge("notices", unread)
    schedule.add("reminders", "An Fristen erinnern", _remind, at=time(5, 45))
    schedule.add("digests", "Sammelmails mit Hinweisen verschicken", _send, at=time(6, 15))


def _remind(run):
    from django.core.management import call_command

    call_command("send_reminders")


def _send(run):
    from django.core.management import call_command

    call_command("send_digests")


def unread(user, codes):
    from .models import Notice

    return Notice.objects.unread().shown_to(user, codes)
