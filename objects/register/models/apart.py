"""Two properties that look alike and are not: somebody said so, and the hint does not come back."""

from django.db import models
from django.db.models import F, Q

from soe.audit.models import AuditedModel
from soe.departments.scope import Custom, Rule, Scope, ScopedQuerySet

from .properties import VIEW, Property


def _steers_one(user, departments):
    allowed = Property.objects.restrict(user, "steer").order_by().values("pk")
    return Q(one__in=allowed) | Q(other__in=allowed)


class NoDuplicate(AuditedModel):
    """One decision about two properties, whichever was looked at first."""

    one = models.ForeignKey(Property, models.PROTECT, related_name="+", verbose_name="Objekt", editable=False)
    other = models.ForeignKey(
        Property, models.PROTECT, related_name="+", verbose_name="anderes Objekt", editable=False
    )
    reason = models.CharField("Begründung", max_length=500)

    scope = Scope(view=VIEW, change=Rule("register.view", Custom(_steers_one)))
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "verworfener Hinweis auf ein Doppel"
        verbose_name_plural = "verworfene Hinweise auf Doppel"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(name="objects_apart_in_order", condition=Q(one__lt=F("other"))),
            models.UniqueConstraint(fields=["one", "other"], name="objects_apart_once"),
        ]

    def __str__(self):
        return f"{self.one.number} und {self.other.number} sind kein Doppel"

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("objects:property_duplicates")
