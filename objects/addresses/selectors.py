"""Finding an address by any spelling. Two steps: the street (few, folded), then the house number (indexed)."""

from django.conf import settings
from django.db import connection
from django.db.models import Case, F, IntegerField, Q, Value, When, Window
from django.db.models.functions import RowNumber
from rapidfuzz import fuzz, process

from soe.web.folding import key, split_house_number

from .models import Address, Street

MAX_STREETS = 12
FUZZY_SCORE = 72  # of 100; measured on the folded names of Herne: below, unrelated streets appear


def prefix(field: str, text: str) -> Q:
    """`field` starts with the folded `text`, in the form each engine answers from an index."""
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": text})
    # SQLite's LIKE … ESCAPE never uses an index; a range does. Folded text is ASCII, "{" follows "z".
    return Q(**{f"{field}__gte": text, f"{field}__lt": text + "{"})


def _streets(text: str, municipality: str) -> list[Street]:
    """Streets for a folded name: beginnings first, then inside, then what sounds alike, then near spellings."""
    streets = Street.objects.all()
    if municipality:
        streets = streets.filter(municipality=municipality)
    rank = Case(When(search=text, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = list(
        streets.filter(prefix("search", text)).annotate(rank=rank).order_by("rank", "search")[:MAX_STREETS]
    )
    seen = {street.pk for street in found}

    def add(rows):
        for street in rows:
            if street.pk not in seen and len(found) < MAX_STREETS:
                seen.add(street.pk)
                found.append(street)

    if len(found) < MAX_STREETS and len(text) >= 3:
        add(streets.filter(search__contains=text).order_by("search")[:MAX_STREETS])
        sound = key(text)
        if sound and not found:
            add(streets.filter(sound__startswith=sound).order_by("search")[:MAX_STREETS])
    if not found and len(text) >= 4 and municipality:
        names = dict(streets.values_list("pk", "search"))
        near = process.extract(text, names, scorer=fuzz.ratio, limit=5, score_cutoff=FUZZY_SCORE)
        order = [pk for _, _, pk in near]
        add(sorted(streets.filter(pk__in=order), key=lambda street: order.index(street.pk)))
    return found


def suggest(query: str, *, rows=None, limit: int = 10, municipality: str | None = None) -> list[Address]:
    """Current addresses for what somebody typed: "Mont Cenis Str 12a", "montcenisstr. 12 A", "lamp 14".

    At most `limit`, best first; street joined. Empty for fewer than two letters. `municipality`: official key,
    default the city of this installation, "" for the whole state. `rows`: an already restricted queryset.
    """
    if municipality is None:
        municipality = settings.SOE_MUNICIPALITY_KEY
    street_text, number, suffix = split_house_number(query.split(",")[0])
    if len(street_text) < 2:
        return []
    streets = _streets(street_text, municipality)
    addresses = (Address.objects.all() if rows is None else rows).current().select_related("street")
    by_street: dict = {}
    for row in _of_streets(addresses, streets, number, limit):
        by_street.setdefault(row.street_id, []).append(row)
    found: list[Address] = []
    for street in streets:
        here = by_street.get(street.pk, [])
        exact = [row for row in here if row.number == int(number)] if number else here
        if number:
            found += [row for row in exact[:limit] if not suffix or row.suffix.startswith(suffix)]
            if not suffix and not exact:
                found += here[:limit]
        else:
            found += here[: max(3, limit // 3)]
    return found[:limit]


def _of_streets(addresses, streets, number, limit):
    """The first addresses of each street, in one query: with this number, or with one that begins like it."""
    wanted = Q()
    if number:
        low = int(number) * 10
        wanted = Q(number=int(number)) | (
            Q(number__gte=low, number__lt=low + 10) if len(number) < 3 else Q(pk__in=[])
        )
    order = [F("number").asc(), F("suffix").asc()]
    rank = Window(RowNumber(), partition_by=["street"], order_by=order)
    rows = addresses.filter(wanted, street__in=[street.pk for street in streets])
    return rows.annotate(rank=rank).filter(rank__lte=limit * 2).order_by("street", "number", "suffix")


def resolve(text: str) -> Address | None:
    """The one address that `text` names without doubt, or None: for forms without script and for imports."""
    street_text, number, suffix = split_house_number(text.split(",")[0])
    if not number:
        return None
    rows = Address.objects.current().filter(
        street__municipality=settings.SOE_MUNICIPALITY_KEY,
        street__search=street_text,
        number=int(number),
        suffix=suffix,
    )
    found = list(rows.select_related("street")[:2])
    return found[0] if len(found) == 1 else None


def neighbours(address: Address, *, reach: int = 10) -> list[Address]:
    """Houses of the same street with a number at most `reach` away, nearest first (complaint 104 ↔ 98, 114)."""
    rows = (
        Address.objects.current()
        .select_related("street")
        .filter(
            street=address.street_id, number__range=(max(1, address.number - reach), address.number + reach)
        )
        .exclude(pk=address.pk)
    )
    return sorted(rows, key=lambda other: (abs(other.number - address.number), other.number, other.suffix))
