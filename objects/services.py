"""What other apps may ask this app to do; each subject adds its own below its name."""

# --- register -------------------------------------------------------------------------------------------------------
# --- complaints -----------------------------------------------------------------------------------------------------
from .complaints.defaults import ensure_complaint_defaults  # noqa: F401
from .complaints.services import (  # noqa: F401
    involve,
    link_complaint,
    open_property_from,
    record_complaint,
)

# --- inspections ----------------------------------------------------------------------------------------------------
from .inspections.published import enter as enter_published_inspections  # noqa: F401
from .inspections.services import (  # noqa: F401
    measure_from_finding,
    plan_day,
    record_answer,
    record_visit,
    take_over_help_need,
    write_note,
)

# --- proceedings ----------------------------------------------------------------------------------------------------
from .proceedings.defaults import ensure_legal_bases  # noqa: F401
from .proceedings.services import (  # noqa: F401
    add_item,
    add_measure,
    ask_for_information,
    draft_step,
    issue_order,
    open_proceeding,
    record_check,
    record_hearing,
    take_step,
)
from .register.bulk import open_properties  # noqa: F401
from .register.merging import merge_property, undo_merge  # noqa: F401
from .register.services import (  # noqa: F401
    add_address,
    add_note,
    add_owner,
    assess,
    end_address,
    open_property,
    participate,
    report_problem,
    set_goal,
)
from .register.splitting import split_property  # noqa: F401
