"""Which people hear of what happens in the register. Called by the services, in their transaction."""

from django.urls import reverse

from soe.web.notices import kinds, notify
from soe.web.notices.services import members

GROUP = "Kataster und Verfahren"


def register_targets():
    """What can be commented and watched, and who counts as taking part in it (visibility „beteiligt“)."""
    from django.db.models import Q

    from soe.web import registry, targets

    from .models import Complaint, InspectionDay, Proceeding, Property
    from .register.reach import acted_on

    both = {"comments": True, "watch": True}
    targets.register(Property, acting=lambda mine: Q(pk__in=acted_on(mine)), **both)
    targets.register(
        Complaint,
        acting=lambda mine: Q(department__in=mine) | Q(involvements__department__in=mine),
        **both,
    )
    targets.register(
        Proceeding, acting=lambda mine: Q(department__in=mine) | Q(property__in=acted_on(mine)), **both
    )
    targets.register(
        InspectionDay,
        acting=lambda mine: (
            Q(lead__in=mine) | Q(participations__department__in=mine, participations__state="accepted")
        ),
        **both,
    )
    registry.timeline.add("objects.Property", comments, rows=_comments)


def _comments(user, house):
    from soe.web.comments.models import Comment

    return [Comment.objects.about(house).restrict(user).filter(removed_at=None)]


def comments(user, house, rows):
    """Comments on the property in its timeline, by the rights of each."""
    from soe.web.registry import Entry

    for row in rows.select_related("author", "department").order_by("-at")[:50]:
        text = row.text if len(row.text) <= 200 else f"{row.text[:198].rstrip()} …"
        url = f"{house.get_absolute_url()}#kommentar-{row.pk}"
        yield Entry(row.at, f"Kommentar von {row.author}", text, row.department, row.visibility, url, "voice")


def register():
    from soe.web.notices import reminders

    register_targets()

    kinds.add("complaint_routed", "Beschwerde für meinen Fachbereich", about=("objects.complaint",), group=GROUP,
              permission="complaint.route", titles=("Beschwerde {number} für {department}",))  # fmt: skip
    kinds.add("complaint_assigned", "Beschwerde mir zugewiesen", about=("objects.complaint",), group=GROUP,
              permission="complaint.route", titles=("Beschwerde {number} ist Ihnen zugewiesen",))  # fmt: skip
    kinds.add("rule_broken", "Verteilregel hat sich abgeschaltet", about=("objects.routingrule",), group=GROUP,
              permission="register.steer", titles=("Verteilregel für {department} hat sich abgeschaltet",))  # fmt: skip
    kinds.add("participation_asked", "Bitte um Beteiligung", group=GROUP, permission="register.change",
              about=("objects.property", "objects.inspectionday"),
              titles=("{department} um Beteiligung an {number} gebeten",
                      "{department} zum Einsatztag {number} eingeladen"))  # fmt: skip
    kinds.add("participation_answered", "Antwort auf eine Bitte um Beteiligung", group=GROUP,
              permission="register.change", about=("objects.property",),
              titles=("{department} beteiligt sich an {number}",
                      "{department} hat die Beteiligung an {number} abgelehnt"))  # fmt: skip
    kinds.add("information_asked", "Auskunftsersuchen an meinen Fachbereich", group=GROUP,
              permission="proceeding.change", about=("objects.informationrequest",),
              titles=("{department} bittet um Auskunft",))  # fmt: skip
    kinds.add("information_answered", "Antwort auf mein Auskunftsersuchen", group=GROUP,
              permission="proceeding.view", about=("objects.informationrequest",),
              titles=("{department} hat Ihr Auskunftsersuchen beantwortet",))  # fmt: skip
    kinds.add("owner_changed", "Eigentümerwechsel prüfen", group=GROUP, permission="proceeding.view",
              about=("objects.readdressing", "web.letter"),
              titles=("Eigentümerwechsel an {number}: Vorgänge prüfen, {count}",
                      "Eigentümerwechsel an {number}: Briefe im Entwurf prüfen, {count}"))  # fmt: skip
    due = {"group": "Fristen", "permission": "measure.change"}
    kinds.add("measure_due", "Frist einer Maßnahme", about=("objects.measure",), **due,
              titles=("Maßnahme an {number} ist am {date} fällig",
                      "Maßnahme an {number} war am {date} fällig"))  # fmt: skip
    kinds.add("answer_due", "Frist einer Antwort auf eine Beschwerde", about=("objects.complaint",),
              group="Fristen", permission="complaint.route",
              titles=("Antwort zu Beschwerde {number} ist am {date} fällig",
                      "Antwort zu Beschwerde {number} war am {date} fällig"))  # fmt: skip
    kinds.add("item_due", "Frist einer Verfügung", about=("objects.orderitem",), group="Fristen",
              permission="proceeding.change",
              titles=("Frist einer Verfügung an {number} endet am {date}",
                      "Frist einer Verfügung an {number} endete am {date}"))  # fmt: skip
    reminders.add("measure_due", measures_due)
    reminders.add("item_due", items_due)


def complaint_routed(complaint, departments, *, on=None):
    for department in departments:
        notify(
            members(department, "complaint.route"),
            "complaint_routed",
            title=f"Beschwerde {complaint.number} für {department.short_name}",
            url=complaint.get_absolute_url(),
            target=complaint,
            on=on,
        )


def complaint_assigned(complaint):
    notify(
        [complaint.handler],
        "complaint_assigned",
        title=f"Beschwerde {complaint.number} ist Ihnen zugewiesen",
        url=complaint.get_absolute_url(),
        target=complaint,
    )


def rule_switched_off(rule):
    from .replies.services import coordination

    notify(
        coordination(),
        "rule_broken",
        title=f"Verteilregel für {rule.lead.short_name} hat sich abgeschaltet",
        url=rule.get_absolute_url(),
        target=rule,
    )


def participation_asked(participation):
    house, department = participation.property, participation.department
    notify(
        members(department, "register.change"),
        "participation_asked",
        title=f"{department.short_name} um Beteiligung an {house.number} gebeten",
        url=house.get_absolute_url(),
        target=house,
        on=participation.offered_on,
    )


def participation_answered(participation):
    house, department = participation.property, participation.department
    yes = participation.state == participation.State.ACCEPTED
    notify(
        members(house.lead_department, "register.change"),
        "participation_answered",
        title=f"{department.short_name} beteiligt sich an {house.number}"
        if yes
        else f"{department.short_name} hat die Beteiligung an {house.number} abgelehnt",
        url=house.get_absolute_url(),
        target=house,
        on=participation.decided_on,
    )


def inspection_invited(participation):
    day, department = participation.day, participation.department
    if department is None:  # a body outside the city has no accounts
        return
    notify(
        members(department, "inspection.record"),
        "participation_asked",
        title=f"{department.short_name} zum Einsatztag {day.number} eingeladen",
        url=day.get_absolute_url(),
        target=day,
        on=participation.invited_on,
    )


def information_asked(request):
    notify(
        members(request.asked_department, "proceeding.change"),
        "information_asked",
        title=f"{request.asking_department.short_name} bittet um Auskunft",
        url=request.get_absolute_url(),
        target=request,
        on=request.asked_at,
    )


def information_answered(request):
    notify(
        [request.asked_by],
        "information_answered",
        title=f"{request.asked_department.short_name} hat Ihr Auskunftsersuchen beantwortet",
        url=request.get_absolute_url(),
        target=request,
        on=request.answered_at,
    )


def owner_changed(change, rows, letters):
    """Each department hears of its own matters and unsent letters, in one notice each."""
    head = f"Eigentümerwechsel an {change.property.number}"
    for what, found in (("Vorgänge", rows), ("Briefe im Entwurf", letters)):
        mine = {}
        for row in found:
            mine.setdefault(row.department_id, []).append(row)
        for department, own in mine.items():
            people = {
                person
                for permission in ("proceeding.change", "measure.change")
                for person in members(department, permission)
            }
            first = own[0]
            url = (
                reverse("objects:readdress", args=[first.pk])
                if what == "Vorgänge"
                else first.get_absolute_url()
            )
            notify(people, "owner_changed", title=f"{head}: {what} prüfen, {len(own)}", url=url, target=first)


# --- deadlines ------------------------------------------------------------------------------------------------------


def measures_due(first, last):
    from soe.web.notices.reminders import Deadline, People

    from .models import Measure

    people = People()
    rows = Measure.objects.open().filter(due_on__range=(first, last)).select_related("property")
    for row in rows.order_by("due_on", "id").iterator():
        head = f"Maßnahme an {row.property.number}"
        yield Deadline(
            row,
            row.due_on,
            people(row.department_id, "measure.change"),
            row.get_absolute_url(),
            f"{head} ist am {row.due_on:%d.%m.%Y} fällig",
            f"{head} war am {row.due_on:%d.%m.%Y} fällig",
        )


def items_due(first, last):
    from soe.web.notices.reminders import Deadline, People

    from .models import OrderItem

    people = People()
    rows = OrderItem.objects.running().filter(due_on__range=(first, last))
    for row in rows.select_related("order__proceeding__property").order_by("due_on", "id").iterator():
        proceeding = row.order.proceeding
        head = f"Frist einer Verfügung an {proceeding.property.number}"
        yield Deadline(
            row,
            row.due_on,
            people(proceeding.department_id, "proceeding.change"),
            row.get_absolute_url(),
            f"{head} endet am {row.due_on:%d.%m.%Y}",
            f"{head} endete am {row.due_on:%d.%m.%Y}",
        )
