"""What other apps may read from this app; each subject adds its own below its name."""

# --- register -------------------------------------------------------------------------------------------------------
from .register.selectors import find_property_by_address, neighbour_hints  # noqa: F401
