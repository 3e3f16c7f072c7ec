"""What the register finds for the global search."""

from django.urls import NoReverseMatch, reverse

from soe.web.registry import Hit

from ..addresses.models import Address
from ..addresses.selectors import suggest
from .models import Participation, Party, Property, PropertyAddress
from .selectors import search_parties, search_properties


def properties(user, query, limit):
    """By number, address in any spelling, PLZ; by owner only for those who may see owners."""
    rows = Property.objects.restrict(user, "view")
    found = search_properties(rows, query, owners=user.may("owner.view"))
    found = list(
        found.select_related("summary", "lead_department").order_by("retired_on", "serial")[: limit * 4]
    )
    # What stands in the register comes before what is closed.
    found.sort(key=lambda house: (house.is_retired, house.serial))
    found = _stayed(found)[:limit]
    acting: dict = {}
    for pk in (
        Participation.objects.active()
        .filter(property__in=[house.pk for house in found])
        .order_by()
        .values_list("property", flat=True)
    ):
        acting[pk] = acting.get(pk, 1) + 1
    return [
        Hit(
            title=house.title,
            url=house.get_absolute_url(),
            subtitle=" · ".join(part for part in (house.number, house.district, _state(house)) if part),
            note=house.came_as
            or (f"{acting[house.pk]} Fachbereiche" if house.pk in acting else str(house.lead_department)),
        )
        for house in found
    ]


def _stayed(found):
    """A merged number gives the house that stayed, with a hint; each house once."""
    rows: dict = {}
    for house in found:
        old = house.number if house.merged_into_id else ""
        while house.merged_into_id:
            house = Property.objects.select_related("summary", "lead_department").get(pk=house.merged_into_id)
        known = rows.setdefault(house.pk, house)
        known.came_as = f"{old} ist darin aufgegangen" if old else getattr(known, "came_as", "")
    return list(rows.values())


def _state(house):
    if house.is_retired:
        return f"abgeschlossen am {house.retired_on:%d.%m.%Y}"
    summary = house.summary
    if summary.light:
        return f"Druck {summary.get_pressure_display()}, Spielraum {summary.get_room_display()}"
    return "nicht bewertet"


def free_addresses(user, query, limit):
    """Official addresses that belong to no property: the way to a new complaint or property."""
    if not any(char.isdigit() for char in query):
        return []
    found = suggest(query, rows=Address.objects.restrict(user, "view"), limit=limit * 2)
    taken = set(
        PropertyAddress.objects.filter(address__in=found, ended_on=None)
        .order_by()
        .values_list("address", flat=True)
    )
    url, note = _address_target(user)
    return [
        Hit(title=address.full, url=f"{url}?address={address.pk}", subtitle=address.district, note=note)
        for address in found
        if address.pk not in taken
    ][:limit]


def _address_target(user):
    if user.may("complaint.record"):
        try:
            return reverse("objects:complaint_create"), "Beschwerde aufnehmen"
        except NoReverseMatch:
            pass
    return reverse("objects:property_create"), "Objekt anlegen"


def parties(user, query, limit):
    rows = Party.objects.restrict(user, "view").standing().select_related("summary")
    return [
        Hit(
            title=party.name,
            url=party.get_absolute_url(),
            subtitle=f"{party.get_kind_display()} · {_stock(party)}",
        )
        for party in search_parties(rows, query).order_by("name")[:limit]
    ]


def _stock(party):
    number = party.summary.stock
    return f"{number} {'Objekt' if number == 1 else 'Objekte'}"
