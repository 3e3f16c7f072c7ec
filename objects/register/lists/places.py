"""Which official addresses the rows of a list mean. In any spelling; never a guess between two streets."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from django.conf import settings
from rapidfuzz import fuzz, process

from objects.addresses.models import Address, Street
from soe.web.folding import key, norm

NEAR = 72


@dataclass
class Found:
    """The addresses of one row, in what way the street was recognised, or why not."""

    addresses: list = field(default_factory=list)
    hint: str = ""
    reason: str = ""


_TOWN = re.compile(r"\s*,?\s*\b(\d{5})\b\s*[^\d,]*$")
_TAIL = re.compile(r"^(?P<street>.*?[^\W\d_.]\.?)\s*(?P<numbers>\d.*)$", re.DOTALL)

_NUMBER_WORD = re.compile(r"[\s,]+(?:nr|hausnr|hnr)\.?$", re.IGNORECASE)


def split(text):
    """("Bahnhofstr.", "12, 14a", "44629") out of "Bahnhofstr. 12, 14a, 44629 Herne"; empty where there is none."""
    postcode = ""
    if town := _TOWN.search(text):
        postcode, text = town[1], text[: town.start()]
    tail = _TAIL.match(text.strip())
    return (
        (_NUMBER_WORD.sub("", tail["street"]).strip(" ,"), tail["numbers"], postcode)
        if tail
        else (text.strip(" ,"), "", postcode)
    )


def find(rows) -> list[Found]:
    """`rows`: (street, [Wanted], postcode, district) each; a fixed number of queries besides reasons."""
    rows = list(rows)
    streets = _Streets({norm(street) for street, *_ in rows})
    picked = [streets.pick(street) for street, *_ in rows]
    numbers = {number for _, wanted, *_ in rows for one in wanted for number, _ in one.all}
    ids = {street.pk for found, _, _ in picked for street in found}
    there = defaultdict(dict)
    for address in (
        Address.objects.current().filter(street__in=ids, number__in=numbers).select_related("street")
    ):
        there[address.street_id][address.number, address.suffix] = address
    return [
        _addresses(found, hint, reason, there, *row[1:])
        for row, (found, hint, reason) in zip(rows, picked, strict=True)
    ]


class _Streets:
    def __init__(self, wanted):
        self.rows = Street.objects.filter(municipality=settings.SOE_MUNICIPALITY_KEY)
        self.exact = defaultdict(list)
        for street in self.rows.filter(search__in=wanted):
            self.exact[street.search].append(street)
        self._all = None

    def all(self):
        if self._all is None:
            self._all = list(self.rows)
        return self._all

    def pick(self, name):
        """(streets, hint, reason). More than one street only when they bear the same name."""
        folded = norm(name)
        if not folded:
            return [], "", "Die Straße fehlt."
        if folded in self.exact:
            return self.exact[folded], "", ""
        sound = key(name).replace(" ", "")
        alike = [street for street in self.all() if sound and street.sound.replace(" ", "") == sound]
        if len({street.search for street in alike}) == 1:
            return alike, f"„{name}“ verstanden als {alike[0].name}", ""
        near = process.extract(
            folded, {s.pk: s.search for s in self.all()}, scorer=fuzz.ratio, limit=3, score_cutoff=NEAR
        )
        names = {street.pk: street.name for street in self.all()}
        candidates = list(dict.fromkeys([s.name for s in alike] + [names[pk] for _, _, pk in near]))[:4]
        if candidates:
            return (
                [],
                "",
                f"„{name}“ ist keine Straße dieser Stadt. Gemeint sein kann: {', '.join(candidates)}.",
            )
        return (
            [],
            "",
            f"„{name}“ ist keine Straße dieser Stadt. Sonst: Spalte „Ohne amtliche Anschrift“ auf „ja“.",
        )


def _addresses(streets, hint, reason, there, wanted, postcode, district):
    if reason:
        return Found(reason=reason)
    options = []
    for street in streets:
        known = there[street.pk]
        missing = [end for one in wanted for end in one.ends if end not in known]
        rows = list(dict.fromkeys(known[name] for one in wanted for name in one.all if name in known))
        options.append((street, rows, missing))
    whole = [option for option in options if not option[2]]
    for name, value in (("postcode", postcode), ("district", district)):
        if len(whole) > 1 and value:
            fitting = [o for o in whole if all(getattr(a, name) in ("", value) for a in o[1])]
            whole = fitting or whole
    if len(whole) == 1:
        return Found(addresses=whole[0][1], hint=hint)
    if whole:
        places = "; ".join(
            f"{rows[0].line} ({rows[0].district or rows[0].postcode or rows[0].official_id or 'ohne Bezirk'})"
            for _, rows, _ in whole
        )
        return Found(
            reason=f"Die Anschrift gibt es mehrmals: {places}. Bitte geben Sie PLZ oder Stadtbezirk an."
        )
    street, _, missing = options[0]
    lacking = ", ".join(f"{number}{suffix}" for number, suffix in missing)
    return Found(
        reason=f"{street.name}: Hausnummer {lacking} gibt es nicht. {_nearby(street, missing[0][0])}"
    )


def _nearby(street, number):
    rows = Address.objects.current().filter(street=street, number__range=(max(1, number - 8), number + 8))
    near = sorted(rows, key=lambda row: (abs(row.number - number), row.number, row.suffix))[:6]
    if not near:
        return "In der Nähe gibt es keine."
    return f"In der Nähe: {', '.join(row.house_number for row in sorted(near, key=lambda r: (r.number, r.suffix)))}."
