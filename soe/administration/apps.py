from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class AdministrationConfig(AppConfig):
    name = "soe.administration"
    label = "administration"
    verbose_name = "Verwaltung"

    def ready(self):
        from soe.web.registry import details, navigation

        from .views.overview import ANY

        navigation.add(
            group="Verwaltung",
            label="Verwaltung",
            url_name="administration:overview",
            icon="gear",
            order=10,
            permission=ANY,
        )
        from .disclosure import jobs  # noqa: F401  (the job)
        from .imports import register as register_import
        from .notices import register as register_notices
        from .retention import registration
        from .reviews import registration as reviews
        from .views.effective import viewers_link

        registration.register()
        reviews.register()
        register_import()
        register_notices()
        details.add(viewers_link)
        post_migrate.connect(set_up_rules, sender=self, dispatch_uid="retention-rules")


def set_up_rules(*, using, **kwargs):
    """A row for every kind of record, as soon as the system account exists that writes it."""
    from soe.accounts.models import SYSTEM_USERNAME, User

    from .models import RetentionRule

    tables = connections[using].introspection.table_names()
    if RetentionRule._meta.db_table in tables and User.objects.filter(username=SYSTEM_USERNAME).exists():
        RetentionRule.set_up()
