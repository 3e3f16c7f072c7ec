"""By when an answer is owed, and telling those who must know when it does not come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from objects.proceedings.deadlines import end_of_days
from soe.audit.context import acting_as
from soe.web.notices import notify
from soe.web.notices.services import members

from .defaults import DAYS
from .models import Escalation, EscalationLevel, ReplyPeriod, Subject

# What was due longer ago at the first run is no news; lists and the start page show it anyway.
BACK = timedelta(days=60)
SUPERVISE, STEER = "reply.supervise", "register.steer"
Audience = EscalationLevel.Audience


def reply_by(subject, start: date, categories=()) -> date:
    """The last day to answer what came on `start`: the shortest period valid that day for one of `categories`
    (ids), otherwise the general one; a weekend or holiday in NRW moves it to the next working day."""
    general, own = None, []
    for category, days in (
        ReplyPeriod.objects.filter(subject=subject)
        .valid_on(start)
        .order_by("valid_from")
        .values_list("category_id", "days")
    ):
        if category is None:
            general = days
        elif category in categories:
            own.append(days)
    return end_of_days(start, min(own) if own else general or DAYS[subject])


@dataclass(frozen=True)
class Source:
    """Records of one subject. `rows(first, last)`: those that wait for an answer due in these days."""

    subject: str
    field: str  # of Escalation
    due: str  # of the record
    rows: Callable
    people: Callable  # record -> those who have to answer
    department: Callable  # record -> department that has to answer
    kind: str
    target: Callable  # record -> what the notice is about
    words: Callable  # (record, audience, late) -> title


_sources: dict[str, Source] = {}


def add(source: Source):
    _sources[source.subject] = source


def heads(department):
    """Who supervises answers in this department; without anybody, in the one above it, and so on."""
    seen = set()
    while department is not None and department.pk not in seen:
        seen.add(department.pk)
        found = list(members(department, SUPERVISE))
        if found:
            return found
        department = department.parent
    return []


def coordination():
    from soe.departments.models import Department

    rows = Department.objects.active()
    return members(list(rows.values_list("pk", flat=True)), STEER)


def send(today) -> int:
    """Reach every level that is due; safe to repeat, to run twice at once and to be killed. Returns the escalations."""
    done = 0
    for level in EscalationLevel.objects.active().order_by("subject", "-offset"):
        source = _sources[level.subject]
        last = today - timedelta(days=level.offset)
        for pk in list(_open(source, level, last - BACK, last).values_list("pk", flat=True)):
            done += _reach(source, level, pk, today, last)
    return done


def _open(source, level, first, last):
    told = Escalation.objects.filter(
        **{source.field: OuterRef("pk")},
        level__subject=level.subject,  # a complaint waits for an answer and, forwarded, for acceptance
        due_on=OuterRef(source.due),
        level__audience=level.audience,
        level__offset__gte=level.offset,  # a later level of the same people says it all
    )
    return source.rows(first, last).filter(~Exists(told)).order_by(F(source.due), "pk")


@transaction.atomic
def _reach(source, level, pk, today, last):
    model = source.rows(today, today).model
    if not model.objects.select_for_update().filter(pk=pk).exists():
        return 0
    record = _open(source, level, last - BACK, last).filter(pk=pk).first()
    if record is None:  # answered, postponed or told meanwhile
        return 0
    due = getattr(record, source.due)
    if level.audience == Audience.ACTING:
        people, kind = list(source.people(record)), source.kind
    else:
        people = heads(source.department(record)) if level.audience == Audience.HEAD else coordination()
        kind = "reply_escalated"
    with acting_as(get_user_model().objects.system()):
        told = notify(
            people,
            kind,
            title=source.words(record, level.audience, due < today),
            url=source.target(record).get_absolute_url(),
            target=source.target(record),
        )
        Escalation(level=level, due_on=due, on=today, told=told, **{source.field: record}).save(
            reason=f"Frist {due:%d.%m.%Y}"
        )
    return 1


__all__ = ["Source", "Subject", "add", "coordination", "heads", "reply_by", "send"]
