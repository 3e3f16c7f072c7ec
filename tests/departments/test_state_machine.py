"""Z10: grant, revoke, move, share, delete, view, edit in any order; restrict() and the reference never differ.

The usual run is short. The full one: `AUDIT_STEPS=10000 AUDIT_SEEDS=5 pytest tests/departments/test_state_machine.py`.
"""

import os
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cases.casework.models import Case
from cases.models import Person
from cases.people.protection import ConflictOfInterest, Restriction, RestrictionAccess
from objects.models import Participation, Proceeding
from soe.accounts.models import SYSTEM_USERNAME, User
from soe.audit.context import acting_as
from soe.departments import grants as row_grants
from soe.departments import scope
from soe.departments.grants import grantable_models
from soe.departments.models import Membership, MembershipQuerySet
from soe.departments.scope import ScopedQuerySet, _grant_models

from ..factories.cases import CaseFactory, OfferFactory, PersonFactory
from ..factories.core import DepartmentFactory, RoleFactory, UserFactory
from ..factories.proceedings import ProceedingFactory
from ..factories.register import PropertyFactory
from .reference import Member, RowGrant, World

STEPS = int(os.environ.get("AUDIT_STEPS", 0))
SEEDS = int(os.environ.get("AUDIT_SEEDS", 1))
SHORT = 160  # steps of the usual run
KINDS = {"proceeding": Proceeding, "person": Person, "case": Case}
ROLES = [
    frozenset(),
    frozenset({"register.view", "proceeding.view"}),
    frozenset({"proceeding.view", "proceeding.change"}),
    frozenset({"person.view", "case.view"}),
    frozenset({"person.view", "person.change", "case.view", "case.change"}),
]
index = st.integers(0, 2)
pytestmark = pytest.mark.django_db


class Stage:
    """The city at the beginning of each run: built once, rolled back after each."""

    def __init__(self):
        self.users = [UserFactory() for _ in range(3)]
        self.departments = [DepartmentFactory() for _ in range(3)]
        self.roles = [RoleFactory(permissions=codes) for codes in ROLES]
        self.properties = [PropertyFactory(lead_department=d) for d in self.departments[:2]]
        self.proceedings = [
            ProceedingFactory(property=self.properties[n % 2], department=self.departments[n], visibility=v)
            for n, v in enumerate(("open", "participating", "internal"))
        ]
        self.offers = [OfferFactory(carrier=d) for d in self.departments]
        self.persons = [PersonFactory(own_department=d) for d in self.departments]
        lead = UserFactory()
        self.cases = [CaseFactory(person=self.persons[n], offer=self.offers[n], lead=lead) for n in range(3)]

    def rows(self, kind):
        return {"proceeding": self.proceedings, "person": self.persons, "case": self.cases}[kind]

    def world(self):
        world = World(
            leads={n: n for n in range(2)},
            proceedings={n: [n % 2, n, v] for n, v in enumerate(("open", "participating", "internal"))},
            persons={n: n for n in range(3)},
            carriers={n: n for n in range(3)},
            cases={n: (n, n) for n in range(3)},
        )
        # Consents taken on the way may have opened rows already: the reference starts from what is there.
        departments = {d.group_id: n for n, d in enumerate(self.departments)}
        users = {u.pk: n for n, u in enumerate(self.users)}
        for model in grantable_models():
            kind = model._meta.model_name
            places = {row.pk: n for n, row in enumerate(self.rows(kind))}
            for table in _grant_models(model):
                for entry in table.objects.current().select_related("permission"):
                    world.grants[entry.pk] = RowGrant(
                        kind,
                        places[entry.content_object_id],
                        entry.permission.codename.partition("_")[0],
                        user=users.get(getattr(entry, "user_id", None)),
                        department=departments.get(getattr(entry, "group_id", None)),
                    )
        return world


STAGE = None
COUNT = {"steps": 0}


class Rights(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.acting = acting_as(User.objects.get(username=SYSTEM_USERNAME), reason="Probe")
        self.acting.__enter__()
        self.world = STAGE.world()
        self.gone = set()
        # Everybody works somewhere from the start, so that exceptions and denials have something to act on.
        for user, role in ((0, 2), (1, 4), (2, 1), (2, 3)):
            self.join(user, user, role)

    def teardown(self):
        try:
            for user in range(3):
                for kind in KINDS:
                    self.compare(kind, user, "view")
        finally:
            self.acting.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def compare(self, kind, user, action):
        person = User.objects.get(pk=STAGE.users[user].pk)
        found = set(KINDS[kind].objects.restrict(person, action).values_list("pk", flat=True))
        rows = STAGE.rows(kind)
        expected = {rows[n].pk for n in getattr(self.world, kind)(user, action)}
        assert found == expected, f"{kind} {action}, Person {user}"

    def look(self, *users, kinds=tuple(KINDS), action="view"):
        """Right after a change, those it concerns."""
        for user in users:
            for kind in kinds:
                self.compare(kind, user, action)

    def join(self, user, department, role, start=None, end=None, when="now"):
        row = Membership(
            user=STAGE.users[user],
            department=STAGE.departments[department],
            role=STAGE.roles[role],
            valid_from=start or timezone.localdate(),
            valid_until=end,
        )
        row.save()
        self.world.members[row.pk] = Member(user, department, ROLES[role], when)

    def fresh(self, row):
        return type(row).objects.get(pk=row.pk)

    # View and edit ------------------------------------------------------------------------------------------------

    @rule(user=index, kind=st.sampled_from(sorted(KINDS)))
    def view(self, user, kind):
        self.compare(kind, user, "view")

    @rule(user=index, kind=st.sampled_from(sorted(KINDS)))
    def edit(self, user, kind):
        self.compare(kind, user, "change")

    # Grant and revoke ---------------------------------------------------------------------------------------------

    @rule(
        user=index,
        department=index,
        role=st.integers(0, 4),
        when=st.sampled_from(["now", "now", "past", "future"]),
    )
    def grant(self, user, department, role, when):
        today = timezone.localdate()
        start, end = {
            "now": (today, today),
            "past": (today - timedelta(days=9), today - timedelta(days=1)),
            "future": (today + timedelta(days=1), None),
        }[when]
        self.join(user, department, role, start, end, when)
        self.look(user, kinds=("proceeding",))

    @precondition(lambda self: self.world.members)
    @rule(data=st.data())
    def revoke(self, data):
        key = data.draw(st.sampled_from(sorted(self.world.members)))
        Membership.objects.get(pk=key).end(reason="Probe")
        self.world.members[key].ended = True
        self.look(self.world.members[key].user)

    @rule(user=index)
    def leave_or_return(self, user):
        row = User.objects.get(pk=STAGE.users[user].pk)
        row.is_active = not row.is_active
        row.save()
        self.world.inactive ^= {user}

    # Move ---------------------------------------------------------------------------------------------------------

    @rule(row=index, department=index)
    def move_proceeding(self, row, department):
        if row in self.gone:
            return
        proceeding = self.fresh(STAGE.proceedings[row])
        proceeding.department = STAGE.departments[department]
        proceeding.save()
        self.world.proceedings[row][1] = department

    @rule(row=index, visibility=st.sampled_from(["open", "participating", "internal"]))
    def hide_or_show(self, row, visibility):
        if row in self.gone:
            return
        proceeding = self.fresh(STAGE.proceedings[row])
        proceeding.visibility = visibility
        proceeding.save()
        self.world.proceedings[row][2] = visibility

    @rule(row=st.integers(0, 1), department=index)
    def move_property(self, row, department):
        house = self.fresh(STAGE.properties[row])
        house.lead_department = STAGE.departments[department]
        house.save()
        self.world.leads[row] = department

    @rule(row=index, department=index)
    def move_person(self, row, department):
        person = self.fresh(STAGE.persons[row])
        person.own_department = STAGE.departments[department]
        person.save()
        self.world.persons[row] = department

    @rule(row=index, department=index)
    def move_offer(self, row, department):
        offer = self.fresh(STAGE.offers[row])
        offer.carrier = STAGE.departments[department]
        offer.save()
        self.world.carriers[row] = department

    # Share --------------------------------------------------------------------------------------------------------

    @rule(prop=st.integers(0, 1), department=index, state=st.sampled_from(["accepted", "offered"]))
    def participate(self, prop, department, state):
        for key, (house, place, now) in self.world.participations.items():
            if (house, place) == (prop, department) and now != "closed":
                row = Participation.objects.get(pk=key)
                row.closed_on, row.closing = timezone.localdate(), "done"
                row.save()
                self.world.participations[key][2] = "closed"
                return
        row = Participation(
            property=STAGE.properties[prop],
            department=STAGE.departments[department],
            state=state,
            decided_on=timezone.localdate() if state == "accepted" else None,
        )
        row.save()
        self.world.participations[row.pk] = [prop, department, state]

    @rule(
        kind=st.sampled_from(sorted(KINDS)),
        row=index,
        action=st.sampled_from(["view", "view", "change"]),
        to=st.tuples(st.booleans(), index),
        late=st.booleans(),
    )
    def share(self, kind, row, action, to, late):
        if kind == "proceeding" and row in self.gone:
            return
        by_department, who = to
        entry = row_grants.grant(
            STAGE.rows(kind)[row],
            to=STAGE.departments[who] if by_department else STAGE.users[who],
            action=action,
            basis="sharing",
            reason="Probe",
            valid_until=timezone.now() - timedelta(minutes=1) if late else None,
        )
        self.world.grants[entry.pk] = RowGrant(
            kind,
            row,
            action,
            user=None if by_department else who,
            department=who if by_department else None,
            when="past" if late else "now",
        )
        if not by_department:
            self.look(who, kinds=(kind,), action=action)

    @rule(kind=st.sampled_from(sorted(KINDS)), row=index)
    def take_back(self, kind, row):
        if kind == "proceeding" and row in self.gone:
            return
        row_grants.revoke(STAGE.rows(kind)[row], reason="Probe")
        for entry in self.world.grants.values():
            if (entry.kind, entry.row) == (kind, row):
                entry.ended = True

    # Deny ---------------------------------------------------------------------------------------------------------

    @rule(person=index, listed=st.sets(index, max_size=1))
    def restrict_person(self, person, listed):
        now = Restriction.objects.in_force().filter(person=STAGE.persons[person]).first()
        if now is not None:
            now.ended_on = timezone.localdate()
            now.save()
            del self.world.restricted[person]
            return
        row = Restriction(person=STAGE.persons[person], reason="Probe")
        row.save()
        for user in listed:
            RestrictionAccess(restriction=row, user=STAGE.users[user]).save()
        self.world.restricted[person] = set(listed)
        self.look(person, kinds=("person",))

    @rule(user=index, person=index)
    def conflict(self, user, person):
        rows = ConflictOfInterest.objects.in_force()
        now = rows.filter(user=STAGE.users[user], person=STAGE.persons[person]).first()
        if now is not None:
            now.ended_on = timezone.localdate()
            now.save()
        else:
            ConflictOfInterest(user=STAGE.users[user], person=STAGE.persons[person], reason="Probe").save()
        self.world.conflicts ^= {(user, person)}
        self.look(user, kinds=("case",))

    # Delete -------------------------------------------------------------------------------------------------------

    @rule(row=st.integers(1, 2))
    def delete(self, row):
        if row in self.gone:
            return
        proceeding = self.fresh(STAGE.proceedings[row])
        for table in _grant_models(Proceeding):
            for entry in table.objects.filter(content_object=proceeding):
                self.world.grants.pop(entry.pk, None)
                entry.delete()
        proceeding.delete()
        del self.world.proceedings[row]
        self.gone.add(row)

    @invariant()
    def count(self):
        COUNT["steps"] += 1


def play(steps, number):
    """Run until `steps` steps are done; a divergence raises with the shortest story that leads to it."""
    global STAGE
    STAGE = Stage()
    COUNT["steps"], turn = 0, 0
    length = 50 if steps > SHORT else 40
    while COUNT["steps"] < steps:
        machine = seed(number * 1000 + turn)(type("Rights", (Rights,), {}))
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=max(1, (steps - COUNT["steps"]) // length),
                stateful_step_count=length,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        turn += 1
    return COUNT["steps"]


@pytest.mark.parametrize("number", range(SEEDS))
def test_rights_and_reference_never_differ(number):
    done = play(STEPS or SHORT, number)
    assert done >= (STEPS or SHORT)


def _without_denials(monkeypatch):
    whole = ScopedQuerySet.restrict

    def restrict(self, user, action="view"):
        rules = self.model.scope
        kept, rules.deny = rules.deny, ()
        try:
            return whole(self, user, action)
        finally:
            rules.deny = kept

    monkeypatch.setattr(ScopedQuerySet, "restrict", restrict)


def _ended_memberships_count(monkeypatch):
    def current(self, at=None):
        return self.filter(valid_from__lte=timezone.localdate(), user__is_active=True)

    monkeypatch.setattr(MembershipQuerySet, "current", current)


def _late_grants_count(monkeypatch):
    monkeypatch.setattr(row_grants, "current_grants", lambda now=None: scope.Q(ended_at=None))


STORIES = {  # the shortest story that each fault breaks, told with the machine's own rules: no luck is needed
    _without_denials: lambda m: m.restrict_person(person=1, listed=set()),
    _ended_memberships_count: lambda m: m.grant(user=1, department=2, role=2, when="past"),
    _late_grants_count: lambda m: m.share(kind="person", row=0, action="view", to=(False, 1), late=True),
}


def tell(story):
    global STAGE
    STAGE = Stage()
    machine = Rights()
    try:
        story(machine)
    finally:
        machine.acting.__exit__(None, None, None)
        transaction.set_rollback(True)
        machine.savepoint.__exit__(None, None, None)


@pytest.mark.parametrize("fault", STORIES)
def test_negative_control_a_planted_fault_is_found(fault, monkeypatch):
    tell(STORIES[fault])
    fault(monkeypatch)
    with pytest.raises(AssertionError, match="Person 1"):
        tell(STORIES[fault])
