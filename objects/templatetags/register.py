"""Signs of the register: `{% load register %}`."""

from django import template

from objects.register import wording

register = template.Library()


@register.simple_tag
def problem_tags(house, short=False):
    return wording.tags(house, short=short)


@register.simple_tag
def acting_chips(house, declined=False):
    return wording.chips(house, declined=declined)


@register.filter
def unlocalized(value):
    """A coordinate with a decimal point, whatever the language."""
    return str(value)


@register.filter
def add_number(value, other):
    return str(round(value + other, 1))
