"""A saved view: the filters, order, columns and page size of one list under a name."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import NoReverseMatch, reverse

from soe.audit.models import AuditedModel
from soe.departments.scope import NOTHING, Custom, Everyone, Rule, Scope, ScopedQuerySet


def seen(user, departments):
    """My own, those shared with one of my departments, and those for everybody."""
    shared = Q(sharing="department", department__in=departments) | Q(sharing="all")
    return Q(owner_id=user.pk) | shared if departments else Q(owner_id=user.pk)


def own(user, departments):
    return Q(owner_id=user.pk)


def public(user, departments):
    return Q(sharing="all") if departments else NOTHING


class SavedView(AuditedModel):
    """A query string of one list with a name. Whoever opens it sees what her own rights show, nothing else."""

    class Sharing(models.TextChoices):
        PRIVATE = "private", "nur ich"
        DEPARTMENT = "department", "ein Fachbereich"
        ALL = "all", "alle"

    route = models.CharField("Liste", max_length=120, editable=False)
    name = models.CharField("Name", max_length=60)
    query = models.CharField("Filter", max_length=1500, blank=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name="gehört",
        editable=False,
    )
    sharing = models.CharField("Wer sieht sie?", max_length=10, choices=Sharing, default=Sharing.PRIVATE)
    department = models.ForeignKey(
        "departments.Department",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="Fachbereich",
    )

    scope = Scope(
        view=Rule(None, Custom(seen)),
        add=Rule(None, Everyone()),
        # Whoever may share with everybody also tidies up what was shared with everybody.
        change=Rule(None, Custom(own), Custom(public, permission="list.share")),
    )
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "gespeicherte Ansicht"
        verbose_name_plural = "gespeicherte Ansichten"
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["route", "name", "id"], name="web_view_list"),
            models.Index(fields=["name", "id"], name="web_view_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "route", "name"],
                name="web_view_name_once",
                violation_error_message="Sie haben für diese Liste schon eine Ansicht mit diesem Namen.",
            ),
            models.CheckConstraint(
                name="web_view_department_when_shared",
                condition=(Q(sharing="department") & ~Q(department=None))
                | (~Q(sharing="department") & Q(department=None)),
                violation_error_message="Bitte wählen Sie den Fachbereich, der die Ansicht sehen soll.",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def path(self):
        try:
            return reverse(self.route)
        except NoReverseMatch:
            return ""

    def get_absolute_url(self):
        """The list as this view shows it; the mark lets the list say what of the view no longer holds."""
        query = f"{self.query}&" if self.query else ""
        return f"{self.path}?{query}gespeichert={self.pk}"

    @property
    def shared_with(self):
        if self.sharing == self.Sharing.DEPARTMENT:
            return str(self.department)
        return self.get_sharing_display()

    def copy_for(self, user):
        """An own private copy under a free name."""
        taken = set(SavedView.objects.filter(owner=user, route=self.route).values_list("name", flat=True))
        base = self.name[:50]
        names = [self.name, f"{base} (Kopie)", *(f"{base} (Kopie {n})" for n in range(2, 100))]
        copy = SavedView(
            route=self.route, query=self.query, owner=user, name=next(n for n in names if n not in taken)
        )
        copy.save(reason=f"Kopie von „{self.name}“")
        return copy
