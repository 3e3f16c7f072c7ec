"""Groups of the city's identity provider become memberships: given at the sign-in, ended at the next one without."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from soe.accounts.models import User
from soe.audit.context import acting_as
from soe.audit.models import AuditedModel

from .scope import City, Rule, Scope, ScopedQuerySet


class GroupMapping(AuditedModel):
    """Whoever is in this group has this role in this department, for as long as she is in it."""

    group = models.CharField(
        "Gruppe im Verzeichnisdienst",
        max_length=255,
        help_text="Genau so geschrieben, wie der Verzeichnisdienst sie übermittelt.",
    )
    department = models.ForeignKey(
        "departments.Department",
        models.PROTECT,
        related_name="group_mappings",
        verbose_name="Fachbereich oder Träger",
    )
    role = models.ForeignKey(
        "departments.Role", models.PROTECT, related_name="group_mappings", verbose_name="Rolle"
    )
    ended_at = models.DateTimeField("beendet am", null=True, editable=False)

    scope = Scope(
        view=Rule("admin.all", City()),
        add=Rule("admin.all", City()),
        change=Rule("admin.all", City()),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Gruppenzuordnung"
        verbose_name_plural = "Gruppenzuordnungen"
        ordering = ["group", "department", "role"]
        indexes = [models.Index(fields=["group"], name="departments_mapping_group")]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "department", "role"],
                condition=models.Q(ended_at=None),
                name="departments_mapping_once",
                violation_error_message="Diese Zuordnung gibt es schon.",
            )
        ]

    def __str__(self):
        return f"{self.group} → {self.role}, {self.department}"

    def get_absolute_url(self):
        return reverse("administration:group_mapping_list")

    @transaction.atomic
    def end(self, *, reason):
        """No further memberships come from it, and those it gave end with it."""
        self.lock()
        if self.ended_at is not None:
            raise ValidationError("Diese Zuordnung ist schon beendet.")
        for membership in self.memberships.filter(ended_at=None):
            membership.end(reason=reason)
        self.ended_at = timezone.now()
        self.save(reason=reason)


@transaction.atomic
def sync_groups(user, groups):
    """Make the memberships that came from groups match `groups`; those given by hand stay as they are.

    Returns (given, ended). The last administrator keeps her membership: losing it would lock the city out.
    """
    from .models import Membership

    mappings = list(
        GroupMapping.objects.filter(
            ended_at=None, group__in=groups, role__retired_on=None, department__closed_on=None
        )
    )
    if not mappings and not Membership.objects.filter(user_id=user.pk, source__isnull=False).exists():
        return 0, 0
    with acting_as(User.objects.system()):
        User.objects.select_for_update().get(pk=user.pk)  # two sign-ins at once give one membership
        current = list(Membership.objects.current().filter(user_id=user.pk))
        given = 0
        for mapping in mappings:
            place = (mapping.department_id, mapping.role_id)
            if any((row.department_id, row.role_id) == place for row in current):
                continue
            row = Membership(user_id=user.pk, department_id=place[0], role_id=place[1], source_id=mapping.pk)
            row.save(reason=f"Gruppe „{mapping.group}“ bei der Anmeldung über das Stadtkonto")
            current.append(row)
            given += 1
        valid = {mapping.pk for mapping in mappings}
        ended = 0
        for row in current:
            if row.source_id and row.source_id not in valid:
                ended += _end(row)
    return given, ended


def _end(membership):
    try:
        membership.end(reason="Gruppe fehlte bei der Anmeldung über das Stadtkonto")
    except ValidationError:
        return 0
    return 1
