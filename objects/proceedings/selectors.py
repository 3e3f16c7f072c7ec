"""What others read about proceedings and measures: rows the reader may see, stubs of the rest, figures."""

from datetime import date

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from soe.web.figures import Figure, FigureTable, Protect, Quarter, Section

from .models import Claim, Deadline, InformationRequest, Measure, OrderItem, Proceeding
from .models.claims import Balance
from .models.proceedings import ProceedingStub

SOURCE = "Verfahren und Maßnahmen in SOE"


def proceedings_of(property, *, user):
    """Proceedings of a property that `user` may read."""
    return (
        Proceeding.objects.restrict(user)
        .filter(property=property)
        .select_related("department", "legal_basis")
    )


def measures_of(property, *, user):
    return Measure.objects.restrict(user).filter(property=property).select_related("department", "proceeding")


def hidden_at(property, *, user) -> list:
    """The rows behind `stubs_of`: proceedings and measures at a property that `user` may not read."""
    return [model.objects.filter(property=property).hidden_from(user) for model in (Proceeding, Measure)]


def stubs_of(property, *, user) -> list[ProceedingStub]:
    """What else there is at a property, without saying what: proceedings and measures."""
    rows = [stub for rows in hidden_at(property, user=user) for stub in rows.as_stubs()]
    return sorted(rows, key=lambda row: (row.opened_on or date.min, str(row.id)), reverse=True)


def may_act(property, user, permission) -> bool:
    """Whether a department of the user that grants `permission` leads the property or takes part in it."""
    from soe.departments.scope import departments_granting

    house = type(property).objects.filter(pk=property.pk, retired_on=None)
    return house.acted_on_by(departments_granting(user, permission)).exists()


def find_proceedings(user, text, limit):
    """By file number or subject, among those the user may read."""
    from soe.web.folding import norm

    folded = norm(text)
    if len(folded) < 3:
        return []
    rows = Proceeding.objects.restrict(user).filter(search__contains=folded)
    return list(rows.select_related("department", "property")[:limit])


# --- what lists and the start page ask -------------------------------------------------------------------------------


def items_due(user, until):
    """Open order items of the user's own proceedings with an end of deadline up to `until`."""
    return (
        OrderItem.objects.restrict(user, "change")
        .running()
        .filter(due_on__lte=until)
        .select_related("order__proceeding__property")
        .order_by("due_on", "id")
    )


def measures_due(user, until):
    return (
        Measure.objects.restrict(user, "change")
        .open()
        .filter(due_on__lte=until)
        .select_related("property")
        .order_by("due_on", "id")
    )


def other_deadlines(user, until):
    """Hearings, ends of the time to sue, and payments of the user's own proceedings, due up to `until`."""
    kinds = (Deadline.Kind.HEARING, Deadline.Kind.LAWSUIT, Deadline.Kind.PAYMENT)
    rows = Deadline.objects.filter(kind__in=kinds, due_on__lte=until).restrict(user, "change")
    return rows.select_related("property")[:50]


def balance_of(parties, *, user) -> Balance:
    """What these parties owe, by the claims `user` may see."""
    return Claim.objects.restrict(user, "view").filter(party__in=parties).balance(timezone.localdate())


def requests_waiting(user):
    """Requests for information that the user's department has to answer."""
    return (
        InformationRequest.objects.restrict(user, "change")
        .waiting()
        .select_related("asking_department", "proceeding__property", "measure__property")
    )


# --- the quarterly report ---------------------------------------------------------------------------------------------


def quarter_figures(quarter: Quarter) -> list[Figure | FigureTable]:
    """For section 3: proceedings, orders and measures, stock at the end and flow of the quarter."""
    proceedings = Proceeding.objects.order_by()
    opened = proceedings.filter(opened_on__range=(quarter.start, quarter.end))
    closed = proceedings.filter(closed_on__range=(quarter.start, quarter.end))
    running = proceedings.filter(opened_on__lte=quarter.end).filter(
        Q(closed_on=None) | Q(closed_on__gt=quarter.end)
    )
    measures = Measure.objects.order_by()
    due = measures.filter(original_due_on__range=(quarter.start, quarter.end)).exclude(
        state=Measure.State.DROPPED
    )
    in_time = sum(
        done is not None and done <= due_on for done, due_on in due.values_list("done_on", "original_due_on")
    )
    due_count = due.count()
    open_measures = measures.filter(begun_on__lte=quarter.end).filter(
        Q(done_on=None) | Q(done_on__gt=quarter.end)
    )
    page, measure_page = reverse("objects:proceeding_list"), reverse("objects:measure_list")

    def figure(key, label, value, definition, **more):
        return Figure(key, Section.REGISTER, label, value, definition, SOURCE, **more)

    return [
        figure(
            "proceedings.open",
            "Laufende Verfahren",
            running.count(),
            "Bis zum Stichtag eröffnet und an ihm nicht abgeschlossen, aller Fachbereiche.",
            as_of=quarter.end,
            headline=True,
            drilldown=f"{page}?stand=laufend",
        ),
        figure("proceedings.opened", "Eröffnete Verfahren", opened.count(), "Im Quartal eröffnet."),
        figure("proceedings.closed", "Abgeschlossene Verfahren", closed.count(), "Im Quartal abgeschlossen."),
        figure(
            "orders.issued",
            "Erlassene Verfügungen",
            _orders(quarter),
            "Verfügungen mit Erlass im Quartal; eine Verfügung kann mehrere Punkte haben.",
        ),
        figure(
            "orders.penalties",
            "Festgesetzte Zwangsgelder",
            _penalties(quarter),
            "Im Quartal festgesetzt, je Punkt einer Verfügung gezählt.",
        ),
        figure(
            "measures.open",
            "Offene Maßnahmen",
            open_measures.count(),
            "Bis zum Stichtag angelegt und an ihm weder erledigt noch aufgegeben.",
            as_of=quarter.end,
            drilldown=f"{measure_page}?stand=open",
        ),
        figure(
            "measures.done",
            "Erledigte Maßnahmen",
            measures.filter(state=Measure.State.DONE, done_on__range=(quarter.start, quarter.end)).count(),
            "Im Quartal erledigt.",
        ),
        figure(
            "measures.in_time",
            "Termintreue der Maßnahmen",
            round(100 * in_time / due_count) if due_count else None,
            "Anteil der Maßnahmen mit erster Fälligkeit im Quartal, die bis zu diesem ersten Datum erledigt waren.",
            unit="%",
            part_of=(in_time, due_count),
        ),
        _by_department(quarter, running, opened, closed),
    ]


def _orders(quarter):
    from .models import Order

    return Order.objects.filter(issued_on__range=(quarter.start, quarter.end)).count()


def _penalties(quarter):
    from .models import EnforcementStep, StepKind

    return EnforcementStep.objects.filter(
        kind=StepKind.PENALTY, state="done", done_on__range=(quarter.start, quarter.end)
    ).count()


def _by_department(quarter, running, opened, closed):
    groups = [
        dict(rows.values_list("department__short_name").annotate(n=Count("pk")))
        for rows in (running, opened, closed)
    ]
    names = sorted({name for group in groups for name in group})
    rows = [(name, [group.get(name, 0) for group in groups]) for name in names]
    rows.append(("gesamt", [sum(group.values()) for group in groups]))
    return FigureTable(
        "proceedings.by_department",
        Section.REGISTER,
        "Verfahren nach Fachbereich",
        "Fachbereich",
        ["laufend am Stichtag", "eröffnet", "abgeschlossen"],
        rows,
        "Verfahren zählen bei dem Fachbereich, der sie führt.",
        SOURCE,
        as_of=quarter.end,
        protect=Protect.NONE,
        additive_rows=True,
    )
