"""The figures behind early warning, for the whole city at once: a fixed number of queries per rule.

Keys are ("property", id) and ("address", id). An address that belongs to a standing property counts there.
"""

from collections import Counter
from datetime import date

from django.db.models import Q

from soe.departments.models import Visibility

from .models import RiskHint, WarningRule


def start_of(today: date, months: int) -> date:
    """The day `months` calendar months before; the last of a short month when there is no such day."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    for day in range(today.day, 0, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


class Places:
    """Which standing property an address belongs to; loaded once per evaluation."""

    def __init__(self):
        from objects.register.models import ProblemArea, Property, PropertyAddress

        rows = PropertyAddress.objects.filter(
            ended_on=None, address__isnull=False, property__retired_on=None
        ).order_by()
        self.of_address = dict(rows.values_list("address", "property"))
        self.standing = set(Property.objects.active().order_by().values_list("pk", flat=True))
        open_areas = ProblemArea.objects.open().order_by()
        self.declining = set(open_areas.filter(kind="decline").values_list("property", flat=True))
        self.confirmed = set(open_areas.filter(state="confirmed").values_list("property", flat=True))

    def key(self, address):
        house = self.of_address.get(address)
        return ("property", house) if house else ("address", address)

    def fits(self, rule, key):
        kind, pk = key
        if kind == "address":
            return rule.place != WarningRule.Place.REGISTERED
        if rule.place == WarningRule.Place.OTHER or pk not in self.standing or pk in self.declining:
            return False
        return rule.confirmed_too or pk not in self.confirmed


def figures(rule, places, today) -> Counter:
    """{place: number} of what `rule` counts in its months up to today."""
    found = COUNT[rule.signal](places, start_of(today, rule.months), today)
    return Counter({key: n for key, n in found.items() if n >= rule.at_least and places.fits(rule, key)})


def complaints(places, after, today):
    from objects.complaints.models import Complaint, ComplaintLink

    days = {"received_at__date__gt": after, "received_at__date__lte": today}
    found = {
        (places.key(address), pk)
        for pk, address in Complaint.objects.filter(address__isnull=False, **days)
        .order_by()
        .values_list("pk", "address")
    }
    links = ComplaintLink.objects.exclude(kind=ComplaintLink.Kind.RESULT).filter(
        **{f"complaint__{key}": value for key, value in days.items()}
    )
    found |= {
        (("property", house), pk) for house, pk in links.order_by().values_list("property", "complaint")
    }
    return Counter(key for key, _ in found)


def _hints(places, after, today, kinds):
    rows = RiskHint.objects.standing().filter(kind__in=kinds, observed_on__gt=after, observed_on__lte=today)
    return Counter(
        ("property", house) if house else places.key(address)
        for house, address in rows.order_by().values_list("property", "address")
    )


def vacancy(places, after, today):
    """Hints, and the register's own word for it."""
    from objects.register.models import Property

    found = _hints(places, after, today, [RiskHint.Kind.VACANCY])
    empty = Property.objects.active().filter(occupancy_state__in=("vacant", "partly")).order_by()
    found.update(("property", pk) for pk in empty.values_list("pk", flat=True))
    return found


def arrears(places, after, today):
    return _hints(places, after, today, [RiskHint.Kind.ENERGY, RiskHint.Kind.LEVIES])


def owner_changes(places, after, today):
    """Days on which the property changed hands; several owners of one day are one change."""
    from objects.register.models import Ownership

    rows = Ownership.objects.filter(
        Q(role=Ownership.Role.OWNER) | Q(role=Ownership.Role.HEIR), since__gt=after, since__lte=today
    )
    return Counter(("property", house) for house, _ in set(rows.order_by().values_list("property", "since")))


def repeated(places, after, today):
    """Defects found again at a follow-up, of departments that show them to everyone."""
    from objects.inspections.models import Finding

    rows = Finding.objects.defects().filter(
        carried_from__isnull=False,
        visibility=Visibility.OPEN,
        inspection__property__isnull=False,
        day__date__gt=after,
        day__date__lte=today,
    )
    rows = rows.exclude(state=Finding.State.WITHDRAWN)
    return Counter(("property", pk) for pk in rows.order_by().values_list("inspection__property", flat=True))


COUNT = {
    WarningRule.Signal.COMPLAINTS: complaints,
    WarningRule.Signal.VACANCY: vacancy,
    WarningRule.Signal.OWNER_CHANGES: owner_changes,
    WarningRule.Signal.ARREARS: arrears,
    WarningRule.Signal.REPEATED: repeated,
}
