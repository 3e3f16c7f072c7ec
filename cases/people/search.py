"""The name lens: one box finds Cyrillic, Latin, Romanian and German spellings and says why. Candidates only."""

from dataclasses import dataclass

from django.db.models import Q

from ..names import sound, words
from .models import Person, PersonName

READ = 300  # candidates looked at before ranking


@dataclass(frozen=True)
class Candidate:
    """A person who may be meant, and the reason in words. `rank`: 0 as written, 1 other spelling, 2 sounds alike."""

    person: Person
    reason: str
    rank: int


def _split(query):
    """Words of a name, and years."""
    parts = words(query)[:8]
    years = [int(part) for part in parts if part.isdigit() and len(part) == 4]
    return [part for part in parts if not part.isdigit()], years


def spelled(names) -> Q:
    """Rows with `search_words` in which every word begins, or sounds like, some word of the name."""
    condition = Q()
    for word in names:
        condition &= Q(search_words__contains=f" {word}") | Q(search_sounds__contains=f" {sound(word)} ")
    return condition


def matching(rows, query):
    """`rows` of Person that fit what somebody typed: name in any spelling, year of birth, number."""
    names, years = _split(query)
    number = query.strip().upper()
    if number.startswith("P-") and number[2:].isdigit():
        return rows.filter(number=f"P-{int(number[2:]):06d}")
    if not names and not years:
        return rows.none()
    if names:
        others = PersonName.objects.filter(spelled(names)).order_by().values("person_id")
        rows = rows.filter(spelled(names) | Q(pk__in=others))
    for year in years:
        rows = rows.filter(birth_year=year)
    return rows


def explain(person, query, names=None) -> tuple[int, str]:
    """(rank, reason) of a match; `names`: the person's other spellings when already read."""
    typed, _ = _split(query)
    if not typed:
        return 0, ""
    if _begins(person, typed):
        return 0, ""
    others = list(person.names.all()) if names is None else names
    for other in others:
        if _begins(other, typed):
            return 1, f"auch geschrieben „{other.full_name}“ ({other.get_kind_display()})"
    shown = next((o for o in others if _sounds(o, typed) and not _sounds(person, typed)), person)
    return 2, f"klingt wie „{query.strip()[:60]}“: {shown.full_name}"


def _begins(name, typed):
    """As written: in the same letters, or letter by letter from Cyrillic."""
    return all(f" {word}" in name.search_words for word in typed)


def _sounds(name, typed):
    return all(f" {word}" in name.search_words or f" {sound(word)} " in name.search_sounds for word in typed)


def find_people(rows, query, *, limit=10, exclude=None) -> list[Candidate]:
    """Best first. `rows` must already be restricted to the reader."""
    found = matching(rows, query).prefetch_related("names")
    if exclude is not None:
        found = found.exclude(pk=exclude)
    candidates = []
    for person in found[:READ]:
        rank, reason = explain(person, query)
        candidates.append(Candidate(person, reason, rank))
    return sorted(candidates, key=lambda hit: (hit.rank, hit.person.family_name, hit.person.given_name))[
        :limit
    ]


def namesakes(rows, *, given_name, family_name, birth_year=None, others=()) -> list[Candidate]:
    """Persons who may be the one about to be recorded: any spelling, and no contradiction in the year of birth."""
    seen = {}
    for spelling in (f"{given_name} {family_name}", *others):
        for hit in find_people(rows, spelling, limit=20):
            year = hit.person.birth_year
            if birth_year and year and abs(year - birth_year) > 1:
                continue
            seen.setdefault(hit.person.pk, hit)
    return list(seen.values())[:8]
