"""What complaints hang into the shared pages."""

from datetime import timedelta

from django.urls import reverse

from soe.web.registry import Entry, Hit, Task, inbox, navigation, quick, search, timeline
from soe.web.removal import registry as removable
from soe.web.text import day, local_date

AHEAD = timedelta(days=14)
LINK_HINT = "Für falsche Verknüpfungen. Was am Objekt daraus geworden ist, bleibt bestehen."


def register():
    from soe.web.notices import reminders

    from . import dossier
    from .models import ComplaintLink
    from .routing import check_rules

    dossier.register()
    removable.register(ComplaintLink, parent="complaint", hint=LINK_HINT)
    reminders.also(check_rules)
    navigation.add(
        group="Kataster",
        label="Beschwerden",
        url_name="objects:complaint_list",
        icon="voice",
        order=20,
        permission="complaint.view",
        count=waiting,
    )
    quick.add(
        label="Beschwerde aufnehmen",
        url_name="objects:complaint_create",
        icon="voice",
        key="b",
        order=10,
        permission="complaint.record",
    )
    search.add(kind="Beschwerden", icon="voice", order=30, permission="complaint.view", find=find)
    inbox.add(tasks)
    timeline.add("objects.Property", entries, rows=_of_house)


def waiting(user):
    from .selectors import waiting_for

    return waiting_for(user)


def find(user, query, limit):
    from .selectors import find_complaints

    return [
        Hit(
            f"{row.number}: {row.title}",
            row.get_absolute_url(),
            f"{row.where} · {day(row.received_at)} · {row.get_state_display()}",
        )
        for row in find_complaints(user, query, limit)
    ]


def tasks(user, today):
    from soe.departments.scope import departments_granting

    from .models import Complaint, ComplaintInvolvement, RoutingRule

    mine = departments_granting(user, "complaint.route")
    rows = (
        Complaint.objects.restrict(user).waiting_for(mine).select_related("address__street", "forwarded_to")
    )
    for row in rows.order_by("received_at"):
        forwarded = row.forwarded_to_id is not None
        yield Task(
            f"{'Weitergeleitete' if forwarded else 'Neue'} Beschwerde: {row.title}",
            row.get_absolute_url(),
            place=f"{row.number} · {row.where}",
            button="Annehmen" if forwarded else "Übernehmen",
            group="waiting" if forwarded else "new",
            since=row.forwarded_on or row.received_at,
        )
    answers = (
        Complaint.objects.restrict(user, "change")
        .open()
        .filter(wants_answer=True, answer_due__lte=today + AHEAD)
    )
    for row in answers.select_related("address__street").order_by("answer_due"):
        yield Task(
            f"Beschwerde beantworten: {row.title}",
            row.get_absolute_url(),
            place=f"{row.number} · {row.where}",
            due=row.answer_due,
            button="Antwort festhalten",
            button_url=reverse("objects:complaint_answer", args=[row.pk]),
        )
    notes = (
        ComplaintInvolvement.objects.restrict(user, "change")
        .filter(noted_on=None)
        .exclude(complaint__state=Complaint.State.CLOSED)
        .select_related("complaint__address__street")
    )
    for row in notes.order_by("-complaint__received_at"):
        yield Task(
            f"Zur Kenntnis: {row.complaint.title}",
            row.complaint.get_absolute_url(),
            place=f"{row.complaint.number} · {row.complaint.where}",
            group="new",
            since=row.complaint.received_at,
        )
    broken = RoutingRule.objects.restrict(user, "change").exclude(broken_because="")
    for rule in broken.select_related("category", "lead"):
        yield Task(
            f"Verteilregel hat sich abgeschaltet: {rule}",
            rule.get_absolute_url(),
            place=rule.broken_because,
            button="Regel ändern",
            group="waiting",
            since=rule.changed_at,
        )


def _of_house(user, house):
    from .selectors import complaints_of

    return [complaints_of(house, user=user)]


def entries(user, house, complaints):
    for row in complaints:
        text = f"{row.title}. {row.get_channel_display()}"
        if row.awaits_answer:
            text += f", Antwort bis {day(row.answer_due)}"
        yield Entry(
            row.received_at,
            f"Beschwerde {row.number}",
            text,
            row.department,
            "open",
            row.get_absolute_url(),
            "voice",
        )
        if row.closed_on and row.closed_on != local_date(row.received_at):
            yield Entry(
                row.closed_on,
                f"Beschwerde {row.number} abgeschlossen",
                row.get_outcome_display(),
                row.department,
                "open",
                row.get_absolute_url(),
                "check",
            )
