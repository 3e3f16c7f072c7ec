from django.apps import AppConfig


class DepartmentsConfig(AppConfig):
    name = "soe.departments"
    label = "departments"
    verbose_name = "Organisation"

    def ready(self):
        from . import checks  # noqa: F401
