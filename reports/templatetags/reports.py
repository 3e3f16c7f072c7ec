"""Cells of a report: a number, the dot of a protected one, or „nicht erfasst“."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

register = template.Library()

HIDDEN = mark_safe('<span aria-hidden="true">•</span><span class="kern-sr-only">geschützt</span>')
MISSING = mark_safe('<span aria-hidden="true">–</span><span class="kern-sr-only">nicht erfasst</span>')
REVISED = mark_safe(' <abbr class="soe-revised" title="berichtigt">r</abbr>')


@register.simple_tag
def cell(view):
    """A cell of the page, linked when the reader may see the rows behind it."""
    if view is None:
        return MISSING
    content = HIDDEN if view.hidden else MISSING if view.missing else view.text
    if view.url:
        content = format_html('<a href="{}">{}</a>', view.url, content)
    return format_html("{}{}", content, REVISED if view.mark else "")


@register.filter
def chunks(text, size=16):
    """A checksum in groups, so that people can compare it."""
    size = int(size)
    return " ".join(text[start : start + size] for start in range(0, len(text), size))
