from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "soe.administration"
    label = "administration"
    verbose_name = "Verwaltung"

    def ready(self):
        from soe.web.registry import navigation

        from .views.overview import ANY

        navigation.add(
            group="Verwaltung",
            label="Verwaltung",
            url_name="administration:overview",
            icon="gear",
            order=10,
            permission=ANY,
        )
