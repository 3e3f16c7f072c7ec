from django.apps import AppConfig


class DepartmentsConfig(AppConfig):
    name = "soe.departments"
    label = "departments"
    verbose_name = "Organisation"

    def held(self, user):
        """What `user` holds (asking.py); this and the next are asked by the account, which stands below this app."""
        from .asking import held

        return held(user)

    def memberships(self, user):
        from .asking import memberships

        return memberships(user)

    def ready(self):
        from django.db.models.signals import post_delete, post_save

        from . import checks  # noqa: F401
        from .asking import forget

        for signal in (post_save, post_delete):
            signal.connect(forget, dispatch_uid="soe-forget-rights")
