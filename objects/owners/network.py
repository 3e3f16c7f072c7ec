"""Who stands near an owner: two steps away, each with the reason and the party in between."""

from collections import defaultdict
from dataclasses import dataclass

from objects.register.models import Ownership, Party

from .models import PartyLink, PartyRelation

MOST = 60


@dataclass(frozen=True)
class Near:
    """A party `steps` away: `reasons` in words, `over` the party between (None when it is next to the owner)."""

    party: Party
    steps: int
    reasons: tuple[str, ...]
    over: Party | None = None
    sure: bool = True  # False: rests on a suspicion nobody has confirmed


def network(party, *, user) -> list[Near]:
    """The neighbours and their neighbours, nearest first. A fixed number of queries."""
    first = _edges({party.pk}, user)
    around = set(first.get(party.pk, {})) - {party.pk}
    second = _edges(around, user) if around else {}
    wanted: dict = dict.fromkeys(around)
    for middle in sorted(around):
        for pk in second.get(middle, {}):
            if pk != party.pk and pk not in wanted:
                wanted[pk] = middle
    rows = (
        Party.objects.restrict(user, "view").standing().select_related("summary").in_bulk(list(wanted)[:MOST])
    )
    middles = Party.objects.restrict(user, "view").in_bulk({pk for pk in wanted.values() if pk})
    found = []
    for pk, middle in wanted.items():
        if pk not in rows or (middle and middle not in middles):
            continue
        edges = first[party.pk][pk] if middle is None else second[middle][pk]
        before = () if middle is None else first[party.pk][middle]
        sure = any(edge[1] for edge in edges) and (middle is None or any(edge[1] for edge in before))
        words = tuple(dict.fromkeys(text for text, _ in edges))
        found.append(Near(rows[pk], 1 if middle is None else 2, words, middles.get(middle), sure))
    return sorted(found, key=lambda near: (near.steps, not near.sure, near.party.name))


def _edges(ids, user):
    """{party: {other: [(reason, sure)]}} around `ids`: links not dismissed, relations, rights in the same property."""
    edges = defaultdict(lambda: defaultdict(list))
    states = (PartyLink.State.SUGGESTED, PartyLink.State.CONFIRMED)
    for row in PartyLink.objects.restrict(user, "view").of(ids).filter(state__in=states):
        sure = row.state == PartyLink.State.CONFIRMED
        text = row.get_kind_display() if sure else f"{row.get_kind_display()} (vermutet)"
        edges[row.one_id][row.other_id].append((text, sure))
        edges[row.other_id][row.one_id].append((text, sure))
    for side, beyond in (("whole", "part"), ("part", "whole")):
        relations = PartyRelation.objects.restrict(user, "view").current().filter(**{f"{side}__in": ids})
        for row in relations:
            text = row.get_kind_display() if side == "whole" else f"{row.get_kind_display()} dort"
            edges[getattr(row, f"{side}_id")][getattr(row, f"{beyond}_id")].append((text, True))
    mine = Ownership.objects.restrict(user, "view").current().filter(party__in=ids)
    houses = defaultdict(set)
    for house, pk in mine.values_list("property", "party")[:400]:
        houses[house].add(pk)
    beside = Ownership.objects.restrict(user, "view").current().filter(property__in=list(houses))
    for row in beside.select_related("property")[:1200]:
        for pk in houses[row.property_id] - {row.party_id}:
            text = f"{row.get_role_display()} an {row.property.number}"
            edges[pk][row.party_id].append((text, True))
    return edges
