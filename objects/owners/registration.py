"""What the subject hangs into the shared pages: tasks after a change of owner, nightly search for links."""

from datetime import time

from django.db.models import Count
from django.urls import reverse

from soe.web.registry import Entry, Task, inbox, timeline
from soe.web.removal import registry as removable


def register():
    from objects.register import party_summaries
    from soe.web.jobs import schedule

    from .models import PartyRelation

    inbox.add(tasks)
    timeline.add("objects.Property", entries, rows=_changes)
    schedule.add(
        "owner_summaries", "Bestände der Eigentümer nachführen", party_summaries.refresh_all, at=time(1, 40)
    )
    schedule.add("owner_links", "Verbindungen zwischen Eigentümern suchen", search, at=time(2, 10))
    removable.register(PartyRelation, parent="whole", hint=HINT)


HINT = "Entfernen ist für falsche Einträge gedacht. Ist eine Beziehung wirklich beendet, beenden Sie sie stattdessen."


def search(run=None):
    from .suspicion import suggest

    suggest()


def tasks(user, today):
    """Changes of owner that the departments of this person have to answer: one line each."""
    from .models import Readdressing

    rows = Readdressing.objects.waiting().restrict(user, "change").order_by()
    found = rows.values(
        "change", "change__on", "change__property__title", "change__property__number"
    ).annotate(n=Count("pk"))
    first = dict(rows.values_list("change", "pk")) if found else {}
    may_read = user.may("owner.view") if found else False
    for row in found.order_by("change__on")[:50]:
        page = reverse("objects:owner_change", args=[row["change"]])
        step = reverse("objects:readdress", args=[first[row["change"]]])
        yield Task(
            title=f"Eigentümerwechsel prüfen: {row['change__property__title']}",
            url=page if may_read else step,
            place=f"{row['change__property__number']} · {row['n']} {'Vorgang' if row['n'] == 1 else 'Vorgänge'}",
            since=row["change__on"],
            button="Prüfen",
            group="waiting",
        )


def _changes(user, house):
    from .models import OwnerChange

    return [OwnerChange.objects.restrict(user, "view").filter(property=house)]


def entries(user, house, rows):
    """The change in the timeline of the house, for those who may see owners."""
    for change in rows.select_related("property"):
        yield Entry(
            change.on, f"Eigentümerwechsel: {change.get_kind_display()}.", change.source, visibility="open",
            url=change.get_absolute_url(), icon="key",
        )  # fmt: skip
