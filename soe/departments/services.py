"""Setting up a city: idempotent, so that an update may add what is new without touching what was edited."""

from django.db import transaction

from .catalogue import wants_second_factor
from .defaults import DEPARTMENTS, GIVEN_BY_DEPARTMENTS, ROLES
from .models import Department, Role


@transaction.atomic
def set_up_city(*, reason="Grundeinrichtung") -> tuple[int, int]:
    """Create missing departments and roles of `defaults`; returns (departments, roles) created. Needs an actor."""
    known = {department.code: department for department in Department.objects.all()}
    pending = [row for row in DEPARTMENTS if row[0] not in known]
    created = 0
    while pending:
        ready = [row for row in pending if row[5] is None or row[5] in known]
        if not ready:
            raise ValueError(f"Unknown parent departments: {sorted({row[5] for row in pending})}")
        for code, name, short_name, number, kind, parent, visibility, competences in ready:
            department = Department(
                code=code,
                name=name,
                short_name=short_name,
                number=number,
                kind=kind,
                parent=known.get(parent),
                default_visibility=visibility,
                competences=competences,
                position=[row[0] for row in DEPARTMENTS].index(code),
            )
            department.save(reason=reason)
            known[code] = department
            created += 1
        pending = [row for row in pending if row[0] not in known]
    roles = 0
    existing = set(Role.objects.values_list("code", flat=True))
    for code, name, description, permissions in ROLES:
        if code not in existing:
            role = Role(
                code=code,
                name=name,
                description=description,
                department_may_grant=code in GIVEN_BY_DEPARTMENTS,
                requires_second_factor=wants_second_factor(permissions),
            )
            role.save(reason=reason)
            role.set_permissions(permissions, reason=reason)
            roles += 1
    return created, roles
