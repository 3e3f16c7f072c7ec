from django.apps import AppConfig


class SteeringConfig(AppConfig):
    name = "steering"
    label = "steering"
    verbose_name = "Steuerung"
