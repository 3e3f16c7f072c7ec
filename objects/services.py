"""What other apps may ask this app to do; each subject adds its own below its name."""

# --- register -------------------------------------------------------------------------------------------------------
from .register.services import (  # noqa: F401
    add_address,
    add_note,
    add_owner,
    assess,
    merge_property,
    open_property,
    participate,
    report_problem,
    set_goal,
)
