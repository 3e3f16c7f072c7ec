"""What waits for somebody in the register: offers to take part, goals to review, houses nobody moves."""

from datetime import timedelta

from django.urls import reverse

from soe.departments.scope import departments_granting
from soe.web.counting import LIMIT, counts
from soe.web.registry import Task

from .models import Goal, Participation, Property

AHEAD = timedelta(days=14)


def offers(user, today):
    rows = (
        Participation.objects.waiting()
        .restrict(user, "change")
        .select_related("property", "department")
        .order_by("offered_on")[:50]
    )
    for part in rows:
        yield Task(
            title=f"Beteiligung entscheiden: {part.property.title}",
            url=part.property.get_absolute_url(),
            place=" · ".join(
                text for text in (part.property.number, f"für {part.department}", part.question) if text
            ),
            since=part.offered_on,
            due=part.answer_due,
            button="Entscheiden",
            button_url=reverse("objects:participation_accept", args=[part.pk]),
            group="waiting",
        )


def reviews(user, today):
    mine = departments_granting(user, "register.view")
    rows = (
        Goal.objects.review_due(today + AHEAD)
        .filter(department__in=mine)
        .restrict(user, "change")
        .select_related("property")
        .order_by("next_review")[:50]
    )
    for goal in rows:
        yield Task(
            title=f"Ziel überprüfen: {goal.property.title}",
            url=goal.property.get_absolute_url(),
            place=f"{goal.property.number} · Stufe {goal.stage}: {goal.get_stage_display()}",
            due=goal.next_review,
            button="Überprüfen",
            button_url=reverse("objects:goal_review", args=[goal.pk]),
        )


def without_step(user, today):
    """Houses my department leads and for which nothing is planned: one line, however many."""
    rows = Property.objects.led_by(departments_granting(user, "register.change")).active()
    houses = list(rows.filter(summary__next_on=None).restrict(user, "change").order_by("serial")[:50])
    if not houses:
        return
    many = f"{len(houses)} Objekte" if len(houses) > 1 else houses[0].title
    yield Task(
        title=f"Ohne nächsten Schritt: {many}",
        url=f"{reverse('objects:property_list')}?ansicht=ohne",
        place=", ".join(house.number for house in houses[:6]) + (" …" if len(houses) > 6 else ""),
        button="Ansehen",
        group="waiting",
    )


def overlooked(user, today):
    """For who steers the whole register: what nobody plans anything for, and goals whose review is late elsewhere."""
    if not departments_granting(user, "register.steer"):
        return
    own = departments_granting(user, "register.change")
    everywhere = Property.objects.restrict(user, "steer").active()
    others = everywhere.exclude(lead_department__in=own)
    reviews = Goal.objects.review_due(today - timedelta(days=1)).exclude(department__in=own)
    found = counts(
        {
            "step": others.filter(summary__next_on=None),
            "review": reviews.filter(property__in=everywhere.order_by().values("pk")),
        }
    )
    words = {
        "step": (
            "1 Objekt im Kataster ohne nächsten Schritt",
            "{} Objekte im Kataster ohne nächsten Schritt",
        ),
        "review": ("1 Ziel mit überfälliger Überprüfung", "{} Ziele mit überfälliger Überprüfung"),
    }
    for name, (one, many) in words.items():
        if number := found[name]:
            yield Task(
                title=one if number == 1 else many.format("mehr als 998" if number >= LIMIT else number),
                url=f"{reverse('objects:property_list')}?sortierung=next",
                place="bei den federführenden Fachbereichen",
                button="Ansehen",
                group="waiting",
            )
