from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"
    label = "cases"
    verbose_name = "Beratung"

    def ready(self):
        from . import handover, notices
        from .registration import register

        register()
        handover.register()
        notices.register()
