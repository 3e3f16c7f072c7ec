"""Many properties at once, with all their history, for imports and large data sets: same rows as `open_property`."""

from django.db import transaction

from soe.audit import bulk
from soe.audit.numbers import next_numbers
from soe.web.folding import norm

from .models import LeadPeriod, ProblemArea, Property, PropertyAddress, RegisterPeriod
from .models.properties import number_of
from .summaries import refresh
from .wording import title_of


@transaction.atomic
def open_properties(entries, *, reason) -> list[Property]:
    """Take houses into the register; the caller acts (`acting_as`) and checked that each address is free.

    `entries`: dicts with `address` or `addresses` (street joined, the first is the main one),
    `lead_department`, `registered_on`, optional `problem_areas`
    (kinds) and facts of Property.
    """
    entries = list(entries)
    numbers = next_numbers("property", len(entries)) if entries else ()
    houses, rest = [], []
    for serial, entry in zip(numbers, entries, strict=True):
        values = dict(entry)
        addresses = values.pop("addresses", None) or [values.pop("address")]
        address, kinds = addresses[0], values.pop("problem_areas", ())
        number = number_of(serial)
        words = [norm(number), str(serial)]
        words += dict.fromkeys(word for one in addresses for word in (norm(one.line), one.postcode))
        house = Property(
            serial=serial,
            number=number,
            title=title_of([one.line for one in addresses]),
            search=f"|{'|'.join(word for word in words if word)}|"[:900],
            district=address.district,
            easting=address.easting,
            northing=address.northing,
            longitude=address.longitude,
            latitude=address.latitude,
            **values,
        )
        houses.append(house)
        rest.append((addresses, kinds))
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
                primary=address is addresses[0],
                sort=address.number,
                district=address.district,
                postcode=address.postcode,
            )
            for house, (addresses, _) in zip(houses, rest, strict=True)
            for address in addresses
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
