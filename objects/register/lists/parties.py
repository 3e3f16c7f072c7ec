"""Owners and managers by name: those known are found, others are taken in, never a guess between two."""

from soe.audit import bulk
from soe.web.folding import norm

from ..models import Party
from .words import party_kind


class Parties:
    def __init__(self):
        self.found = {}

    def check(self, items, columns):
        """Reject rows that name somebody whose name stands there more than once."""
        wanted = {
            norm(name)[:200] for item in items for column in columns for name in item.values.get(column) or ()
        }
        known = {}
        for pk, search in Party.objects.filter(search__in=wanted).values_list("pk", "search"):
            known.setdefault(search, set()).add(pk)
        for item in items:
            for column, label in zip(columns, ("Eigentümer", "Verwalter"), strict=True):
                here = {norm(n) for n in getattr(item, "before", {}).get(column, ())}
                for name in item.values.get(column) or ():
                    if norm(name) not in here and len(known.get(norm(name)[:200], ())) > 1:
                        item.reject(
                            label,
                            f"„{name}“ gibt es mehrmals. Bitte tragen Sie das Recht auf der Seite des Objekts ein.",
                        )

    def read(self, names):
        """Find all of them in one query, and take in those that are missing, each once."""
        wanted = {norm(name)[:200]: name for name in names}
        for party in Party.objects.filter(search__in=wanted).order_by("-created_at"):
            self.found[party.search] = party
        fresh = [
            Party(name=name, kind=party_kind(name)).fold()
            for folded, name in wanted.items()
            if folded not in self.found
        ]
        bulk.create(fresh, reason="aus einer Liste übernommen")
        self.found |= {party.search: party for party in fresh}

    def get(self, name) -> Party:
        folded = norm(name)[:200]
        if folded not in self.found:
            party = Party.objects.filter(search=folded).order_by("created_at").first()
            if party is None:
                party = Party(name=name, kind=party_kind(name))
                party.save(reason="aus einer Liste übernommen")
            self.found[folded] = party
        return self.found[folded]
