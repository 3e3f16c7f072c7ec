"""Which parties may be the same hand: rules that only suggest. What both share is named by its kind, never by value."""

from collections import defaultdict
from itertools import combinations

from django.db import transaction
from django.db.models import Q
from rapidfuzz import fuzz

from objects.register.models import Ownership, Party
from soe.audit.context import acting_as

from .models import PartyLink, PartyRelation

Kind = PartyLink.Kind
# Beyond this a group hangs on its oldest member: every one is reachable, and a hundred heirs are no 4,950 rows.
PAIRS_UP_TO = 8
# A manager or counsel of very many owners says nothing about them.
HANDS_UP_TO = 25
NEARLY = 93
BLOCK = 4  # letters of the sound by which names are compared at all
# Legal forms and words that half of all owners carry.
_COMMON = """
gmbh ag kg ohg ug gbr eg ev mbh co haftungsbeschrankt haftungsbeschraenkt grundbesitz immobilien verwaltung
hausverwaltung wohnen wohnungsbau erbengemeinschaft weg und
"""
COMMON = frozenset(_COMMON.split())


def suggest(parties=None) -> int:
    """Look for links of `parties` (ids; None: of everybody), write new ones, let go what no longer holds.

    Nothing a person decided is touched. Needs an actor. Returns how many were suggested.
    """
    focus = None if parties is None else set(parties)
    found: dict = {}
    for rule in (_delivery, _phone, _domain, _manager, _director, _name):
        for one, other, kind, via in rule(focus):
            if one != other:
                found.setdefault((*sorted((one, other)), kind), via)
    if focus is not None:
        found = {key: via for key, via in found.items() if key[0] in focus or key[1] in focus}
    return _write(found, focus)


def suggest_for(by, *parties):
    """After a change of these parties by a person."""
    with acting_as(by):
        return suggest([party.pk for party in parties])


def _write(found, focus):
    rows = PartyLink.objects.all() if focus is None else PartyLink.objects.of(focus)
    new = 0
    with transaction.atomic():
        known = {(row.one_id, row.other_id, row.kind): row for row in rows}
        for (one, other, kind), via in found.items():
            row = known.get((one, other, kind))
            if row is None:
                PartyLink(one_id=one, other_id=other, kind=kind, via_id=via).save(
                    reason="nach Regel vermutet"
                )
            elif row.state == PartyLink.State.GONE:
                row.state, row.via_id = PartyLink.State.SUGGESTED, via
                row.save(reason="trifft wieder zu")
            else:
                continue
            new += 1
        for key, row in known.items():
            if key not in found and row.state == PartyLink.State.SUGGESTED:
                row.state = PartyLink.State.GONE
                row.save(reason="trifft nicht mehr zu")
    return new


def _pairs(members):
    members = sorted(members)
    if len(members) <= PAIRS_UP_TO:
        return combinations(members, 2)
    return ((members[0], other) for other in members[1:])


def _shared(field, kind, focus):
    """Parties with the same non-empty value of `field`."""
    rows = Party.objects.standing().exclude(**{field: ""}).order_by()
    if focus is not None:
        rows = rows.filter(**{f"{field}__in": rows.filter(pk__in=focus).values(field)})
    groups = defaultdict(set)
    for value, pk in rows.values_list(field, "pk"):
        groups[value].add(pk)
    for members in groups.values():
        for one, other in _pairs(members):
            yield one, other, kind, None


def _delivery(focus):
    return _shared("delivery", Kind.DELIVERY, focus)


def _phone(focus):
    return _shared("phone_key", Kind.PHONE, focus)


def _domain(focus):
    return _shared("mail_domain", Kind.DOMAIN, focus)


def _manager(focus):
    """Owners whose houses the same party manages."""
    managers = Ownership.objects.current().filter(role=Ownership.Role.MANAGER).order_by()
    owners = (
        Ownership.objects.current().filter(role__in=(Ownership.Role.OWNER, Ownership.Role.HEIR)).order_by()
    )
    if focus is not None:
        houses = owners.filter(party__in=focus).values("property")
        near = managers.filter(Q(property__in=houses) | Q(party__in=focus)).values("party")
        managers = managers.filter(party__in=near)
    of_house = defaultdict(set)
    for house, party in managers.values_list("property", "party"):
        of_house[house].add(party)
    groups = defaultdict(set)
    if focus is not None:
        owners = owners.filter(property__in=managers.values("property"))
    for house, party in owners.values_list("property", "party"):
        for manager in of_house.get(house, ()):
            groups[manager].add(party)
    yield from _through(groups, Kind.MANAGER)


def _director(focus):
    """Companies and communities for which the same person acts."""
    acting = (PartyRelation.Kind.DIRECTOR, PartyRelation.Kind.AGENT, PartyRelation.Kind.SHAREHOLDER)
    rows = PartyRelation.objects.current().filter(kind__in=acting).order_by()
    if focus is not None:
        mine = rows.filter(Q(whole__in=focus) | Q(part__in=focus)).values("part")
        rows = rows.filter(part__in=mine)
    groups = defaultdict(set)
    for part, whole in rows.values_list("part", "whole"):
        groups[part].add(whole)
    yield from _through(groups, Kind.DIRECTOR)


def _through(groups, kind):
    for via, members in groups.items():
        members.discard(via)
        if len(members) <= HANDS_UP_TO:
            for one, other in _pairs(members):
                yield one, other, kind, via


def _name(focus):
    """Names that are spelled nearly alike, legal form and everyday words aside."""
    rows = Party.objects.standing().exclude(sound="").exclude(name="gelöscht").order_by()
    if focus is not None:
        starts = {sound[:BLOCK] for sound in rows.filter(pk__in=focus).values_list("sound", flat=True)}
        near = Q(pk__in=[])
        for start in starts:
            near |= Q(sound__startswith=start)
        rows = rows.filter(near)
    blocks = defaultdict(list)
    for pk, name, sound in rows.values_list("pk", "name", "sound"):
        blocks[sound[:BLOCK]].append((pk, _core(name)))
    for members in blocks.values():
        for (one, left), (other, right) in combinations(members, 2):
            if focus is not None and one not in focus and other not in focus:
                continue
            if left and right and abs(len(left) - len(right)) < 4 and fuzz.ratio(left, right) >= NEARLY:
                yield one, other, Kind.NAME, None


def _core(name):
    from soe.web.folding import tokens

    words = [word for word in tokens(name) if word not in COMMON]
    return " ".join(sorted(words))
