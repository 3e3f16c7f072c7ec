from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    label = "reports"
    verbose_name = "Berichte"

    def ready(self):
        from . import notices
        from .registration import register

        register()
        notices.register()
