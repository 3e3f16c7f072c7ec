from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SteeringConfig(AppConfig):
    name = "steering"
    label = "steering"
    verbose_name = "Steuerung"

    def ready(self):
        from . import calendars, handover, notices
        from .locks import install_after_migrate
        from .registration import register

        post_migrate.connect(install_after_migrate, sender=self, dispatch_uid="steering-locks")
        register()
        handover.register()
        notices.register()
        calendars.register()
