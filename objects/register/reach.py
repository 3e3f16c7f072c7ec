"""Reaches that several records of the register share: who acts on a property, who may read an entry about it."""

from django.db.models import Exists, Q

from soe.departments.models import Visibility
from soe.departments.scope import Reach


def acted_on(departments):
    """Ids of the properties that one of `departments` leads or takes part in (accepted, not closed)."""
    from .models import Participation, Property

    taking_part = Participation.objects.filter(department__in=departments, state="accepted", closed_on=None)
    return (
        Property.objects.filter(
            Q(lead_department__in=departments) | Q(pk__in=taking_part.order_by().values("property"))
        )
        .order_by()
        .values("pk")
    )


class Acting(Reach):
    """Rows of a property (path) that a granting department leads or takes part in."""

    words = "Objekte, an denen die eigene Stelle handelt"

    def __init__(self, path="property", permission=None):
        super().__init__(permission)
        self.path = path

    def rows(self, model, user, departments):
        return Q(**{f"{self.path}__in": acted_on(departments)})


class Visible(Reach):
    """Rows with a `visibility`: open to all who may look, participating to those who act, internal to their own."""

    words = "nach der Sichtbarkeit: offen, beteiligt oder eigene Stelle"

    def __init__(self, path="property", department="department", permission=None):
        super().__init__(permission)
        self.path, self.department = path, department

    def rows(self, model, user, departments):
        return (
            Q(Exists(departments), visibility=Visibility.OPEN)
            | Q(visibility=Visibility.PARTICIPATING, **{f"{self.path}__in": acted_on(departments)})
            | Q(**{f"{self.department}__in": departments})
        )
