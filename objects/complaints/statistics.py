"""Complaints counted by place, kind, way and department, with the time to the answer.

What is counted are reports about houses, never people: there is no field about the person that could be counted, and
by the rules of the quarterly report such counts are not suppressed. Whoever reads them may read each complaint.
"""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from statistics import median

from django.utils import timezone

from soe.web.text import local_date

from .models import Complaint, ComplaintLink, ComplaintTopic
from .selectors import NO_CATEGORY, NO_DISTRICT

COLUMNS = ["eingegangen", "offen", "beantwortet", "Tage bis Antwort", "in der Frist %"]
TOP = 20


@dataclass
class Group:
    received: int = 0
    open: int = 0
    answered: int = 0
    days: list[int] = field(default_factory=list)
    due: int = 0
    in_time: int = 0

    def add(self, row, today):
        received = local_date(row["received_at"])
        ended = min((day for day in (row["answered_on"], row["closed_on"]) if day), default=None)
        self.received += 1
        if ended is None:
            self.open += 1
        else:
            self.answered += 1
            self.days.append((ended - received).days)
        if row["answer_due"] and (ended or row["answer_due"] < today):
            self.due += 1
            self.in_time += ended is not None and ended <= row["answer_due"]

    @property
    def values(self):
        return [
            self.received,
            self.open,
            self.answered,
            round(median(self.days)) if self.days else None,
            round(100 * self.in_time / self.due) if self.due else None,
        ]


@dataclass
class Table:
    key: str
    title: str
    row_title: str
    rows: list  # (label, values)
    note: str = ""


def statistics(user, first, last, *, today=None) -> list[Table]:
    """Complaints received from `first` to `last` that `user` may see. Five queries, whatever their number."""
    today = today or timezone.localdate()
    rows = Complaint.objects.restrict(user).filter(
        received_at__gte=_start(first), received_at__lt=_start(last + timedelta(days=1))
    )
    ids = rows.order_by().values("pk")
    topics = _many(ComplaintTopic.objects.filter(complaint__in=ids), "complaint_id", "category__name")
    houses = _many(
        ComplaintLink.objects.restrict(user).filter(complaint__in=ids),
        "complaint_id",
        "property__number",
        "property__title",
    )
    by = {name: {} for name in ("district", "street", "house", "category", "channel", "department")}
    total = Group()
    ways = dict(Complaint.Channel.choices)
    fields = (
        "pk", "received_at", "answered_on", "closed_on", "answer_due", "channel", "address__district",
        "address__street__name", "department__short_name",
    )  # fmt: skip
    for row in rows.order_by().values(*fields).iterator(chunk_size=2000):
        total.add(row, today)
        for name, labels in (
            ("district", [row["address__district"] or NO_DISTRICT]),
            ("street", [row["address__street__name"]] if row["address__street__name"] else []),
            ("house", houses.get(row["pk"], [])),
            ("category", topics.get(row["pk"], [NO_CATEGORY])),
            ("channel", [ways[row["channel"]]]),
            ("department", [row["department__short_name"]]),
        ):
            for label in labels:
                by[name].setdefault(label, Group()).add(row, today)
    several = "Eine Beschwerde kann hier mehrfach zählen."
    return [
        Table(
            "district",
            "Nach Stadtbezirk",
            "Stadtbezirk",
            [*_sorted(by["district"]), ("gesamt", total.values)],
        ),
        Table("category", "Nach Art", "Art", _sorted(by["category"]), several),
        Table("channel", "Nach Weg", "Weg", _sorted(by["channel"])),
        Table("department", "Nach Zuständigkeit", "Fachbereich", _sorted(by["department"])),
        Table("street", "Nach Straße", "Straße", _sorted(by["street"])),
        Table("house", "Nach Objekt", "Objekt", _sorted(by["house"]), several),
    ]


def _start(day):
    return timezone.make_aware(datetime.combine(day, time.min))


def _many(rows, key, *names):
    found: dict = {}
    for pk, *words in rows.order_by().values_list(key, *names).iterator(chunk_size=2000):
        found.setdefault(pk, []).append(" ".join(words))
    return found


def _sorted(groups):
    ordered = sorted(groups.items(), key=lambda item: (-item[1].received, item[0]))
    return [(label, group.values) for label, group in ordered]
