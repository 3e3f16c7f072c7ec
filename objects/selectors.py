"""What other apps may read from this app; each subject adds its own below its name."""

# --- register -------------------------------------------------------------------------------------------------------
# --- complaints and proceedings -------------------------------------------------------------------------------------
from .complaints.selectors import complaints_of, number_of_complaints  # noqa: F401
from .proceedings.selectors import measures_of, proceedings_of, stubs_of  # noqa: F401
from .register.selectors import find_property_by_address, neighbour_hints  # noqa: F401


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
