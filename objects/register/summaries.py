"""Keeping the summary of a property right. Apps of this area hand in what may be the next step."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from .models.properties import Property
from .models.steering import Assessment, Goal
from .models.summary import NEVER, UNPLANNED, PropertySummary

BATCH = 1000


@dataclass(frozen=True)
class Step:
    """Something that must happen at a property by a day. The title may be read by everyone in the register:
    internal matters of a department say no more than "Frist bei FB 51"."""

    property_id: object
    title: str
    due: date
    department_id: object = None
    url: str = ""


Source = Callable[[list], Iterable[Step]]
_sources: list[Source] = []


def add_step_source(source: Source):
    """`source(property_ids) -> Iterable[Step]` of open steps. Its models call `refresh()` when they change
    (SummarisedModel does it in save())."""
    if source not in _sources:
        _sources.append(source)
    return source


def steps(property_ids) -> list[Step]:
    """All open steps of these properties, earliest first."""
    found = [step for source in _sources for step in source(list(property_ids))]
    return sorted(found, key=lambda step: (step.due, step.title))


def goal_reviews(property_ids):
    for goal in Goal.objects.current().filter(property__in=property_ids):
        yield Step(goal.property_id, "Ziel überprüfen", goal.next_review, goal.department_id)


def _latest_assessments(property_ids):
    newest = Window(
        RowNumber(), partition_by=F("property_id"), order_by=[F("on").desc(), F("created_at").desc()]
    )
    rows = Assessment.objects.filter(property__in=property_ids).order_by().annotate(place=newest)
    return {row.property_id: row for row in rows.filter(place=1)}


KEPT = ("property", "score", "score_parts")


def refresh(property_ids, *, points=True):
    """Recompute the summary of these properties from the audited rows, and their points after the transaction."""
    from objects.priority.once import rescore_soon

    ids = list(dict.fromkeys(property_ids))
    for start in range(0, len(ids), BATCH):
        _refresh(ids[start : start + BATCH])
    if points:
        rescore_soon(ids)


def _refresh(ids):
    lights = _latest_assessments(ids)
    goals = {goal.property_id: goal for goal in Goal.objects.current().filter(property__in=ids)}
    houses = Property.objects.filter(pk__in=ids).order_by().values_list("pk", "title", "retired_on")
    heads = {pk: {"title": title, "standing": retired_on is None} for pk, title, retired_on in houses}
    first: dict = {}
    for step in steps(ids):
        first.setdefault(step.property_id, step)
    rows = [_row(pk, heads[pk], lights.get(pk), goals.get(pk), first.get(pk)) for pk in ids]
    fields = [field.name for field in PropertySummary._meta.concrete_fields if field.name not in KEPT]
    known = PropertySummary.objects.filter(pk__in=ids).values_list("pk", "standing", "pressure")
    before = {pk: (standing, pressure) for pk, standing, pressure in known}
    moved = [row.pk for row in rows if before.get(row.pk, (True, None)) != (row.standing, row.pressure)]
    with transaction.atomic():
        PropertySummary.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["property"], update_fields=fields
        )
        if moved:
            from .party_summaries import follow

            follow(moved)


def _row(pk, head, light, goal, step):
    return PropertySummary(
        property_id=pk,
        **head,
        pressure=light and light.pressure,
        room=light and light.room,
        assessed_on=light and light.on,
        light=light.pressure * 10 + light.room if light else 0,
        stage=goal and goal.stage,
        aim=goal.aim if goal else "",
        next_title=step.title[:250] if step else "",
        next_on=step and step.due,
        next_sort=_place(head, step),
        next_url=step.url if step else "",
        next_department_id=step and step.department_id,
    )


def _place(head, step):
    if not head["standing"]:
        return NEVER
    return step.due if step else UNPLANNED
