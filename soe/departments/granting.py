"""Who may give which role, and change what a role may. Nobody gives more than she holds; nobody touches her own.

Holders of `admin.all` are the city's granting authority and may give every role to others (decision 0008): that is
what the right means, and it is why the last one cannot be removed and why their changes are reviewed every year.
"""

from django.core.exceptions import ValidationError
from django.utils import timezone

from .catalogue import PERMISSIONS
from .models import KEY, Department, Membership, Role
from .scope import departments_granting

OWN = "Niemand ändert die eigenen Rechte. Bitte wenden Sie sich an eine andere Person der Administration."
ADMINISTRATIVE = ("admin.", "audit.", "privacy.", "system.")


class Escalation(ValidationError):
    """Somebody tried to give, keep or take rights that are not hers to decide. The message is for users."""

    def __init__(self, message):
        super().__init__(message, code="escalation")


def codes_in(user, department) -> set[str]:
    """What `user` holds in this one department today."""
    rows = Membership.objects.current().filter(user_id=user.pk, department=department)
    return set(rows.values_list("role__grants__permission", flat=True)) - {None}


def is_administrative(codes) -> bool:
    return any(code.startswith(ADMINISTRATIVE) for code in codes)


def departments_to_staff(user):
    """Departments whose memberships `user` may give and end."""
    return Department.objects.restrict(user, "staff").active()


def grantable_roles(user, department=None):
    """Roles `user` may give (in `department`, or in any she administers)."""
    roles = Role.objects.active()
    if user.may(KEY):
        return roles
    places = [department] if department else list(departments_to_staff(user))
    held = [codes_in(user, place) for place in places]
    allowed = [
        role.pk
        for role in roles.prefetch_related("grants")
        if role_is_grantable(role, {grant.permission for grant in role.grants.all()}, held)
    ]
    return roles.filter(pk__in=allowed)


def role_is_grantable(role, codes, held) -> bool:
    """`held`: what the giver holds, one set per department in question."""
    if any(codes <= own for own in held):
        return True
    # A role that administers is never everyday work, whatever somebody ticked.
    return role.department_may_grant and not is_administrative(codes)


def check_grant(by, *, person, department, role):
    """Raise Escalation unless `by` may give `person` this role in this department."""
    if person is not None and person.pk == by.pk:
        raise Escalation(OWN)
    if role.retired_on is not None:
        raise ValidationError(f"Die Rolle „{role}“ ist außer Gebrauch. Bitte wählen Sie eine andere.")
    if department.is_closed:
        raise ValidationError(f"„{department}“ ist aufgelöst. Bitte wählen Sie eine andere Stelle.")
    if by.may(KEY):
        return
    if department.pk not in departments_granting(by, "admin.members"):
        raise Escalation(f"Sie verwalten „{department}“ nicht.")
    codes = role.codes()
    held = codes_in(by, department)
    if not role_is_grantable(role, codes, [held]):
        first = next(PERMISSIONS[code].label for code in PERMISSIONS if code in codes - held)
        raise Escalation(
            f"Die Rolle „{role}“ enthält Rechte, die Sie selbst nicht haben, zum Beispiel „{first}“. "
            "Bitte wenden Sie sich an die Administration."
        )


def check_end(by, membership):
    """Raise Escalation unless `by` may end or shorten this membership."""
    if membership.user_id == by.pk:
        raise Escalation(OWN)
    if not by.may(KEY) and membership.role.grants.filter(permission=KEY).exists():
        raise Escalation("Zugehörigkeiten der Administration beendet nur die Administration.")


def check_role_change(by, role, wanted):
    """Raise Escalation unless `by` may make `wanted` the permissions of `role`."""
    before = role.codes() if role.pk and not role._state.adding else set()
    wanted = set(wanted)
    if before == wanted:
        return
    if not role._state.adding and Membership.objects.current().filter(role=role, user_id=by.pk).exists():
        raise Escalation(f"Sie haben die Rolle „{role}“ selbst. {OWN}")
    beyond = wanted - before - set(by.permission_codes())
    if beyond and not by.may(KEY):
        first = next(PERMISSIONS[code].label for code in PERMISSIONS if code in beyond)
        raise Escalation(f"Sie haben das Recht „{first}“ selbst nicht und können es keiner Rolle geben.")


def give(by, *, person, department, role, reason, valid_from=None, valid_until=None, deputy_for=None):
    """Start a membership after asking whether `by` may. The only way used by imports, reviews and hand-overs."""
    check_grant(by, person=person, department=department, role=role)
    membership = Membership(
        user_id=person.pk,
        department=department,
        role=role,
        valid_from=valid_from or timezone.localdate(),
        valid_until=valid_until,
        deputy_for_id=deputy_for.pk if deputy_for else None,
    )
    membership.save(reason=reason)
    return membership
