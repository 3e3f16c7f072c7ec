"""Rights once more, in plain Python: sets and loops instead of SQL. The state machine compares the two.

Nothing here imports from the scopes of the application: what it says is read from the rules in words.
"""

from dataclasses import dataclass, field


@dataclass
class Member:
    user: int
    department: int
    codes: frozenset
    when: str = "now"  # "past", "now", "future"
    ended: bool = False

    @property
    def counts(self):
        return self.when == "now" and not self.ended


@dataclass
class RowGrant:
    kind: str  # "proceeding", "case", "person"
    row: int
    action: str
    user: int | None = None
    department: int | None = None
    when: str = "now"
    ended: bool = False

    @property
    def counts(self):
        return self.when == "now" and not self.ended


@dataclass
class World:
    members: dict = field(default_factory=dict)
    grants: dict = field(default_factory=dict)
    inactive: set = field(default_factory=set)
    leads: dict = field(default_factory=dict)  # property → department
    participations: dict = field(
        default_factory=dict
    )  # key → [property, department, "accepted"/"closed"/"offered"]
    proceedings: dict = field(default_factory=dict)  # key → [property, department, visibility]
    persons: dict = field(default_factory=dict)  # person → department
    carriers: dict = field(default_factory=dict)  # offer → department
    cases: dict = field(default_factory=dict)  # case → (person, offer)
    restricted: dict = field(default_factory=dict)  # person → set of listed users
    conflicts: set = field(default_factory=set)  # (user, person)

    def places(self, user, code=None):
        """Departments in which the user holds `code` (None: belongs at all)."""
        if user in self.inactive:
            return set()
        return {
            m.department
            for m in self.members.values()
            if m.user == user and m.counts and (code is None or code in m.codes)
        }

    def granted(self, kind, user, action):
        """Rows opened by exception; a person who belongs nowhere keeps nothing."""
        mine = self.places(user)
        if not mine:
            return set()
        return {
            g.row
            for g in self.grants.values()
            if g.kind == kind and g.action == action and g.counts and (g.user == user or g.department in mine)
        }

    def denied_person(self, user, person):
        listed = self.restricted.get(person)
        return (listed is not None and user not in listed) or (user, person) in self.conflicts

    def acts_on(self, places):
        joined = {p for p, d, state in self.participations.values() if state == "accepted" and d in places}
        return joined | {p for p, d in self.leads.items() if d in places}

    # What may be seen and changed ---------------------------------------------------------------------------------

    def proceeding(self, user, action):
        rows = self.granted("proceeding", user, action)
        if action == "change":
            mine = self.places(user, "proceeding.change")
            rows |= {key for key, (_, department, _) in self.proceedings.items() if department in mine}
        else:
            mine = self.places(user, "proceeding.view")
            acting = self.acts_on(mine)
            for key, (prop, department, visibility) in self.proceedings.items():
                if (
                    department in mine
                    or (visibility == "open" and mine)
                    or (visibility == "participating" and prop in acting)
                ):
                    rows.add(key)
        return rows & set(self.proceedings)

    def person(self, user, action):
        if not self.places(user, "person.view"):
            return set()
        rows = self.granted("person", user, action)
        mine = self.places(user, "person.change" if action == "change" else "person.view")
        rows |= {key for key, department in self.persons.items() if department in mine}
        if action == "view":
            rows |= {person for person, offer in self.cases.values() if self.carriers[offer] in mine}
        return {key for key in rows if not self.denied_person(user, key)}

    def case(self, user, action):
        if not self.places(user, "case.view"):
            return set()
        rows = self.granted("case", user, action)
        mine = self.places(user, "case.change" if action == "change" else "case.view")
        rows |= {key for key, (_, offer) in self.cases.items() if self.carriers[offer] in mine}
        return {key for key in rows if not self.denied_person(user, self.cases[key][0])}
