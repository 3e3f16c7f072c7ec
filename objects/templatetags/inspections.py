"""Signs of inspections: which badge a state gets."""

from django import template

register = template.Library()

DAY = {
    "planned": "info",
    "invited": "info",
    "running": "warning",
    "closed": "warning",
    "published": "success",
    "cancelled": "danger",
}
SEVERITY = {"ok": "success", "defect": "warning", "danger": "danger"}
ANSWER = {"planned": "info", "invited": "info", "accepted": "success", "declined": "danger"}


@register.filter
def day_badge(day):
    return DAY.get(day.state, "info")


@register.filter
def severity_badge(finding):
    return SEVERITY.get(finding.severity, "info")


@register.filter
def answer_badge(participation):
    return ANSWER.get(participation.state, "info")


@register.filter
def minus(value, other):
    return int(value) - int(other)


@register.filter
def filled_from(row, rows):
    """Whether a folded field from this row on holds something or has an error: then the fold is open."""
    start = rows.index(row)
    return any(field.errors or any(_filled(field)) for entry in rows[start:] for field in entry)


def _filled(field):
    value = field.value()
    return value if isinstance(value, tuple | list) else (value,)
