from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"
    label = "cases"
    verbose_name = "Beratung"

    def ready(self):
        from . import handover, notices, registration, retention

        for part in (registration, handover, notices, retention):
            part.register()
