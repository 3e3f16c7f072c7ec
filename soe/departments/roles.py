"""Changing what roles may: what it means for people, before it happens; copying; retiring."""

import hashlib
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from .catalogue import PERMISSIONS
from .defaults import ROLES
from .granting import OWN, Escalation, check_role_change, give
from .models import Department, Membership, Role, RoleGrant, lock_administrators


def fingerprint() -> str:
    """Of the whole matrix: what somebody saw when she ticked."""
    pairs = RoleGrant.objects.order_by("role_id", "permission").values_list("role_id", "permission")
    return hashlib.sha256("|".join(f"{role}:{code}" for role, code in pairs).encode()).hexdigest()[:32]


@dataclass
class RoleChange:
    role: Role
    added: list
    removed: list
    people: int = 0


@dataclass
class PersonChange:
    user: object
    gains: list = field(default_factory=list)  # (permission, department)
    loses: list = field(default_factory=list)


@dataclass
class Impact:
    """What saving would do. `people`: only those who really gain or lose, not those who hold it otherwise."""

    roles: list
    people: list
    unchanged: int  # people with one of the roles for whom nothing changes
    departments: list  # (department, people), most first


def difference(wanted: dict) -> list[RoleChange]:
    """`wanted`: role → set of codes. Only roles that change."""
    changes = []
    for role, codes in wanted.items():
        before = role.codes()
        added = [PERMISSIONS[code] for code in PERMISSIONS if code in codes - before]
        removed = [PERMISSIONS[code] for code in PERMISSIONS if code in before - codes]
        if added or removed:
            changes.append(RoleChange(role, added, removed))
    return changes


def impact(wanted: dict) -> Impact:
    """Who would gain and lose what, where. Three queries, whatever the number of people."""
    changes = difference(wanted)
    changed = {change.role.pk: wanted[change.role] for change in changes}
    holders = Membership.objects.current().filter(role__in=changed).order_by().values("user_id")
    rows = list(
        Membership.objects.current()
        .filter(user__in=holders)
        .select_related("user", "department")
        .order_by("user__last_name", "user__first_name", "user_id", "department__position")
    )
    codes: dict = {}
    for role, code in RoleGrant.objects.filter(role__in={row.role_id for row in rows}).values_list(
        "role_id", "permission"
    ):
        codes.setdefault(role, set()).add(code)
    before, after, users, places = {}, {}, {}, {}
    for row in rows:
        key = (row.user_id, row.department_id)
        users[row.user_id], places[row.department_id] = row.user, row.department
        held = codes.get(row.role_id, set())
        before.setdefault(key, set()).update(held)
        after.setdefault(key, set()).update(changed.get(row.role_id, held))
    people = {user_id: PersonChange(user) for user_id, user in users.items()}
    for (user_id, place), held in before.items():
        now = after[(user_id, place)]
        people[user_id].gains += [(PERMISSIONS[c], places[place]) for c in PERMISSIONS if c in now - held]
        people[user_id].loses += [(PERMISSIONS[c], places[place]) for c in PERMISSIONS if c in held - now]
    touched = [person for person in people.values() if person.gains or person.loses]
    for change in changes:
        change.people = len({row.user_id for row in rows if row.role_id == change.role.pk})
    return Impact(changes, touched, len(people) - len(touched), _by_department(touched))


def _by_department(touched):
    count: dict[Department, set] = {}
    for person in touched:
        for _, place in person.gains + person.loses:
            count.setdefault(place, set()).add(person.user.pk)
    found = [(place, len(users)) for place, users in count.items()]
    return sorted(found, key=lambda entry: (-entry[1], entry[0].position))


@transaction.atomic
def save_rights(wanted: dict, *, by, seen, reason):
    """Make `wanted` (role → codes) true. `seen`: the fingerprint of the matrix that was shown."""
    lock_administrators()
    list(Role.objects.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    if seen != fingerprint():
        raise ValidationError(
            "Inzwischen hat jemand anderes Rechte geändert. Bitte prüfen Sie die Vorschau noch einmal.",
            code="stale",
        )
    changes = difference(wanted)
    if not changes:
        raise ValidationError("Es ist nichts geändert.", code="nothing")
    for change in changes:
        check_role_change(by, change.role, wanted[change.role])
    for change in changes:
        change.role.set_permissions(wanted[change.role], reason=reason)
    return changes


def missing_defaults() -> dict:
    """{role: [permission]} that a newer version gives a seeded role and this installation does not know yet.

    What the role has ever held and lost was taken away by somebody on purpose: that is never offered again.
    """
    wanted = {code: set(permissions) for code, _, _, permissions in ROLES}
    roles = list(Role.objects.active().filter(code__in=wanted).prefetch_related("grants").order_by("name"))
    known: dict = {}
    rows = RoleGrant.history.filter(role_id__in=[role.pk for role in roles])
    for role_id, code in rows.order_by().values_list("role_id", "permission").distinct():
        known.setdefault(role_id, set()).add(code)
    found = {}
    for role in roles:
        held = {grant.permission for grant in role.grants.all()}
        new = wanted[role.code] - held - known.get(role.pk, set())
        if new:
            found[role] = [PERMISSIONS[code] for code in PERMISSIONS if code in new]
    return found


@transaction.atomic
def take_defaults(role, *, by, reason):
    """Give `role` what a newer version means it to have; asks whether `by` may, like every change of a role."""
    lock_administrators()
    role.lock()
    new = missing_defaults().get(role, [])
    if not new:
        raise ValidationError("Diese Rolle hat schon alles.", code="nothing")
    codes = role.codes() | {entry.code for entry in new}
    check_role_change(by, role, codes)
    role.set_permissions(codes, reason=reason)
    return new


@transaction.atomic
def copy(role, *, by, name, code, reason):
    """A new role with the same rights, held by nobody."""
    new = Role(
        code=code,
        name=name,
        description=role.description,
        requires_second_factor=role.requires_second_factor,
    )
    check_role_change(by, new, role.codes())
    new.save(reason=reason)
    new.set_permissions(role.codes(), reason=reason)
    return new


@transaction.atomic
def retire(role, *, by, successor=None, reason):
    """Nobody gets this role any more; whoever has it gets `successor` instead, until the same day."""
    lock_administrators()
    role.lock()
    if role.retired_on is not None:
        raise ValidationError(f"Die Rolle „{role}“ ist schon außer Gebrauch.")
    if successor is not None and successor.pk == role.pk:
        raise ValidationError("Eine Rolle kann sich nicht selbst ersetzen.")
    rows = [
        row
        for row in Membership.objects.filter(role=role, ended_at=None).select_related("user", "department")
        if row.valid_until is None or row.valid_until >= timezone.localdate()
    ]
    if any(row.user_id == by.pk for row in rows):
        raise Escalation(f"Sie haben die Rolle „{role}“ selbst. {OWN}")
    if rows and successor is None:
        raise ValidationError(
            f"{len(rows)} Zugehörigkeiten haben diese Rolle. Bitte wählen Sie, welche Rolle an ihre Stelle tritt.",
            code="held",
        )
    for row in rows:
        same = Membership.objects.current().filter(
            user_id=row.user_id, department=row.department, role=successor
        )
        if row.user.is_active and not same.exists():
            give(
                by,
                person=row.user,
                department=row.department,
                role=successor,
                reason=reason,
                valid_from=max(row.valid_from, timezone.localdate()),
                valid_until=row.valid_until,
                deputy_for=row.deputy_for,
            )
        row.end(reason=reason)
    role.retired_on = timezone.localdate()
    role.save(reason=reason)
    return len(rows)
