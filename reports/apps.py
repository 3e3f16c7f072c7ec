from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    label = "reports"
    verbose_name = "Berichte"

    def ready(self):
        from .registration import register

        register()
