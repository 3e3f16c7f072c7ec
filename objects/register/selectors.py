"""What other areas read from the register."""

from .models import Property


def find_property_by_address(address) -> Property | None:
    """The property that stands at this official address; a merged one leads to the one that stayed."""
    house = (
        Property.objects.filter(addresses__address=address, addresses__ended_on=None)
        .select_related("merged_into", "lead_department")
        .order_by("serial")
        .first()
    )
    return house.merged_into or house if house else None


def neighbour_hints(address, *, user, reach: int = 10) -> list[tuple[object, Property]]:
    """(address, property) of houses near `address` that stand in the register: same street, number ± `reach`.

    The same side of the street first, then by distance: a complaint about 104 finds 98 and 114.
    """
    from ..addresses.selectors import neighbours

    near = {other.pk: other for other in neighbours(address, reach=reach)}
    houses = (
        Property.objects.restrict(user, "view")
        .filter(addresses__address__in=list(near), addresses__ended_on=None)
        .values_list("addresses__address", "pk")
    )
    pairs = [(near[address_id], pk) for address_id, pk in houses if address_id in near]
    found = Property.objects.select_related("lead_department", "summary").in_bulk([pk for _, pk in pairs])

    def distance(pair):
        number = pair[0].number
        return (number - address.number) % 2, abs(number - address.number), number

    return [(other, found[pk]) for other, pk in sorted(pairs, key=distance)]
