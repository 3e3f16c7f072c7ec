"""System checks: no demo city in production, and always a way in for the administration."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
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


@register(Tags.database)
def emergency_account(app_configs, databases=None, **kwargs):
    """With single sign-on alone, a provider that is away would lock everybody out."""
    from django.contrib.auth import get_user_model

    if not settings.SOE_SSO_ONLY:
        return []
    try:
        users = get_user_model()._base_manager.filter(emergency=True, is_active=True)
        if "default" not in (databases or []) or any(user.has_usable_password() for user in users):
            return []
    except DatabaseError:
        return []
    return [
        Warning(
            "SOE_SSO_ONLY ist gesetzt, aber kein aktives Notfallkonto mit Kennwort vorhanden.",
            hint="Unter /verwaltung/konten/ bei einer Person der Administration „Notfallkonto“ ankreuzen.",
            id="accounts.W001",
        )
    ]


@register()
def single_sign_on(app_configs, **kwargs):
    conf = settings.SOE_OIDC
    if settings.SOE_SSO_ONLY and not conf["issuer"]:
        return [Error("SOE_SSO_ONLY ohne OIDC_ISSUER: Niemand könnte sich anmelden.", id="accounts.E002")]
    if conf["issuer"] and conf.get("first_login", "ticked") not in ("ticked", "refuse"):
        return [Error("OIDC_FIRST_LOGIN: „ticked“ oder „refuse“.", id="accounts.E003")]
    if conf["issuer"].startswith("http://") and not settings.SOE_DEMO:
        return [Error("OIDC_ISSUER: nur https.", id="accounts.E004")]
    return []


def refuse_demo_data():
    """At the start of a server: stop with one sentence."""
    for error in demo_data(None, databases=["default"]):
        raise ImproperlyConfigured(f"{error.msg} {error.hint}")
