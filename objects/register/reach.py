"""Reaches that several records of the register share: who acts on a property, who may read an entry about it."""

from django.core.exceptions import ValidationError
from django.db.models import Q

from soe.departments.models import Visibility
from soe.departments.scope import NOTHING, Reach


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


def check_acting(house, department):
    """Acting on a property needs the lead or an accepted participation of the own department."""
    from soe.departments.models import Department

    own = Department.objects.filter(pk=department.pk).order_by().values("pk")
    if not type(house).objects.filter(pk=house.pk, pk__in=acted_on(own)).exists():
        raise ValidationError(
            f"{department} handelt an {house.number} noch nicht. Bitte nehmen Sie zuerst die Beteiligung an "
            "oder bitten Sie die federführende Stelle darum."
        )
    if house.is_retired:
        raise ValidationError(
            f"{house.number} ist abgeschlossen. Bitte nehmen Sie das Objekt zuerst wieder auf."
        )


class Acting(Reach):
    """Rows of a property (path) that a granting department leads or takes part in."""

    words = "Objekte, an denen die eigene Stelle handelt"

    def __init__(self, path="property", permission=None):
        super().__init__(permission)
        self.path = path

    def rows(self, model, user, departments):
        return Q(**{f"{self.path}__in": acted_on(departments)}) if departments else NOTHING


class Visible(Reach):
    """Rows with a `visibility`: open to all who may look, participating to those who act, internal to their own."""

    words = "nach der Sichtbarkeit: offen, beteiligt oder eigene Stelle"

    def __init__(self, path="property", department="department", permission=None):
        super().__init__(permission)
        self.path, self.department = path, department

    def rows(self, model, user, departments):
        if not departments:
            return NOTHING
        return (
            Q(visibility=Visibility.OPEN)
            | Q(visibility=Visibility.PARTICIPATING, **{f"{self.path}__in": acted_on(departments)})
            | Q(**{f"{self.department}__in": departments})
        )
