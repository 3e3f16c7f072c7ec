"""What proceedings and measures hang into the shared pages."""

from datetime import time, timedelta

from django.urls import reverse

from soe.web.jobs import schedule
from soe.web.registry import Entry, Hit, Task, inbox, navigation, search, timeline
from soe.web.text import day

AHEAD = timedelta(days=14)


def _open_items(house):
    from .models import OrderItem

    return OrderItem.objects.filter(order__proceeding__property=house, state="open").exists()


def register():
    from objects.register import closing, moving, summaries

    from . import dossier, due

    due.register()
    dossier.register()
    moving.add_listener(due.of_properties)
    closing.add("Verfahren", lambda house: house.proceedings.filter(closed_on=None).exists())
    closing.add("Punkte von Verfügungen", _open_items)
    closing.add("Maßnahmen", lambda house: house.measures.filter(state="open").exists())
    navigation.add(
        group="Kataster",
        label="Verfahren",
        url_name="objects:proceeding_list",
        icon="gavel",
        order=40,
        permission="proceeding.view",
    )
    navigation.add(
        group="Kataster",
        label="Maßnahmen",
        url_name="objects:measure_list",
        icon="flag",
        order=50,
        permission="proceeding.view",
        count=overdue_measures,
    )
    navigation.add(
        group="Kataster",
        label="Fristen",
        url_name="objects:deadline_list",
        icon="clock",
        order=55,
        permission="proceeding.view",
    )
    navigation.add(
        group="Kataster",
        label="Forderungen",
        url_name="objects:claim_list",
        icon="paper",
        order=56,
        permission="proceeding.change",
    )
    navigation.add(
        group="Verwaltung",
        label="Rechtsgrundlagen",
        url_name="objects:legal_basis_list",
        icon="gavel",
        order=60,
        permission="register.steer",
    )
    search.add(kind="Verfahren", icon="gavel", order=40, permission="proceeding.view", find=find)
    inbox.add(tasks)
    timeline.add("objects.Property", entries, rows=_of_house)
    summaries.add_step_source(next_steps)
    schedule.add("deadlines", "Fristenliste abgleichen", rebuild_deadlines, at=time(4, 40))
    schedule.add("measures", "Wiederkehrende Maßnahmen anlegen", add_measures, at=time(4, 20))


def rebuild_deadlines(run):
    from .defaults import ensure_service_rules
    from .due import rebuild

    ensure_service_rules(reason="neue Fassung")  # versions of the law that an update brings
    return f"{rebuild()} Fristen"


def add_measures(run):
    from .models.series import add_by_timetable

    return f"{add_by_timetable(run.user)} Maßnahmen angelegt"


def overdue_measures(user):
    from django.utils import timezone

    from .models import Measure

    return Measure.objects.restrict(user, "change").overdue(timezone.localdate())


def find(user, query, limit):
    from .selectors import find_proceedings

    return [
        Hit(
            f"{row.file_number}: {row.subject}",
            row.get_absolute_url(),
            f"{row.property.number} {row.property.title} · {row.department} · {row.status}",
        )
        for row in find_proceedings(user, query, limit)
    ]


def tasks(user, today):
    from .selectors import items_due, measures_due, other_deadlines, requests_waiting

    for item in items_due(user, today + AHEAD):
        house = item.order.proceeding.property
        yield Task(
            f"Frist der Verfügung: Punkt {item.number} kontrollieren",
            item.get_absolute_url(),
            place=f"{house.number} {house.title}",
            due=item.due_on,
            button="Nachkontrolle",
            button_url=reverse("objects:check_create", args=[item.pk]),
        )
    for measure in measures_due(user, today + AHEAD):
        yield Task(
            measure.what,
            measure.get_absolute_url(),
            place=f"{measure.property.number} {measure.property.title}",
            due=measure.due_on,
            button="Erledigt melden",
            button_url=reverse("objects:measure_complete", args=[measure.pk]),
        )
    for row in other_deadlines(user, today + AHEAD):
        yield Task(
            row.title,
            row.url,
            place=f"{row.property.number} {row.property.title}" if row.property else "",
            due=row.due_on,
            button="Ansehen",
        )
    for row in requests_waiting(user):
        house = row.house
        yield Task(
            f"{row.asking_department} bittet um Auskunft",
            row.get_absolute_url(),
            place=f"{house.number} {house.title}",
            due=row.answer_due,
            button="Entscheiden",
            group="waiting",
            since=row.asked_at,
        )


def next_steps(property_ids):
    """Deadlines for the summary of a property. Everyone in the register reads it: internal ones say who, not what."""
    from objects.register.summaries import Step
    from soe.departments.models import Visibility

    from .models import Measure, OrderItem

    measures = (
        Measure.objects.open().filter(property__in=property_ids).select_related("department", "proceeding")
    )
    for row in measures.order_by():
        is_open = row.visibility == Visibility.OPEN and (
            row.proceeding is None or row.proceeding.visibility == Visibility.OPEN
        )
        yield Step(
            row.property_id,
            row.what if is_open else f"Frist bei {row.department}",
            row.due_on,
            row.department_id,
            row.get_absolute_url() if is_open else "",
        )
    items = OrderItem.objects.running().filter(
        order__proceeding__property__in=property_ids, due_on__isnull=False
    )
    for row in items.order_by().select_related("order__proceeding__department"):
        proceeding = row.order.proceeding
        is_open = proceeding.visibility == Visibility.OPEN
        yield Step(
            proceeding.property_id,
            "Nachkontrolle nach Fristablauf festhalten" if is_open else f"Frist bei {proceeding.department}",
            row.due_on,
            proceeding.department_id,
            proceeding.get_absolute_url() if is_open else "",
        )


# --- the timeline of a property -------------------------------------------------------------------------------------


def _of_house(user, house):
    from .selectors import hidden_at, measures_of, proceedings_of

    return [proceedings_of(house, user=user), measures_of(house, user=user), *hidden_at(house, user=user)]


def entries(user, house, proceedings, measures, *hidden):
    """Proceedings, orders, deadlines, steps and measures the reader may see, and a stub for each of the others."""
    for row in proceedings.prefetch_related("orders__items", "orders__lawsuits", "steps__item"):
        yield from _proceeding(row)
    for measure in measures:
        yield from _measure(measure)
    for rows in hidden:
        for stub in rows.as_stubs():
            yield stub_entry(stub)


def stub_entry(stub):
    return Entry(
        stub.opened_on,
        f"{stub.department} – Vorgang vorhanden, Einsicht auf Anfrage.",
        f"Art: {stub.kind}. Stand: {stub.status}."
        + (f" Abgeschlossen am {day(stub.closed_on)}." if stub.closed_on else ""),
        department=stub.department,
        visibility="internal",
        url=stub.request_url,
        icon="lock",
        stub=True,
    )


def _proceeding(row):
    url, who, visible = row.get_absolute_url(), row.department, row.visibility
    basis = f", {row.legal_basis}" if row.legal_basis_id else ""
    yield Entry(
        row.opened_on,
        f"Verfahren eröffnet: {row.subject}",
        f"Az. {row.file_number}{basis}",
        who,
        visible,
        url,
        "gavel",
    )
    if row.closed_on:
        yield Entry(
            row.closed_on,
            f"Verfahren abgeschlossen: {row.subject}",
            row.get_closing_display(),
            who,
            visible,
            url,
            "check",
        )
    for order in row.orders.all():
        items = list(order.items.all())
        points = f"{len(items)} Punkt{'e' if len(items) != 1 else ''}"
        yield Entry(
            order.issued_on,
            f"{order.title} erlassen",
            f"{points}{', sofort vollziehbar' if order.immediately_enforceable else ''}.",
            who,
            visible,
            url,
            "paper",
        )
        if order.served_on:
            yield Entry(order.served_on, f"{order.title} zugestellt", "", who, visible, url, "paper")
        yield from _passed_deadlines(order, items, who, visible, url)
        yield from _lawsuits(order, who, visible, url)
        for item in items:
            if item.suspended_on:
                text = f"{item.suspended_by}, {item.suspension_reference}. Die anderen Punkte gelten weiter."
                yield Entry(
                    item.suspended_on,
                    f"Punkt {item.number} vom Gericht ausgesetzt",
                    text,
                    who,
                    visible,
                    url,
                    "swap",
                )
    for step in row.steps.all():
        if step.is_done:
            yield Entry(step.done_on, str(step), step.note, who, visible, url, "gavel")


def _lawsuits(order, who, visible, url):
    for suit in order.lawsuits.all():
        yield Entry(suit.filed_on, "Klage erhoben", str(suit), who, visible, url, "gavel")
        if suit.urgent_decided_on:
            text = f"{suit.court}, {suit.urgent_file_number}: {suit.get_urgent_outcome_display()}"
            yield Entry(suit.urgent_decided_on, "Beschluss im Eilverfahren", text, who, visible, url, "gavel")
        if suit.ended_on:
            yield Entry(suit.ended_on, suit.get_outcome_display(), str(suit), who, visible, url, "gavel")


def _passed_deadlines(order, items, who, visible, url):
    from django.utils import timezone

    today = timezone.localdate()
    for due in sorted({item.due_on for item in items if item.due_on and item.due_on < today}):
        at = [item for item in items if item.due_on == due]
        done = [str(item.number) for item in at if item.state != "open"]
        left = [str(item.number) for item in at if item.state == "open"]
        text = (f"Erledigt: Punkt {', '.join(done)}. " if done else "") + (
            f"Offen: Punkt {', '.join(left)}." if left else ""
        )
        yield Entry(
            due,
            f"Frist der Verfügung vom {day(order.issued_on)} abgelaufen",
            text,
            who,
            visible,
            url,
            "clock",
        )


def _measure(row):
    url, who = row.get_absolute_url(), row.department
    yield Entry(
        row.begun_on,
        f"Maßnahme angelegt: {row.what}",
        f"{row.get_kind_display()}, fällig {day(row.due_on)}",
        who,
        row.visibility,
        url,
        "flag",
    )
    if row.done_on:
        text = " ".join(part for part in (row.get_effect_display(), row.effect_note) if part)
        yield Entry(
            row.done_on,
            f"Maßnahme {row.get_state_display()}: {row.what}",
            text,
            who,
            row.visibility,
            url,
            "check",
        )
