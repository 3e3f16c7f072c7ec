"""What other areas, lists and the search read from the register."""

from django.conf import settings
from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from rapidfuzz import fuzz, process

from soe.web.folding import key, norm, split_house_number, tokens

from ..addresses.models import Street
from ..addresses.selectors import neighbours
from ..owners.models import PartyLink
from . import parcel_keys
from .figures import quarter_figures  # noqa: F401  (handed on by objects.selectors)
from .models import Ownership, Parcel, Participation, Party, ProblemArea, Property, PropertyAddress

DISTRICTS = ("Wanne", "Eickel", "Herne-Mitte", "Sodingen")
NEARLY = 72  # of 100, as in the search for addresses


def districts() -> list[str]:
    """City districts of this installation."""
    return list(getattr(settings, "SOE_DISTRICTS", DISTRICTS))


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
    near = {other.pk: other for other in neighbours(address, reach=reach)}
    if not near:
        return []
    houses = (
        Property.objects.restrict(user, "view")
        .filter(addresses__address__in=list(near), addresses__ended_on=None)
        .order_by()
        .values_list("addresses__address", "pk")
    )
    pairs = [(near[address_id], pk) for address_id, pk in houses if address_id in near]
    found = Property.objects.select_related("lead_department", "summary").in_bulk([pk for _, pk in pairs])

    def distance(pair):
        number = pair[0].number
        return (number - address.number) % 2, abs(number - address.number), number

    return [(other, found[pk]) for other, pk in sorted(pairs, key=distance)]


def with_signs(rows):
    """Properties with what a list draws: lead, summary, problem areas, participations. A fixed number of queries."""
    return rows.select_related("lead_department", "summary").prefetch_related(
        Prefetch("problem_areas", ProblemArea.objects.order_by("suspected_on", "created_at")),
        Prefetch(
            "participations",
            Participation.objects.exclude(state="declined")
            .select_related("department")
            .order_by("offered_on", "created_at"),
        ),
    )


def search_properties(rows, text: str, *, owners: bool = False):
    """Properties by number, any spelling of an address, PLZ, or (`owners`) a current owner's name.

    All typed words must fit; when nothing does, streets that are spelled or sound nearly so are tried.
    """
    words = tokens(text)[:8]
    if not words:
        return rows
    if parcel := parcel_keys.searched(text):
        here = Parcel.objects.filter(ended_on=None, key__startswith=parcel)
        return rows.filter(pk__in=here.order_by().values("property"))
    whole = norm(text)
    spelled = Q(search__contains=whole)
    if whole.isdigit():
        # "42" means HER-0042 or house number 42, not every number that contains it.
        return rows.filter(Q(serial=int(whole[:9])) | Q(search__contains=f"|{whole}|"))
    every = Q()
    for word in words:
        every &= Q(search__contains=word)
    condition = spelled | every
    if owners:
        parties = search_parties(Party.objects.all(), text).order_by()
        own = Ownership.objects.current().filter(property=OuterRef("pk"), party__in=parties.values("pk"))
        condition |= Q(Exists(own))
    found = rows.filter(condition)
    return found if found.exists() else rows.filter(_nearly(text))


def _nearly(text: str) -> Q:
    """Properties in streets that are spelled or sound nearly like the typed one; with a number, that house."""
    street, number, suffix = split_house_number(text.split(",")[0])
    names = dict(
        Street.objects.filter(municipality=settings.SOE_MUNICIPALITY_KEY)
        .order_by()
        .values_list("pk", "search")
    )
    sound = key(street)
    near = [
        pk for _, _, pk in process.extract(street, names, scorer=fuzz.ratio, limit=5, score_cutoff=NEARLY)
    ]
    near += [pk for pk, name in names.items() if len(sound) > 3 and key(name).startswith(sound)][:5]
    rows = PropertyAddress.objects.filter(address__street__in=near, ended_on=None)
    if number:
        rows = rows.filter(address__number=int(number))
        rows = rows.filter(address__suffix=suffix) if suffix else rows
    return Q(pk__in=rows.order_by().values("property"))


def search_parties(rows, text: str):
    """Parties whose name fits in any spelling: folded words first, else what sounds alike."""
    words = tokens(text)[:6]
    if not words:
        return rows.none()
    by_spelling = Q()
    for word in words:
        by_spelling &= Q(search__contains=word)
    by_sound = Q()
    for word in key(text).split()[:6]:
        by_sound &= Q(sound__contains=word)
    condition = Q(search__contains=norm(text)) | by_spelling
    return rows.filter(condition | by_sound if len(key(text)) > 3 else condition)


def suspected_links(party: Party, *, user, most=3) -> tuple[list[tuple[Party, str]], int]:
    """Other parties that may be the same hand or are, each once with its reasons, what is certain first; and how many
    more there are. What was dismissed is not shown."""
    rows = (
        PartyLink.objects.restrict(user, "view").of([party.pk]).filter(state__in=("suggested", "confirmed"))
    )
    found: dict[Party, list[str]] = {}
    for row in rows.select_related("one", "other").order_by("state", "kind")[:100]:
        reasons = found.setdefault(row.beyond(party.pk), [])
        reasons.append(f"{row.get_kind_display()} ({row.get_state_display()})")
    shown = [(other, ", ".join(reasons)) for other, reasons in list(found.items())[:most]]
    return shown, len(found) - len(shown)


def with_pressing(rows):
    """Parties with `pressing`: how many of their properties stand under high pressure."""
    own = (
        Ownership.objects.current()
        .filter(party=OuterRef("pk"), property__retired_on=None, property__summary__pressure=3)
        .order_by()
        .values("party")
        .annotate(n=Count("property", distinct=True))
        .values("n")
    )
    return rows.annotate(pressing=Coalesce(Subquery(own, output_field=IntegerField()), 0))
