from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "soe.audit"
    label = "audit"
    verbose_name = "Nachvollziehbarkeit"

    def ready(self):
        from . import checks  # noqa: F401  (registers the system checks)
        from .triggers import install_after_migrate

        # After every migrate, not in a migration: SQLite rebuilds a table for most schema changes and
        # silently drops its triggers, and a new audited model must not wait for someone to remember.
        post_migrate.connect(install_after_migrate, sender=self, dispatch_uid="audit-triggers")
