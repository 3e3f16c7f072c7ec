from django.apps import AppConfig


class ObjectsConfig(AppConfig):
    name = "objects"
    label = "objects"
    verbose_name = "Kataster"
