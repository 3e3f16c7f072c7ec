"""People, departments, roles, memberships. Saves act as the system account unless a test acts as somebody."""

from contextlib import nullcontext

import factory
from django.utils import timezone

from soe.accounts.models import SYSTEM_USERNAME, User
from soe.audit.context import acting_as, current_actor
from soe.audit.errors import NoActor
from soe.departments.models import Department, Membership, Role

PASSWORD = "herne-soe-pruefung-2026"


def somebody():
    """acting_as the system account, unless somebody acts already."""
    try:
        current_actor()
        return nullcontext()
    except NoActor:
        return acting_as(User.objects.get(username=SYSTEM_USERNAME), reason="Testdaten")


class AuditedFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with somebody():
            obj = model_class(*args, **kwargs)
            obj.save()
            return obj


class UserFactory(AuditedFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    first_name = "Nadine"
    last_name = factory.Sequence(lambda n: f"Brinkhoff{n}")
    email = factory.LazyAttribute(lambda o: f"{o.username}@example.org")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        password = kwargs.pop("password", None)
        with somebody():
            user = model_class(**kwargs)
            user.set_password(password) if password else user.set_unusable_password()
            user.save()
            return user


class DepartmentFactory(AuditedFactory):
    class Meta:
        model = Department

    code = factory.Sequence(lambda n: f"fachbereich-{n}")
    name = factory.Sequence(lambda n: f"Fachbereich {n}")
    short_name = factory.Sequence(lambda n: f"FB {n}")
    kind = Department.Kind.DEPARTMENT


class RoleFactory(AuditedFactory):
    class Meta:
        model = Role

    code = factory.Sequence(lambda n: f"rolle-{n}")
    name = factory.Sequence(lambda n: f"Rolle {n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        permissions = kwargs.pop("permissions", ())
        with somebody():
            role = super()._create(model_class, *args, **kwargs)
            role.set_permissions(permissions)
            return role


class MembershipFactory(AuditedFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    department = factory.SubFactory(DepartmentFactory)
    role = factory.SubFactory(RoleFactory)
    valid_from = factory.LazyFunction(lambda: timezone.localdate().replace(day=1))


def member(*permissions, department=None, user=None, **kwargs):
    """A user with a current membership that grants `permissions` in `department` (new if not given)."""
    membership = MembershipFactory(
        role=RoleFactory(permissions=permissions),
        **({"department": department} if department else {}),
        **({"user": user} if user else {}),
        **kwargs,
    )
    return membership.user
