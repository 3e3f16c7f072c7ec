"""What the pages of the door ask: which ways in there are, and which browser a line of the log means."""

from django import template
from django.conf import settings

from soe.accounts import devices, sso

register = template.Library()
register.filter("client_words", devices.in_words)


@register.simple_tag
def single_sign_on():
    """{"name", "only"} when the city's identity provider is configured, else None."""
    conf = sso.config()
    return {"name": conf.name, "only": settings.SOE_SSO_ONLY} if conf else None
