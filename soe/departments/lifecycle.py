"""What happens to a department: it moves in the tree, merges into another, closes. And to a person: she leaves."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from . import handover
from .granting import OWN, Escalation, check_grant
from .grants import _grant_models, grantable_models
from .models import KEY, Department, Membership, lock_administrators


def _siblings(department):
    return list(
        Department.objects.active()
        .filter(parent=department.parent_id)
        .order_by("position", "name", "pk")
        .select_for_update(of=("self",))
    )


@transaction.atomic
def step(department, offset, *, reason):
    """Move one place up (-1) or down (+1) among the siblings; at the end of the row nothing happens."""
    rows = _siblings(department)
    here = next(index for index, row in enumerate(rows) if row.pk == department.pk)
    there = here + offset
    if not 0 <= there < len(rows):
        return False
    places, last = [], -1
    for row in rows:  # strictly increasing, so that a swap shows
        last = max(row.position, last + 1)
        places.append(last)
    rows[here], rows[there] = rows[there], rows[here]
    for row, place in zip(rows, places, strict=True):
        if row.position != place:
            row.position = place
            row.save(reason=reason)
    return True


def below(department) -> set:
    """Ids of the department and everything under it."""
    found, level = set(), {department.pk}
    while level:
        found |= level
        level = set(Department.objects.filter(parent__in=level).values_list("pk", flat=True)) - found
    return found


@transaction.atomic
def move_under(department, parent, *, reason):
    """Hang the department elsewhere in the tree, as the last of its new siblings; `parent` None: at the top."""
    # One change of the tree at a time: two moves at the same moment could close a circle between them.
    list(Department.objects.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    department.lock()
    if parent is not None and parent.pk in below(department):
        raise ValidationError(f"„{parent}“ gehört selbst zu „{department}“. Bitte wählen Sie etwas anderes.")
    last = Department.objects.filter(parent=parent).order_by("-position").first()
    department.parent = parent
    department.position = max(last.position + 1, department.position) if last else department.position
    department.save(reason=reason)


def problems_of_closing(department, successor) -> list[str]:
    """What stands in the way, apart from open work (see handover)."""
    problems = []
    if department.closed_on is not None:
        problems.append(f"„{department}“ ist schon aufgelöst.")
    children = department.children.active()
    if successor is None and (names := ", ".join(str(child) for child in children)):
        problems.append(f"Dazu gehören noch: {names}. Bitte verschieben Sie diese zuerst.")
    if successor is not None:
        if successor.is_closed:
            problems.append(f"„{successor}“ ist selbst aufgelöst.")
        elif successor.pk != department.pk and successor.pk in below(department) - {department.pk}:
            problems.append(
                f"„{successor}“ gehört zu „{department}“. Bitte verschieben Sie diese Stelle zuerst."
            )
        elif successor.pk == department.pk:
            problems.append("Eine Stelle kann nicht auf sich selbst folgen.")
    return problems


def members_to_end(department):
    today = timezone.localdate()
    rows = Membership.objects.filter(department=department, ended_at=None)
    return rows.filter(Q(valid_until=None) | Q(valid_until__gte=today)).select_related("user", "role")


@transaction.atomic
def close(department, *, by, successor=None, move_people=False, reason):
    """Close a department; open work and children go to `successor`, memberships end. All of it, or nothing.

    The department keeps its history. `move_people`: everybody gets the same role in the successor; that is granting,
    so it needs the right to grant everywhere, and nobody moves herself.
    """
    lock_administrators()
    locked = {row.pk: row for row in Department.objects.order_by("pk").select_for_update(of=("self",))}
    department = locked[department.pk]
    successor = locked[successor.pk] if successor else None
    if problems := problems_of_closing(department, successor):
        raise ValidationError(problems, code="closing")
    if move_people and successor is None:
        raise ValidationError("Ohne Nachfolge kann niemand mitgehen.")
    if move_people and not by.may(KEY):
        raise Escalation("Zugehörigkeiten in einer anderen Stelle vergibt nur, wer alle vergeben darf.")
    members = list(members_to_end(department))
    if any(row.user_id == by.pk for row in members):
        raise Escalation(f"Sie gehören selbst zu „{department}“. {OWN}")
    moved = handover.departments.hand_over(department, successor, by=by, reason=reason)
    for child in department.children.active():
        child.parent = successor
        child.save(reason=reason)
    if move_people:
        _move(members, successor, by, reason)
    for row in members:
        row.end(reason=reason)
    end_grants_to(department, reason=reason)
    department.closed_on = timezone.localdate()
    department.successor = successor
    department.save(reason=reason)
    return moved


def _move(members, successor, by, reason):
    today = timezone.localdate()
    for row in members:
        has = Membership.objects.filter(
            user_id=row.user_id, department=successor, role_id=row.role_id, ended_at=None
        )
        if row.role.retired_on or not row.user.is_active or has.current().exists():
            continue
        check_grant(by, person=row.user, department=successor, role=row.role)
        Membership(
            user_id=row.user_id,
            department=successor,
            role_id=row.role_id,
            valid_from=max(today, row.valid_from),
            valid_until=row.valid_until,
            deputy_for_id=row.deputy_for_id,
        ).save(reason=reason)


def end_grants_to(department, *, reason):
    """Exceptions on single rows were made for this department, not for whoever follows it."""
    for model in grantable_models():
        for table in _grant_models(model):
            if hasattr(table, "user"):
                continue
            for entry in table.objects.current().filter(group_id=department.group_id):
                entry.ended_at = timezone.now()
                entry.save(reason=reason)


@transaction.atomic
def leave(account, *, by, successor=None, reason):
    """A person leaves the city: her open work goes to `successor`, others stop standing in for her, the account ends.

    `account` is an Account of the administration (it knows how to deactivate itself). Returns what was handed over.
    """
    if account.pk == by.pk:
        raise Escalation(OWN)
    if successor is not None and (successor.pk == account.pk or not successor.is_active):
        raise ValidationError("Bitte wählen Sie eine andere, aktive Person.")
    lock_administrators()
    moved = handover.people.hand_over(account, successor, by=by, reason=reason)
    for row in Membership.objects.filter(deputy_for_id=account.pk, ended_at=None):
        row.end(reason=reason)
    account.deactivate(reason=reason)
    return moved
