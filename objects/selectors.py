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
