from django.core.checks import Error, register

from soe.audit.checks import our_models


@register()
def every_model_has_a_scope(app_configs, **kwargs):
    """A model without declared rules could be shown without asking."""
    from soe.audit.models import AuditedModel

    from .grants import RowGrant
    from .scope import Scope, ScopedQuerySet

    errors = []
    for model in our_models():
        if (
            not issubclass(model, AuditedModel)
            or issubclass(model, RowGrant)
            or (
                model._meta.app_label == "accounts" and not model._meta.proxy
            )  # below; see administration's proxies
        ):
            continue
        if not isinstance(getattr(model, "scope", None), Scope):
            errors.append(Error(f"{model._meta.label} declares no scope.", id="departments.E001"))
        elif not isinstance(model._default_manager.get_queryset(), ScopedQuerySet):
            errors.append(Error(f"{model._meta.label}.objects cannot restrict().", id="departments.E002"))
    return errors
