from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "soe.web"
    label = "web"
    verbose_name = "Oberfläche"
