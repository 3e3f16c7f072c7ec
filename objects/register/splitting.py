"""One house number, or several, become a property of their own."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from soe.audit import bulk
from soe.audit.context import acting_as

from .models import (
    Building,
    Dwelling,
    Ownership,
    Participation,
    ProblemArea,
    Property,
    PropertyAddress,
)
from .models.transfers import PropertyTransfer, TransferItem
from .moving import Mover, moved_between, pointers
from .summaries import refresh

FACTS = ("building_type", "occupancy_state", "former_use", "ownership_form")


@transaction.atomic
def split_property(house, *, by, addresses, reason, rows=(), with_owners=True, with_problems=True, on=None):
    """A new property with `addresses`, all that stands in them, and `rows` (parcels, proceedings, …) of `house`.

    The lead and the departments that act come along as copies: whoever acts on a proceeding keeps acting.
    """
    on = on or timezone.localdate()
    with acting_as(by):
        house.lock()
        if house.is_retired:
            raise ValidationError(f"{house.number} ist abgeschlossen und lässt sich nicht teilen.")
        current = list(house.addresses.current().select_related("address__street"))
        going = [row for row in current if row.pk in {address.pk for address in addresses}]
        if not going or len(going) != len(addresses):
            raise ValidationError("Bitte wählen Sie Hausnummern, die jetzt zu diesem Objekt gehören.")
        if len(going) == len(current):
            raise ValidationError("Mindestens eine Hausnummer muss beim bisherigen Objekt bleiben.")
        new = Property(
            title=going[0].line,
            district=going[0].district or house.district,
            lead_department=house.lead_department,
            registered_on=on,
            **{name: getattr(house, name) for name in FACTS},
        )
        new.save(reason=reason)
        transfer = PropertyTransfer(
            kind=PropertyTransfer.Kind.SPLIT, source=house, target=new, on=on, reason=reason[:500]
        )
        transfer.save(reason=reason)
        mover = Mover(transfer, new, reason)
        _move(house, going, list(rows), mover)
        _primary(house, new)
        _copy_departments(house, new, on, mover)
        if with_owners:
            for row in Ownership.objects.filter(property=house, until=None):
                copy = Ownership(
                    property=new,
                    party_id=row.party_id,
                    role=row.role,
                    numerator=row.numerator,
                    denominator=row.denominator,
                    since=row.since,
                    source=row.source,
                )
                copy.save(reason=reason)
                mover.note(copy, TransferItem.Action.CREATED)
        if with_problems:
            for area in house.problem_areas.open():
                copy = ProblemArea(
                    property=new,
                    kind=area.kind,
                    text=area.text,
                    severity=area.severity,
                    department_id=area.department_id,
                    suspected_on=on,
                )
                copy.save(reason=reason)
                mover.note(copy, TransferItem.Action.CREATED)
        mover.finish()
        for one in (house, new):
            one.read_addresses(reason=reason)
        refresh([house.pk, new.pk])
        moved_between(house, new)
    return new


def _move(house, going, chosen, mover):
    """House numbers with their buildings and dwellings, then what was chosen; nothing is torn from what it leans on."""
    by_label: dict = {}
    for row in chosen:
        by_label.setdefault(row._meta.label_lower, {})[row.pk] = row
    houses = {row.pk for row in going}
    buildings = by_label.setdefault("objects.building", {})
    for row in Building.objects.filter(property=house, house__in=houses):
        buildings[row.pk] = row
    dwellings = by_label.setdefault("objects.dwelling", {})
    for row in Dwelling.objects.filter(property=house):
        if row.house_id in houses or (row.house_id is None and row.building_id in buildings):
            dwellings[row.pk] = row
    measures = by_label.setdefault("objects.measure", {})
    for proceeding in by_label.get("objects.proceeding", {}).values():
        measures.update({row.pk: row for row in proceeding.measures.all()})
    for row in measures.values():
        if row.proceeding_id and row.proceeding_id not in by_label.get("objects.proceeding", {}):
            raise ValidationError(f"Die Maßnahme „{row}“ gehört zu einem Verfahren, das hier bleibt.")
    by_label["objects.propertyaddress"] = {row.pk: row for row in going}
    apart = {
        "objects.propertyaddress": {"primary": lambda row: False if row.primary else ...},
        "objects.building": {
            "house": lambda row: None if row.house_id and row.house_id not in houses else ...
        },
        "objects.dwelling": {
            "building": lambda row: None if row.building_id and row.building_id not in buildings else ...
        },
    }
    known = {pointer.label: pointer for pointer in pointers()}
    order = sorted(by_label, key=lambda label: label != "objects.propertyaddress")
    for label in order:
        rows = list(by_label[label].values())
        if any(str(getattr(row, known[label].column)) != str(house.pk) for row in rows):
            raise ValidationError("Etwas davon gehört inzwischen zu einem anderen Objekt.")
        mover.move(known[label], rows, **apart.get(label, {}))
    # What stays must not name a building that went.
    left = Dwelling.objects.filter(property=house, building__in=list(buildings))
    mover.change(left, building=None)


def _primary(*houses):
    """Each property has one main address."""
    for house in houses:
        rows = PropertyAddress.objects.filter(property=house).current()
        if not rows.filter(primary=True).exists():
            first = rows.order_by("sort", "created_at").first()
            first.primary = True
            bulk.update([first], ["primary"], reason="Hauptanschrift nach der Teilung")


def _copy_departments(house, new, on, mover):
    for row in house.participations.active():
        copy = Participation(
            property=new,
            department_id=row.department_id,
            state=Participation.State.ACCEPTED,
            offered_on=on,
            decided_on=on,
            question=row.question,
            reason=f"beteiligt bei {house.number}"[:500],
        )
        copy.save(reason=mover.reason)
        mover.note(copy, TransferItem.Action.CREATED)
