"""What templates say in German and draw with our signs: `{% load soe %}`."""

import re

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from soe.web import text
from soe.web.folding import tokens

register = template.Library()

register.filter("de_number", text.number)
register.filter("de_euro", text.euro)
register.filter("day", text.day)
register.filter("long_day", text.long_day)
register.filter("clock", text.clock)
register.filter("moment", text.moment)
register.filter("since", text.since)
register.filter("plain", text.plain)
register.filter("distance", text.distance)

BADGES = {"info", "success", "warning", "danger"}
SOON = 1


@register.simple_tag
def icon(name, small=False, label=""):
    """{% icon "house" %}: decoration; with `label` it speaks for itself."""
    css = "soe-icon soe-icon--s" if small else "soe-icon"
    address = f"{static('icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', css, label, address
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', css, address)


def due_class(value, today=None):
    """Late, soon (today and tomorrow) or neither."""
    from django.utils import timezone

    days = (text.local_date(value) - (today or timezone.localdate())).days
    return "soe-due soe-due--late" if days < 0 else "soe-due soe-due--soon" if days <= SOON else "soe-due"


@register.filter
def due(value):
    """„6 Tage zu spät · 11.11.2026“: words first, then the date."""
    if not value:
        return ""
    return format_html(
        '<span class="{}">{}</span> · <span class="soe-nowrap">{}</span>',
        due_class(value),
        text.distance(value),
        text.day(value),
    )


@register.filter
def due_words(value):
    """Only „6 Tage zu spät“, in its colour."""
    return format_html('<span class="{}">{}</span>', due_class(value), text.distance(value)) if value else ""


@register.simple_tag
def badge(label, kind="info"):
    """State of one record: info, success, warning or danger; always with its word."""
    kind = kind if kind in BADGES else "info"
    return format_html(
        '<span class="kern-badge kern-badge--{0} kern-badge--small">'
        '<span class="kern-icon kern-icon--{0}" aria-hidden="true"></span>'
        '<span class="kern-label kern-label--small">{1}</span></span>',
        kind,
        label,
    )


@register.filter
def label(obj):
    """The model's label for addresses: `{% url "web:history" object|label object.pk %}`."""
    return obj._meta.label_lower


@register.filter
def verbose(obj):
    return obj._meta.verbose_name


@register.filter
def highlight(value, query):
    """Marks the typed letters: short ones at the start of words, from three letters on anywhere. Escapes the rest."""
    value = str(value)
    words = [re.escape(word) for word in re.split(r"\W+", str(query or "")) if len(word) > 1]
    if not words or not tokens(query):
        return value
    ordered = sorted(words, key=len, reverse=True)
    pattern = re.compile(
        "|".join(word if len(word) > 2 else rf"(?<!\w){word}" for word in ordered), re.IGNORECASE
    )
    parts, position = [], 0
    for match in pattern.finditer(value):
        parts += [("", value[position : match.start()]), ("hit", match.group(0))]
        position = match.end()
    parts.append(("", value[position:]))
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<span class="soe-hit">{}</span>', piece) if kind else piece,)
            for kind, piece in parts
            if piece
        ),
    )


@register.filter
def initials(name):
    words = [word for word in re.split(r"[\s-]+", str(name)) if word[:1].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"


@register.filter
def paragraphs(value):
    """Plain text of several lines as paragraphs; nothing of it is markup."""
    blocks = [
        block.strip() for block in re.split(r"\n\s*\n", str(value or "").replace("\r", "")) if block.strip()
    ]
    return format_html_join("\n", "<p>{}</p>", ((_lines(block),) for block in blocks))


def _lines(block):
    return mark_safe("<br>".join(str(format_html("{}", line)) for line in block.split("\n")))  # noqa: S308


@register.filter
def field_id(bound_field, suffix):
    """`{{ field|field_id:"helptext" }}`"""
    return f"{bound_field.auto_id}_{suffix}" if bound_field.auto_id else ""


@register.filter
def widget_kind(bound_field):
    """Which template part a field needs: tick, pick, typeahead or field."""
    from soe.web.forms.widgets import Pick, Tick, TypeAhead

    widget = bound_field.field.widget
    for kind, name in ((Tick, "tick"), (Pick, "pick"), (TypeAhead, "typeahead")):
        if isinstance(widget, kind):
            return name
    return "group" if widget.use_fieldset else "field"


@register.filter
def get(mapping, key):
    return mapping.get(key) if mapping else None


PRESSURE = {"hoch": 0, "mittel": 1, "gering": 2}
ROOM = {"gering": 0, "begrenzt": 1, "gut": 2}


@register.simple_tag
def light(pressure="", room="", large=False):
    """Traffic light: up = problem pressure, right = room for action; two words say the same."""
    row, column = PRESSURE.get(str(pressure).lower()), ROOM.get(str(room).lower())
    if row is None or column is None:
        return mark_safe('<span class="soe-muted">noch nicht bewertet</span>')
    cells = []
    for y in range(3):
        for x in range(3):
            on = (y, x) == (row, column)
            cells.append(
                f'<rect class="soe-light__cell{f" is-{list(PRESSURE)[row]}" if on else ""}" x="{x * 10 + (not on)}" '
                f'y="{y * 10 + (not on)}" width="{10 if on else 8}" height="{10 if on else 8}" rx="1.5"/>'
            )
    return format_html(
        '<span class="soe-light{}"><svg class="soe-light__grid" viewBox="0 0 30 30" aria-hidden="true">{}</svg>'
        '<span class="soe-light__words"><span>Druck <b>{}</b></span><span>Spielraum <b>{}</b></span></span></span>',
        " soe-light--large" if large else "",
        mark_safe("".join(cells)),  # noqa: S308 (numbers and fixed words)
        pressure,
        room,
    )


@register.simple_tag
def form_token():
    """A fresh one-time token for a small form (see soe.web.tokens)."""
    from soe.web.tokens import new_token

    return new_token()


@register.simple_tag
def seen(rows):
    """The version of a record (or of several) that this page shows, for a form that acts on it elsewhere."""
    from soe.web.seen import FIELD, mark

    value = mark(rows)
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, value) if value else ""


@register.simple_tag
def wording_note(bound_field):
    """The note about words that do not belong into free text, for what stands in the field right now."""
    from django.forms import Textarea

    from soe.web import wording

    if not isinstance(bound_field.field.widget, Textarea):
        return ""
    value = bound_field.value()
    return wording.note(bound_field.label, value) if isinstance(value, str) else ""


@register.simple_tag
def quick_create(field):
    """The button „neu anlegen“ of a field that offers one (`field.quick`) to a person who may."""
    quick = getattr(field.field, "quick", None)
    if quick is None or not quick.offered_to(getattr(field.form, "user", None)):
        return ""
    from django.template.loader import render_to_string

    return render_to_string(
        "web/quick/button.html", {"quick": quick, "name": field.html_name, "about": field.label}
    )
