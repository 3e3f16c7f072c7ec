"""What other apps may read from this app; each subject adds its own below its name."""

# --- register -------------------------------------------------------------------------------------------------------
# --- complaints and proceedings -------------------------------------------------------------------------------------
from .complaints.selectors import complaints_of, number_of_complaints  # noqa: F401
from .inspections.selectors import open_findings, open_help_needs  # noqa: F401
from .inspections.totals import running_balance  # noqa: F401
from .proceedings.selectors import measures_of, proceedings_of, stubs_of  # noqa: F401
from .register.selectors import find_property_by_address, neighbour_hints, search_properties  # noqa: F401


def open_work(properties, *, user) -> dict:
    """{property id: (open measures, open findings)} of those the user may read, for many properties at once."""
    from django.db.models import Count

    from .inspections.models import Finding
    from .proceedings.models import Measure

    ids = list(properties)
    measures = Measure.objects.restrict(user).open().filter(property__in=ids).order_by().values("property")
    findings = Finding.objects.restrict(user).open().filter(inspection__property__in=ids).order_by()
    found = {row["property"]: (row["n"], 0) for row in measures.annotate(n=Count("pk"))}
    for row in findings.values("inspection__property").annotate(n=Count("pk")):
        key = row["inspection__property"]
        found[key] = (found.get(key, (0, 0))[0], row["n"])
    return found


# --- the quarterly report -------------------------------------------------------------------------------------------
def quarter_figures(quarter) -> list:
    """What every subject of this app hands to the report: aggregates of the whole city, never rows."""
    from importlib import import_module
    from importlib.util import find_spec

    from .apps import SUBJECTS

    names = [
        f"objects.{subject}.selectors" for subject in SUBJECTS if find_spec(f"objects.{subject}.selectors")
    ]
    modules = [import_module(name) for name in names]
    return [
        figure
        for module in modules
        if hasattr(module, "quarter_figures")
        for figure in module.quarter_figures(quarter)
    ]


# --- the district report --------------------------------------------------------------------------------------------
def district_tables(since, day):
    """Counts by city district between two reports, exact; and what was done there."""
    from collections import Counter

    from .complaints.models import Complaint
    from .inspections.models import Inspection, InspectionDay
    from .proceedings.models import Measure
    from .register import districts

    between = {"gt": since, "lte": day}

    def count(rows, path, field):
        found = rows.filter(**{f"{field}__{name}": value for name, value in between.items()}).order_by()
        return Counter(name or districts.NOWHERE for name in found.values_list(path, flat=True))

    held = Inspection.objects.filter(day__in=InspectionDay.objects.held().own().order_by().values("pk"))
    work = {
        "Maßnahmen erledigt": count(Measure.objects.filter(state="done"), "property__district", "done_on"),
        "Beschwerden": count(Complaint.objects.all(), "address__district", "received_at__date"),
        "kontrollierte Objekte": count(held, "property__district", "day__date"),
    }
    return districts.district_tables(since, day, work)


def district_houses(since, day):
    from .register.districts import district_houses

    return district_houses(since, day)
