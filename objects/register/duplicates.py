"""Properties that may be one house: same parcel, same house number, same owner in the same street. Hints for people."""

from itertools import combinations

from django.db.models import Count, Q

from .models import NoDuplicate, Ownership, Parcel, Property, PropertyAddress

SHOWN = 60
ALL_PAIRS = 4  # of a group up to this size every pair is named; of larger ones each with the first


def _reasons(user, houses=None):
    """(set of property ids, reason) per group; `houses` limits to groups with one of these properties."""
    standing = {"property__retired_on": None}
    parcels = Parcel.objects.filter(ended_on=None, **standing)
    numbers = PropertyAddress.objects.current().filter(address__isnull=False, **standing)
    owned = Ownership.objects.none()
    if user.may("owner.view"):
        owned = Ownership.objects.current().filter(
            role="owner", property__addresses__ended_on=None, property__addresses__address__isnull=False, **standing
        )  # fmt: skip
    sources = (
        (parcels, ("key",), "gleiches Flurstück"),
        (numbers, ("address__street", "address__number"), "gleiche Hausnummer"),
        (owned, ("party", "property__addresses__address__street"), "gleicher Eigentümer, gleiche Straße"),
    )
    for rows, keys, reason in sources:
        if houses is not None:
            mine = rows.filter(property__in=houses).order_by().values_list(*keys).distinct()
            groups = list(mine[:SHOWN])
        else:
            found = rows.order_by().values_list(*keys).annotate(n=Count("property", distinct=True))
            groups = [group[:-1] for group in found.filter(n__gt=1)[:SHOWN]]
        for group in groups:
            members = rows.filter(**dict(zip(keys, group, strict=True))).order_by()
            ids = list(dict.fromkeys(members.values_list("property", flat=True)[:12]))
            if len(ids) > 1:
                yield ids, reason


def apart(house=None) -> set:
    """{(id, id)} of pairs that somebody looked at and found to be two houses."""
    rows = NoDuplicate.objects.order_by()
    if house is not None:
        rows = rows.filter(Q(one=house) | Q(other=house))
    return set(rows.values_list("one", "other"))


def suggestions(house, user) -> list[tuple[Property, list[str]]]:
    """Other properties that may be the same house as this one, with the reasons; the strongest first."""
    found: dict = {}
    dismissed = {pk for pair in apart(house) for pk in pair}
    for ids, reason in _reasons(user, [house.pk]):
        for pk in ids:
            if pk != house.pk and pk not in dismissed:
                found.setdefault(pk, []).append(reason)
    others = Property.objects.restrict(user, "view").select_related("lead_department").in_bulk(list(found))
    rows = [(others[pk], reasons) for pk, reasons in found.items() if pk in others]
    return sorted(rows, key=lambda row: (-len(row[1]), _rank(row[1]), row[0].serial))[:8]


def _rank(reasons):
    return 1 if reasons == ["gleicher Eigentümer, gleiche Straße"] else 0


def pairs(user) -> list[tuple[Property, Property, list[str]]]:
    """All pairs in the register that look alike."""
    found: dict = {}
    dismissed = apart()
    for ids, reason in _reasons(user):
        ids = sorted(ids)
        for pair in combinations(ids, 2) if len(ids) <= ALL_PAIRS else ((ids[0], pk) for pk in ids[1:]):
            reasons = found.setdefault(pair, []) if pair not in dismissed else [reason]
            if reason not in reasons:
                reasons.append(reason)
    ids = {pk for pair in found for pk in pair}
    houses = Property.objects.restrict(user, "view").select_related("lead_department").in_bulk(list(ids))
    rows = [
        (houses[one], houses[two], reasons)
        for (one, two), reasons in found.items()
        if one in houses and two in houses
    ]
    return sorted(rows, key=lambda row: (-len(row[2]), _rank(row[2]), row[0].serial))
