"""System checks: production never runs on the demo city, whose password everybody knows."""

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections

# The e-mail domain of the demo accounts is reserved for examples (RFC 2606): no real account has it.
DEMO_DOMAIN = "@soe-demo.example"


def holds_demo_data(using="default"):
    from django.contrib.auth import get_user_model

    try:
        return get_user_model()._base_manager.using(using).filter(email__iendswith=DEMO_DOMAIN).exists()
    except DatabaseError:
        return False  # not migrated yet


@register(Tags.database)
def demo_data(app_configs, databases=None, **kwargs):
    if settings.SOE_DEMO:
        return []
    return [
        Error(
            f"Die Datenbank „{using}“ enthält die Demostadt mit öffentlich bekanntem Kennwort.",
            hint="Bitte eine leere Datenbank verwenden.",
            id="accounts.E001",
        )
        for using in databases or []
        if using in connections and holds_demo_data(using)
    ]


def refuse_demo_data():
    """At the start of a server: stop with one sentence."""
    for error in demo_data(None, databases=["default"]):
        raise ImproperlyConfigured(f"{error.msg} {error.hint}")
