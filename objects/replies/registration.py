"""Hangs deadlines of answers into the morning's reminders."""

from soe.web.notices import reminders


def register():
    from . import sources

    sources.register()
    reminders.also(morning)


def morning(today):
    """A city that has no levels yet starts with the usual ones."""
    from django.contrib.auth import get_user_model

    from soe.audit.context import acting_as

    from .defaults import ensure_reply_defaults
    from .services import send

    with acting_as(get_user_model().objects.system()):
        ensure_reply_defaults()
    return send(today)
