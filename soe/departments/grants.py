"""Dated exceptions on single rows, on top of django-guardian's direct-foreign-key object permissions.

For a grantable model declare two tables and name them:

    class CaseUserGrant(RowGrant, UserObjectPermissionBase):
        content_object = models.ForeignKey(Case, models.PROTECT, related_name="user_grants")
        class Meta(RowGrant.Meta, UserObjectPermissionBase.Meta):
            verbose_name = "Freigabe eines Falls für eine Person"

    class CaseDepartmentGrant(RowGrant, GroupObjectPermissionBase): …   # same, `group` is department.group

    class Case(AuditedModel):
        row_grants = ("cases.CaseUserGrant", "cases.CaseDepartmentGrant")

Grants come only from referral, conference, information request, break-glass and explicit sharing.
"""

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone

from soe.audit.context import current_actor
from soe.audit.events import log_security
from soe.audit.models import AuditedModel
from soe.audit.querysets import AuditedQuerySet

from .models import Department
from .scope import _grant_models, current_grants


class RowGrantQuerySet(AuditedQuerySet):
    def current(self):
        return self.filter(current_grants())


class RowGrant(AuditedModel):
    """A dated, reasoned exception for one row. Mix in before guardian's base; see the module's docstring."""

    class Basis(models.TextChoices):
        REFERRAL = "referral", "Vermittlung"
        CONFERENCE = "conference", "Fallkonferenz"
        REQUEST = "request", "Auskunftsersuchen"
        BREAK_GLASS = "break_glass", "Notzugriff"
        CONSENT = "consent", "Einwilligung"
        SHARING = "sharing", "ausdrückliche Freigabe"

    permission = models.ForeignKey(Permission, models.PROTECT)
    basis = models.CharField("Grundlage", max_length=12, choices=Basis)
    reason = models.CharField("Grund", max_length=500)
    granted_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name="erteilt von"
    )
    valid_from = models.DateTimeField("gilt ab", default=timezone.now)
    valid_until = models.DateTimeField("gilt bis", null=True, blank=True)
    ended_at = models.DateTimeField("beendet am", null=True, editable=False)

    objects = RowGrantQuerySet.as_manager()

    class Meta:
        abstract = True


def _tables(model):
    by_user, by_department = None, None
    for table in _grant_models(model):
        if hasattr(table, "user"):
            by_user = table
        else:
            by_department = table
    return by_user, by_department


@transaction.atomic
def grant(row, *, to, action="view", basis, reason, valid_until=None):
    """Give `to` (a User or a Department) `action` on `row`. Renews an earlier grant; returns the grant row."""
    model = type(row)
    by_user, by_department = _tables(model)
    permission = Permission.objects.get(
        content_type=ContentType.objects.get_for_model(model), codename=f"{action}_{model._meta.model_name}"
    )
    if isinstance(to, Department):
        table, whom = by_department, {"group": to.group}
    else:
        table, whom = by_user, {"user": to}
    found = (
        table.objects.select_for_update().filter(content_object=row, permission=permission, **whom).first()
    )
    entry = found or table(content_object=row, permission=permission, **whom)
    entry.basis, entry.reason = basis, reason
    entry.granted_by_id = current_actor().user_id
    entry.valid_from, entry.valid_until, entry.ended_at = timezone.now(), valid_until, None
    entry.save(reason=reason)
    log_security("grant", obj=row, detail=f"{action}: {basis}")
    return entry


@transaction.atomic
def revoke(row, *, to=None, basis=None, action=None, reason):
    """End grants on `row`: all, or those of `to`, `basis`, `action`. Returns how many ended."""
    ended = 0
    for table in _grant_models(type(row)):
        grants = table.objects.select_for_update().current().filter(content_object=row)
        if basis:
            grants = grants.filter(basis=basis)
        if action:
            grants = grants.filter(permission__codename=f"{action}_{row._meta.model_name}")
        if to is not None:
            is_department = isinstance(to, Department)
            if is_department == hasattr(table, "user"):
                continue
            grants = grants.filter(group=to.group) if is_department else grants.filter(user=to)
        for entry in grants:
            entry.ended_at = timezone.now()
            entry.save(reason=reason)
            ended += 1
    if ended:
        log_security("grant", obj=row, detail=f"beendet: {ended}")
    return ended


def grants_on(row):
    """All grants in force on `row`, newest first, for the page that shows who sees it."""
    found = []
    for table in _grant_models(type(row)):
        related = ("granted_by", "permission", "user" if hasattr(table, "user") else "group__department")
        found += table.objects.current().filter(content_object=row).select_related(*related)
    return sorted(found, key=lambda entry: entry.valid_from, reverse=True)


def grantable_models():
    return [model for model in apps.get_models() if getattr(model, "row_grants", ())]


def grantable_tables():
    """The tables of grants that name a person."""
    tables = (table for model in grantable_models() for table in _grant_models(model))
    return [table for table in tables if hasattr(table, "user")]
