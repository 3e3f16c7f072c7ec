"""System checks: what an audited model may not do, because history would miss it."""

from django.apps import apps
from django.core.checks import Error, register
from django.db import models

# Third parties' and technical tables, with the reason why they need no history.
NOT_AUDITED = {
    "accounts.SignInEvent": "append-only log",
    "audit.ReadLog": "append-only log",
    "audit.NumberSequence": "counter; every number drawn stands in an audited row",
    "audit.MaintenanceGate": "open only inside one transaction of the erasure service",
    "web.SubmittedForm": "one-time form tokens, no business data",
}
OUR_APPS = {
    "accounts",
    "audit",
    "departments",
    "web",
    "administration",
    "objects",
    "cases",
    "steering",
    "reports",
}


def our_models():
    """All models of our own apps except the history models."""
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in OUR_APPS and not hasattr(model, "instance_type")
    ]


@register()
def audited_models(app_configs, **kwargs):
    from .models import AuditedModel

    errors = []
    for model in our_models():
        label = model._meta.label
        if not issubclass(model, AuditedModel):
            if label not in NOT_AUDITED and not getattr(model, "not_audited_because", ""):
                errors.append(
                    Error(
                        f"{label} has no history.",
                        hint="Inherit AuditedModel or give a reason.",
                        id="audit.E001",
                    )
                )
            continue
        for field in model._meta.local_fields:
            remote = field.remote_field
            if remote and remote.on_delete not in (models.PROTECT, models.RESTRICT, models.DO_NOTHING):
                errors.append(
                    Error(
                        f"{label}.{field.name}: deleting the target would change or remove rows without history.",
                        hint="Use on_delete=models.PROTECT.",
                        id="audit.E002",
                    )
                )
        for field in model._meta.local_many_to_many:
            # Django's own groups and permissions of a user stay empty: rights come from memberships.
            foreign = field.remote_field.model._meta.app_label == "auth"
            if field.remote_field.through._meta.auto_created and not foreign:
                errors.append(Error(f"{label}.{field.name}: use an audited through model.", id="audit.E003"))
    return errors
