"""Django's `has_perm` answers from the same rule as every page: `user.has_perm("cases.view_case", case)`."""

from django.apps import apps
from django.contrib.auth.backends import BaseBackend

from .scope import may


class ScopeBackend(BaseBackend):
    """Permissions only from memberships and row grants. Signs nobody in: that is soe.accounts.backends."""

    def _parse(self, perm):
        app_label, _, codename = perm.partition(".")
        action, _, model_name = codename.partition("_")
        try:
            model = apps.get_model(app_label, model_name)
        except (LookupError, ValueError):
            return None, action
        return (model if action in getattr(getattr(model, "scope", None), "rules", {}) else None), action

    def has_perm(self, user_obj, perm, obj=None):
        model, action = self._parse(perm)
        if model is None:
            return False
        if obj is None:
            return may(user_obj, model, action)
        return model.objects.restrict(user_obj, action).filter(pk=obj.pk).exists()

    def get_all_permissions(self, user_obj, obj=None):
        return set()

    def has_module_perms(self, user_obj, app_label):
        return False
