"""Dissent: a measure is reported done while a finding or an item of an order it belongs to is still open."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from soe.audit.models import AuditedModel
from soe.departments.scope import Custom, OwnDepartment, Rule, Scope, ScopedQuerySet

from .measures import Measure
from .orders import OrderItem


def _readable(user, departments):
    """Links of a measure and to a record that the reader may both see: a link says that the other exists."""
    from objects.inspections.models import Finding

    measures = Measure.objects.restrict(user, "view").order_by().values("pk")
    findings = Finding.objects.restrict(user, "view").order_by().values("pk")
    items = OrderItem.objects.restrict(user, "view").order_by().values("pk")
    return Q(measure__in=measures) & (Q(finding__in=findings) | Q(item__in=items))


class MeasureLink(AuditedModel):
    """This measure is meant to settle that finding, or that item of an order."""

    measure = models.ForeignKey(Measure, models.PROTECT, related_name="links", verbose_name="Maßnahme")
    finding = models.ForeignKey(
        "objects.Finding",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="measure_links",
        verbose_name="Feststellung",
    )
    item = models.ForeignKey(
        "objects.OrderItem",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="measure_links",
        verbose_name="Punkt einer Verfügung",
    )

    scope = Scope(
        view=Rule("proceeding.view", Custom(_readable)),
        change=Rule("measure.change", OwnDepartment("measure__department")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "Verknüpfung einer Maßnahme"
        verbose_name_plural = "Verknüpfungen von Maßnahmen"
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "finding"], name="objects_measure_finding_once"),
            models.UniqueConstraint(fields=["measure", "item"], name="objects_measure_item_once"),
            models.CheckConstraint(
                name="measure_link_to_one",
                condition=Q(finding__isnull=True, item__isnull=False)
                | Q(finding__isnull=False, item__isnull=True),
            ),
        ]

    def __str__(self):
        return f"Verknüpfung mit {'einer Feststellung' if self.finding_id else 'einem Punkt einer Verfügung'}"

    def get_absolute_url(self):
        return self.measure.get_absolute_url()


def _deeper(pk):
    """The same reference from one subquery further in."""
    return OuterRef(pk) if isinstance(pk, OuterRef) else pk


def open_findings(user, measure=None):
    """Open findings the reader may see that belong to `measure` (default: to the measure of an outer query)."""
    from objects.inspections.models import Finding

    pk = OuterRef("pk") if measure is None else measure.pk
    origin = OuterRef("finding_id") if measure is None else measure.finding_id
    linked = (
        MeasureLink.objects.filter(measure=_deeper(pk), finding__isnull=False).order_by().values("finding")
    )
    about = Q(measure=pk) | Q(pk=origin) | Q(pk__in=linked)
    return Finding.objects.restrict(user, "view").open().filter(about).order_by()


def open_items(user, measure=None):
    pk = OuterRef("pk") if measure is None else measure.pk
    linked = MeasureLink.objects.filter(measure=_deeper(pk), item__isnull=False).order_by().values("item")
    return OrderItem.objects.restrict(user, "view").open().filter(pk__in=linked).order_by()


def in_dissent(user):
    """Q over measures: done, something this reader may see is open, and nobody resolved the contradiction."""
    contradicted = Exists(open_findings(user)) | Exists(open_items(user))
    return Q(state=Measure.State.DONE, dissent_resolved_on=None) & contradicted
