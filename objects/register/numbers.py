"""Other numbers of a house: what was merged into it, what was split off."""

from django.db.models import Q
from django.urls import reverse

from soe.web.registry import Entry

from .models.transfers import PropertyTransfer

Kind = PropertyTransfer.Kind


def transfers(user, house):
    return [PropertyTransfer.objects.filter(Q(source=house) | Q(target=house)).restrict(user, "view")]


def _words(row, house):
    """(what happened, the other property)"""
    out = row.source_id == house.pk
    other = row.target if out else row.source
    if row.kind == Kind.MERGE:
        return f"aufgegangen in {other.number}" if out else f"hierin aufgegangen: {other.number}", other
    return f"abgeteilt: {other.number}" if out else f"abgeteilt aus {other.number}", other


def panel(request, house):
    [found] = transfers(request.user, house)
    rows = list(found.filter(undone_on=None).select_related("source", "target"))
    if not rows:
        return None
    allowed = set(
        PropertyTransfer.objects.filter(pk__in=[row.pk for row in rows if row.kind == Kind.MERGE])
        .restrict(request.user, "steer")
        .order_by()
        .values_list("pk", flat=True)
    )
    shown = []
    for row in rows:
        text, other = _words(row, house)
        merged_here = row.kind == Kind.MERGE and row.target_id == house.pk
        shown.append(
            {
                "other": other,
                "text": f"{text[0].upper()}{text[1:]} am {row.on:%d.%m.%Y}",
                "url": other.get_absolute_url() + ("?alt=1" if merged_here else ""),
                "undo": reverse("objects:property_merge_undo", args=[row.pk]) if row.pk in allowed else "",
            }
        )
    return {"rows": shown}


def entries(user, house, rows):
    for row in rows.select_related("source", "target"):
        text, other = _words(row, house)
        url = other.get_absolute_url()
        yield Entry(
            row.on, f"{text[0].upper()}{text[1:]}.", row.reason, visibility="open", icon="link", url=url
        )
        if row.undone_on:
            yield Entry(
                row.undone_on,
                f"Zusammenführung mit {other.number} rückgängig gemacht.",
                row.undone_reason,
                visibility="open",
                icon="link",
                url=url,
            )
