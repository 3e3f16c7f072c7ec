from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "soe.administration"
    label = "administration"
    verbose_name = "Verwaltung"
