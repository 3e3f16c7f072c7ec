from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "soe.demo"
    label = "demo"
    verbose_name = "Demostadt"
