"""What stands beside the form: reported already, this house, its neighbours, who gets the complaint."""

from dataclasses import dataclass, field

from django.utils import timezone

from objects.addresses.models import Address
from objects.addresses.selectors import neighbours, resolve
from objects.register.models import ProblemArea, Property
from objects.register.selectors import find_property_by_address, neighbour_hints, with_signs
from objects.register.wording import chips

from ..models import Complaint
from ..routing import propose
from ..selectors import earlier_at, reported_near


@dataclass
class Neighbour:
    """A house nearby that stands in the register or was reported."""

    address: Address
    house: Property | None = None
    complaint: Complaint | None = None


@dataclass
class Hints:
    """Everything the person on the phone should know about a place, for one reader."""

    address: Address | None = None
    typed: str = ""
    house: Property | None = None
    acting: list = field(default_factory=list)
    earlier: list[Complaint] = field(default_factory=list)
    neighbours: list[Neighbour] = field(default_factory=list)
    route: object = None
    problem_areas: list[tuple[str, str]] = field(default_factory=list)
    ticked: dict[str, set] = field(default_factory=dict)
    categories: set = field(default_factory=set)

    @property
    def unknown(self):
        """Something was typed that is no official address."""
        return bool(self.typed) and self.address is None

    @property
    def linkable(self):
        return [row for row in self.neighbours if row.house is not None and not row.house.is_retired]


def hints_for(data, user, fallback, *, categories=None, now=None):
    """`data`: the form's fields so far (QueryDict). Reads only."""
    now = now or timezone.now()
    typed = data.get("address_text", "").strip()[:200]
    address = _address(data.get("address_pick") or data.get("address", ""), typed, user)
    hints = Hints(address=address, typed=typed)
    hints.ticked = {name: set(data.getlist(name)) for name in ("repeats", "also_about", "problem_areas")}
    hints.categories = categories if categories is not None else _ids(data.getlist("categories"))
    if address is not None:
        hints.earlier = earlier_at(address, user=user, now=now, categories=hints.categories)
        _register(hints, user)
        _neighbours(hints, user, now)
    if fallback is not None:
        hints.route = propose(hints.categories, address.district if address else "", fallback=fallback)
        _overruled(hints.route, data)
    return hints


def _address(value, typed, user):
    rows = Address.objects.restrict(user, "view").select_related("street")
    if value.isdigit() and len(value) < 18:
        found = rows.filter(pk=int(value)).first()
        if found is not None:
            return found
    return resolve(typed) if typed else None


def _ids(values):
    from uuid import UUID

    found = set()
    for value in values:
        try:
            found.add(UUID(value))
        except ValueError:
            continue
    return found


def _register(hints, user):
    found = find_property_by_address(hints.address)
    visible = Property.objects.restrict(user, "view")
    hints.house = with_signs(visible).filter(pk=found.pk).first() if found is not None else None
    if found is not None:
        may = Property.objects.restrict(user, "change").filter(pk=found.pk, retired_on=None).exists()
    else:
        may = user.may("register.change")
    if may:
        known = set()
        if hints.house is not None:
            hints.acting = chips(hints.house)
            known = {row.kind for row in hints.house.problem_areas.all() if row.resolved_on is None}
        hints.problem_areas = [(kind, label) for kind, label in ProblemArea.Kind.choices if kind not in known]
    elif hints.house is not None:
        hints.acting = chips(hints.house)


def _neighbours(hints, user, now):
    houses = {address.pk: (address, house) for address, house in neighbour_hints(hints.address, user=user)}
    near = {address.pk: address for address in neighbours(hints.address)}
    reported = reported_near(list(near), user=user, now=now)
    rows = []
    for pk, address in near.items():
        house = houses[pk][1] if pk in houses else None
        if house is not None and hints.house is not None and house.pk == hints.house.pk:
            continue
        if house is not None or pk in reported:
            rows.append(Neighbour(address, house, reported.get(pk)))
    hints.neighbours = rows[:4]


def _overruled(route, data):
    """Receivers chosen by hand replace the proposal."""
    from ..selectors import handling_departments

    lead, joining = _ids([data.get("lead", "")]), _ids(data.getlist("joining"))
    if not lead and not joining:
        return
    rows = {row.pk: row for row in handling_departments().filter(pk__in=lead | joining)}
    chosen = next((rows[pk] for pk in lead if pk in rows), None)
    if chosen is not None and chosen.pk != route.lead.pk:
        if route.rule is not None:
            route.participants = [route.lead, *route.participants]
        route.lead = chosen
    if joining:
        route.participants = [rows[pk] for pk in joining if pk in rows]
    route.participants = [row for row in route.participants if row.pk != route.lead.pk]
    route.by_hand = True
