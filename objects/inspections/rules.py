"""Who may see and record what at an inspection, as conditions for Scope (see soe/departments/scope.py).

* Who may look into the register sees every day with its counts. Other bodies (police, customs) see only the days
  they were invited to.
* Findings, notes and immediate measures follow their own visibility: open, participating, internal.
* A department records its own section, once it has accepted, from the day itself until the protocol is published.
"""

from django.apps import apps
from django.db.models import Q
from django.utils import timezone

from soe.departments.models import Visibility
from soe.departments.scope import EVERYTHING, departments_granting


def _model(name):
    return apps.get_model("objects", name)


def visible_days(user, departments):
    """Q on InspectionDay."""
    if set(departments) & set(departments_granting(user, "register.view")):
        return EVERYTHING
    invited = _model("InspectionParticipation").objects.filter(
        department__in=departments, state__in=("invited", "accepted", "declined")
    )
    return Q(pk__in=invited.order_by().values("day"))


def readable(user, departments):
    """Q on rows with `day`, `department`, `visibility`."""
    days = _model("InspectionDay").objects.restrict(user, "view").order_by().values("pk")
    accepted = _model("InspectionParticipation").objects.filter(department__in=departments, state="accepted")
    return Q(day__in=days) & (
        Q(visibility=Visibility.OPEN)
        | Q(visibility=Visibility.PARTICIPATING, day__in=accepted.order_by().values("day"))
        | Q(department__in=departments)
    )


def running(prefix=""):
    """Q: what happens on the day may be recorded (also before somebody pressed "begin", from that day on)."""
    return Q(**{f"{prefix}state__in": ("running", "closed")}) | Q(
        **{f"{prefix}state": "invited", f"{prefix}date__lte": timezone.localdate()}
    )


def days_to_record(user, departments):
    """Q on InspectionDay: a granting department accepted, and its section is still open."""
    sections = _model("InspectionSection").objects.filter(department__in=departments, state="open")
    return Q(pk__in=sections.order_by().values("day")) & running()


def own_open_section(user, departments):
    """Q on InspectionSection."""
    return Q(department__in=departments, state="open") & running("day__")


def own_closed_section(user, departments):
    """Q on InspectionSection: may be opened again while no protocol is published."""
    return Q(department__in=departments, state="closed") & ~Q(day__state="published")


def in_own_open_section(user, departments):
    """Q on rows with `section`."""
    return Q(section__department__in=departments, section__state="open") & running("section__day__")


def own_open_findings(user, departments):
    """Q on Finding: the department's own open findings, also after the day, for measures and deadlines."""
    return Q(department__in=departments, state="open")


def own_invitation(user, departments):
    """Q on InspectionParticipation that may be answered."""
    return Q(department__in=departments, state__in=("invited", "accepted", "declined")) & Q(
        day__state__in=("invited", "running")
    )
