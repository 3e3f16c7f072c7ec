from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

SUBJECTS = (
    "addresses",
    "register",
    "replies",
    "complaints",
    "proceedings",
    "inspections",
    "owners",
    "geo",
    "evidence",
    "priority",
    "warning",
)


class ObjectsConfig(AppConfig):
    name = "objects"
    label = "objects"
    verbose_name = "Kataster"

    def ready(self):
        """Each subject hangs its pages in: `registration.register()`."""
        for subject in SUBJECTS:
            name = f"objects.{subject}.registration"
            if find_spec(f"objects.{subject}") and find_spec(name):
                import_module(name).register()
        from . import attachments, calendars, disclosure, handover, letters, notices, retention

        for part in (attachments, calendars, disclosure, handover, letters, notices, retention):
            part.register()
