"""Many properties at once, with all their history, for imports and large data sets: same rows as `open_property`."""

from django.db import transaction

from soe.audit import bulk
from soe.audit.numbers import next_numbers
from soe.web.folding import norm

from .models import LeadPeriod, ProblemArea, Property, PropertyAddress, RegisterPeriod
from .models.properties import number_of
from .summaries import refresh


@transaction.atomic
def open_properties(entries, *, reason) -> list[Property]:
    """Take houses into the register; the caller acts (`acting_as`) and checked that each address is free.

    `entries`: dicts with `address` (street joined), `lead_department`, `registered_on`, optional `problem_areas`
    (kinds) and facts of Property.
    """
    entries = list(entries)
    numbers = next_numbers("property", len(entries)) if entries else ()
    houses, rest = [], []
    for serial, entry in zip(numbers, entries, strict=True):
        values = dict(entry)
        address, kinds = values.pop("address"), values.pop("problem_areas", ())
        number = number_of(serial)
        words = [norm(number), str(serial), norm(address.line), address.postcode]
        house = Property(
            serial=serial,
            number=number,
            title=address.line,
            search=f"|{'|'.join(word for word in words if word)}|",
            district=address.district,
            easting=address.easting,
            northing=address.northing,
            longitude=address.longitude,
            latitude=address.latitude,
            **values,
        )
        houses.append(house)
        rest.append((address, kinds))
    bulk.create(houses, reason=reason)
    bulk.create([RegisterPeriod(property=h, entered_on=h.registered_on) for h in houses], reason=reason)
    bulk.create(
        [LeadPeriod(property=h, department_id=h.lead_department_id, since=h.registered_on) for h in houses],
        reason=reason,
    )
    bulk.create(
        [
            PropertyAddress(
                property=house,
                address=address,
                primary=True,
                sort=address.number,
                district=address.district,
                postcode=address.postcode,
            )
            for house, (address, _) in zip(houses, rest, strict=True)
        ],
        reason=reason,
    )
    bulk.create(
        [
            ProblemArea(
                property=house,
                kind=kind,
                department_id=house.lead_department_id,
                suspected_on=house.registered_on,
            )
            for house, (_, kinds) in zip(houses, rest, strict=True)
            for kind in kinds
        ],
        reason=reason,
    )
    refresh([house.pk for house in houses])
    return houses
