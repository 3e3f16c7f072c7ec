"""What others read about complaints."""

from datetime import timedelta

from django.db.models import Count, OuterRef, Q, Subquery
from django.urls import reverse

from objects.register.models import PropertyAddress
from soe.departments.scope import departments_granting
from soe.web.figures import Figure, FigureTable, Protect, Quarter, Section
from soe.web.text import local_date

from .models import Complaint, ComplaintCategory, ComplaintLink, ComplaintTopic
from .models.windows import windows

OLD_DAYS = 90
ANSWER_WITHIN = 30
SOURCE = "Beschwerden in SOE"
NO_DISTRICT, NO_CATEGORY = "ohne amtliche Anschrift", "ohne Art"


def complaints_of(property, *, user):
    """Complaints linked to a property that `user` may see, newest first."""
    return Complaint.objects.restrict(user).about(property).select_related("address__street", "department")


def earlier_at(address, *, user, now, categories=(), limit=5):
    """What was already reported at this address: what is open and about the same comes first.

    `same`: open, of one of `categories`, and fresh: most likely the same matter. How far back: see HintWindow."""
    back = windows()
    rows = (
        Complaint.objects.restrict(user)
        .filter(address=address, received_at__gte=now - back["earlier"])
        .select_related("address__street", "department")
        .prefetch_related("topics__category")
    )
    found = list(rows[: limit * 4])
    for row in found:
        about = {topic.category_id for topic in row.topics.all()}
        fresh = row.received_at >= now - back["same"]
        row.same = row.is_open and fresh and bool(about & set(categories))
    return sorted(found, key=lambda row: (not row.same, not row.is_open))[:limit]


def reported_near(addresses, *, user, now):
    """{address id: newest complaint} at these addresses, as far back as hints go."""
    rows = (
        Complaint.objects.restrict(user)
        .filter(address__in=addresses, received_at__gte=now - windows()["earlier"])
        .select_related("address__street")
        .order_by("received_at")
    )
    return {row.address_id: row for row in rows}


def waiting_for(user):
    """New complaints of the user's departments and those forwarded to them: what the navigation counts."""
    departments = departments_granting(user, "complaint.route")
    return Complaint.objects.restrict(user, "view").waiting_for(departments)


def find_complaints(user, text, limit):
    """By number or place."""
    from soe.web.folding import norm

    folded = norm(text)
    if len(folded) < 3:
        return []
    rows = Complaint.objects.restrict(user).filter(search__contains=folded)
    return list(rows.select_related("address__street", "department")[:limit])


# --- the quarterly report ---------------------------------------------------------------------------------------------


def quarter_figures(quarter: Quarter) -> list[Figure | FigureTable]:
    """Section 5: received, closed, open, ageing, and the cohort answered within 30 days."""
    page = reverse("objects:complaint_list")
    received = Complaint.objects.filter(
        received_at__gte=quarter.start_at, received_at__lt=quarter.end_at
    ).order_by()
    closed = Complaint.objects.filter(closed_on__range=(quarter.start, quarter.end)).order_by()
    open_now = _open_at(quarter)
    old = open_now.filter(received_at__lt=quarter.end_at - timedelta(days=OLD_DAYS))
    total, answered = _cohort(quarter.previous())
    span = f"von={quarter.start:%Y-%m-%d}&bis={quarter.end:%Y-%m-%d}"
    figures = [
        Figure(
            "complaints.received",
            Section.COMPLAINTS,
            "Eingegangene Beschwerden",
            received.count(),
            "Beschwerden und Hinweise mit Eingang im Quartal.",
            SOURCE,
            headline=True,
            drilldown=f"{page}?{span}",
        ),
        Figure(
            "complaints.closed",
            Section.COMPLAINTS,
            "Abgeschlossene Beschwerden",
            closed.count(),
            "Beschwerden, die im Quartal abgeschlossen wurden, gleich wann sie eingingen.",
            SOURCE,
            drilldown=f"{page}?state=closed",
        ),
        Figure(
            "complaints.open",
            Section.COMPLAINTS,
            "Offene Beschwerden",
            open_now.count(),
            "Eingegangen bis zum Stichtag und an ihm weder beantwortet noch abgeschlossen.",
            SOURCE,
            as_of=quarter.end,
            drilldown=f"{page}?state=open",
        ),
        Figure(
            "complaints.old",
            Section.COMPLAINTS,
            "davon älter als 90 Tage",
            old.count(),
            "Offene Beschwerden, die am Stichtag vor mehr als 90 Tagen eingegangen sind.",
            SOURCE,
            as_of=quarter.end,
        ),
        Figure(
            "complaints.quick",
            Section.COMPLAINTS,
            "Binnen 30 Tagen beantwortet",
            round(100 * answered / total) if total else None,
            "Anteil der im Vorquartal eingegangenen Beschwerden, die binnen 30 Tagen beantwortet oder abgeschlossen "
            "wurden. Das Vorquartal, weil erst dann für jede 30 Tage vergangen sind.",
            SOURCE,
            unit="%",
            part_of=(answered, total),
        ),
    ]
    return [*figures, _by_category(quarter, open_now), _by_district(quarter, open_now)]


def _open_at(quarter):
    """Open at the end of the quarter, by dates: states of today do not matter."""
    return (
        Complaint.objects.filter(received_at__lt=quarter.end_at)
        .filter(Q(answered_on=None) | Q(answered_on__gt=quarter.end))
        .filter(Q(closed_on=None) | Q(closed_on__gt=quarter.end))
        .order_by()
    )


def _cohort(quarter):
    """(received in the quarter, of these answered or closed within 30 days)"""
    rows = Complaint.objects.filter(
        received_at__gte=quarter.start_at, received_at__lt=quarter.end_at
    ).order_by()
    total = quick = 0
    for received_at, answered_on, closed_on in rows.values_list(
        "received_at", "answered_on", "closed_on"
    ).iterator():
        ended = min((day for day in (answered_on, closed_on) if day), default=None)
        total += 1
        quick += ended is not None and (ended - local_date(received_at)).days <= ANSWER_WITHIN
    return total, quick


def _table(key, title, row_title, groups, quarter, definition, additive):
    labels = sorted({name for group in groups for name in group}, key=_last)
    rows = [(name, [group.get(name, 0) for group in groups]) for name in labels]
    if additive:
        rows.append(("gesamt", [sum(group.values()) for group in groups]))
    return FigureTable(
        key,
        Section.COMPLAINTS,
        title,
        row_title,
        ["eingegangen", "abgeschlossen", "offen am Stichtag"],
        rows,
        definition,
        SOURCE,
        as_of=quarter.end,
        protect=Protect.NONE,
        additive_rows=additive,
    )


def _last(name):
    return (name in (NO_DISTRICT, NO_CATEGORY, "anderes"), name)


def _by_category(quarter, open_now):
    topics = ComplaintTopic.objects.order_by()
    names = dict(ComplaintCategory.objects.values_list("pk", "name"))

    def count(rows):
        found = topics.filter(complaint__in=rows.values("pk")).values_list("category").annotate(n=Count("pk"))
        result = {names[pk]: n for pk, n in found}
        if without := rows.filter(topics=None).count():
            result[NO_CATEGORY] = without
        return result

    return _table(
        "complaints.by_category",
        "Beschwerden nach Art",
        "Art",
        [count(rows) for rows in _three(quarter, open_now)],
        quarter,
        "Eine Beschwerde mit mehreren Arten zählt bei jeder; die Spalten ergeben deshalb keine Summe.",
        additive=False,
    )


def _by_district(quarter, open_now):
    def count(rows):
        found = rows.values_list("address__district").annotate(n=Count("pk"))
        result: dict[str, int] = {}
        for name, n in found:
            result[name or NO_DISTRICT] = result.get(name or NO_DISTRICT, 0) + n
        return result

    return _table(
        "complaints.by_district",
        "Beschwerden nach Stadtbezirk",
        "Stadtbezirk",
        [count(rows) for rows in _three(quarter, open_now)],
        quarter,
        "Nach der Anschrift, um die es geht; nie nach der Person, die meldet.",
        additive=True,
    )


def _three(quarter, open_now):
    received = Complaint.objects.filter(
        received_at__gte=quarter.start_at, received_at__lt=quarter.end_at
    ).order_by()
    closed = Complaint.objects.filter(closed_on__range=(quarter.start, quarter.end)).order_by()
    return received, closed, open_now


def number_of_complaints(queryset, name="complaints_count"):
    """Annotate properties with the number of their complaints."""
    linked = (
        ComplaintLink.objects.filter(property=OuterRef("pk"))
        .order_by()
        .values("property")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return queryset.annotate(**{name: Subquery(linked)})


def handling_departments():
    """Departments where somebody works on complaints right now: what a complaint can be sent to."""
    from soe.departments.models import Department, Membership

    working = Membership.objects.current().filter(role__grants__permission="complaint.route")
    return Department.objects.active().filter(pk__in=working.order_by().values("department"))


def complaints_at(property_ids, after, until) -> set:
    """{(property id, complaint id)} received in these days: linked as cause or hint, or at an address of the house.

    Without those closed as groundless.
    """
    days = {"complaint__received_at__date__gt": after, "complaint__received_at__date__lte": until}
    linked = ComplaintLink.objects.filter(property__in=property_ids, **days)
    linked = linked.exclude(complaint__outcome__in=Complaint.GROUNDLESS)
    here = PropertyAddress.objects.filter(
        property__in=property_ids,
        ended_on=None,
        **{f"address__complaints__{key[11:]}": value for key, value in days.items()},
        address__complaints__outcome__in=["", *set(Complaint.Outcome) - set(Complaint.GROUNDLESS)],
    )
    result = ComplaintLink.Kind.RESULT
    found = set(here.order_by().values_list("property", "address__complaints"))
    known = set(linked.order_by().values_list("property", "complaint", "kind"))
    apart = {(house, complaint) for house, complaint, kind in known if kind == result}
    return (found | {(house, complaint) for house, complaint, _ in known}) - apart
