"""The organisation: departments (and carriers, and outside authorities), roles, dated memberships."""

from contextlib import contextmanager

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from soe.audit.events import log_security
from soe.audit.models import AuditedModel

from .catalogue import CHOICES, PERMISSIONS, permission, wants_second_factor
from .scope import City, Everyone, OwnDepartment, Rule, Scope, ScopedQuerySet


class Visibility(models.TextChoices):
    """Who may read a proceeding, finding, note or document."""

    OPEN = "open", "offen"
    PARTICIPATING = "participating", "beteiligt"
    INTERNAL = "internal", "intern"


class DepartmentQuerySet(ScopedQuerySet):
    def active(self, on=None):
        on = on or timezone.localdate()
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=on))


class Department(AuditedModel):
    """A unit that acts: Fachbereich, Dezernat, Stabsstelle, carrier or outside authority. A tree."""

    class Kind(models.TextChoices):
        CITY = "city", "Stadt"
        DIVISION = "division", "Dezernat"
        DEPARTMENT = "department", "Fachbereich"
        UNIT = "unit", "Stabsstelle"
        CARRIER = "carrier", "Träger"
        AUTHORITY = "authority", "andere Behörde"
        SCHOOL = "school", "Schule"

    code = models.SlugField("Kürzel", max_length=40, unique=True)
    name = models.CharField("Name", max_length=120)
    short_name = models.CharField("Kurzname", max_length=40)
    number = models.CharField("Nummer", max_length=20, blank=True, help_text="zum Beispiel FB 31")
    kind = models.CharField("Art", max_length=12, choices=Kind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="gehört zu"
    )
    competences = models.TextField("Zuständigkeiten", blank=True, help_text="je Zeile eine Zuständigkeit")
    default_visibility = models.CharField(
        "übliche Sichtbarkeit", max_length=14, choices=Visibility, default=Visibility.INTERNAL
    )
    opened_on = models.DateField("eingerichtet am", null=True, blank=True)
    closed_on = models.DateField("aufgelöst am", null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        editable=False,
        verbose_name="Nachfolge",
    )
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)
    # django-guardian grants rows to groups; the group stands for the department and has no members of its own.
    group = models.OneToOneField(Group, models.PROTECT, related_name="department", editable=False)

    scope = Scope(
        view=Rule(None, Everyone()),
        add=Rule("admin.departments", City()),
        change=Rule("admin.departments", City()),
        # Who looks after its people: its own administrators, and those who look after all.
        administer=Rule("admin.members", OwnDepartment("pk"), City("admin.all"), City("admin.departments")),
        staff=Rule("admin.members", OwnDepartment("pk"), City("admin.all")),
    )
    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = "Fachbereich oder Träger"
        verbose_name_plural = "Fachbereiche und Träger"
        ordering = ["position", "name"]
        indexes = [models.Index(fields=["position", "name"], name="departments_order")]
        constraints = [
            models.CheckConstraint(name="department_not_own_parent", condition=~Q(parent=F("id"))),
            models.CheckConstraint(
                name="department_successor_of_closed",
                condition=Q(successor=None) | (Q(closed_on__isnull=False) & ~Q(successor=F("id"))),
            ),
        ]

    def __str__(self):
        return self.short_name

    def save(self, **kwargs):
        with transaction.atomic():
            if self.group_id is None:
                self.group = Group.objects.create(name=f"department:{self.code}")
            super().save(**kwargs)

    def get_absolute_url(self):
        return reverse("administration:department", args=[self.pk])

    @property
    def is_closed(self):
        return self.closed_on is not None and self.closed_on <= timezone.localdate()

    @property
    def full_name(self):
        return (
            f"{self.number} {self.name}".strip()
            if self.number and self.number not in self.name
            else self.name
        )


class RoleQuerySet(ScopedQuerySet):
    def active(self):
        return self.filter(retired_on=None)


class Role(AuditedModel):
    """A named set of permissions; edited by administrators. A retired one is kept, and given to nobody any more."""

    code = models.SlugField("Kürzel", max_length=40, unique=True)
    name = models.CharField("Name", max_length=80, unique=True)
    description = models.TextField("Beschreibung", blank=True)
    # Decision 0008: what a department administrator does not hold herself she gives only if the city says so here.
    department_may_grant = models.BooleanField(
        "Fachbereiche dürfen sie selbst vergeben",
        default=False,
        help_text="Sonst vergeben Fachbereiche nur Rollen, deren Rechte die vergebende Person selbst hat.",
    )
    retired_on = models.DateField("außer Gebrauch seit", null=True, blank=True, editable=False)
    requires_second_factor = models.BooleanField(
        "verlangt zweiten Faktor",
        default=False,
        help_text="Wer die Rolle hat, richtet bei der nächsten Anmeldung zuerst einen zweiten Faktor ein.",
    )

    scope = Scope(
        view=Rule("admin.members", City()),
        add=Rule("admin.roles", City()),
        change=Rule("admin.roles", City()),
    )
    objects = RoleQuerySet.as_manager()
    history_children = ("grants",)

    class Meta:
        verbose_name = "Rolle"
        verbose_name_plural = "Rollen"
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("administration:role", args=[self.pk])

    def should_require_second_factor(self) -> bool:
        return not self.requires_second_factor and wants_second_factor(self.codes())

    def codes(self) -> set[str]:
        return set(self.grants.values_list("permission", flat=True))

    @transaction.atomic
    def set_permissions(self, codes, *, reason=""):
        """Make `codes` the permissions of this role; one history row for each one added or taken away."""
        wanted = {permission(code).code for code in codes}
        if KEY not in wanted and self.grants.filter(permission=KEY).exists():
            with keeping_an_administrator(self.memberships.all()):
                self._write(wanted, reason)
        else:
            self._write(wanted, reason)

    def _write(self, wanted, reason):
        gone = list(self.grants.exclude(permission__in=wanted))
        for row in gone:
            row.delete(reason=reason)
        new = sorted(wanted - self.codes())
        for code in new:
            RoleGrant(role=self, permission=code).save(reason=reason)
        if gone or new:
            changes = [*(f"+{code}" for code in new), *(f"-{row.permission}" for row in gone)]
            log_security("role", obj=self, detail=f"{self.code}: {' '.join(changes)}")


class RoleGrant(AuditedModel):
    """One permission of one role."""

    role = models.ForeignKey(Role, models.PROTECT, related_name="grants", verbose_name="Rolle")
    permission = models.CharField("Recht", max_length=40, choices=CHOICES)

    scope = Scope(view=Rule("admin.members", City()), change=Rule("admin.roles", City()))
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Recht einer Rolle"
        verbose_name_plural = "Rechte der Rollen"
        ordering = ["role", "permission"]
        constraints = [
            models.UniqueConstraint(fields=["role", "permission"], name="departments_grant_once"),
            models.CheckConstraint(
                name="departments_grant_known", condition=Q(permission__in=sorted(PERMISSIONS))
            ),
        ]

    def __str__(self):
        return f"{self.role}: {self.get_permission_display()}"


class MembershipQuerySet(ScopedQuerySet):
    def current(self, at=None):
        """Memberships in force: by date, and not ended by a click before."""
        day = timezone.localdate(at) if at else timezone.localdate()
        return self.filter(
            Q(valid_until=None) | Q(valid_until__gte=day),
            valid_from__lte=day,
            ended_at=None,
            user__is_active=True,
        )


# The right that lets the city repair its own rights. Somebody must hold it, always and without an end.
KEY = "admin.all"
LAST_ADMINISTRATOR = (
    "Das ist die letzte unbefristete Zugehörigkeit mit dem Recht „Zugehörigkeiten überall“. "
    "Bitte geben Sie das Recht zuerst einer anderen Person, ohne Enddatum."
)
_LOCK = 0x534F455F41444D  # "SOE_ADM"


def lock_administrators():
    """One change at a time that may take away an administrator. Taken before any row lock, so nobody waits crosswise.

    SQLite: the transaction itself is the lock (BEGIN IMMEDIATE).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def administrators():
    """Memberships that keep the city able to act: in force, holding KEY, without an end."""
    return Membership.objects.current().filter(role__grants__permission=KEY, valid_until=None)


@contextmanager
def keeping_an_administrator(touched):
    """Inside, memberships (queryset `touched`) lose something; afterwards an administrator must be left.

    Two administrators who remove each other at the same moment stand in line here; the second is refused.
    """
    with transaction.atomic():
        lock_administrators()
        concerned = touched.filter(role__grants__permission=KEY, ended_at=None).exists()
        yield
        if concerned and not administrators().exists():
            raise ValidationError(LAST_ADMINISTRATOR, code="last_administrator")


class Membership(AuditedModel):
    """A person in a department with a role, for a time; as a deputy it names the person she stands in for."""

    user = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="memberships", verbose_name="Person"
    )
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="memberships", verbose_name="Fachbereich oder Träger"
    )
    role = models.ForeignKey(Role, models.PROTECT, related_name="memberships", verbose_name="Rolle")
    valid_from = models.DateField("gilt ab", default=timezone.localdate)
    valid_until = models.DateField(
        "gilt bis", null=True, blank=True, help_text="letzter Tag; leer: unbefristet"
    )
    ended_at = models.DateTimeField("beendet am", null=True, editable=False)
    source = models.ForeignKey(
        "departments.GroupMapping",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="memberships",
        verbose_name="kommt aus der Gruppe",
    )
    deputy_for = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deputies",
        verbose_name="vertritt",
    )

    scope = Scope(
        view=Rule("admin.members", OwnDepartment("department"), City("admin.all")),
        add=Rule("admin.members", OwnDepartment("department"), City("admin.all")),
        change=Rule("admin.members", OwnDepartment("department"), City("admin.all")),
    )
    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "Zugehörigkeit"
        verbose_name_plural = "Zugehörigkeiten"
        ordering = ["department", "user", "-valid_from"]
        indexes = [
            models.Index(fields=["user", "valid_from", "valid_until"], name="departments_member_user"),
            models.Index(fields=["department", "role"], name="departments_member_dept"),
        ]
        constraints = [
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="membership_not_own_deputy", condition=Q(deputy_for=None) | ~Q(deputy_for=F("user"))
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.role}, {self.department}"

    def get_absolute_url(self):
        return reverse("administration:account", args=[self.user_id])

    @transaction.atomic
    def save(self, **kwargs):
        """Dates decide about rights as well: a change that takes them away asks the same question as end()."""
        if self._state.adding:
            super().save(**kwargs)
            log_security("membership", obj=self, detail="neu")
            return
        with keeping_an_administrator(type(self).objects.filter(pk=self.pk)):
            super().save(**kwargs)
        log_security("membership", obj=self, detail="beendet" if self.ended_at else "geändert")

    @property
    def is_current(self):
        return type(self).objects.current().filter(pk=self.pk).exists()

    @transaction.atomic
    def end(self, *, reason):
        """End the membership with the next request; the dates stay what was agreed.

        Raises ValidationError for the last one that can administer memberships: the city would lock itself out.
        """
        with keeping_an_administrator(type(self).objects.filter(pk=self.pk)):
            self.lock()
            if self.ended_at is None:
                self.ended_at = timezone.now()
                self.save(reason=reason)


from .groups import GroupMapping  # noqa: E402, F401  (a table of this app, one subject per file)
